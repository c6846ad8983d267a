package outcome

import "slices"

// Definition says what a measure is.
type Definition struct {
	Unit          string            `json:"unit"`
	Family        string            `json:"family"`         // redness | pigment | texture | hair
	Scale         string            `json:"scale"`          // ratio | interval | count | proportion
	GoalDirection map[string]string `json:"goal_direction"` // goal → up | down; a goal not named has none
	Clock         string            `json:"clock"`          // which entry of Visit.Clock decides when it means something
	Primary       bool              `json:"primary"`        // the one pre-named measure of its family that headlines use
	// Amount marks how much there is of single structures (spots, lines, pores), of which
	// regions may hold very different amounts: control skin is then taken off in proportion.
	Amount    bool   `json:"amount,omitempty"`
	Reference string `json:"reference"`
	Version   int    `json:"version"` // raised when its numbers change
	Meaning   string `json:"meaning"` // one plain sentence
}

// Scales of a Definition. Only a ratio scale has percent changes.
const (
	Ratio      = "ratio"
	Interval   = "interval"
	Count      = "count"
	Proportion = "proportion"
)

// Families of measures, which are also the names of their clocks.
const (
	Redness = "redness"
	Pigment = "pigment"
	Texture = "texture"
	Hair    = "hair"
)

// Clock values: is this visit late enough for the measure to be an outcome?
const (
	Outside  = "outside"  // too early after a treatment, or before the first
	Eligible = "eligible" // late enough after the latest treatment; interim
	Mature   = "mature"   // eligible, and late enough after the first: final
)

// Change compares one visit with another in one region and measure.
type Change struct {
	ROI       string    `json:"roi"`
	Measure   string    `json:"measure"`
	Unit      string    `json:"unit"`
	Visit     string    `json:"visit"`
	Against   string    `json:"against"`  // baseline | previous
	Contrast  string    `json:"contrast"` // raw | vs_control | vs_comparator
	From      Number    `json:"from"`     // in the row's contrast: vs_control is region − weight · control
	To        Number    `json:"to"`
	Change    Number    `json:"change"`  // to − from
	Percent   Number    `json:"percent"` // null unless the scale is ratio
	CI95      [2]Number `json:"ci95"`    // of the change
	MDC95     Number    `json:"mdc95"`
	MDCSource string    `json:"mdc_source"` // repeatability | witness | built-in | ""
	MDCDF     Number    `json:"mdc_df"`
	MDCN      int       `json:"mdc_n,omitempty"` // subjects, courses or visits that the source rests on
	PHolm     Number    `json:"p_holm"`
	Weight    *float64  `json:"weight,omitempty"` // of control skin that has more of an amount than the region has at baseline; none: 1
	Primary   bool      `json:"primary"`
	Status    string    `json:"status"`
	Goal      *string   `json:"goal"` // improved | worsened | null
	Clock     string    `json:"clock"`
	Warnings  []string  `json:"warnings"`
}

// Level is the error that summaries allow over the primary measures of one visit.
const Level = 0.05

// Moved reports whether the change is beyond noise.
func (c *Change) Moved() bool { return c.Status == Increased || c.Status == Decreased }

// Found reports whether a summary may state the change as found: a primary measure
// against baseline at a visit that counts, beyond noise, confirmed, and with p at most
// [Level] after Holm over that visit's primary measures. Any other change beyond noise
// may be shown, never stated.
func (c *Change) Found() bool {
	counts := c.Primary && c.Against == AgainstBaseline && (c.Clock == Eligible || c.Clock == Mature)
	return c.Moved() && counts && c.PHolm <= Level && !slices.Contains(c.Warnings, Unconfirmed)
}

// Verdict is the status as a summary may say it: of a change beyond noise that is not found,
// that it is not certain, or that it does not count.
func (c *Change) Verdict() string {
	switch {
	case !c.Moved() || c.Found():
		return c.Status
	case c.Clock == Outside:
		return c.Status + ", outside its time window"
	}
	return c.Status + ", not certain"
}

// Values of Change.Against and Change.Contrast.
const (
	AgainstBaseline = "baseline"
	AgainstPrevious = "previous"
	Raw             = "raw"
	VsControl       = "vs_control"
	VsComparator    = "vs_comparator"
)

// Statuses of a Change, and the goal words that may stand beside them.
const (
	Increased     = "increased"
	Decreased     = "decreased"
	NoChange      = "no detectable change"
	NotComparable = "not comparable"
	Improved      = "improved"
	Worsened      = "worsened"
)

// Recovery describes how one measure settles after one treatment.
type Recovery struct {
	ROI            string    `json:"roi"`
	Measure        string    `json:"measure"`
	Unit           string    `json:"unit"`
	Treatment      string    `json:"treatment"`      // its time
	Peak           Number    `json:"peak"`           // highest observed rise over baseline
	PeakHours      Number    `json:"peak_hours"`     // after the treatment
	HalfLifeDays   Number    `json:"half_life_days"` // null when the data cannot carry it
	HalfLifeCI95   [2]Number `json:"half_life_ci95"`
	LastAboveDay   Number    `json:"last_above_day"`   // last visit beyond noise
	FirstWithinDay Number    `json:"first_within_day"` // first visit within noise of baseline; null: not yet
	Reason         string    `json:"reason"`           // why something above is null

	Amplitude    *Number `json:"amplitude,omitempty"`     // of the fitted fall, at the peak's time; absent without a fit
	Plateau      *Number `json:"plateau,omitempty"`       // what it falls to, as a value of the measure
	PlateauFixed bool    `json:"plateau_fixed,omitempty"` // held at the reference before the treatment: too few visits to fit it
}

// Flag asks a person to look; it is never a diagnosis, and no flag is never "all clear".
type Flag struct {
	Code  string `json:"code"`
	ROI   string `json:"roi"`
	Visit string `json:"visit"`
	Level string `json:"level"` // watch | review
	Text  string `json:"text"`

	Band      string  `json:"band,omitempty"`       // of skin tone, that the rates below are of
	FalseRate *Number `json:"false_rate,omitempty"` // share of simulated courses without a change that raise it all the same
	FalseN    int     `json:"false_n,omitempty"`    // so many courses
	MissRate  *Number `json:"miss_rate,omitempty"`  // share of simulated courses with Effect that do not raise it
	MissN     int     `json:"miss_n,omitempty"`
	Effect    string  `json:"effect,omitempty"`
}

// NotAssessed names something that this series cannot answer, and why.
type NotAssessed struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Notice is a warning of the series, a photo or a region, with its text.
type Notice struct {
	Code  string `json:"code"`
	Photo string `json:"photo,omitempty"`
	ROI   string `json:"roi,omitempty"`
	Text  string `json:"text"`
}

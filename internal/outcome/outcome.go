// Package outcome is the record: what one series of photos yielded, as stable names
// that are written to results.json and read back by every report and table.
//
// It holds definitions only, no measuring and no pixels. A quantity that could not
// be measured is a [Number] that is NaN in memory and null in JSON, never 0, and says
// why in its warnings. The record names no output path, host or time of run: the
// same input and the same version give the same bytes.
package outcome

import "slices"

// Schema names the layout of results.json. It changes only when a name in the
// record changes its meaning or goes; names may be added under the same schema.
const Schema = "dermtrace.results/1"

// Record is results.json: one series, everything measured in it.
type Record struct {
	Schema      string                `json:"schema"`
	Software    Software              `json:"software"`
	Settings    Settings              `json:"settings"`
	Definitions map[string]Definition `json:"definitions"` // by measure
	Series      Series                `json:"series"`
	Treatments  []Treatment           `json:"treatments"`
	Scores      []Score               `json:"scores"`
	Visits      []Visit               `json:"visits"` // in order of time
	Photos      []Photo               `json:"photos"` // in order of visit, then file
	Changes     []Change              `json:"changes"`
	Recovery    []Recovery            `json:"recovery"`
	Flags       []Flag                `json:"flags"`
	Spots       []Spot                `json:"spots"` // dark spots matched one by one, at the last eligible visit
	NotAssessed []NotAssessed         `json:"not_assessed"`
	Pictures    []Picture             `json:"pictures"`
	Warnings    []Notice              `json:"warnings"`
}

// Software says what made the record.
type Software struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Revision string `json:"revision"` // of the source, "" when built outside a checkout
	Go       string `json:"go"`
}

// Settings are the choices that the numbers depend on, as used.
type Settings struct {
	Calibration   string   `json:"calibration"`            // auto | card | control | none, as asked
	MaxMegapixels float64  `json:"max_megapixels"`         // larger photos are refused
	EligibleDays  int      `json:"eligible_days"`          // project default: after the latest treatment, for texture, pigment, background redness
	MatureDays    int      `json:"mature_days"`            // project default: after the first treatment
	AcuteDays     int      `json:"acute_days"`             // project default: redness is recovery, not outcome
	CourseGapDays int      `json:"course_gap_days"`        // project default: closer treatments form one continuous course
	RecoveryDays  int      `json:"recovery_days"`          // project default unless the manifest says: redness is expected to settle within
	NoiseSHA256   string   `json:"noise_sha256,omitempty"` // of the repeatability study given
	Defaults      []string `json:"project_defaults"`       // names above that are the project's own choice
}

// DefaultSettings are the settings of a run that nobody changed. The bounds on days
// are project defaults (DESIGN of the endpoints: 4-6 treatments, 4-6 weeks apart).
func DefaultSettings() Settings {
	return Settings{
		Calibration: "auto", MaxMegapixels: 150,
		EligibleDays: 28, MatureDays: 84, AcuteDays: 14, CourseGapDays: 14, RecoveryDays: 7,
		Defaults: []string{"eligible_days", "mature_days", "acute_days", "course_gap_days", "recovery_days"},
	}
}

// Series says whose skin it is and what the photos are compared with.
type Series struct {
	Subject  string   `json:"subject"`
	Site     string   `json:"site"`
	Side     string   `json:"side"` // left | right | midline | "", the patient's
	View     string   `json:"view"`
	Goals    []string `json:"goals"`
	Frame    string   `json:"frame"`     // file that regions are drawn on
	Baseline string   `json:"baseline"`  // visit compared against
	MMPerPx  Number   `json:"mm_per_px"` // of the frame photo; null: unknown
	Consent  []string `json:"consent"`

	Minor     bool      `json:"minor,omitempty"`     // then nothing may be shown unless
	Guardian  bool      `json:"guardian,omitempty"`  // somebody consented for the subject
	Sensitive bool      `json:"sensitive,omitempty"` // a report opens with the pictures hidden
	Outlines  []Outline `json:"outlines,omitempty"`  // of the regions, as they were drawn or found
}

// Outline is a region as it lies in the frame.
type Outline struct {
	Name    string       `json:"name"`
	Kind    string       `json:"kind"`
	Polygon [][2]float64 `json:"polygon"` // frame pixels
}

// Treatment is one needling; it needs no photo.
type Treatment struct {
	At       string   `json:"at"`
	Device   string   `json:"device"`
	NeedleMM Number   `json:"needle_mm"`
	ROIs     []string `json:"rois"`
	Notes    string   `json:"notes"`
}

// Score is a clinician's grade or an event, shown beside the curves.
type Score struct {
	At      string `json:"at"`
	Scale   string `json:"scale"`
	Value   Number `json:"value"`
	Rater   string `json:"rater"`
	Blinded bool   `json:"blinded"`
}

// Visit is an occasion on which photos were taken.
type Visit struct {
	Visit              string            `json:"visit"` // id: ISO date, with T15:30 or a phase where one date has several
	At                 string            `json:"at"`
	Phase              string            `json:"phase"`
	Day                int               `json:"day"`                  // since the first treatment; without one, since the first visit
	DaysSinceTreatment *int              `json:"days_since_treatment"` // null before the first
	Clock              map[string]string `json:"clock"`                // by Definition.Clock: a Clock value
	SkinState          []string          `json:"skin_state"`
}

// Photo is one picture file: whether it could be used, and what it measured.
type Photo struct {
	File        string      `json:"file"` // relative to the series folder, with /
	SHA256      string      `json:"sha256"`
	Visit       string      `json:"visit"`
	Width       int         `json:"width"`
	Height      int         `json:"height"`
	Profile     string      `json:"profile"`
	Camera      string      `json:"camera"`
	Quality     Quality     `json:"quality"`
	Calibration Calibration `json:"calibration"`
	Alignment   Alignment   `json:"alignment"`
	ROIs        []ROI       `json:"rois"`
	SameFileAs  string      `json:"same_file_as,omitempty"` // an earlier photo with the same bytes
}

// Used reports whether the photo's measures count.
func (p Photo) Used() bool {
	return p.Quality.Verdict != Unusable && p.Alignment.Status != AlignFailed
}

// PhotoUndated is the code of the [Notice] of a photo that has no date. No visit takes it in, and
// it is not among the photos.
const PhotoUndated = "photo_undated"

// Undated counts the photos that were found and have no date.
func (r *Record) Undated() (n int) {
	for _, w := range r.Warnings {
		if w.Code == PhotoUndated {
			n++
		}
	}
	return n
}

// Kinds is the kind of each measured region, by its name.
func (r *Record) Kinds() map[string]string {
	kinds := map[string]string{}
	for _, p := range r.Photos {
		for _, g := range p.ROIs {
			kinds[g.Name] = g.Kind
		}
	}
	return kinds
}

// WhyUnused is what keeps a photo from being used: the first finding about its quality that
// alone forbids it and that nobody overruled, else that its place was not found.
func (p Photo) WhyUnused() Reason {
	if p.Quality.Verdict != Unusable {
		return Reason{Code: "not_aligned", Text: "not aligned: " + p.Alignment.Reason, Mend: "photograph from where the frame photo was taken"}
	}
	for _, r := range p.Quality.Reasons {
		if r.Forbids() {
			return r
		}
	}
	return Reason{Code: Unusable, Text: "no reason was recorded"}
}

// Forbids reports whether the finding alone keeps a photo that is unusable from being used.
func (r Reason) Forbids() bool { return r.Overruled == "" && (r.Level == "" || r.Level == Unusable) }

// String is the finding with its mend, if it has one.
func (r Reason) String() string {
	if r.Mend == "" {
		return r.Text
	}
	return r.Text + " (" + r.Mend + ")"
}

// Quality says whether a photo is fit to measure.
type Quality struct {
	Verdict string            `json:"verdict"` // ok | doubtful | unusable
	Reasons []Reason          `json:"reasons"`
	Figures map[string]Number `json:"figures"`
}

// Verdicts of Quality.
const (
	OK       = "ok"
	Doubtful = "doubtful"
	Unusable = "unusable"
)

// Reason is one finding of a quality gate.
type Reason struct {
	Code   string   `json:"code"`
	Spoils []string `json:"spoils"` // of redness, pigment, texture, geometry
	Text   string   `json:"text"`
	Mend   string   `json:"mend"`

	Level     string `json:"level,omitempty"`     // of the verdict that this finding alone calls for
	Overruled string `json:"overruled,omitempty"` // the user's reason to measure all the same
}

// Calibration says what was done about the light of a photo.
type Calibration struct {
	Method       string     `json:"method"`        // card | control | grey | none | frame (this photo is the reference)
	ResidualDE00 Number     `json:"residual_de00"` // mean over card patches or light tiles after correction
	Gain         *[3]Number `json:"gain"`          // factor applied to linear red, green, blue; null: none
	LightTiles   int        `json:"light_tiles"`   // tiles of control skin that set the light
	WitnessTiles int        `json:"witness_tiles"` // tiles that are measured instead

	Reason          string     `json:"reason,omitempty"`           // why nothing of more trust set the light
	GainSE          *[3]Number `json:"gain_se,omitempty"`          // standard errors of ln gain
	Gradient        *Number    `json:"gradient,omitempty"`         // ln range, over the control skin, of a fall-off that the frame has not
	GradientRemoved bool       `json:"gradient_removed,omitempty"` // control skin surrounds what is measured, or that shows the same: taken out
	ControlDE00     *Number    `json:"control_de00,omitempty"`     // mean between what card and control skin make of the same skin
	CardTiltDeg     *Number    `json:"card_tilt_deg,omitempty"`    // of the card against the picture plane
}

// Alignment says where a photo is in the frame, and how sure that is.
type Alignment struct {
	Status  string      `json:"status"` // frame | ok | doubtful | failed
	Model   string      `json:"model"`  // similarity | affine | homography | elastic
	Matrix  *[9]float64 `json:"matrix"` // frame pixel → photo pixel, row-major, m[8] = 1; null when failed
	ErrorPx Number      `json:"error_px"`
	ErrorMM Number      `json:"error_mm"`
	Overlap Number      `json:"overlap"` // share of the frame that the photo shows
	Reason  string      `json:"reason"`

	Assisted bool `json:"assisted,omitempty"` // started from landmarks that the user set
}

// Statuses of Alignment.
const (
	AlignFrame    = "frame"
	AlignOK       = "ok"
	AlignDoubtful = "doubtful"
	AlignFailed   = "failed"
)

// ModelElastic is the Alignment.Model whose Matrix is only the plane part.
const ModelElastic = "elastic"

// Kinds of ROI.
const (
	Treated    = "treated"
	Control    = "control"
	Comparator = "comparator"
	Scar       = "scar"
	Grey       = "grey"
	Exclude    = "exclude"
)

// ROI is one region in one photo.
type ROI struct {
	Name             string                 `json:"name"`
	Kind             string                 `json:"kind"`
	Pixels           int                    `json:"pixels"`            // measured, in this photo's own pixels
	ExcludedFraction Number                 `json:"excluded_fraction"` // of the region's pixels in this photo: masked or outside the picture
	Shown            *Number                `json:"shown,omitempty"`   // share of the region that Measures compare, where this photo or the baseline's does not show all of it
	Measures         map[string]Measurement `json:"measures"`
	SpotTally        *SpotTally             `json:"spot_tally,omitempty"` // against the baseline; absent where spots could not be compared
	PoreTally        *Tally                 `json:"pore_tally,omitempty"` // against the baseline, pore by pore; absent where pores are not seen
	HairTally        *Tally                 `json:"hair_tally,omitempty"` // the same of hairs, of a series whose goal is hair
}

// WhyMissing are the codes of what can be why the region has no value of a measure:
// those that no value of the region lives with, or all of the measure's if there is none.
func (r ROI) WhyMissing(measure string) []string {
	codes, bearable := r.Measures[measure].Warnings, map[string]bool{}
	for _, m := range r.Measures {
		for _, code := range m.Warnings {
			bearable[code] = bearable[code] || m.Value.Known()
		}
	}
	if own := slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return bearable[c] }); len(own) > 0 {
		return own
	}
	return codes
}

// Measurement is one value with its unit, spread, count and doubts.
type Measurement struct {
	Value    Number   `json:"value"`
	Unit     string   `json:"unit"`
	SD       Number   `json:"sd"` // spread over the region's pixels or objects, same unit; null where meaningless
	N        int      `json:"n"`  // pixels or objects
	Warnings []string `json:"warnings"`

	LightSE *Number `json:"light_se,omitempty"` // standard error that the estimate of the light adds, same unit

	CrossTalk *CrossTalk `json:"cross_talk,omitempty"` // where the photo tells how another measure is misread as this one

	Part *Part `json:"part,omitempty"` // where that photo or the baseline's does not show all of the region: what Value is made of
}

// Part is the same measure over the part of a region that both the photo and the baseline's
// show. Value is what the baseline has over the whole with what has changed over the part.
type Part struct {
	Measured Number `json:"measured"` // over the part, in this photo
	Before   Number `json:"before"`   // over the part, at baseline
	Whole    Number `json:"whole"`    // over all that the baseline shows
}

// CrossTalk is what another measure is misread as, as one photo shows it by itself.
type CrossTalk struct {
	Of       string `json:"of"`        // the measure that is misread
	PerPoint Number `json:"per_point"` // in this measure's unit, by unit of that one
	SE       Number `json:"se"`        // its standard error
	ValueSE  Number `json:"value_se"`  // standard error that it adds to the value
	Removed  Number `json:"removed"`   // the part that is certain, taken off the value already; same unit
}

// Unmeasured is the measurement that could not be made, and why.
func Unmeasured(unit string, warnings ...string) Measurement {
	return Measurement{Value: NaN(), Unit: unit, SD: NaN(), Warnings: warnings}
}

// Picture is a file under the result folder that a report may show.
type Picture struct {
	Photo   string `json:"photo"` // file of the photo shown
	Kind    string `json:"kind"`  // aligned | thumb | map | difference | regions | drawn
	Measure string `json:"measure"`
	File    string `json:"file"` // relative to the result folder, with /
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Low     Number `json:"low"`  // of a map's colour scale, in the measure's unit
	High    Number `json:"high"` // null where there is no scale

	Window *[4]float64 `json:"window,omitempty"` // x, y, width, height in frame pixels of what it shows, edge to edge
}

// Spot is one dark spot, followed from the baseline to a later visit.
type Spot struct {
	ROI        string `json:"roi"`
	Visit      string `json:"visit"` // compared with the baseline
	X          Number `json:"x"`     // centre in frame pixels
	Y          Number `json:"y"`
	DiameterMM Number `json:"diameter_mm"` // the larger of both visits
	From       Number `json:"from"`        // melanin above the surround at baseline, percent points
	To         Number `json:"to"`          // the same at the visit
	Fate       string `json:"fate"`
	NeedsEyes  bool   `json:"needs_eyes,omitempty"` // new, darkening or over 6 mm: not for this tool to judge
}

// SpotTally is how many dark spots of a region came and went since the baseline. It holds
// fainter spots than those that are followed one by one.
type SpotTally struct {
	Appeared int    `json:"appeared"` // surely became at least twice as dark, new ones among them
	Receded  int    `json:"receded"`  // surely lost at least half
	AreaCM2  Number `json:"area_cm2"` // that this photo and the baseline show
	Change   Number `json:"change"`   // of the summed melanin, contrast times area, of all that is no mottle: −0.2 is a fifth less
}

// Tally is what became of single things since the baseline. What only one of the two photos
// shows the place of is left out. At the threshold of what is seen unchanged skin loses and
// gains some by chance, as the control's tally shows.
type Tally struct {
	Persisted int `json:"persisted"`
	Gone      int `json:"gone"`
	New       int `json:"new"`
}

// Fates of a Spot.
const (
	SpotPersisted = "persisted"
	SpotFaded     = "faded"
	SpotDarkened  = "darkened"
	SpotGone      = "gone"
	SpotNew       = "new"
)

package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

func answerTo(t *testing.T, rec *outcome.Record, goal string) answer {
	t.Helper()
	list := answers(english(), newIndex(rec))
	i := slices.IndexFunc(list, func(a answer) bool { return a.Goal == goal })
	if i < 0 {
		t.Fatalf("no answer to %q", goal)
	}
	a := list[i]
	a.Sentence = strings.ReplaceAll(a.Sentence, nbsp, " ")
	return a
}

// edit changes the rows of one measure.
func edit(rec *outcome.Record, measure string, fn func(c *outcome.Change)) *outcome.Record {
	for i := range rec.Changes {
		if rec.Changes[i].Measure == measure {
			fn(&rec.Changes[i])
		}
	}
	return rec
}

// A contrast with control skin has no percent of its own: the change is then printed
// in percent of the region's own baseline, 0.0412: −0.0119 is −29 %.
func TestPercentOfTheBaselineWhereTheContrastHasNone(t *testing.T) {
	rec := edit(record(), "roughness", func(c *outcome.Change) {
		if c.Contrast == outcome.VsControl {
			c.Percent, c.From, c.To = outcome.NaN(), c.From-0.0398, c.To-0.0398
		}
	})
	a := answerTo(t, rec, "smooth texture")
	if a.Number != "−29"+nbsp+"%" || a.Unit != "" || !strings.Contains(a.Sentence, "fell by 29 % of its baseline value (95 % interval 24 to 34 %; detectable from 8 % by the noise of this control skin, df 12)") {
		t.Errorf("%s %s: %s", a.Number, a.Unit, a.Sentence)
	}
}

func TestIntervalScalesHaveNoPercent(t *testing.T) {
	rec := edit(record(), "roughness", func(c *outcome.Change) { c.Percent = outcome.NaN() })
	d := rec.Definitions["roughness"]
	d.Scale, d.Unit = outcome.Interval, "px"
	rec.Definitions["roughness"] = d
	edit(rec, "roughness", func(c *outcome.Change) { c.Unit = "px" })
	a := answerTo(t, rec, "smooth texture")
	if !strings.Contains(a.Sentence, "fell by 0.012 px (95 % interval 0.010 to 0.014 px; detectable from 0.003 px by the noise of this control skin, df 12)") {
		t.Error(a.Sentence)
	}
}

func TestAnswersSayWhyThereIsNone(t *testing.T) {
	early := edit(record(), "roughness", func(c *outcome.Change) { c.Clock = outcome.Outside })
	if a := answerTo(t, early, "smooth texture"); a.Class != "none" || !strings.Contains(a.Sentence, "no visit is late enough yet. It counts from 28 days after the latest treatment") {
		t.Error(a.Sentence)
	}
	blocked := edit(record(), "roughness", func(c *outcome.Change) {
		c.Status, c.Change, c.Goal, c.Warnings = outcome.NotComparable, outcome.NaN(), nil, []string{outcome.Blurred}
	})
	if a := answerTo(t, blocked, "smooth texture"); a.Number != "" || a.Gauge != nil || !strings.Contains(a.Sentence, "cannot be compared with baseline.") || !slices.Equal(a.Caveats, []string{"The photo is less sharp than the reference."}) {
		t.Errorf("%+v", a)
	}
	gone := record()
	gone.Changes = nil
	if a := answerTo(t, gone, "smooth texture"); !strings.Contains(a.Sentence, "no follow-up visit could be compared") {
		t.Error(a.Sentence)
	}
}

// A later visit that cannot be compared does not hide an earlier one that can.
func TestTheLastComparableVisitAnswers(t *testing.T) {
	rec := edit(record(), "roughness", func(c *outcome.Change) {
		if c.Visit == "2026-05-09" {
			c.Status, c.Change, c.Goal = outcome.NotComparable, outcome.NaN(), nil
		}
	})
	a := answerTo(t, rec, "smooth texture")
	if !strings.Contains(a.Sentence, "14 Mar 2026 (day 63)") || a.Clock != "interim: final from day 84" {
		t.Errorf("%s / %s", a.Sentence, a.Clock)
	}
}

// A change beyond noise is stated only as far as the record's own rule allows.
func TestSentencesClaimNoMoreThanHolmAllows(t *testing.T) {
	for name, tt := range map[string]struct {
		fn   func(c *outcome.Change)
		want string
	}{
		"chance":      {func(c *outcome.Change) { c.PHolm = 0.081 }, "it may be chance (p 0.081 after Holm)."},
		"unconfirmed": {func(c *outcome.Change) { c.Warnings = []string{outcome.Unconfirmed} }, "One visit alone shows this change: it counts when the next one confirms it."},
		"exploratory": {func(c *outcome.Change) { c.Primary = false }, "exploratory."},
		"untested":    {func(c *outcome.Change) { c.PHolm = outcome.NaN() }, "it is not stated as found."},
	} {
		a := answerTo(t, edit(record(), "roughness", tt.fn), "smooth texture")
		if a.Class != "moved" || a.Status != "decreased, not certain" || strings.Contains(a.Sentence, "fell") || !strings.Contains(a.Sentence, "reads lower by 29 %") || !strings.HasSuffix(a.Sentence, tt.want) {
			t.Errorf("%s: %s, %s: %s", name, a.Class, a.Status, a.Sentence)
		}
		if !strings.HasSuffix(a.Plain, "do not show it for certain.") || len(a.Caveats) > 0 {
			t.Errorf("%s: %s %v", name, a.Plain, a.Caveats)
		}
	}
	if a := answerTo(t, record(), "smooth texture"); a.Class != "better" || a.Status != "improved" {
		t.Errorf("found: %s, %s", a.Class, a.Status)
	}
}

func TestNoEstimateOfNoiseIsSaid(t *testing.T) {
	rec := edit(record(), "roughness", func(c *outcome.Change) { c.MDC95 = outcome.NaN() })
	if a := answerTo(t, rec, "smooth texture"); !strings.Contains(a.Sentence, "no estimate of photo noise") || a.Gauge.HasNoise {
		t.Error(a.Sentence)
	}
}

func TestTheGaugeIsToScale(t *testing.T) {
	g := newGauge(shown{change: -10, low: -14, high: -6, mdc: 5})
	for what, pair := range map[string][2]float64{
		"change": {g.At, 50 - 46*10.0/14}, "low end": {g.IntervalX, 4}, "width": {g.IntervalW, 46 * 8.0 / 14}, "noise": {g.NoiseW, 2 * 46 * 5.0 / 14},
	} {
		if !(math.Abs(pair[0]-pair[1]) <= 0.01) {
			t.Errorf("%s at %v, want %v", what, pair[0], pair[1])
		}
	}
	if newGauge(shown{change: outcome.NaN(), mdc: 1}) != nil || newGauge(shown{mdc: outcome.NaN(), low: outcome.NaN(), high: outcome.NaN()}) != nil {
		t.Error("a gauge of nothing")
	}
}

func TestSharedCaveatsAreSaidOnce(t *testing.T) {
	list := []answer{{Caveats: []string{"a", "b"}}, {Caveats: []string{"a"}}, {}}
	if shared := shareCaveats(list); !slices.Equal(shared, []string{"a"}) || !slices.Equal(list[0].Caveats, []string{"b"}) || len(list[1].Caveats) != 0 {
		t.Errorf("%v %+v", shared, list)
	}
}

func TestRecoverySentences(t *testing.T) {
	for _, tt := range []struct {
		first, last, half outcome.Number
		want              string
	}{
		{4, 2, 1.31, "was first within measurement error of baseline on day 4, still above it on day 2; half of it was gone in 1.3 days (95 % interval 0.90 to 1.9)."},
		{outcome.NaN(), 5, outcome.NaN(), "was still above baseline on day 5, the last visit that could tell. Too few visits."},
		{1, outcome.NaN(), outcome.NaN(), "was within measurement error of baseline on day 1, the first visit that could tell. Too few visits."},
		{outcome.NaN(), outcome.NaN(), outcome.NaN(), "could not be followed. Too few visits."},
	} {
		rec := record()
		r := &rec.Recovery[0]
		r.FirstWithinDay, r.LastAboveDay, r.HalfLifeDays, r.Reason = tt.first, tt.last, tt.half, "too few visits"
		if tt.half.Known() {
			r.HalfLifeCI95, r.Reason = [2]outcome.Number{0.9, 1.9}, ""
		}
		if got := recoveries(english(), newIndex(rec), false); len(got) != 1 || !strings.HasSuffix(got[0], tt.want) {
			t.Errorf("%q, want …%q", got, tt.want)
		}
	}
}

func TestTreatmentsThatSettledAlikeShareASentence(t *testing.T) {
	rec := record()
	again, other := rec.Recovery[0], rec.Recovery[0]
	again.Treatment, other.Treatment, other.FirstWithinDay = "2026-02-07", "2026-03-07", 6
	rec.Recovery = append(rec.Recovery, other, again)
	got := recoveries(english(), newIndex(rec), false)
	if len(got) != 2 || !strings.Contains(got[0], "after the treatments of 10 Jan 2026 and 7 Feb 2026 was first") || !strings.Contains(got[1], "after the treatment of 7 Mar 2026 was first") {
		t.Errorf("%q", got)
	}
}

func TestTrustLine(t *testing.T) {
	say := func(rec *outcome.Record) string {
		var all []string
		for _, c := range trustLine(english(), newIndex(rec)) {
			all = append(all, c.Text)
		}
		return strings.ReplaceAll(strings.Join(all, ". "), nbsp, " ")
	}
	none := record()
	none.Series.MMPerPx = outcome.NaN()
	for i := range none.Photos {
		none.Photos[i].Calibration = outcome.Calibration{Method: "none"}
		none.Photos[i].Alignment.ErrorPx, none.Photos[i].Alignment.ErrorMM = 0.004, outcome.NaN()
	}
	if got, want := say(none), "5 of 6 photos used. Redness and pigment uncalibrated (no colour card, no control skin): no verdict. Placed with an error of under 0.01 px. Size on skin unknown: nothing in millimetres"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	alone := record()
	alone.Photos = alone.Photos[:1]
	if got := say(alone); !strings.Contains(got, "1 of 1 photo used") || strings.Contains(got, "Placed") {
		t.Errorf("the frame by itself was not placed: %s", got)
	}
	mixed := record()
	mixed.Photos[1].Calibration.Method, mixed.Photos[2].Calibration.Method = "card", "none"
	mixed.Photos[2].SameFileAs = mixed.Photos[1].File
	unlike := mixed.Photos[2].ROIs[0].Measures["roughness"]
	unlike.Warnings = append(unlike.Warnings, outcome.LossyFile)
	mixed.Photos[2].ROIs[0].Measures["roughness"] = unlike
	if got := say(mixed); !strings.Contains(got, "1 photo is the same file as another visit's. No verdict on texture in 1 photo, whose file keeps less than the baseline’s. Light set from a colour card in 1, light set from control skin in 2, redness and pigment uncalibrated (no colour card, no control skin): no verdict in 1") {
		t.Error(got)
	}
}

func TestWithoutGoalsEveryPrimaryMeasureAnswers(t *testing.T) {
	rec := record()
	rec.Series.Goals = nil
	var goals []string
	for _, a := range answers(english(), newIndex(rec)) {
		goals = append(goals, a.Goal)
	}
	if !slices.Equal(goals, []string{"haemoglobin", "melanin", "apparent roughness"}) {
		t.Errorf("%v", goals)
	}
	rec.Treatments = nil
	edit(rec, "melanin", func(c *outcome.Change) { c.Clock = outcome.Outside })
	if a := answerTo(t, rec, "melanin"); !strings.Contains(a.Sentence, "no treatment is recorded") {
		t.Error(a.Sentence)
	}
}

// Of a photo that is not used only what forbids it is said, and its place only where one was
// looked for.
func TestARefusalSaysWhatForbids(t *testing.T) {
	p := outcome.Photo{Quality: outcome.Quality{Verdict: outcome.Unusable, Reasons: []outcome.Reason{
		{Text: "is empty"}, {Text: "The light differs.", Level: outcome.Doubtful}, {Text: "Too dark", Level: outcome.Unusable, Overruled: "let pass"}}},
		Alignment: outcome.Alignment{Status: outcome.AlignFailed}}
	if got := refusal(english(), p); got != "Is empty." {
		t.Errorf("%q", got)
	}
	p.Alignment.Reason = "too few details agree"
	if got := refusal(english(), p); got != "Is empty. Could not be placed: too few details agree." {
		t.Errorf("%q", got)
	}
	p.Alignment.Reason, p.Quality = "", outcome.Quality{Verdict: outcome.OK}
	if got := refusal(english(), p); got != "Could not be placed." {
		t.Errorf("%q", got)
	}
}

func TestOneReasonIsSaidOnce(t *testing.T) {
	rec := record()
	rec.Photos[2].Quality, rec.Photos[2].Alignment = rec.Photos[3].Quality, rec.Photos[3].Alignment
	x := newIndex(rec)
	if got := x.refusals(english()); len(got) != 1 || !strings.HasPrefix(got[0], "Not used: 14 Jan 2026, day 4; 21 Feb 2026, day 42. The photo shows another") {
		t.Errorf("%q", got)
	}
	if got := leftOut(english(), x); len(got) != 3 || got[1] != "11 Jan 2026, day 1 – treated: ITA. The skin is red, which lowers ITA without more pigment: ITA is withheld." {
		t.Errorf("%q", got)
	}
}

// What a flag is worth stands behind it, where that was measured.
func TestWhatAllPhotosSayIsSaidOnce(t *testing.T) {
	rec := record()
	x := newIndex(rec)
	once := x.saidOnce(english())
	if once.Camera != "4032 × 3024 px, Phone X, colour profile: sRGB" {
		t.Errorf("%+v", once)
	}
	if rows := photoTable(english(), x, once); rows[0].Camera != "" {
		t.Errorf("said again in a row: %+v", rows[0])
	}
	rec.Photos[2].Camera = "Phone Y"
	if once := x.saidOnce(english()); once.Camera != "" {
		t.Errorf("one photo is of another camera: %+v", once)
	}
	rec.Photos = rec.Photos[:1]
	if once := x.saidOnce(english()); once.Camera != "" {
		t.Errorf("one photo is not all photos: %+v", once)
	}
}

func TestANoticeOfSeveralIsSaidOnce(t *testing.T) {
	rec := &outcome.Record{Warnings: []outcome.Notice{{Text: "By its name."}, {Photo: "a.jpg", Text: "Soft."}, {Text: "By its name."}, {Photo: "b.jpg", ROI: "cheek", Text: "Soft."}}}
	if got, want := notices(newIndex(rec)), []string{"By its name.", "a.jpg; b.jpg, cheek: Soft."}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWhatIsMissingForOneReasonIsSaidOnce(t *testing.T) {
	rec := &outcome.Record{NotAssessed: []outcome.NotAssessed{{What: "Redness", Why: "No light."}, {What: "Spots", Why: "Too coarse."}, {What: "Pigment", Why: "No light."}}}
	if got, want := gaps(rec), []gap{{"Redness · Pigment", "No light."}, {"Spots", "Too coarse."}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestFlagsSayHowOftenTheyAreWrong(t *testing.T) {
	no, some := outcome.Number(0.02), outcome.Number(0.25)
	for _, tt := range []struct {
		flag outcome.Flag
		want string
	}{
		{outcome.Flag{}, ""},
		{outcome.Flag{Band: "dark", FalseRate: &no, FalseN: 34}, "On simulated dark skin this flag is raised in 2 % of 34 courses without a change."},
		{outcome.Flag{Band: "light", FalseRate: &no, FalseN: 34, MissRate: &some, MissN: 8, Effect: "melanin +20 % on day 14"},
			"On simulated light skin this flag is raised in 2 % of 34 courses without a change and missed in 25 % of 8 with melanin +20 % on day 14."},
	} {
		if got := strings.ReplaceAll(english().flagRates(tt.flag), nbsp, " "); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// No share of a value is below −100 %; in the measure's own unit the interval is the record's.
func TestAnIntervalInPercentEndsWhereNothingIsLeft(t *testing.T) {
	rec := edit(record(), "roughness", func(c *outcome.Change) {
		c.CI95 = [2]outcome.Number{-10 * c.From, 10*c.From + 2*c.Change}
		c.MDC95, c.Status, c.Goal = 10*c.From+c.Change, outcome.NoChange, nil
	})
	if a := answerTo(t, rec, "smooth texture"); !strings.Contains(a.Sentence, "interval −100 to +") {
		t.Error(a.Sentence)
	}
	c := outcome.Change{Change: -120, CI95: [2]outcome.Number{-150, -90}, MDC95: 30}
	if s := inPercent(&c, 1); s.low != -120 {
		t.Errorf("beyond all of it the interval begins at %v", s.low)
	}
}

// A goal without a primary measure is answered by one of each family, for the regions that have
// it: how a scar compares with its surround is no question to the skin that it lies in.
func TestAGoalIsAnsweredWhereItIsMeasured(t *testing.T) {
	rec := record()
	rec.Series.Goals = []string{"match surround"}
	for name, family := range map[string]string{"scar_hemoglobin": outcome.Redness, "scar_relief": outcome.Texture} {
		rec.Definitions[name] = outcome.Definition{Unit: "1", Family: family, Scale: outcome.Ratio, Clock: family, GoalDirection: map[string]string{"match surround": "down"}}
	}
	told := func() (what []string) {
		for _, a := range answers(english(), newIndex(rec)) {
			what = append(what, a.What)
		}
		return what
	}
	if got := told(); len(got) != 2 {
		t.Errorf("without a scar: %q", got)
	}
	for i := range rec.Photos {
		rec.Photos[i].ROIs = append(rec.Photos[i].ROIs, outcome.ROI{Name: "pit", Kind: outcome.Scar, Measures: map[string]outcome.Measurement{"scar_hemoglobin": {Value: 1}, "scar_relief": {Value: 0.5}}})
	}
	want := []string{"Haemoglobin against the surround in “pit”", "Relief against the surround in “pit”"}
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

package trend

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// flush is a course with one treatment on day 0 at noon, a visit two hours before it
// and visits at the given days after it; haemoglobin of the treated region is level
// before and level + rise·2^(−t/half) after, each value with its own relative error.
type flush struct {
	level, rise, half, cv float64
	days                  []float64
}

func (f flush) course(rng *rand.Rand) *outcome.Record {
	all := append([]float64{-2.0 / 24}, f.days...)
	rec := constructed(make([]int, len(all)), 1, func(m, r string, v, _ int) outcome.Number {
		x := f.level
		if r == "t" && v > 0 {
			x += f.rise * math.Exp2(-all[v]/f.half)
		}
		return outcome.Number(x * (1 + f.cv*rng.NormFloat64()))
	})
	rec.Treatments = []outcome.Treatment{{At: "2026-01-10T12:00"}}
	for i, d := range all {
		minutes := int(math.Round((d + 0.5) * 24 * 60))
		v := &rec.Visits[i]
		start := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
		v.At = start.Add(time.Duration(minutes) * time.Minute).Format("2006-01-02T15:04")
		v.Day, v.DaysSinceTreatment = minutes/1440, nil
		if i > 0 {
			day := v.Day
			v.DaysSinceTreatment = &day
		}
	}
	return rec
}

func (f flush) noise() Noise {
	return Noise{Repeatability: []Figure{
		{Measure: "hemoglobin", Unit: "% blood", Contrast: outcome.Raw, CV: f.cv, DF: 100},
		{Measure: "hemoglobin", Unit: "% blood", Contrast: outcome.VsControl, CV: math.Sqrt2 * f.cv, DF: 100},
	}}
}

func assessed(t *testing.T, rec *outcome.Record, n Noise) outcome.Recovery {
	t.Helper()
	Assess(rec, n)
	for _, r := range rec.Recovery {
		if r.Measure == "hemoglobin" && r.ROI == "t" {
			return r
		}
	}
	t.Fatal("no recovery of haemoglobin")
	return outcome.Recovery{}
}

var clinicDays = []float64{0.02, 1, 2, 4, 7}

func TestRecoveryWithoutNoise(t *testing.T) {
	f := flush{level: 3, rise: 3, half: 2, cv: 0, days: clinicDays}
	known := flush{cv: 0.02}
	r := assessed(t, f.course(rand.New(rand.NewPCG(1, 1))), known.noise())
	if !(math.Abs(float64(r.HalfLifeDays)-2) < 1e-3) || r.Reason != "" {
		t.Errorf("half-life %v, %q", r.HalfLifeDays, r.Reason)
	}
	// From the peak on, at 0.02 days of a half-life of 2: 3·2^−0.01, towards no difference.
	if r.Amplitude == nil || r.Plateau == nil || !r.PlateauFixed || !(math.Abs(float64(*r.Amplitude)-2.979) < 2e-3) || !(math.Abs(float64(*r.Plateau)) < 2e-3) {
		t.Errorf("amplitude %v, plateau %v, fixed %v", r.Amplitude, r.Plateau, r.PlateauFixed)
	}
	// The record's times are whole minutes. 0.02 days are 29 minutes: 0.48 hours. The MDC95 of the last visits is about
	// 1.98·√2·√2·0.02·3 = 0.24: the rise is 0.75 on day 4 and 0.27 on day 7.
	if r.PeakHours != 0.48 || !(math.Abs(float64(r.Peak)-3*math.Exp2(-0.01)) < 0.01) || r.LastAboveDay != 7 || r.FirstWithinDay.Known() {
		t.Errorf("%+v", r)
	}
}

// Realistic noise: each region's value is known to 2 % (the project's gate for the
// repeatability of texture; redness is to be within 3 %), the flush doubles the blood.
func TestHalfLivesWithinFifteenPercent(t *testing.T) {
	notShort(t)
	for _, half := range []float64{1, 2, 3} {
		f := flush{level: 3, rise: 3, half: half, cv: 0.02, days: clinicDays}
		rng := rand.New(rand.NewPCG(23, uint64(100*half)))
		within, covered, given := 0, 0, 0
		var list []float64
		const courses = 150
		for range courses {
			r := assessed(t, f.course(rng), f.noise())
			if !r.HalfLifeDays.Known() {
				continue
			}
			given++
			list = append(list, float64(r.HalfLifeDays))
			if math.Abs(float64(r.HalfLifeDays)/half-1) <= 0.15 {
				within++
			}
			if float64(r.HalfLifeCI95[0]) <= half && half <= float64(r.HalfLifeCI95[1]) {
				covered++
			}
		}
		t.Logf("half-life %.1f d: given %.1f %%, within 15 %% %.1f %%, median %.3f, covered %.1f %%", half,
			100*share(given, courses), 100*share(within, courses), stats.Median(list), 100*share(covered, given))
		// What limits it is the noise of the photos: no estimate can do better than its
		// bound. Six points are two standard errors of a share of 150 courses.
		sd, most := f.bound()
		t.Logf("no unbiased estimate varies by less than %.1f %%: within 15 %% in at most %.1f %%", 100*sd, 100*most)
		if !(share(within, courses) >= most-0.06) {
			t.Errorf("half-life %v: within 15 %% in %.3f, the bound is %.3f", half, share(within, courses), most)
		}
		if c := share(covered, given); !(c >= 0.92 && c <= 0.98) {
			t.Errorf("half-life %v: %.3f of intervals cover", half, c)
		}
		if !(share(given, courses) >= 0.98) || !(math.Abs(stats.Median(list)/half-1) <= 0.03) {
			t.Errorf("half-life %v: given %d of %d, median %v", half, given, courses, stats.Median(list))
		}
	}
}

// bound is the least standard deviation of ln half-life that any unbiased estimate from
// these visits can have (Cramér 1946; Rao 1945), and so at most how often one is within
// 15 %: half-life, amplitude and plateau are unknown, and every region's value has its
// relative error, the control's too.
func (f flush) bound() (sd, within float64) {
	var info [3][3]float64
	add := func(row [3]float64, rise float64) {
		variance := f.cv * f.cv * ((f.level+rise)*(f.level+rise) + f.level*f.level)
		for i := range row {
			for j := range row {
				info[i][j] += row[i] * row[j] / variance
			}
		}
	}
	for _, t := range f.days {
		fall := math.Exp2(-t / f.half)
		add([3]float64{f.rise * fall * math.Ln2 * t / f.half, fall, 1}, f.rise*fall)
	}
	add([3]float64{0, 0, 1}, 0) // the visit before the treatment
	a, b, c := info[1][1], info[1][2], info[2][2]
	det := a*c - b*b
	x, y := info[0][1], info[0][2]
	sd = 1 / math.Sqrt(info[0][0]-(x*x*c-2*x*y*b+y*y*a)/det)
	phi := func(z float64) float64 { return (1 + math.Erf(z/math.Sqrt2)) / 2 }
	return sd, phi(math.Log(1.15)/sd) - phi(math.Log(0.85)/sd)
}

func TestRecoveryIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    flush
		want string
	}{
		{"days 0 and 30", flush{level: 3, rise: 3, half: 2, days: []float64{0.1, 30}}, reasonFew},
		{"days 0, 20 and 30", flush{level: 3, rise: 3, half: 2, days: []float64{0, 20, 30}}, reasonApart},
		{"no flush", flush{level: 3, rise: 0.01, half: 2, days: clinicDays}, reasonSmall},
		{"slow", flush{level: 3, rise: 3, half: 30, days: clinicDays}, reasonLong},
		{"no visit", flush{level: 3, days: []float64{}}, reasonNoVisit},
	} {
		known := flush{cv: 0.02}
		r := assessed(t, tt.f.course(rand.New(rand.NewPCG(1, 1))), known.noise())
		if r.HalfLifeDays.Known() || r.HalfLifeCI95[1].Known() || !strings.Contains(r.Reason, tt.want) {
			t.Errorf("%s: half-life %v, %q, want %q", tt.name, r.HalfLifeDays, r.Reason, tt.want)
		}
	}
}

func TestRecoveryAfterEachTreatmentAndContinuousCourses(t *testing.T) {
	f := flush{level: 3, rise: 3, half: 1, days: []float64{0.1, 2, 10, 18}}
	rec := f.course(rand.New(rand.NewPCG(1, 1)))
	rec.Treatments = append(rec.Treatments, outcome.Treatment{At: "2026-01-15"}, outcome.Treatment{At: "2026-02-20", ROIs: []string{"elsewhere"}})
	known := flush{cv: 0.02}
	Assess(rec, known.noise())
	var got []outcome.Recovery
	for _, r := range rec.Recovery {
		if r.Measure == "hemoglobin" {
			got = append(got, r)
		}
	}
	if len(got) != 2 || !strings.Contains(got[0].Reason, "continuous course") {
		t.Fatalf("%+v", got)
	}
	if got[1].FirstWithinDay != 5 || got[1].LastAboveDay.Known() {
		t.Errorf("%+v", got[1])
	}
}

func TestMomentsOfVisitsAndTreatments(t *testing.T) {
	for _, tt := range []struct {
		visit outcome.Visit
		at    string
		days  float64
		exact bool
		ok    bool
	}{
		{outcome.Visit{At: "2026-01-12"}, "2026-01-10", 2, false, true},
		{outcome.Visit{At: "2026-01-10"}, "2026-01-10", 0, false, false},
		{outcome.Visit{At: "2026-01-10", Phase: "after"}, "2026-01-10", 0, false, true},
		{outcome.Visit{At: "2026-01-10T18:00"}, "2026-01-10T12:00", 0.25, true, true},
		{outcome.Visit{At: "2026-01-10T11:00"}, "2026-01-10T12:00", 0, false, false},
		{outcome.Visit{At: "2026-01-10T18:00", Phase: "before"}, "2026-01-10T12:00", 0, false, false},
		{outcome.Visit{At: "2026-01-11T12:00+02:00"}, "2026-01-10T12:00Z", 22.0 / 24, true, true},
		{outcome.Visit{At: "2026-01-11T12:00:30"}, "2026-01-10", 1, false, true},
		{outcome.Visit{At: "yesterday"}, "2026-01-10", 0, false, false},
	} {
		days, exact, ok := after(tt.visit, outcome.Treatment{At: tt.at})
		if !(math.Abs(days-tt.days) < 1e-9) || exact != tt.exact || ok != tt.ok {
			t.Errorf("%+v after %s: %v %v %v", tt.visit, tt.at, days, exact, ok)
		}
	}
}

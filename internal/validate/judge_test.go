package validate

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/trend"
)

// drawn is a bare record of unchanged skin, without a photo taken: treated, control and
// patch skin whose values differ from visit to visit as a hash of their names says, by
// spread at most, and those of shifted (by measure) from day 8 on by more.
func drawn(band string, seed int, spread float64, days []int, shifted map[string]float64) *outcome.Record {
	angle := map[string]outcome.Number{trend.BandLight: 50, trend.BandMedium: 20, trend.BandDark: -20}[band]
	rec := &outcome.Record{Schema: outcome.Schema, Settings: outcome.DefaultSettings(),
		Series:     outcome.Series{Baseline: day(days[0])},
		Treatments: []outcome.Treatment{{At: day(0), ROIs: []string{"treated", "patch"}}}}
	unit := func(n int) float64 { return math.Mod(math.Abs(1e4*math.Sin(float64(n))), 2) - 1 }
	for k, n := range days {
		v := outcome.Visit{Visit: day(n), At: day(n), Day: n}
		if n > 0 {
			v.DaysSinceTreatment = &n
		} else {
			v.Phase = "before"
		}
		p := outcome.Photo{File: day(n) + ".jpg", Visit: v.Visit, Quality: outcome.Quality{Verdict: outcome.OK},
			Calibration: outcome.Calibration{Method: "control", WitnessTiles: 9, LightTiles: 9}, Alignment: outcome.Alignment{Status: outcome.AlignOK}}
		for i, name := range []string{"treated", "control", "patch"} {
			kind := outcome.Treated
			if name == "control" {
				kind = outcome.Control
			}
			measures := map[string]outcome.Measurement{"ita": {Value: angle, Unit: "°"}}
			for j, m := range []string{"roughness", "hemoglobin", "melanin", "texture_coarse"} {
				x := 10 * (1 + spread*unit(1+seed*1000+100*k+10*i+j))
				if n >= 8 && name != "control" {
					x += shifted[m]
				}
				measures[m] = outcome.Measurement{Value: outcome.Number(x), Unit: definitions[m].Unit}
			}
			spots := &outcome.SpotTally{AreaCM2: 2}
			if n >= 8 && name != "control" {
				spots.Appeared = int(shifted["spots"])
			}
			p.ROIs = append(p.ROIs, outcome.ROI{Name: name, Kind: kind, Measures: measures, SpotTally: spots})
		}
		rec.Visits, rec.Photos = append(rec.Visits, v), append(rec.Photos, p)
	}
	return rec
}

var stillDays = []int{0, 14, 28, 56, 98, 182}

// value is the figure of a question.
func value(t *testing.T, samples []Sample, question, band string) Figure {
	t.Helper()
	list := figures(samples)
	i := slices.IndexFunc(list, func(f Figure) bool { return f.Question == question && f.Band == band })
	if i < 0 {
		t.Fatalf("no figure of %s", question)
	}
	return list[i]
}

// Skin that does not move raises nothing; skin that does raises rows, headline and flags.
func TestUnchangedCoursesAreCounted(t *testing.T) {
	c := course{kind: still, tone: tones[2]}
	quiet := c.judge(drawn(trend.BandMedium, 1, 1e-4, stillDays, nil), trend.Noise{})
	for _, q := range []string{rowBeyond, falseHeadline, falseFlag, falseOf(trend.FlagPigment)} {
		if f := value(t, quiet, q, trend.BandMedium); f.Value != 0 {
			t.Errorf("quiet skin: %s is %v", q, f.Value)
		}
	}
	loud := c.judge(drawn(trend.BandMedium, 1, 1e-4, stillDays, map[string]float64{"roughness": 8, "melanin": 8}), trend.Noise{})
	for _, q := range []string{falseHeadline, falseFlag, falseOf(trend.FlagPigment), falseOf(trend.FlagTexture)} {
		if f := value(t, loud, q, trend.BandMedium); f.Value != 1 {
			t.Errorf("skin that moves: %s is %v", q, f.Value)
		}
	}
	if f := value(t, loud, rowBeyond, trend.BandMedium); !(f.Value > 0.1 && f.Value < 0.9) || f.N < 50 {
		t.Errorf("skin that moves: %v of %d rows", f.Value, f.N)
	}
	if f := value(t, loud, falseOf(trend.FlagRedness), trend.BandMedium); f.Value != 0 {
		t.Error("redness is flagged where it did not move")
	}
}

// Each complication is asked about by itself: the baseline and its own visit.
func TestComplicationsAreAskedOneByOne(t *testing.T) {
	tn := tones[2]
	days := []int{0}
	for _, c := range complications(tn) {
		days = append(days, c.day)
	}
	c := course{kind: marked, tone: tn}
	risen := c.judge(drawn(trend.BandMedium, 2, 1e-4, days, map[string]float64{"roughness": 8, "melanin": 8, "hemoglobin": 8, "spots": 12, "texture_coarse": 8}), trend.Noise{})
	still := c.judge(drawn(trend.BandMedium, 2, 1e-4, days, nil), trend.Noise{})
	for _, one := range complications(tn) {
		q := missedOf(one.code, one.level)
		want := outcome.Number(0)
		if one.day < 8 || one.level == "review" { // drawn skin rises from day 8 on, and redness with it: still a watch
			want = 1
		}
		if f := value(t, risen, q, trend.BandMedium); f.Value != want || f.Verdict != Stated {
			t.Errorf("%s: missed %v, want %v", q, f.Value, want)
		}
		if f := value(t, still, q, trend.BandMedium); f.Value != 1 {
			t.Errorf("%s: found where nothing happened", q)
		}
	}
	if f := value(t, still, falseOf(trend.FlagPatch), trend.BandMedium); f.Value != 0 {
		t.Error("a patch test that did not react is flagged")
	}
}

// The true change of a better course is found where it is large, and its size is twice
// what is detectable.
func TestBetterCoursesChangeByTwiceTheDetectable(t *testing.T) {
	base := course{name: "x", kind: still, tone: tones[2], script: stillScript(tones[2], 1)}
	rec := drawn(trend.BandMedium, 3, 1e-4, stillDays, nil)
	for n, want := range []string{"roughness", "hemoglobin"} {
		c, ok := betterCourse(base, n, rec, trend.Noise{})
		if !ok || c.measure != want || c.kind != better {
			t.Fatalf("%v %+v", ok, c)
		}
		row, ok := changeOf(assessed(visitsOf(rec, betterDays...), trend.Noise{}), want, outcome.VsControl, 182)
		if !ok || !(math.Abs(math.Abs(c.change)-2*float64(row.MDC95)) <= 1e-12) {
			t.Errorf("%s: changes by %g, detectable from %v", want, c.change, row.MDC95)
		}
		skin := c.script.Visits[1].Skin[0]
		if sign := skin.Relief + skin.Blood; len(c.script.Visits) != 3 || !(sign*c.change > 0) {
			t.Errorf("%s: change %g, skin %+v", want, c.change, skin)
		}
		changed := drawn(trend.BandMedium, 3, 1e-4, betterDays, map[string]float64{want: c.change})
		if f := value(t, c.judge(changed, trend.Noise{}), detected, trend.BandMedium); f.Value != 1 {
			t.Errorf("%s: not found", want)
		}
		if f := value(t, c.judge(changed, trend.Noise{}), trueCovered, trend.BandMedium); f.Value != 1 || f.N != 2 {
			t.Errorf("%s: %v of %d intervals hold it", want, f.Value, f.N)
		}
		if f := value(t, c.judge(visitsOf(rec, betterDays...), trend.Noise{}), detected, trend.BandMedium); f.Value != 0 {
			t.Errorf("%s: found where nothing changed", want)
		}
	}
}

// Halves that judge each other have intervals that hold the truth 92 to 98 times in 100,
// as independent values of one spread must; with too few courses there is no figure.
func TestHalvesJudgeEachOther(t *testing.T) {
	var list []course
	var records []*outcome.Record
	for n := range 96 {
		tn := tones[n%len(tones)]
		list = append(list, course{kind: still, tone: tn})
		records = append(records, drawn(tn.band, 10+n, 0.02, stillDays, nil))
	}
	samples := crossed(list, records)
	for _, band := range bands {
		if f := value(t, samples, covered, band); !(f.Value >= 0.92 && f.Value <= 0.99) || f.N < 1000 {
			t.Errorf("%s: %v of %d", band, f.Value, f.N)
		}
	}
	if few := crossed(list[:20], records[:20]); few != nil {
		t.Error("20 courses judge each other")
	}
}

// Every flag has a rate on unchanged skin and is tried on a complication.
func TestEveryFlagIsTried(t *testing.T) {
	list := figures(nil)
	if len(list) != 0 {
		t.Fatal("figures of nothing")
	}
	asked := map[string]bool{}
	for _, g := range Goals() {
		asked[g.Question] = true
	}
	for _, code := range trend.FlagCodes() {
		if !asked[falseOf(code)] {
			t.Errorf("%s has no rate of false flags", code)
		}
		tried := slices.ContainsFunc(complications(tones[0]), func(c complication) bool { return c.code == code && asked[missedOf(c.code, c.level)] })
		if !tried {
			t.Errorf("%s is not tried on a complication", code)
		}
	}
}

// Flag rates are the figures of the battery.
func TestFlagRatesAreThoseOfTheBattery(t *testing.T) {
	s := sampler{band: trend.BandDark}
	for i := range 8 {
		s.is(falseOf(trend.FlagRedness), "", false, i == 0)
		s.is(missedOf(trend.FlagRedness, ""), "", false, i < 2)
		s.is(falseOf(trend.FlagTram), "", false, false)
	}
	r := newReport("full", outcome.Software{}, s.list)
	rates := r.FlagRates("c", "d").Rates
	if len(rates) != 2 {
		t.Fatalf("%+v", rates)
	}
	if f := rates[0]; f.Code != trend.FlagRedness || f.Band != trend.BandDark || f.FalseRate != 0.125 || f.Courses != 8 || f.MissRate != 0.25 || f.Cases != 8 || f.Effect == "" {
		t.Errorf("%+v", f)
	}
	if f := rates[1]; f.Code != trend.FlagTram || f.FalseRate != 0 || f.MissRate.Known() || f.Effect != "" {
		t.Errorf("%+v", f)
	}
}

// Spots are summed by contrast times area over treated skin; where either visit has no
// number, or on other skin, they count for nothing.
func TestSpotsAreSummed(t *testing.T) {
	rec := &outcome.Record{Spots: []outcome.Spot{
		{ROI: "treated", Visit: day(98), DiameterMM: 2, From: 1, To: 0.5}, {ROI: "treated", Visit: day(98), DiameterMM: 1, From: 2, To: 2},
		{ROI: "patch", Visit: day(98), DiameterMM: 9, From: 9, To: 1}, {ROI: "treated", Visit: day(98), DiameterMM: 9, From: outcome.NaN(), To: 1},
	}}
	s := sampler{course: "x", band: trend.BandLight}
	s.unchangedSpots(rec)
	if one := s.list[0]; one.Of != 2 || !(math.Abs(one.Truth-1.5*math.Pi) <= 1e-12) || !(math.Abs(float64(one.Measured)-math.Pi) <= 1e-12) {
		t.Errorf("%+v", one)
	}
	if d := drifted(s.list); !(math.Abs(d-100./3) <= 1e-9) {
		t.Errorf("a third less is %v %%", d)
	}
}

// Of three spots one goes, of four times the area of each other; a third of all is left.
func TestSpotsAreSummedAsTheirTruth(t *testing.T) {
	spots := []phantom.SpotTruth{{ID: "a", AreaMM2: 4, Melanin: 1, Region: "treated"}, {ID: "b", AreaMM2: 1, Melanin: 1, Region: "treated"}, {ID: "c", AreaMM2: 1, Melanin: 1, Region: "treated"}, {ID: "d", AreaMM2: 9, Melanin: 1}}
	photo := func(file string, change outcome.Number, strength map[string]float64) pairing {
		tally := &outcome.SpotTally{Change: change}
		return pairing{file: file, record: outcome.Photo{ROIs: []outcome.ROI{{Name: "treated", SpotTally: tally}, {Name: "control", SpotTally: tally}}}, truth: phantom.PhotoTruth{Spots: strength}}
	}
	before := photo("before", 0, map[string]float64{"a": 1, "b": 1, "c": 1, "d": 1})
	s := sampler{course: "x", band: trend.BandLight}
	s.sumsOfSpots([]pairing{before, photo("after", -0.6, map[string]float64{"b": 1, "c": 1}), photo("lost", outcome.NaN(), map[string]float64{"b": 1}), photo("mute", 0, nil)}, spots)
	if len(s.list) != 1 || s.list[0].Question != spotSum || !(math.Abs(s.list[0].Truth-1./3) <= 1e-12) || !(math.Abs(worstRatio(s.list)-20) <= 1e-9) {
		t.Errorf("%+v", s.list)
	}
}

// A measured spot answers for one true spot, its nearest; true spots that overlap have no
// fate of their own.
func TestFatesAreMatchedMutually(t *testing.T) {
	truth := phantom.Truth{MMPerPx: 0.1, Spots: []phantom.SpotTruth{
		{ID: "alone", X: 100, Y: 100, RMM: 2, Region: "treated", Fate: "stays"},
		{ID: "unseen", X: 130, Y: 100, RMM: 0.9, Region: "treated", Fate: "gone"},
		{ID: "over", X: 200, Y: 100, RMM: 2, Region: "treated", Fate: "gone"},
		{ID: "under", X: 215, Y: 100, RMM: 2, Region: "treated", Fate: "stays"},
		{ID: "elsewhere", X: 300, Y: 100, RMM: 2, Region: "control", Fate: "stays"},
		{ID: "wrong", X: 100, Y: 300, RMM: 2, Region: "treated", Fate: "faded"},
	}}
	var rec outcome.Record
	for _, at := range [][2]float64{{102, 101}, {205, 100}, {300, 100}, {105, 300}} {
		rec.Spots = append(rec.Spots, outcome.Spot{ROI: "treated", X: outcome.Number(at[0]), Y: outcome.Number(at[1]), Fate: outcome.SpotPersisted})
	}
	s := sampler{course: "x", band: trend.BandLight}
	s.fates(&rec, truth)
	var got []string
	for _, one := range s.list {
		got = append(got, fmt.Sprint(one.Question, " ", one.Case, " ", one.Measured))
	}
	want := []string{"spot_found x alone 1", "spot_fate x alone 1", "spot_found x unseen 0", "spot_found x wrong 1", "spot_fate x wrong 0"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

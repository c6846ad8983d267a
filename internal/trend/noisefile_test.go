package trend

import (
	"bytes"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

func TestANoiseFileIsReadAsItWasWritten(t *testing.T) {
	f := NoiseFile{Schema: NoiseSchema, Command: "dermtrace repeatability \"a\" -o noise.json", Date: "2026-01-12", Figures: []Figure{
		{Measure: "roughness", Unit: "1", Contrast: outcome.Raw, CV: 0.02, WithinCV: 0.01, DF: 10, N: 10, Source: SourceRepeatability},
		{Measure: "l_star", Unit: "CIELAB", Contrast: outcome.VsControl, Band: BandDark, SD: 0.8, DF: 9, N: 9, Source: SourceRepeatability},
	}}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	back, err := ReadNoise(&b)
	if err != nil || text(t, back) != text(t, f) {
		t.Errorf("%v\n%s\n%s", err, text(t, f), text(t, back))
	}
}

func TestNoiseFilesThatNoStudyYieldsAreRefused(t *testing.T) {
	const good = `{"measure":"roughness","unit":"1","contrast":"raw","cv":0.02,"df":10,"n":10}`
	file := func(figure string) string {
		return `{"schema":"` + NoiseSchema + `","command":"","date":"","figures":[` + figure + `]}`
	}
	if _, err := ReadNoise(strings.NewReader(file(good))); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"text":           "noise",
		"other schema":   `{"schema":"dermtrace.results/1"}`,
		"no error":       file(strings.Replace(good, "0.02", "0", 1)),
		"negative":       file(strings.Replace(good, "0.02", "-0.02", 1)),
		"no freedom":     file(strings.Replace(good, `"df":10`, `"df":0`, 1)),
		"unknown band":   file(strings.Replace(good, `"raw"`, `"raw","band":"pale"`, 1)),
		"other contrast": file(strings.Replace(good, `"raw"`, `"vs_comparator"`, 1)),
		"unknown key":    file(strings.Replace(good, `"n"`, `"m"`, 1)),
		"endless":        strings.Repeat(" ", maxNoiseFile+1),
	} {
		if f, err := ReadNoise(strings.NewReader(text)); err == nil {
			t.Errorf("%s: read as %+v", what, f)
		}
	}
}

// A repeatability study is trusted before the witness and the built-in figures, the
// built-in ones speak for every measure and band that they hold, and each row says how
// much its source rests on.
func TestSourcesInOrderOfTrust(t *testing.T) {
	rec := constructed([]int{0, 40}, 1, steady)
	study := Noise{SHA256: "of the file", Repeatability: []Figure{
		{Measure: "roughness", Unit: "1", Contrast: outcome.Raw, CV: 0.5, DF: 10, N: 11},
		{Measure: "melanin", Unit: "% melanin", Contrast: outcome.Raw, CV: 0.5, DF: MinDF - 1, N: 5},
		{Measure: "hemoglobin", Unit: "g/l", Contrast: outcome.Raw, CV: 0.5, DF: 10, N: 11},
	}}
	Assess(rec, study)
	for measure, want := range map[string]string{"roughness": SourceRepeatability, "melanin": SourceBuiltIn, "hemoglobin": SourceBuiltIn} {
		c := find(t, rec, outcome.Change{ROI: "t", Measure: measure, Contrast: outcome.Raw, Against: outcome.AgainstBaseline, Visit: rec.Visits[1].Visit})
		if c.MDCSource != want || c.MDCN == 0 || (want == SourceRepeatability) != (c.MDCN == 11) {
			t.Errorf("%s: %s of %d, want %s", measure, c.MDCSource, c.MDCN, want)
		}
	}
	if rec.Settings.NoiseSHA256 != study.SHA256 {
		t.Error("the record does not say which study its errors rest on")
	}
	for _, f := range BuiltIn() {
		if f.Source == "" || f.Band == "" && !strings.HasPrefix(f.Measure, "hair_") || !(f.DF >= MinDF) {
			t.Errorf("%+v", f)
		}
	}
}

// Visits after a treatment are no repeats of unchanged skin.
func TestUntreatedEndsAtTheTreatment(t *testing.T) {
	rec := constructed([]int{-14, -7, 0, 30}, 1, steady)
	short, left := Untreated(rec)
	if left != 1 || len(short.Visits) != 3 || len(rec.Visits) != 4 {
		t.Errorf("%d left out, %d of %d kept", left, len(short.Visits), len(rec.Visits))
	}
}

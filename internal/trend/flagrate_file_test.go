package trend

import (
	"bytes"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

func TestFlagRatesAreReadAsTheyWereWritten(t *testing.T) {
	f := FlagRateFile{Schema: FlagRateSchema, Command: "a <command>", Date: "2026-01-10", Rates: []FlagRate{
		{Code: FlagRedness, Band: BandDark, FalseRate: 0.02, Courses: 50, MissRate: 0.25, Cases: 8, Effect: "blood +1 point"},
		{Code: FlagTram, Band: BandLight, FalseRate: 0, Courses: 50, MissRate: outcome.NaN()},
	}}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFlagRates(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rates) != 2 || got.Command != f.Command || got.Rates[0] != f.Rates[0] || got.Rates[1].MissRate.Known() {
		t.Errorf("%+v", got)
	}
	for _, bad := range []string{"", "{}", `{"schema":"dermtrace.flagrates/1","rates":[{"false_rate":1.5,"miss_rate":null}]}`} {
		if _, err := ReadFlagRates(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// A flag carries the rates of its own skin's band; those of unknown skin carry none.
func TestFlagsCarryTheRatesOfTheirBand(t *testing.T) {
	for _, rate := range flagRates() {
		c := &course{band: rate.Band}
		f := c.rated(&outcome.Flag{Code: rate.Code})
		if f.Band != rate.Band || (f.FalseRate != nil) != rate.FalseRate.Known() || (f.MissRate != nil) != rate.MissRate.Known() {
			t.Errorf("%+v: %+v", rate, f)
		}
		if (rate.Effect != "") != rate.MissRate.Known() {
			t.Errorf("%+v: a miss rate belongs to an effect", rate)
		}
	}
	if f := (&course{}).rated(&outcome.Flag{Code: FlagRedness}); f.FalseRate != nil || f.Band != "" {
		t.Errorf("unknown skin: %+v", f)
	}
}

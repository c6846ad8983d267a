package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dermtrace/internal/trend"
	"dermtrace/internal/validate"
)

// What the battery keeps is what the program reads back as built in, and names the command
// that writes it again.
func TestBatteryKeepsWhatIsBuiltIn(t *testing.T) {
	dir := t.TempDir()
	o := validateOptions{courses: 12, noise: filepath.Join(dir, "noise"), rates: filepath.Join(dir, "rates"), figuresTo: filepath.Join(dir, "figures")}
	rep := &validate.Report{Schema: validate.Schema, Figures: []validate.Figure{{Text: "a goal"}}, Samples: []validate.Sample{{Case: "a photo"}}}
	if err := o.keep(rep); err != nil {
		t.Fatal(err)
	}
	read := func(name string) *os.File {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	noise, err := trend.ReadNoise(read(o.noise))
	if err != nil || noise.Command != "dermtrace validate --courses 12 --noise FILE" || len(noise.Date) != len("2026-01-10") {
		t.Errorf("%+v, %v", noise, err)
	}
	rates, err := trend.ReadFlagRates(read(o.rates))
	if err != nil || rates.Command != "dermtrace validate --courses 12 --noise FILE --flag-rates FILE" {
		t.Errorf("%+v, %v", rates, err)
	}
	var figures validate.Report
	if err := json.NewDecoder(read(o.figuresTo)).Decode(&figures); err != nil || len(figures.Figures) != 1 || len(figures.Samples) != 0 || len(rep.Samples) != 1 {
		t.Errorf("%+v, %v", figures, err)
	}
}

// Programs that were built from changed sources do not share what they kept.
func TestChangedProgramsAreToldApart(t *testing.T) {
	clean, err := ownHash("0123abc")
	if err != nil || clean != "" {
		t.Errorf("%q, %v", clean, err)
	}
	for _, revision := range []string{"", "0123abc+modified"} {
		if hash, err := ownHash(revision); err != nil || len(strings.TrimLeft(hash, "0123456789abcdef")) != 0 || len(hash) != 64 {
			t.Errorf("%q: %q, %v", revision, hash, err)
		}
	}
}

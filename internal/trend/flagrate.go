package trend

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"dermtrace/internal/outcome"
)

// FlagRateSchema names the layout of a [FlagRateFile].
const FlagRateSchema = "dermtrace.flagrates/1"

// FlagRateFile keeps how often flags are wrong on simulated skin.
type FlagRateFile struct {
	Schema  string     `json:"schema"`
	Command string     `json:"command"` // that measured the rates
	Date    string     `json:"date"`
	Rates   []FlagRate `json:"rates"`
}

// FlagRate is how often one flag is wrong on one band of skin tone.
type FlagRate struct {
	Code string `json:"code"`
	Band string `json:"band"`

	FalseRate outcome.Number `json:"false_rate"` // share of unchanged courses that raise it
	Courses   int            `json:"courses"`    // in which it could be asked
	MissRate  outcome.Number `json:"miss_rate"`  // share of cases of Effect that do not raise it
	Cases     int            `json:"cases"`
	Effect    string         `json:"effect"` // "": none was simulated
}

// maxFlagRateFile bounds such a file: six flags and three bands are a hundredth of it.
const maxFlagRateFile = 1 << 18

// ReadFlagRates reads a file of rates and refuses what no count can have yielded.
func ReadFlagRates(r io.Reader) (*FlagRateFile, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFlagRateFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFlagRateFile {
		return nil, errors.New("not a file of flag rates: more than a quarter of a mebibyte")
	}
	var f FlagRateFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("not a file of flag rates: %w", err)
	}
	if f.Schema != FlagRateSchema {
		return nil, fmt.Errorf("the schema is %q, this version reads %q", f.Schema, FlagRateSchema)
	}
	for _, rate := range f.Rates {
		for _, v := range []outcome.Number{rate.FalseRate, rate.MissRate} {
			if v.Known() && !(v >= 0 && v <= 1) {
				return nil, fmt.Errorf("%s, %s skin: %v is no share", rate.Code, rate.Band, v)
			}
		}
	}
	return &f, nil
}

// Write writes one rate per line.
func (f FlagRateFile) Write(w io.Writer) error {
	rates := f.Rates
	f.Rates = []FlagRate{}
	head, err := json.Marshal(f)
	if err != nil {
		return err
	}
	b := bytes.NewBuffer(bytes.TrimSuffix(head, []byte("]}")))
	for i, rate := range rates {
		line, err := json.Marshal(rate)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "\n  %s", line)
	}
	b.WriteString("\n]}\n")
	_, err = b.WriteTo(w)
	return err
}

// flagRateFile holds the rates that flags carry, by band of ITA, with the command that
// measured them ('dermtrace validate --flag-rates') and its date.
//
//go:embed flagrates.json
var flagRateFile []byte

// flagRates reads the file once: it is part of the program, so an error is a bug.
var flagRates = sync.OnceValue(func() []FlagRate {
	f, err := ReadFlagRates(bytes.NewReader(flagRateFile))
	if err != nil {
		panic("trend: flagrates.json: " + err.Error())
	}
	return f.Rates
})

// rated puts the rates of the skin's band beside a flag; where the band is unknown or
// none were measured it has none.
func (c *course) rated(f *outcome.Flag) *outcome.Flag {
	rates := flagRates()
	i := slices.IndexFunc(rates, func(r FlagRate) bool { return r.Code == f.Code && r.Band == c.band })
	if i < 0 {
		return f
	}
	f.Band = c.band
	if r := rates[i]; r.FalseRate.Known() {
		f.FalseRate, f.FalseN = &r.FalseRate, r.Courses
	}
	if r := rates[i]; r.MissRate.Known() {
		f.MissRate, f.MissN, f.Effect = &r.MissRate, r.Cases, r.Effect
	}
	return f
}

package trend

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"dermtrace/internal/outcome"
)

// NoiseSchema names the layout of a [NoiseFile].
const NoiseSchema = "dermtrace.noise/1"

// NoiseFile keeps figures of noise: those of a clinic's repeatability study and, in the
// same form, the built-in ones.
type NoiseFile struct {
	Schema  string   `json:"schema"`
	Command string   `json:"command"` // that measured the figures
	Date    string   `json:"date"`    // of the latest visit behind them, or when the battery was run
	Figures []Figure `json:"figures"`
}

// maxNoiseFile bounds a noise file: a thousand figures are a third of it.
const maxNoiseFile = 1 << 20

// ReadNoise reads a noise file and refuses figures that no study can have yielded.
func ReadNoise(r io.Reader) (*NoiseFile, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxNoiseFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxNoiseFile {
		return nil, errors.New("not a noise file: more than a mebibyte")
	}
	var f NoiseFile
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("not a noise file: %w", err)
	}
	if f.Schema != NoiseSchema {
		return nil, fmt.Errorf("the schema is %q, this version reads %q", f.Schema, NoiseSchema)
	}
	for i, figure := range f.Figures {
		if err := figure.check(); err != nil {
			return nil, fmt.Errorf("figure %d, %s: %w", i+1, figure.Measure, err)
		}
	}
	return &f, nil
}

// check refuses a figure that would make every change real, or none.
func (f Figure) check() error {
	for _, v := range []float64{f.SD, f.CV, f.WithinSD, f.WithinCV} {
		if !(v >= 0) || math.IsInf(v, 1) {
			return errors.New("a standard deviation below zero")
		}
	}
	switch {
	case f.Measure == "":
		return errors.New("it names no measure")
	case f.Contrast != outcome.Raw && f.Contrast != outcome.VsControl:
		return fmt.Errorf("the contrast %q is neither raw nor vs_control", f.Contrast)
	case !slices.Contains([]string{"", BandLight, BandMedium, BandDark}, f.Band):
		return fmt.Errorf("the band %q is none of light, medium, dark", f.Band)
	case !(f.DF > 0) || math.IsInf(f.DF, 1):
		return errors.New("its degrees of freedom are not above zero")
	case f.SD == 0 && f.CV == 0:
		return errors.New("visits that do not differ at all are no measurement of noise")
	}
	return nil
}

// Write writes one figure per line, so that a changed one is a changed line.
func (f NoiseFile) Write(w io.Writer) error {
	var b bytes.Buffer
	head, err := json.Marshal([3]string{f.Schema, f.Command, f.Date})
	if err != nil {
		return err
	}
	var texts [3]json.RawMessage
	if err := json.Unmarshal(head, &texts); err != nil {
		return err
	}
	fmt.Fprintf(&b, "{\n \"schema\": %s,\n \"command\": %s,\n \"date\": %s,\n \"figures\": [", texts[0], texts[1], texts[2])
	for i, figure := range f.Figures {
		line, err := json.Marshal(figure)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n  %s", line)
	}
	b.WriteString("\n ]\n}\n")
	_, err = b.WriteTo(w)
	return err
}

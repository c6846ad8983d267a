package trend

import (
	"bytes"
	_ "embed"
	"slices"
	"sync"

	"dermtrace/internal/outcome"
)

// builtInFile holds the built-in figures in the form of a [NoiseFile], by band of ITA,
// with the command that wrote it ('dermtrace validate --noise') and its date.
//
//go:embed builtin.json
var builtInFile []byte

// publishedFile holds what was published for other instruments, with its sources, in
// the same form: the only figures that were typed in.
//
//go:embed published.json
var publishedFile []byte

// BuiltIn returns the built-in figures. A change that rests on a provisional one says so.
func BuiltIn() []Figure { return slices.Clone(builtIn()) }

// Published returns the figures that were published for other instruments.
func Published() []Figure { return slices.Clone(published()) }

// The files are part of the program, so an error in one is a bug; each is read once.
var (
	builtIn   = sync.OnceValue(func() []Figure { return embedded("builtin.json", builtInFile) })
	published = sync.OnceValue(func() []Figure { return embedded("published.json", publishedFile) })
)

func embedded(name string, b []byte) []Figure {
	f, err := ReadNoise(bytes.NewReader(b))
	if err != nil {
		panic("trend: " + name + ": " + err.Error())
	}
	return f.Figures
}

// simulatedSource says what records of simulated skin are.
const simulatedSource = "simulated courses of unchanged skin: drift of 1 % of melanin and 4 % of blood, everyday pose, light and camera"

// BuildIn are figures to build in: by band those that courses of unchanged simulated
// skin show, and published ones, but for those that another holds at any level: at the
// level of a region the larger error counts, so that a simulation that is kinder than
// clinics promises nothing. All are provisional until a clinic measures its own.
func BuildIn(records []*outcome.Record) []Figure {
	list := []Figure{}
	for _, band := range []string{BandLight, BandMedium, BandDark} {
		told := slices.DeleteFunc(Published(), func(f Figure) bool { return f.Band != band })
		for _, r := range repeatOf(records, band, SourceBuiltIn) {
			f := r.Figure
			if !(f.DF >= MinDF) || f.check() != nil {
				continue
			}
			f.Band, f.Source, f.Provisional = band, simulatedSource, true
			i := slices.IndexFunc(told, f.rivals)
			switch {
			case i >= 0 && told[i].holds(f):
				continue
			case i >= 0 && f.holds(told[i]):
				told = slices.Delete(told, i, i+1)
			}
			list = append(list, f)
		}
		list = append(list, told...)
	}
	return list
}

// holds reports whether the error of f is at least that of g at any level.
func (f Figure) holds(g Figure) bool { return f.SD >= g.SD && f.CV >= g.CV }

// rivals reports whether two figures answer the same question.
func (f Figure) rivals(g Figure) bool {
	return f.Measure == g.Measure && f.Unit == g.Unit && f.Contrast == g.Contrast && f.Band == g.Band
}

// repeatOf is [repeat] of the records of one band; none where no subject has two visits.
func repeatOf(records []*outcome.Record, band, source string) []Repeatability {
	mine := slices.DeleteFunc(slices.Clone(records), func(r *outcome.Record) bool { return BandOf(r) != band })
	list, err := repeat(mine, source)
	if err != nil {
		return nil
	}
	return list
}

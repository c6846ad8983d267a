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

// Sources of figures from simulated skin.
const (
	simulatedSource = "simulated courses of unchanged skin: drift of 1 % of melanin and 4 % of blood, everyday pose, light and camera"
	unmatchedSource = "simulated courses of unchanged skin without untreated skin beside it: lamp, focus and what the camera makes of detail as they come"
)

// BuildIn are figures to build in: by band those that courses of unchanged simulated
// skin show, and published ones, but for those that another holds at any level: at the
// level of a region the larger error counts, so that a simulation that is kinder than
// clinics promises nothing. All are provisional until a clinic measures its own. Texture of
// courses alone, without untreated skin, has figures of its own where they are larger.
func BuildIn(records, alone []*outcome.Record) []Figure {
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
		list = append(list, unmatched(alone, band, list)...)
	}
	return list
}

// unmatched are figures of texture by records without untreated skin, but for those that one of a
// list holds.
func unmatched(records []*outcome.Record, band string, list []Figure) (larger []Figure) {
	for _, r := range repeatOf(records, band, SourceBuiltIn) {
		f := r.Figure
		f.Band, f.Source, f.Provisional, f.Unmatched = band, unmatchedSource, true, true
		told := slices.ContainsFunc(list, func(g Figure) bool { return g.rivals(f) && g.holds(f) })
		if !told && f.DF >= MinDF && f.check() == nil && records[0].Definitions[f.Measure].Family == outcome.Texture {
			larger = append(larger, f)
		}
	}
	return larger
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

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
	scalpSource     = "simulated courses of unchanged scalps: clipped hair that lies 2 to 6° otherwise at every visit, everyday pose, light and camera"
)

// bands are those of skin.
var bands = []string{BandLight, BandMedium, BandDark}

// BuildIn are figures to build in: by band those that courses of unchanged simulated
// skin show, and published ones, but for those that another holds at any level: at the
// level of a region the larger error counts, so that a simulation that is kinder than
// clinics promises nothing. All are provisional until a clinic measures its own.
func BuildIn(records []*outcome.Record) []Figure {
	list := []Figure{}
	for _, band := range bands {
		list = append(list, buildIn(records, band, simulatedSource)...)
	}
	return list
}

// BuildInScalps are such figures from scalps, of all bands together: the tone of skin says little
// about hair, which is told by its contrast to it and darkens it.
func BuildInScalps(records []*outcome.Record) []Figure { return buildIn(records, "", scalpSource) }

// BuildInAlone are such figures of texture from courses without untreated skin, but for those that
// one of a list of figures holds.
func BuildInAlone(records []*outcome.Record, list []Figure) []Figure {
	var larger []Figure
	for _, band := range bands {
		for _, f := range shown(records, band, unmatchedSource) {
			f.Unmatched = true
			held := slices.ContainsFunc(list, func(g Figure) bool { return g.rivals(f) && g.holds(f) })
			if !held && records[0].Definitions[f.Measure].Family == outcome.Texture {
				larger = append(larger, f)
			}
		}
	}
	return larger
}

func buildIn(records []*outcome.Record, band, source string) []Figure {
	list := []Figure{}
	told := slices.DeleteFunc(Published(), func(f Figure) bool { return f.Band != band })
	for _, f := range shown(records, band, source) {
		i := slices.IndexFunc(told, f.rivals)
		switch {
		case i >= 0 && told[i].holds(f):
			continue
		case i >= 0 && f.holds(told[i]):
			told = slices.Delete(told, i, i+1)
		}
		list = append(list, f)
	}
	return append(list, told...)
}

// shown are the figures that records of one band show, "" for all.
func shown(records []*outcome.Record, band, source string) (list []Figure) {
	for _, f := range Figures(repeatOf(records, band, SourceBuiltIn)) {
		f.Band, f.Source, f.Provisional = band, source, true
		list = append(list, f)
	}
	return list
}

// holds reports whether the error of f is at least that of g at any level.
func (f Figure) holds(g Figure) bool { return f.SD >= g.SD && f.CV >= g.CV }

// rivals reports whether two figures answer the same question.
func (f Figure) rivals(g Figure) bool {
	return f.Measure == g.Measure && f.Unit == g.Unit && f.Contrast == g.Contrast && f.Band == g.Band
}

// repeatOf is [repeat] of the records of one band, "" for all; none where no subject has two visits.
func repeatOf(records []*outcome.Record, band, source string) []Repeatability {
	mine := slices.DeleteFunc(slices.Clone(records), func(r *outcome.Record) bool { return band != "" && BandOf(r) != band })
	list, err := repeat(mine, source)
	if err != nil {
		return nil
	}
	return list
}

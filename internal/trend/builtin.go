package trend

import (
	"bytes"
	_ "embed"
	"slices"
	"sync"
)

// builtInFile holds the built-in figures in the form of a [NoiseFile], by band of ITA,
// with the command that measured them and its date. Figures marked provisional were
// published for other instruments.
//
//go:embed builtin.json
var builtInFile []byte

// BuiltIn returns the built-in figures. A change that rests on a provisional one says so.
func BuiltIn() []Figure { return slices.Clone(builtIn()) }

// builtIn reads the file once: it is part of the program, so an error is a bug.
var builtIn = sync.OnceValue(func() []Figure {
	f, err := ReadNoise(bytes.NewReader(builtInFile))
	if err != nil {
		panic("trend: builtin.json: " + err.Error())
	}
	return f.Figures
})

package texture

import (
	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// Region is a region of a photo that is to be made ready.
type Region struct {
	RGB    *raster.RGB   // linear light, [Step] photo pixels averaged to one
	Weight *raster.Plane // share of them that counts
	Grid   Grid
	Skin   Skin // what it is on average
	Lossy  bool // the file keeps colour less well than luminance
}

// Prepare makes a region ready to measure. Where nothing can be measured it returns nil and
// the warning that says why.
func Prepare(p Region) (r *Relief, warning string) {
	mix, known := MixFor(p.Skin), EstimateNoise(p.RGB, p.Weight)
	noise := known.Of(mix, p.Skin.Light)
	if p.Lossy {
		noise += mix.colourNoise(p, known)
	}
	return NewRelief(chromo.NewField(mix.Light(p.RGB), p.Weight), p.Grid, noise, mix.Doubts()...)
}

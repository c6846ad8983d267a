package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// Region is a region of a photo that is to be made ready.
type Region struct {
	RGB    *raster.RGB   // linear light, [Step] photo pixels averaged to one
	Weight *raster.Plane // share of them that counts; nil: all do
	Grid   Grid
	Skin   Skin       // what it is on average
	Uneven Unevenness // of the series' baseline
	Lossy  bool       // the file keeps colour less well than luminance
	CbStep float64    // of the file (photo.Meta); 0: unknown
}

// colourBlock is the side in photo pixels of the blocks in which lossy files have colour (4:2:0).
// Within one there is luminance alone, in which neither shine nor pigment cancels.
const colourBlock = 2

// Prepare makes a region ready to measure. Where nothing can be measured it returns nil and
// the warning that says why.
func Prepare(p Region) (r *Relief, warning string) {
	uneven := lossless
	if p.Lossy {
		uneven = p.Uneven
		p.Grid.Block = max(1, colourBlock/p.Grid.Step)
	}
	mix := MixFor(p.Skin, uneven)
	grain := EstimateNoise(p.RGB, p.Weight)
	lost := 0.
	if p.Lossy && p.Grid.resolves() {
		lost = mix.leftover(p.Skin, p.faded(grain)) / whiteGain(p.Grid.px(fineMM), p.Grid.px(middleMM))
	}
	if soft := p.Uneven.Soft; !p.Lossy && soft > 0 {
		p = p.soft(soft)
	}
	fine, coarse := p.light(mix, grain), p.light(MixFor(p.Skin, bloodless), grain)
	fine.Noise += lost
	r, warning = NewRelief(fine, coarse, p.Grid)
	filter.GiveBack(coarse.Value)
	if r != nil {
		r.mottle = mix.mostOfMottle()
	}
	if base := p.Uneven.facets; r != nil && p.Lossy && base.kept > 0 {
		r.gloss = math.Sqrt(mix.facets(p.Skin, p.Uneven.Gloss).over(base))
	}
	return r, warning
}

// light is the region's, mixed.
func (p Region) light(m Mix, grain Noise) Light {
	return Light{Field: chromo.Field{Value: m.Light(p.RGB), Weight: p.Weight}, Noise: grain.Of(m, p.Skin.Light), Doubts: m.Doubts()}
}

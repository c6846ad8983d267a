package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// Region is a region of a photo that is to be made ready.
type Region struct {
	RGB    *raster.RGB   // linear light, [Step] photo pixels averaged to one
	Weight *raster.Plane // share of them that counts; nil: all do
	Grid   Grid
	Coarse Coarse
	Skin   Skin       // what it is on average
	Uneven Unevenness // of the series' baseline
	Lossy  bool       // the file keeps colour less well than luminance
	CbStep float64    // of the file (photo.Meta); 0: unknown
}

// Coarse is the light of a region averaged further, as far as the coarse band allows.
type Coarse struct {
	RGB    *raster.RGB
	Weight *raster.Plane // as that of a [Region]
	Step   int           // photo pixels averaged to one, along each side
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
	fine := p.light(mix, grain)
	fine.Noise += lost
	r, warning = NewRelief(fine, p.coarse(grain))
	if r != nil {
		r.mottle, r.lined = mix.mostOfMottle(), p.lined(uneven)
	}
	if base := p.Uneven.facets; r != nil && p.Lossy && base.kept > 0 {
		r.gloss = math.Sqrt(mix.facets(p.Skin, p.Uneven.Gloss).over(base))
	}
	return r, warning
}

// light is the region's, mixed.
func (p Region) light(m Mix, grain Noise) Light {
	return Light{Field: chromo.Field{Value: m.Light(p.RGB), Weight: p.Weight}, Grid: p.Grid, Noise: grain.Of(m, p.Skin.Light), Doubts: m.Doubts()}
}

// coarse is that of the coarse band; grain is that of the region's pixels.
func (p Region) coarse(grain Noise) Light {
	k := float64(p.Coarse.Step) / float64(p.Grid.Step)
	p.RGB, p.Weight, p.Grid = p.Coarse.RGB, p.Coarse.Weight, Grid{PxPerMM: p.Grid.PxPerMM, Step: p.Coarse.Step}
	l := p.light(MixFor(p.Skin, bloodless), grain)
	l.Noise /= k * k
	return l
}

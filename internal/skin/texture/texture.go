// Package texture answers how rough the skin looks, whatever its colour.
//
// It works on shading alone: the natural log of the light on the skin that is left when
// melanin and blood are taken away ([MixFor]), so that neither a spot nor a flush is
// texture. On very dark skin (melanin from about 20 %), whose blue and green are mostly
// surface, pigment looks as grey as shading and its mottle stays in.
// Relief is x = exp(s − s smoothed by 2 mm): light relative to that of the
// neighbourhood, 1 where the skin is flat. Its detail is measured between Gaussians of
// fixed size on the skin, in the photo's own pixels: a warped photo is a blurred photo.
//
// Values are photometric: they compare photos of one skin in one light, and are no
// heights. Refused: photos with fewer than 15 pixels per millimetre, in which the
// finest band cannot be seen, and regions without a scale.
package texture

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Scales of relief in millimetres of Gaussian σ.
const (
	fineMM    = 0.06 // pores, fine lines and the skin's own furrows lie
	middleMM  = 0.24 // between these two
	coarseMM  = 1.0  // wrinkles, the rims of scars
	levelMM   = 2.0  // what is broader is form and light, not texture
	tileMM    = 4.0  // side of the tiles whose spread is stated
	levelFrom = 4.0  // pixels per σ that the broadest smoothing is done with
	bandFrom  = 1.6  // and the others
)

// LeastPxPerMM is the resolution of a photo below which nothing here is measured.
const LeastPxPerMM = 15

// workPxPerMM is the resolution that is kept when photo pixels are averaged: at its
// Nyquist frequency, 6 cycles/mm, the finest Gaussian passes 8 % of the amplitude.
const workPxPerMM = 12

// Step is the whole number of photo pixels that may be averaged to one, along each
// side, before texture is measured.
func Step(pxPerMM float64) int { return max(1, int(pxPerMM/workPxPerMM)) }

// Relief is shading made ready to measure: light relative to the neighbourhood's.
type Relief struct {
	field  chromo.Field // 1 where flat
	grid   Grid
	noise  white
	narrow smoothed      // to 0.06 mm
	wide   smoothed      // to 0.24 mm
	detail *raster.Plane // narrow less wide
}

// Grid says how the pixels of a plane lie on the skin.
type Grid struct {
	PxPerMM float64 // of the photo's own pixels; 0 where unknown
	Step    int     // photo pixels averaged to one, along each side

	ExcessMM2 float64 // variance of blur beyond the reference's, mm² ([ExcessBlur])
}

// mmPerPx is the size of the plane's pixels.
func (g Grid) mmPerPx() float64 { return float64(g.Step) / g.PxPerMM }

// px is the σ in the plane's pixels of a Gaussian of the given σ on the skin, less the
// blur of averaging and the excess of the photo's own: a box of k pixels has a variance
// of (k²−1)/12.
func (g Grid) px(mm float64) float64 { return math.Sqrt(max(0, g.rest(mm))) }

func (g Grid) rest(mm float64) float64 {
	k2 := float64(g.Step * g.Step)
	return (mm*mm-g.ExcessMM2)/(g.mmPerPx()*g.mmPerPx()) - (1-1/k2)/12
}

// leastRest is the variance in pixels that the finest Gaussian must keep: under σ 0.35 a
// sampled Gaussian is hardly one (project default).
const leastRest = 0.35 * 0.35

// resolves reports whether the photo shows detail as fine as the finest Gaussian leaves.
func (g Grid) resolves() bool { return g.rest(fineMM) >= leastRest }

// Refusal is the warning of a region in which no texture can be measured, else "".
func Refusal(pxPerMM float64, empty bool) string {
	switch {
	case empty:
		return outcome.RegionLost
	case !(pxPerMM > 0):
		return outcome.ScaleUnknown
	case pxPerMM < LeastPxPerMM:
		return outcome.ScaleTooCoarse
	}
	return ""
}

// NewRelief prepares a plane of shading (natural log), whose pixels have the given noise
// variance. Where nothing can be measured it returns nil and the warning that says why.
func NewRelief(shading chromo.Field, grid Grid, noise float64) (r *Relief, warning string) {
	if warning := Refusal(grid.PxPerMM, shading.Empty()); warning != "" {
		return nil, warning
	}
	level := smooth(shading, levelMM/grid.mmPerPx(), levelFrom)
	x := raster.New(shading.Value.W, shading.Value.H)
	level.rows(func(y int, around []float32) {
		src, dst := shading.Value.Row(y), x.Row(y)
		for i, l := range around {
			dst[i] = float32(math.Exp(float64(src[i] - l)))
		}
	})
	r = &Relief{field: chromo.Field{Value: x, Weight: shading.Weight}, grid: grid, noise: white(noise)}
	r.filter()
	return r, ""
}

// filter makes the planes of the fine band.
func (r *Relief) filter() {
	r.narrow = smooth(r.field, r.grid.px(fineMM), bandFrom)
	r.wide = smooth(r.field, r.grid.px(middleMM), bandFrom)
	r.detail = between(r.narrow, r.wide)
}

// Roughness is the apparent roughness: the RMS of relief between Gaussians of σ 0.06
// and 0.24 mm, noise subtracted. 0 is perfectly smooth; skin has 0.01 to 0.1.
func (r *Relief) Roughness() outcome.Measurement {
	noise := r.noise.in(r.grid.px(fineMM), r.grid.px(middleMM))
	return rms(chromo.Field{Value: power(r.detail), Weight: r.field.Weight}, noise, r.grid)
}

// Coarse is the same between 0.24 and 1 mm: lines and rims rather than grain.
func (r *Relief) Coarse() outcome.Measurement {
	grid := r.grid
	k := max(1, int(grid.px(middleMM)/bandFrom))
	grid.Step *= k
	field := r.field.Shrink(k)
	a, b := grid.px(middleMM), grid.px(coarseMM)
	local := power(between(smooth(field, a, bandFrom), smooth(field, b, bandFrom)))
	return rms(chromo.Field{Value: local, Weight: field.Weight}, r.noise.in(r.grid.px(middleMM), r.grid.px(coarseMM)), grid)
}

// Variance is the square of a roughness, spread carried to first order.
func Variance(roughness outcome.Measurement) outcome.Measurement {
	v := roughness
	v.Value *= roughness.Value
	v.SD *= 2 * roughness.Value
	return v
}

// UnitRelief is the unit of relief: light relative to light.
const UnitRelief = "1"

// rms is the root of the mean power over the region, less the noise. Its spread is
// that of the same RMS over tiles of the region.
func rms(power chromo.Field, noise float64, grid Grid) outcome.Measurement {
	tiles := power.Shrink(max(1, int(tileMM/grid.mmPerPx())))
	for i, v := range tiles.Value.Pix {
		tiles.Value.Pix[i] = float32(math.Sqrt(max(0, float64(v)-noise)))
	}
	s := power.Summary()
	s.Mean, s.SD = math.Sqrt(max(0, s.Mean-noise)), tiles.Summary().SD
	return s.Measurement(UnitRelief)
}

// between is the difference of two Gaussians of one field.
func between(narrow, wide smoothed) *raster.Plane {
	d := raster.New(wide.w, wide.h)
	narrow.rows(func(y int, row []float32) { copy(d.Row(y), row) })
	wide.rows(func(y int, around []float32) {
		row := d.Row(y)
		for i, v := range around {
			row[i] -= v
		}
	})
	return d
}

// power is the square, pixel by pixel.
func power(p *raster.Plane) *raster.Plane {
	q := raster.New(p.W, p.H)
	raster.Bands(p.H, func(y0, y1 int) {
		for i, v := range p.Pix[y0*p.W : y1*p.W] {
			q.Pix[y0*p.W+i] = v * v
		}
	})
	return q
}

package texture

import (
	"math"
	"slices"
	"sync"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
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

// CoarseBand are the scales of [Relief.Coarse].
var CoarseBand = [2]float64{middleMM, coarseMM}

// LeastPxPerMM is the resolution of a photo below which nothing here is measured.
const LeastPxPerMM = 15

// workPxPerMM is the resolution that is kept when photo pixels are averaged: at its
// Nyquist frequency, 6 cycles/mm, the finest Gaussian passes 8 % of the amplitude.
const workPxPerMM = 12

// Step is the whole number of photo pixels that may be averaged to one, along each
// side, before texture is measured.
func Step(pxPerMM float64) int { return max(1, int(pxPerMM/workPxPerMM)) }

// flat is light relative to the neighbourhood's.
type flat struct {
	field  chromo.Field // 1 where flat
	grid   Grid
	noise  white
	doubts []string // warnings of what is measured
}

// Relief is light made ready to measure.
type Relief struct {
	flat
	broad  flat    // as the coarse band is read, on larger pixels
	gloss  float64 // factor that the shine of facets gives relief, over the baseline's; 0: as much
	mottle float64 // share of the fine band's power that mottle of melanin may be at most
	lined  *flat   // as lines are read, where skin is redder than at the baseline; nil: as the fine band is

	filtered sync.Once
	fine     band
}

// band holds the planes of the fine band.
type band struct {
	narrow smoothed      // to 0.06 mm
	wide   smoothed      // to 0.24 mm
	detail *raster.Plane // narrow less wide
}

// Grid says how the pixels of a plane lie on the skin.
type Grid struct {
	PxPerMM float64 // of the photo's own pixels; 0 where unknown
	Step    int     // photo pixels averaged to one, along each side
	Block   int     // of these, in which the file has colour; 0: one

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

// Light is the light that relief is read from: about 1 on average, over the pixels of a region.
type Light struct {
	chromo.Field
	Grid   Grid
	Noise  float64  // variance of a pixel's, NaN where unknown
	Doubts []string // warnings of what is measured in it
}

// NewRelief prepares light for the fine band and light for the coarse one, whose pixels may be
// larger. The relief takes the place of both. Where nothing can be measured it returns nil and the
// warning that says why.
func NewRelief(fine, coarse Light) (r *Relief, warning string) {
	if warning := Refusal(fine.Grid.PxPerMM, fine.Empty()); warning != "" {
		return nil, warning
	}
	return &Relief{flat: fine.flatten(), broad: coarse.flatten()}, ""
}

// flatten divides light by its neighbourhood's, in its place.
func (l Light) flatten() flat {
	level := smooth(l.Field, levelMM/l.Grid.mmPerPx(), levelFrom)
	level.rows(func(y int, around []float32) {
		row := l.Value.Row(y)
		for i, mean := range around {
			by := mean
			if by < mostDark {
				by = mostDark
			}
			row[i] = 1 + (row[i]-mean)/by
		}
	})
	filter.GiveBack(level.small)
	if math.IsNaN(l.Noise) {
		return flat{l.Field, l.Grid, 0, append(slices.Clone(l.Doubts), outcome.NoiseUnknown)}
	}
	return flat{l.Field, l.Grid, white(l.Noise), l.Doubts}
}

// band makes the planes of the fine band when they are first asked for: a relief that is
// matched to another's never needs its own.
func (r *Relief) band() *band {
	r.filtered.Do(func() {
		narrow, wide := r.smooth(fineMM), r.smooth(middleMM)
		r.fine = band{narrow: narrow, wide: wide, detail: between(narrow, wide)}
	})
	return &r.fine
}

// smooth applies a Gaussian of the given σ on the skin, on whole blocks of colour.
func (f *flat) smooth(mm float64) smoothed {
	return smoothWhole(f.field, f.grid.px(mm), bandFrom, f.grid.Block)
}

// Roughness is the apparent roughness: the RMS of relief between Gaussians of σ 0.06
// and 0.24 mm, noise subtracted, with as much shine of its facets as the baseline has. 0 is
// perfectly smooth; skin has 0.01 to 0.1.
func (r *Relief) Roughness() outcome.Measurement {
	m := r.asShown()
	if r.gloss > 0 {
		by := outcome.Number(1 / r.gloss)
		m.Value, m.SD = m.Value*by, m.SD*by
	}
	return m
}

// MostOfMottle is the share of roughness's power that mottle of melanin may be at most: in
// proportion to that share roughness goes with melanin. 0: pigment is well told from relief.
func (r *Relief) MostOfMottle() float64 { return r.mottle }

// asShown is the roughness with the shine that the photo shows.
func (r *Relief) asShown() outcome.Measurement {
	noise := r.noise.in(r.grid.px(fineMM), r.grid.px(middleMM))
	return r.rms(chromo.Field{Value: r.band().detail, Weight: r.field.Weight}, noise)
}

// Coarse is the same between 0.24 and 1 mm: lines and rims rather than grain. Blood cancels in it
// more nearly ([Prepare]).
func (r *Relief) Coarse() outcome.Measurement {
	b := r.broad
	fine, coarse := b.grid.px(middleMM), b.grid.px(coarseMM)
	narrow, wide := smooth(b.field, fine, bandFrom), smooth(b.field, coarse, bandFrom)
	detail := between(narrow, wide)
	defer filter.GiveBack(narrow.small, wide.small, detail)
	return b.rms(chromo.Field{Value: detail, Weight: b.field.Weight}, b.noise.in(fine, coarse))
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

// rms is the root of the mean power of detail over the region, less the noise. Its spread
// is that of the same RMS over tiles of the region.
func (f *flat) rms(detail chromo.Field, noise float64) outcome.Measurement {
	mean, tiles := powerOf(detail, max(1, int(tileMM/f.grid.mmPerPx())))
	for i, v := range tiles.Value.Pix {
		tiles.Value.Pix[i] = float32(math.Sqrt(max(0, float64(v)-noise)))
	}
	s := chromo.Summary{Mean: math.Sqrt(max(0, mean-noise)), SD: tiles.Summary().SD, N: detail.Count()}
	m := s.Measurement(UnitRelief)
	m.Warnings = append(m.Warnings, f.doubts...)
	return m
}

// between is the difference of two Gaussians of one field, on a borrowed plane.
func between(narrow, wide smoothed) *raster.Plane {
	d, near := filter.Borrow(wide.w, wide.h), narrow.large()
	wide.rows(func(y int, around []float32) {
		row, from := d.Row(y), near.Row(y)
		for i, v := range around {
			row[i] = from[i] - v
		}
	})
	return d
}

package align

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// featurePx bounds the longer side of the levels on which features are sought, one after the other.
var featurePx = [...]int{275, 550, widestLn}

const (
	// baseSigma is the blur at which an octave of the scale space begins and layers the
	// number of its steps per doubling (Lowe 2004, section 3.3; he takes 3 layers).
	baseSigma, layers = 1.6, 3
	// assumedSigma is the blur that a picture brings along (Lowe 2004).
	assumedSigma = 0.5
	// minContrast is the least difference of Gaussians, in ln of light: about twice the
	// noise of an 8-bit photo at baseSigma.
	minContrast = 0.0025
	// edgeRatio is the largest ratio of principal curvatures (Lowe 2004, section 4.1).
	edgeRatio = 10
	// maxFeatures is kept per photo, the strongest of each cell of a cells×cells grid first,
	// so that one busy corner cannot fill the list.
	maxFeatures, cells = 1300, 8
)

// A feature is a blob of the scale space with its orientation and descriptor; position and
// size are in pixels of the photo.
type feature struct {
	at    geom.Point
	sigma float64
	angle float64
	desc  descriptor
}

// keypoint is a feature before it is described, in pixels of its octave.
type keypoint struct {
	x, y, sigma float64
	layer       int
	strength    float32
	octave      *octave
}

// features returns the features of the level and of the coarser ones.
func features(l *level) []feature {
	var keys []keypoint
	scale := 1.0
	base := filter.Gaussian(l.plane, math.Sqrt(baseSigma*baseSigma-assumedSigma*assumedSigma))
	for min(base.W, base.H) >= 32 {
		oct := newOctave(base, scale)
		keys = append(keys, oct.keypoints(l)...)
		base = subsample(oct.gauss[layers])
		scale *= 2
	}
	keys = strongest(keys, l)
	out := make([][]feature, len(keys))
	raster.Parallel(len(keys), func(i int) { out[i] = keys[i].describe(l) })
	return slices.Concat(out...)
}

// An octave is one doubling of scale: Gaussians and their differences.
type octave struct {
	// scale is the level's pixels per pixel of the octave.
	scale float64
	gauss [layers + 3]*raster.Plane
	diff  [layers + 2]*raster.Plane
}

func newOctave(base *raster.Plane, scale float64) *octave {
	o := &octave{scale: scale}
	o.gauss[0] = base
	for i := 1; i < len(o.gauss); i++ {
		from, to := layerSigma(i-1), layerSigma(i)
		o.gauss[i] = filter.Gaussian(o.gauss[i-1], math.Sqrt(to*to-from*from))
		o.diff[i-1] = subtract(o.gauss[i], o.gauss[i-1])
	}
	return o
}

// layerSigma is the blur of Gaussian i of an octave, in pixels of the octave.
func layerSigma(i int) float64 { return baseSigma * math.Exp2(float64(i)/layers) }

func subtract(a, b *raster.Plane) *raster.Plane {
	d := raster.New(a.W, a.H)
	for i, v := range a.Pix {
		d.Pix[i] = v - b.Pix[i]
	}
	return d
}

// subsample takes every second pixel. Pixel u of octave n is then pixel 2ⁿ·u of the level.
func subsample(p *raster.Plane) *raster.Plane {
	q := raster.New((p.W+1)/2, (p.H+1)/2)
	for y := range q.H {
		src, dst := p.Row(2*y), q.Row(y)
		for x := range dst {
			dst[x] = src[2*x]
		}
	}
	return q
}

// keypoints returns the extrema of the differences over place and scale, in fixed order,
// that keep clear of padding.
func (o *octave) keypoints(l *level) []keypoint {
	h := o.diff[0].H
	rows := make([][]keypoint, h)
	raster.Parallel(max(h-2, 0), func(i int) {
		y := i + 1
		for layer := 1; layer <= layers; layer++ {
			rows[y] = o.rowKeypoints(rows[y], layer, y)
		}
	})
	return slices.DeleteFunc(slices.Concat(rows...), func(k keypoint) bool {
		r, at := descriptorReach*k.sigma*o.scale, k.place()
		return l.empty(geom.Point{X: at.X - r, Y: at.Y - r}, geom.Point{X: at.X + r, Y: at.Y + r})
	})
}

// place is the keypoint's position in pixels of the level.
func (k *keypoint) place() geom.Point {
	return geom.Point{X: k.x * k.octave.scale, Y: k.y * k.octave.scale}
}

func (o *octave) rowKeypoints(out []keypoint, layer, y int) []keypoint {
	row := o.diff[layer].Row(y)
	for x := 1; x < len(row)-1; x++ {
		v := row[x]
		if v < minContrast && v > -minContrast {
			continue
		}
		if o.isExtremum(layer, x, y) {
			if k, ok := o.localize(layer, x, y); ok {
				out = append(out, k)
			}
		}
	}
	return out
}

func (o *octave) isExtremum(layer, x, y int) bool {
	v := o.diff[layer].At(x, y)
	s := float32(1)
	if v < 0 {
		s = -1
	}
	v *= s
	for _, l := range [3]int{layer, layer - 1, layer + 1} {
		d := o.diff[l]
		for dy := -1; dy <= 1; dy++ {
			row := d.Row(y + dy)[x-1 : x+2]
			for dx, u := range row {
				if u*s >= v && (l != layer || dy != 0 || dx != 1) {
					return false
				}
			}
		}
	}
	return true
}

// localize fits a parabola in x, y and scale (Brown & Lowe 2002, each axis and the mixed
// xy term) and refuses edges.
func (o *octave) localize(layer, x, y int) (keypoint, bool) {
	d := o.diff[layer]
	at := func(dx, dy int) float64 { return float64(d.At(x+dx, y+dy)) }
	v := at(0, 0)
	gx, gy := (at(1, 0)-at(-1, 0))/2, (at(0, 1)-at(0, -1))/2
	xx, yy := at(1, 0)+at(-1, 0)-2*v, at(0, 1)+at(0, -1)-2*v
	xy := (at(1, 1) - at(-1, 1) - at(1, -1) + at(-1, -1)) / 4
	det, tr := xx*yy-xy*xy, xx+yy
	if !(det > 0) || tr*tr*edgeRatio >= (edgeRatio+1)*(edgeRatio+1)*det {
		return keypoint{}, false
	}
	ox, oy := -(yy*gx-xy*gy)/det, -(xx*gy-xy*gx)/det
	below, above := float64(o.diff[layer-1].At(x, y)), float64(o.diff[layer+1].At(x, y))
	os := 0.0
	if c := above + below - 2*v; c != 0 {
		os = -(above - below) / 2 / c
	}
	if !(math.Abs(ox) <= 1 && math.Abs(oy) <= 1 && math.Abs(os) <= 1) {
		return keypoint{}, false
	}
	return keypoint{
		x: float64(x) + ox, y: float64(y) + oy, layer: layer, strength: float32(math.Abs(v)), octave: o,
		sigma: baseSigma * math.Exp2((float64(layer)+os)/layers),
	}, true
}

// strongest keeps maxFeatures: the cells take turns, each giving its strongest left.
func strongest(all []keypoint, l *level) []keypoint {
	byCell := make([][]keypoint, cells*cells)
	for _, k := range all {
		at := k.place()
		cx := min(max(int(at.X/float64(l.plane.W)*cells), 0), cells-1)
		cy := min(max(int(at.Y/float64(l.plane.H)*cells), 0), cells-1)
		byCell[cy*cells+cx] = append(byCell[cy*cells+cx], k)
	}
	for _, c := range byCell {
		slices.SortStableFunc(c, func(a, b keypoint) int { return cmp.Compare(b.strength, a.strength) })
	}
	var kept []keypoint
	for rank := 0; len(kept) < min(maxFeatures, len(all)); rank++ {
		for _, c := range byCell {
			if rank < len(c) && len(kept) < maxFeatures {
				kept = append(kept, c[rank])
			}
		}
	}
	return kept
}

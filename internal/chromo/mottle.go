package chromo

import (
	"math"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// Mottle is what a region shows at the scale of blotches, on pixels of its own, so coarse
// that it may be kept for every region of a baseline.
type Mottle struct {
	melanin, root *raster.Plane // percent, √percent of blood
	red, u, v     *raster.Plane // ln R, ln(R/G), ln(G/B)
	weight        *raster.Plane // 1 inside the region, 0 outside
	mm            float64       // per pixel
	coarse, fine  layer         // of ln R, by which mottles are laid on each other
	model         *Model        // that melanin was read with
	file          File
	spread        func() float64 // over codes of Cb
}

// Scales of a mottle, in millimetres (project defaults): noise and hair lie below the
// blotches, form and fall-off of light above.
const (
	mottleMM                 = 0.3
	blotchFromMM, blotchToMM = 0.25, 3.0
)

// MottleOf evaluates light and the maps made of it, on pixels of mmPerPx; weight counts
// them, nil for all. It is nil without a scale.
func MottleOf(rgb *raster.RGB, maps *Maps, weight *raster.Plane, mmPerPx float64) *Mottle {
	if !(mmPerPx > 0) || mmPerPx > mottleMM {
		return nil
	}
	k := int(mottleMM / mmPerPx)
	mm := float64(k) * mmPerPx
	soft, within := softener(weight, k, blotchFromMM/mm)
	whole := Field{Weight: within}
	m := &Mottle{melanin: soft(maps.Melanin), root: soft(maps.Hemoglobin), u: soft(rgb.G), v: soft(rgb.B), mm: mm, model: maps.by}
	red := soft(rgb.R)
	m.red, whole.Value = red, red
	m.weight = raster.New(red.W, red.H)
	for i, b := range m.root.Pix {
		u, v, g := maps.by.ratios(red.Pix[i], m.u.Pix[i], m.v.Pix[i])
		m.root.Pix[i], red.Pix[i], m.u.Pix[i], m.v.Pix[i] = Root(b), u+g, u, v
		if whole.Inside(i) {
			m.weight.Pix[i] = 1
		}
	}
	m.coarse, m.fine = newLayer(whole.Shrink(coarser), float64(coarser)*mm), newLayer(whole, mm)
	return m.From(File{Gain: [3]float64{1, 1, 1}})
}

// softener makes planes k times coarser and smooths them, each pixel by its weight, nil for all;
// the coarser weights come with it.
func softener(weight *raster.Plane, k int, sigmaPx float64) (soft func(*raster.Plane) *raster.Plane, coarse *raster.Plane) {
	blocks := func(p *raster.Plane) *raster.Plane {
		shrunk := filter.Shrink(p, k)
		defer filter.GiveBack(shrunk)
		return filter.Gaussian(shrunk, sigmaPx)
	}
	if weight == nil {
		return blocks, nil
	}
	coarse = filter.Shrink(weight, k)
	within := filter.Gaussian(coarse, sigmaPx)
	return func(p *raster.Plane) *raster.Plane {
		weighted := Field{Value: p, Weight: weight}.weighted()
		defer filter.GiveBack(weighted)
		p = blocks(weighted)
		divide(p, within)
		return p
	}, coarse
}

// Root is the square root of blood, 0 where noise has made it negative.
func Root(blood float32) float32 { return float32(math.Sqrt(float64(max(blood, 0)))) }

// shaped is the mottle with its blood as a leak shows it, and redness without shine for ln(R/G).
func (m *Mottle) shaped(s *leakShape) *Mottle {
	out := *m
	out.root, out.u = m.root.Clone(), m.u.Clone()
	for i, v := range out.root.Pix {
		out.root.Pix[i] = s.at(v)
		out.u.Pix[i] -= float32(s.shine * m.v.Pix[i])
	}
	return &out
}

// change is how a region's blotches have changed: melanin, blood, and redness; and the melanin
// that they had.
type change []Field

// less is what the mottle, moved, shows beyond another's, on the other's pixels and where
// both show the region.
func (m *Mottle) less(base *Mottle, move *warp) (d change) {
	weight := raster.New(base.weight.W, base.weight.H)
	for range 4 {
		d = append(d, Field{Value: raster.New(weight.W, weight.H), Weight: weight})
	}
	from := [3]*raster.Plane{base.melanin, base.root, base.u}
	raster.Bands(weight.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := move.row(y)
			for x := range weight.W {
				i, at := y*weight.W+x, row.at(x)
				if base.weight.Pix[i] == 0 || !at.inside(m.weight) {
					continue
				}
				weight.Pix[i], d[3].Value.Pix[i] = 1, base.melanin.Pix[i]
				for k, p := range [3]*raster.Plane{m.melanin, m.root, m.u} {
					d[k].Value.Pix[i] = at.of(p) - from[k].Pix[i]
				}
			}
		}
	})
	d.keepBlotches(blotchToMM / base.mm)
	return d
}

// keepBlotches takes away what is coarser. Values are 0 where the common weight is.
func (d change) keepBlotches(sigmaPx float64) {
	within := filter.Gaussian(d[0].Weight, sigmaPx)
	for _, f := range d {
		coarse := filter.Gaussian(f.Value, sigmaPx)
		divide(coarse, within)
		for i, w := range f.Weight.Pix {
			if w > 0 {
				f.Value.Pix[i] -= coarse.Pix[i]
			}
		}
		filter.GiveBack(coarse)
	}
	filter.GiveBack(within)
}

// The surroundings of a pixel, in millimetres: noise and the blocks of a JPEG's colours reach
// less far than they begin, blotches farther (project defaults).
const ringFromMM, ringToMM = 0.7, 1.3

// stretch is the pixels from so many to so many to the right in a row so far below.
type stretch struct{ y, from, to int }

type stretches []stretch

// ring is the surroundings of a pixel, row by row, and how far they reach.
func ring(mmPerPx float64) (list stretches, reach int) {
	reach = int(ringToMM / mmPerPx)
	for y := -reach; y <= reach; y++ {
		for x := -reach; x <= reach; x++ {
			r := math.Hypot(float64(x), float64(y)) * mmPerPx
			if r < ringFromMM || r > ringToMM {
				continue
			}
			if n := len(list) - 1; n >= 0 && list[n].y == y && list[n].to == x {
				list[n].to++
			} else {
				list = append(list, stretch{y, x, x + 1})
			}
		}
	}
	return list, reach
}

// around are the means of two planes over a ring around each pixel inside the weights.
func around(a, b, weight *raster.Plane, mmPerPx float64) [2]Field {
	w, h := weight.W, weight.H
	stretches, reach := ring(mmPerPx)
	inside := Field{Value: a, Weight: weight}
	counts := inside.upTo(reach, func(int) float64 { return 1 })
	var out [2]Field
	var sums [2][][]float64
	seen := raster.New(w, h)
	for k, p := range [2]*raster.Plane{a, b} {
		sums[k] = inside.upTo(reach, func(i int) float64 { return float64(p.Pix[i]) })
		out[k] = Field{Value: raster.New(w, h), Weight: seen}
	}
	raster.Bands(h, func(y0, y1 int) {
		sum, n := make([]float64, w), make([]float64, w)
		for y := y0; y < y1; y++ {
			stretches.sum(n, counts, y, reach)
			for k := range out {
				stretches.sum(sum, sums[k], y, reach)
				for x := range sum {
					if i := y*w + x; n[x] > 0 && inside.Inside(i) {
						out[k].Value.Pix[i], seen.Pix[i] = float32(sum[x]/n[x]), 1
					}
				}
			}
		}
	})
	return out
}

// upTo sums what of gives for each row's pixels inside, from so far before the row's first pixel
// to as far beyond its last.
func (f Field) upTo(reach int, of func(i int) float64) [][]float64 {
	w, h := f.Value.W, f.Value.H
	sums := make([][]float64, h)
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			s := make([]float64, w+2*reach+1)
			for x := range w + reach {
				s[reach+x+1] = s[reach+x]
				if i := y*w + x; x < w && f.Inside(i) {
					s[reach+x+1] += of(i)
				}
			}
			sums[y] = s
		}
	})
	return sums
}

// sum adds the stretches around each pixel of a row y of sums up to each pixel.
func (list stretches) sum(dst []float64, upTo [][]float64, y, reach int) {
	clear(dst)
	for _, s := range list {
		if v := y + s.y; v >= 0 && v < len(upTo) {
			before, after := upTo[v][reach+s.from:][:len(dst)], upTo[v][reach+s.to:][:len(dst)]
			for x := range dst {
				dst[x] += after[x] - before[x]
			}
		}
	}
}

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
	ratio         *raster.Plane // ln(R/G)
	weight        *raster.Plane // 1 inside the region, 0 outside
	mm            float64       // per pixel
	coarse, fine  layer         // of ln R, by which mottles are laid on each other
	model         *Model        // that melanin was read with
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
	soft := func(p *raster.Plane) *raster.Plane {
		return Field{Value: p, Weight: weight}.Shrink(k).Smooth(blotchFromMM / mm)
	}
	m := &Mottle{melanin: soft(maps.Melanin), root: soft(maps.Hemoglobin), ratio: soft(rgb.G), mm: mm, model: maps.by}
	red := soft(rgb.R)
	whole := Field{Value: red}
	if weight != nil {
		whole.Weight = filter.Shrink(weight, k)
	}
	m.weight = raster.New(red.W, red.H)
	for i, b := range m.root.Pix {
		r, g := math.Log(max(float64(red.Pix[i]), Floor)), math.Log(max(float64(m.ratio.Pix[i]), Floor))
		m.root.Pix[i], red.Pix[i], m.ratio.Pix[i] = Root(b), float32(r), float32(r-g)
		if whole.Inside(i) {
			m.weight.Pix[i] = 1
		}
	}
	m.coarse, m.fine = newLayer(whole.Shrink(coarser), float64(coarser)*mm), newLayer(whole, mm)
	return m
}

// Root is the square root of blood, 0 where noise has made it negative.
func Root(blood float32) float32 { return float32(math.Sqrt(float64(max(blood, 0)))) }

// shaped is the mottle with its blood as a leak shows it.
func (m *Mottle) shaped(s *leakShape) *Mottle {
	out := *m
	out.root = m.root.Clone()
	for i, v := range out.root.Pix {
		out.root.Pix[i] = s.at(v)
	}
	return &out
}

// change is how a region's blotches have changed: melanin, blood, and ln(R/G).
type change [3]Field

// less is what the mottle, moved, shows beyond another's, on the other's pixels and where
// both show the region.
func (m *Mottle) less(base *Mottle, move *warp) (d change) {
	weight := raster.New(base.weight.W, base.weight.H)
	for k := range d {
		d[k] = Field{Value: raster.New(weight.W, weight.H), Weight: weight}
	}
	from := [3]*raster.Plane{base.melanin, base.root, base.ratio}
	raster.Bands(weight.H, func(y0, y1 int) {
		for i := y0 * weight.W; i < y1*weight.W; i++ {
			at := move.at(i%weight.W, i/weight.W)
			if base.weight.Pix[i] == 0 || !at.inside(m.weight) {
				continue
			}
			weight.Pix[i] = 1
			for k, p := range [3]*raster.Plane{m.melanin, m.root, m.ratio} {
				d[k].Value.Pix[i] = at.of(p) - from[k].Pix[i]
			}
		}
	})
	d.keepBlotches(blotchToMM / base.mm)
	return d
}

// keepBlotches takes away what is coarser. Values are 0 where the common weight is.
func (d *change) keepBlotches(sigmaPx float64) {
	within := filter.Gaussian(d[0].Weight, sigmaPx)
	for _, f := range d {
		coarse := filter.Gaussian(f.Value, sigmaPx)
		divide(coarse, within)
		for i, w := range f.Weight.Pix {
			if w > 0 {
				f.Value.Pix[i] -= coarse.Pix[i]
			}
		}
	}
}

// The surroundings of a pixel, in millimetres: noise and the blocks of a JPEG's colours reach
// less far than they begin, blotches farther (project defaults).
const ringFromMM, ringToMM = 0.7, 1.3

// around is the mean over a ring around each pixel.
func (f Field) around(mmPerPx float64) Field {
	w, h := f.Value.W, f.Value.H
	reach := int(ringToMM / mmPerPx)
	var ring [][2]int
	for y := -reach; y <= reach; y++ {
		for x := -reach; x <= reach; x++ {
			if r := math.Hypot(float64(x), float64(y)) * mmPerPx; r >= ringFromMM && r <= ringToMM {
				ring = append(ring, [2]int{x, y})
			}
		}
	}
	out := Field{Value: raster.New(w, h), Weight: raster.New(w, h)}
	raster.Bands(h, func(y0, y1 int) {
		for i := y0 * w; i < y1*w; i++ {
			if !f.Inside(i) {
				continue
			}
			var sum, n float32
			for _, d := range ring {
				if x, y := i%w+d[0], i/w+d[1]; x >= 0 && x < w && y >= 0 && y < h && f.Inside(y*w+x) {
					sum, n = sum+f.Value.Pix[y*w+x], n+1
				}
			}
			if n > 0 {
				out.Value.Pix[i], out.Weight.Pix[i] = sum/n, 1
			}
		}
	})
	return out
}

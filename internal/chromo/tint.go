package chromo

import (
	"math"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// Tint is how skin's brightness follows its two colour ratios from blotch to blotch: ln G by
// ln(R/G) and ln(G/B), as sums over tiles of what its least squares are made of. The more a
// surface shines the less colour the darkness of a pigment has: the slopes tell the surface,
// which one colour does not. Relief and light move brightness alone and lie independently of
// pigment, so that they make the slopes uncertain but not wrong; the ratios around a pixel are
// instruments for its own, whose noise would make them wrong (as in [Link]).
type Tint []tintTile

// tintTile holds products of the ratios around pixels with the ratios there, and with ln G.
type tintTile struct {
	ratios [2][2]float64
	light  [2]float64
}

// TintOf evaluates a region's light on pixels of mmPerPx; weight counts them, nil for all. It
// is empty without a scale.
func TintOf(rgb *raster.RGB, weight *raster.Plane, mmPerPx float64) Tint {
	if !(mmPerPx > 0) || mmPerPx > mottleMM {
		return nil
	}
	k := int(mottleMM / mmPerPx)
	mm := float64(k) * mmPerPx
	var ln [3]*raster.Plane
	for c, p := range rgb.Planes() {
		ln[c] = Field{Value: p, Weight: weight}.Shrink(k).Smooth(blotchFromMM / mm)
	}
	whole := Field{Value: ln[1]}
	if weight != nil {
		whole.Weight = filter.Shrink(weight, k)
	}
	inside := raster.New(ln[1].W, ln[1].H)
	for i := range inside.Pix {
		r, g, b := math.Log(max(float64(ln[0].Pix[i]), Floor)), math.Log(max(float64(ln[1].Pix[i]), Floor)), math.Log(max(float64(ln[2].Pix[i]), Floor))
		if !whole.Inside(i) {
			r, g, b = 0, 0, 0
		} else {
			inside.Pix[i] = 1
		}
		ln[0].Pix[i], ln[1].Pix[i], ln[2].Pix[i] = float32(r-g), float32(g-b), float32(g)
	}
	d := change{{ln[0], inside}, {ln[1], inside}, {ln[2], inside}}
	d.keepBlotches(blotchToMM / mm)
	return d.tint(mm)
}

// tint sums over tiles of tileMM, those left out that hold nothing.
func (d change) tint(mm float64) Tint {
	usual := d.usual()
	around := [2]Field{Field{d[0].Value, usual}.around(mm), Field{d[1].Value, usual}.around(mm)}
	w, side := usual.W, int(tileMM/mm)
	across := (w + side - 1) / side
	tiles := make(Tint, across*((usual.H+side-1)/side))
	for i, in := range usual.Pix {
		if in == 0 || !around[0].Inside(i) {
			continue
		}
		t := &tiles[i/w/side*across+i%w/side]
		for a := range around {
			z := float64(around[a].Value.Pix[i])
			t.ratios[a][0] += z * float64(d[0].Value.Pix[i])
			t.ratios[a][1] += z * float64(d[1].Value.Pix[i])
			t.light[a] += z * float64(d[2].Value.Pix[i])
		}
	}
	full := tiles[:0]
	for _, t := range tiles {
		if t != (tintTile{}) {
			full = append(full, t)
		}
	}
	return full
}

// usual is 1 where nothing is farther out than skin is.
func (d change) usual() *raster.Plane {
	in := d[0].Weight.Clone()
	for _, f := range d {
		_, sigma := medianMAD(f.sample())
		far := float32(linkSigmas * sigma)
		for i, v := range f.Value.Pix {
			if !(max(v, -v) <= far) {
				in.Pix[i] = 0
			}
		}
	}
	return in
}

// slopes are those of ln G by the two ratios, with their covariance by the jackknife over
// tiles (Efron 1982, The Jackknife, SIAM); ok is false where there are too few.
func (t Tint) slopes() (by [2]float64, c [2][2]float64, ok bool) {
	var all tintTile
	for _, x := range t {
		all = all.plus(x, 1)
	}
	by = all.slopes()
	n := float64(len(t))
	if n < leastTiles {
		return by, c, false
	}
	for _, x := range t {
		left := all.plus(x, -1).slopes()
		for a := range c {
			for b := range c {
				c[a][b] += (n - 1) / n * (left[a] - by[a]) * (left[b] - by[b])
			}
		}
	}
	return by, c, c[0][0] >= 0 && c[1][1] >= 0
}

func (t tintTile) plus(x tintTile, sign float64) tintTile {
	for a := range t.light {
		t.light[a] += sign * x.light[a]
		t.ratios[a][0] += sign * x.ratios[a][0]
		t.ratios[a][1] += sign * x.ratios[a][1]
	}
	return t
}

func (t tintTile) slopes() [2]float64 {
	r := t.ratios
	det := r[0][0]*r[1][1] - r[0][1]*r[1][0]
	return [2]float64{(t.light[0]*r[1][1] - t.light[1]*r[0][1]) / det, (t.light[1]*r[0][0] - t.light[0]*r[1][0]) / det}
}

// slopeSpread is by what the slopes of skin differ from the model's whatever its surface, as a
// standard deviation: as blood does whose oxygenation is 0.07 off, which is what dermis has.
const slopeSpread = 0.05

// against is how unlikely the tint is of modelled skin, in standard deviations squared; 0 where
// it tells nothing.
func (t Tint) against() unlikely {
	by, c, ok := t.slopes()
	if !ok {
		return func(*forwardTable, [2]float64) float64 { return 0 }
	}
	c[0][0], c[1][1] = c[0][0]+slopeSpread*slopeSpread, c[1][1]+slopeSpread*slopeSpread
	det := c[0][0]*c[1][1] - c[0][1]*c[1][0]
	return func(f *forwardTable, x [2]float64) float64 {
		m := f.slopes(x)
		u, v := by[0]-m[0], by[1]-m[1]
		return (u*u*c[1][1] - 2*u*v*c[0][1] + v*v*c[0][0]) / det
	}
}

// slopes are those of ln G by the ratios at (m, √blood).
func (t *forwardTable) slopes(x [2]float64) [2]float64 {
	_, dm, dq := t.at(x[0], x[1])
	det := cross(dm, dq)
	return [2]float64{(dm[2]*dq[1] - dq[2]*dm[1]) / det, (dq[2]*dm[0] - dm[2]*dq[0]) / det}
}

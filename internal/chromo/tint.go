package chromo

import (
	"math"
	"slices"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

// Tint is how skin's brightness follows its two colour ratios from blotch to blotch. The more
// a surface shines the less colour the darkness of a pigment has: how the modelled ln G follows
// the very same ratios tells the surface, which one colour does not. Relief and light move
// brightness alone and lie independently of pigment, so that they make the slopes uncertain but
// not wrong; the ratios around a pixel are instruments for its own, whose noise would make them
// wrong (as in [Link]). Shine that lies in the same relief as light moves all three: the slopes
// count less in the direction in which it moves them.
type Tint struct {
	tiles   []tintTile
	colours []tintColour
}

// tintTile holds sums over a tile: pixels, and for both ratios around them the products with
// the ratios there and with ln G.
type tintTile struct {
	n      float64
	ratios [2][2]float64
	light  [2]float64
}

// tintColour is a node of the plane of ratios, tintStep apart, and how much the products of
// both instruments with a function of the ratios take of its value there.
type tintColour struct{ at, take [2]float64 }

const tintStep = 2 * uvStep // a blotch spans a few

// Add adds another region of the same skin.
func (t *Tint) Add(more Tint) {
	t.tiles = append(t.tiles, more.tiles...)
	t.colours = append(t.colours, more.colours...)
}

// TintOf evaluates a region's light on pixels of mmPerPx; weight counts them, nil for all. It
// is empty without a scale.
func TintOf(rgb *raster.RGB, weight *raster.Plane, mmPerPx float64) Tint {
	if !(mmPerPx > 0) || mmPerPx > mottleMM {
		return Tint{}
	}
	k := int(mottleMM / mmPerPx)
	mm := float64(k) * mmPerPx
	var soft [3]*raster.Plane
	for c, p := range rgb.Planes() {
		soft[c] = Field{Value: p, Weight: weight}.Shrink(k).Smooth(blotchFromMM / mm)
	}
	whole := Field{Value: soft[1]}
	if weight != nil {
		whole.Weight = filter.Shrink(weight, k)
	}
	inside := raster.New(soft[1].W, soft[1].H)
	for i := range inside.Pix {
		var s state
		if whole.Inside(i) {
			inside.Pix[i] = 1
			s = stateOf([3]float64{float64(soft[0].Pix[i]), float64(soft[1].Pix[i]), float64(soft[2].Pix[i])})
		}
		for n, p := range soft {
			p.Pix[i] = float32(s[n])
		}
	}
	d := change{{soft[0].Clone(), inside}, {soft[1].Clone(), inside}, {soft[2], inside}}
	d.keepBlotches(blotchToMM / mm)
	usual := d.usual()
	around := around(d[0].Value, d[1].Value, usual, mm)
	t := Tint{tiles: d.tinted(around, mm)}
	for a := range around {
		around[a].Weight = inside
		around[a].levers(blotchToMM / mm)
	}
	t.colours = coloursOf(soft[0], soft[1], around)
	return t
}

// tinted sums over tiles of tileMM, those left out that hold nothing.
func (d change) tinted(around [2]Field, mm float64) []tintTile {
	w, side := around[0].Value.W, int(tileMM/mm)
	across := (w + side - 1) / side
	tiles := make([]tintTile, across*((around[0].Value.H+side-1)/side))
	for i := range around[0].Value.Pix {
		if !around[0].Inside(i) {
			continue
		}
		t := &tiles[i/w/side*across+i%w/side]
		t.n++
		for a := range around {
			z := float64(around[a].Value.Pix[i])
			t.ratios[a][0] += z * float64(d[0].Value.Pix[i])
			t.ratios[a][1] += z * float64(d[1].Value.Pix[i])
			t.light[a] += z * float64(d[2].Value.Pix[i])
		}
	}
	return slices.DeleteFunc(tiles, func(t tintTile) bool { return t.n == 0 })
}

// levers turns factors of a quantity's blotches into those of the quantity itself: the adjoint
// of keepBlotches.
func (f Field) levers(sigmaPx float64) {
	coarse := f.Value.Clone()
	divide(coarse, filter.Gaussian(f.Weight, sigmaPx))
	coarse = filter.Gaussian(coarse, sigmaPx)
	for i, w := range f.Weight.Pix {
		if w > 0 {
			f.Value.Pix[i] -= coarse.Pix[i]
		}
	}
}

// coloursOf shares the levers of each pixel inside among the nodes around its ratios.
func coloursOf(u, v *raster.Plane, levers [2]Field) []tintColour {
	const across, down = (uNodes + 1) / 2, (vNodes + 1) / 2
	var take [across * down][2]float64
	for i, w := range levers[0].Weight.Pix {
		if w == 0 {
			continue
		}
		x := hold((float64(u.Pix[i])-uFirst)/tintStep, 0, across-1.001)
		y := hold((float64(v.Pix[i])-vFirst)/tintStep, 0, down-1.001)
		n, fx, fy := int(y)*across+int(x), x-math.Floor(x), y-math.Floor(y)
		for a := range levers {
			z := float64(levers[a].Value.Pix[i])
			take[n][a] += z * (1 - fx) * (1 - fy)
			take[n+1][a] += z * fx * (1 - fy)
			take[n+across][a] += z * (1 - fx) * fy
			take[n+across+1][a] += z * fx * fy
		}
	}
	var list []tintColour
	for n, z := range take {
		if z != [2]float64{} {
			list = append(list, tintColour{[2]float64{uFirst + float64(n%across)*tintStep, vFirst + float64(n/across)*tintStep}, z})
		}
	}
	return list
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

func (t tintTile) plus(x tintTile, sign float64) tintTile {
	t.n += sign * x.n
	for a := range t.light {
		t.light[a] += sign * x.light[a]
		t.ratios[a][0] += sign * x.ratios[a][0]
		t.ratios[a][1] += sign * x.ratios[a][1]
	}
	return t
}

// slopes are by the two ratios, of what has these products with their instruments.
func (t tintTile) slopes(of [2]float64) [2]float64 {
	r := t.ratios
	det := r[0][0]*r[1][1] - r[0][1]*r[1][0]
	return [2]float64{(of[0]*r[1][1] - of[1]*r[0][1]) / det, (of[1]*r[0][0] - of[0]*r[1][0]) / det}
}

// sum is the tiles together, with the covariance of the slopes of ln G by the jackknife over
// tiles (Efron 1982, The Jackknife, SIAM); ok is false where there are too few.
func (t Tint) sum() (all tintTile, c [2][2]float64, ok bool) {
	for _, x := range t.tiles {
		all = all.plus(x, 1)
	}
	n := float64(len(t.tiles))
	if n < leastTiles {
		return all, c, false
	}
	by := all.slopes(all.light)
	for _, x := range t.tiles {
		rest := all.plus(x, -1)
		left := rest.slopes(rest.light)
		for a := range c {
			for b := range c {
				c[a][b] += (n - 1) / n * (left[a] - by[a]) * (left[b] - by[b])
			}
		}
	}
	return all, c, c[0][0] >= 0 && c[1][1] >= 0
}

// What else moves the slopes, as standard deviations.
const (
	// By this skin differs from the model whatever its surface: as blood does whose oxygenation
	// is 0.07 off, which is what dermis has.
	slopeSpread = 0.05
	// The covariance of shine with ln of the light in the same relief, a ring apart: shine of
	// 0.002 and light of 0.03, of which a sixth is left there (project default).
	shineSpread = 1e-5
)

// against is how unlikely the tint is of modelled skin of the mean colour, in standard
// deviations squared; 0 where it tells nothing. What is farther out than skin is, such as dark
// skin that shines until it is read as brown, is equally unlikely under any surface.
func (t Tint) against() unlikely {
	all, c, ok := t.sum()
	if !ok {
		return func(*forwardTable, [2]float64) float64 { return 0 }
	}
	return func(f *forwardTable, x [2]float64) float64 {
		modelled := t.modelled(f, x)
		off := all.slopes([2]float64{all.light[0] - modelled[0], all.light[1] - modelled[1]})
		shine := f.shine(x)
		by := all.slopes([2]float64{shineSpread * all.n * shine[0], shineSpread * all.n * shine[1]})
		uu, uv, vv := c[0][0]+slopeSpread*slopeSpread+by[0]*by[0], c[0][1]+by[0]*by[1], c[1][1]+slopeSpread*slopeSpread+by[1]*by[1]
		far := (off[0]*off[0]*vv - 2*off[0]*off[1]*uv + off[1]*off[1]*uu) / (uu*vv - uv*uv)
		return min(far, linkSigmas*linkSigmas)
	}
}

// shine is by what the ratios of skin (m, √blood) rise with what is reflected besides.
func (t *forwardTable) shine(x [2]float64) [2]float64 {
	s, _, _ := t.at(x[0], x[1])
	r, g, b := math.Exp(-s[2]-s[0]), math.Exp(-s[2]), math.Exp(s[1]-s[2])
	return [2]float64{r - g, g - b}
}

// modelled are the products of the instruments with the ln G that a table has at the very
// ratios; x is the skin of the mean colour, along whose tangent colours lie that no skin has.
func (t Tint) modelled(f *forwardTable, x [2]float64) (sum [2]float64) {
	s, dm, dq := f.at(x[0], x[1])
	for _, k := range t.colours {
		d := solve2(dm, dq, k.at[0]-s[0], k.at[1]-s[1])
		g := dm[2]*d[0] + dq[2]*d[1]
		if y, ok := f.newton(k.at, [2]float64{x[0] + d[0], x[1] + d[1]}); ok {
			there, _, _ := f.at(y[0], y[1])
			g = there[2] - s[2]
		}
		sum[0] += k.take[0] * g
		sum[1] += k.take[1] * g
	}
	return sum
}

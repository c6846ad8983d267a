package align

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"dermtrace/internal/geom"
)

// Blocks overlap, and two that do not may see the same mole at their rims: what looks like a dozen agreeing
// blocks may be two moles, on which a similarity lays two of anybody else. So what agrees is counted by
// structures, the two that may have laid the transform are left out, and the others are weighed against chance.

const (
	// laid structures fix a similarity: two places have its four unknowns.
	laid = 2
	// maxOdds is the largest chance that a transform is believed with: one in a hundred of those that z believes.
	maxOdds = 0.01
)

// odds is the chance that, beyond the two that laid the transform, so many of the structures shown are found
// by accident (binomial, as the number of false alarms of Moisan & Stival 2004, Int J Comput Vision 57:201).
func (f *stack) odds(i int, votes []vote, chance float64) float64 {
	shown, found := f.structures(i, votes)
	if found <= laid {
		return 1
	}
	d := distuv.Binomial{N: float64(shown - laid), P: max(chance, minChance)}
	return d.Survival(float64(found - laid - 1))
}

// structures counts the blocks shown, surely found ones first, that share neither pixels nor what they see with
// one counted before. Those of a finer level lie as far apart as those of evidence do: a mole fills several.
func (f *stack) structures(i int, votes []vote) (shown, found int) {
	side := blockPx * f.levels[f.evidenceLevel()].scale / f.levels[i].scale
	var counted []*block
	var sights []geom.Point
	for _, sure := range [2]bool{true, false} {
		for k := range votes {
			v := &votes[k]
			if !v.shown || !v.block.corner || v.sure() != sure || v.block.within(side, counted) {
				continue
			}
			s := v.block.sight(f.levels[i])
			if near(s, side/2, sights) {
				continue
			}
			counted, sights = append(counted, v.block), append(sights, s)
			shown++
			if sure {
				found++
			}
		}
	}
	return shown, found
}

// within reports whether squares of the given side about the block and another overlap.
func (b *block) within(side float64, others []*block) bool {
	for _, o := range others {
		if d := b.center.Sub(o.center); max(math.Abs(d.X), math.Abs(d.Y)) < side {
			return true
		}
	}
	return false
}

// near reports whether p is less than so far from another: half a block, where what two neighbours see in
// their middles lies a whole one apart.
func near(p geom.Point, far float64, others []geom.Point) bool {
	for _, o := range others {
		if p.Sub(o).Norm() < far {
			return true
		}
	}
	return false
}

// sight is where the structure of a block lies: the centroid of its squared gradients under the window.
func (b *block) sight(l *level) geom.Point {
	var sum, sx, sy float64
	for i := range blockPx {
		row, rowX := sightRow(newTemplate(l.plane, b.x, b.y+i))
		w := window[i]
		sum, sx, sy = sum+w*float64(row), sx+w*float64(rowX), sy+w*float64(row)*place(i)
	}
	return geom.Point{X: b.center.X + sx/sum*blockPx/2, Y: b.center.Y + sy/sum*blockPx/2}
}

// sightRow returns the sums over one row of the squared gradient, and of that times the place.
func sightRow(t template) (sum, x float32) {
	for j := range blockPx {
		g, h := t.mid[j+2]-t.mid[j], t.down[j]-t.up[j]
		e := float32(window32[j] * (float32(g*g) + float32(h*h)))
		sum += e
		x += float32(e * place32[j])
	}
	return sum, x
}

package align

import (
	"math"

	"dermtrace/internal/geom"
)

const (
	// evidencePx bounds the longer side of the levels on which a transform is judged. On the
	// small one a block spans an eighth of the photo and sees outlines, folds and spots; on the
	// large one, creases and pores. New light may spoil either; agreement on one is enough.
	evidencePx, fineEvidencePx = 300, 1100
	// chanceShiftPx is how far, in pixels of the level, the transform is moved to see what
	// chance finds: four times the largest shift of a block.
	chanceShiftPx = 12
	// chanceShifts is the number of directions it is moved in.
	chanceShifts = 4
	// minChance keeps a few lucky zeros from making a small agreement look certain.
	minChance = 0.05
)

// evidence says how well a transform's picture agrees with the frame, and how well chance
// does.
type evidence struct {
	shown, found      int
	chance, excess, z float64
}

const (
	// minExcess and minZ are what a transform needs to be believed. See the package comment for
	// what pairs that have nothing to do with each other reach.
	minExcess, minZ = 0.15, 4
	// decisiveExcess ends the search for a better hypothesis.
	decisiveExcess = 0.5
)

func (e evidence) decisive() bool    { return e.excess >= decisiveExcess && e.z >= 2*minZ }
func (c candidate) convincing() bool { return c.evidence.excess >= minExcess && c.evidence.z >= minZ }

// evidence judges t on the coarse level and, where that does not convince, on the fine one.
func (f *Frame) evidence(photo []*level, t geom.Transform) evidence {
	return f.evidenceAt(f.evidenceLevel(evidencePx), photo, t)
}

// evidenceAt counts the blocks that find themselves in the photo where t says, and where t
// moved aside says: nothing but chance finds them there. The same photo, light, blur and
// texture on both sides make the pair its own null experiment.
func (f *Frame) evidenceAt(i int, photo []*level, t geom.Transform) evidence {
	e := evidence{}
	e.shown, e.found = f.agree(i, photo, t)
	var s, n int
	for k := range chanceShifts {
		a := 2 * math.Pi * (float64(k) + 0.5) / chanceShifts
		d := chanceShiftPx * f.levels[i].scale
		sk, nk := f.agree(i, photo, t.Mul(geom.Translation(d*math.Cos(a), d*math.Sin(a))))
		s, n = s+sk, n+nk
	}
	e.chance = share(n, s)
	e.excess = share(e.found, e.shown) - e.chance
	c := max(e.chance, minChance)
	e.z = e.excess / math.Sqrt(c*(1-c)/(float64(e.shown)*f.independence(i)+1))
	return e
}

// independence is the share of a level's blocks that hold pixels of their own.
func (f *Frame) independence(i int) float64 {
	s := float64(blockStride(f.levels[i])) / blockPx
	return min(s*s, 1)
}

func (f *Frame) evidenceLevel(px int) int {
	for i, l := range f.levels {
		if max(l.plane.W, l.plane.H) <= px {
			return i
		}
	}
	return len(f.levels) - 1
}

// agree counts the blocks that the photo shows and those found near their place.
func (f *Frame) agree(i int, photo []*level, t geom.Transform) (shown, found int) {
	for _, v := range f.votes(i, photo, t) {
		if v.shown {
			shown++
		}
		if v.found {
			found++
		}
	}
	return shown, found
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

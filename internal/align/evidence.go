package align

import (
	"math"
	"slices"

	"dermtrace/internal/geom"
)

const (
	// evidencePx bounds the longer side of the level on which a transform is judged. There a
	// block spans an eighth of the photo and sees folds, creases and spots.
	evidencePx = 300
	// chanceShiftPx is how far, in pixels of the level, the transform is moved to see what
	// chance finds: four times the largest shift of a block.
	chanceShiftPx = 12
	// chanceShifts is the number of directions it is moved in.
	chanceShifts = 4
	// beyondDoubt times what a transform needs to be called ok leaves nothing for more sides to decide.
	beyondDoubt = 1.5
	// minChance keeps a few lucky zeros from making a small agreement look certain.
	minChance = 0.05
)

// evidence says how well a transform's picture agrees with the frame, and how well chance
// does.
type evidence struct {
	shown, found      int
	chance, excess, z float64
	// odds is the chance of structures that agree by accident; 0 where z does not convince anyway.
	odds float64
}

const (
	// minExcess and minZ are what a transform needs to be believed. See the package comment for
	// what pairs that have nothing to do with each other reach.
	minExcess, minZ = 0.12, 5.5
	// okZ is what it needs to be called ok.
	okZ = 8
	// decisiveExcess ends the search for a better hypothesis.
	decisiveExcess = 0.5
)

// remarkable evidence makes a candidate; a transform refined is believed where its structures convince as well.
func (e evidence) remarkable() bool { return e.excess >= minExcess && e.z >= minZ }
func (e evidence) convincing() bool { return e.remarkable() && e.odds <= maxOdds }
func (e evidence) decisive() bool   { return e.excess >= decisiveExcess && e.z >= okZ }

// evidence counts the blocks that find themselves in the photo where t says, and where t
// moved aside says: nothing but chance finds them there. The same photo, light, blur and
// texture on both sides make the pair its own null experiment. Where it was made before, for a warp
// near by, known says what chance finds.
func (f *stack) evidence(photo []*level, w warp, known *evidence) evidence {
	i := f.evidenceLevel()
	e := evidence{}
	votes := f.votes(i, photo, w)
	e.shown, e.found = agreeing(votes)
	if share(e.found, e.shown) < minExcess {
		return e
	}
	if known != nil && known.z > 0 {
		e = f.weigh(e, known.chance)
	} else {
		e = f.besideChance(photo, w, e)
	}
	if e.remarkable() {
		e.odds = f.odds(i, votes, e.chance)
	}
	return e
}

// besideChance weighs what was found against what the transform moved aside finds.
func (f *stack) besideChance(photo []*level, w warp, e evidence) evidence {
	i := f.evidenceLevel()
	// Every block is moved to one side first, and to the others unless that leaves no doubt.
	var s, n int
	for turn := range chanceShifts {
		sk, nk := agreeing(f.votesOf(f.blocks[i](), i, photo, func(k int) warp { return f.aside(i, w, turn+k) }))
		s, n = s+sk, n+nk
		e = f.weigh(e, share(n, s))
		if e.z >= beyondDoubt*okZ && e.decisive() {
			break
		}
	}
	return e
}

// weigh completes the evidence with what chance finds.
func (f *stack) weigh(e evidence, chance float64) evidence {
	e.chance = chance
	e.excess = share(e.found, e.shown) - e.chance
	c := max(e.chance, minChance)
	e.z = e.excess / math.Sqrt(c*(1-c)/(float64(e.shown)*f.independence(f.evidenceLevel())+1))
	return e
}

// aside is the warp moved to one of chanceShifts sides.
func (f *stack) aside(level int, w warp, side int) warp {
	a := 2 * math.Pi * (float64(side%chanceShifts) + 0.5) / chanceShifts
	d := chanceShiftPx * f.levels[level].scale
	return warp{w.plane.Mul(geom.Translation(d*math.Cos(a), d*math.Sin(a))), w.field}
}

// independence is the share of a level's blocks that hold pixels of their own.
func (f *stack) independence(i int) float64 {
	s := float64(blockStride(f.levels[i], maxBlocks)) / blockPx
	return min(s*s, 1)
}

func (f *stack) evidenceLevel() int { return evidenceLevel(f.levels) }

// evidenceLevel is the level on which a transform is judged.
func evidenceLevel(levels []*level) int {
	for i, l := range levels {
		if max(l.plane.W, l.plane.H) <= evidencePx {
			return i
		}
	}
	return len(levels) - 1
}

// judgedByLogarithm are levels of light, as logarithms from that of evidence on.
func judgedByLogarithm(light []*level) []*level {
	out := slices.Clone(light)
	for i := evidenceLevel(light); i < len(out); i++ {
		out[i] = out[i].ln()
	}
	return out
}

// agreeing counts the blocks with structure across and along that the photo shows and those that
// find themselves near their place. Outlines alone do not count: one limb's edge fits
// another's.
func agreeing(votes []vote) (shown, found int) {
	for _, v := range votes {
		if v.shown && v.block.corner {
			shown++
			if v.sure() {
				found++
			}
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

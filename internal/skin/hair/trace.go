package hair

import (
	"cmp"
	"math"
	"slices"

	"dermtrace/internal/geom"
)

// How crests are linked (project defaults). A hair crosses others and fades over pale
// skin, so a walk may jump a gap if the other side goes on in its own direction.
const (
	shortestMM = 0.8                // TrichoScan clips to about 0.8 to 1 mm (Hoffmann 2001, Eur J Dermatol 11:362)
	gapMM      = 0.5                // that a walk may jump: a crossing at 15° is so long
	chordMM    = 0.4                // of its way, from which a walk takes its direction
	bend       = 18 * math.Pi / 180 // most that a crest may lie off it: where hairs cross, straight on
	sameHair   = 40 * math.Pi / 180 // crests beside a walk and within this belong to it
	besideMM   = 0.06               // how far beside
)

// Hair is one centre line.
type Hair struct {
	Line     []geom.Point // pixels of the region's RGB, from end to end
	LengthMM float64
	Contrast float64 // mean, log light
	Sure     bool    // it reached the upper threshold: it counts
	Ends     int     // 0 to 2 that lie inside the region; the others were cut off by its border
}

// Found is the hair of one region in one photo.
type Found struct {
	Hairs     []Hair
	AreaCM2   float64
	PxPerMM   float64
	Threshold Threshold
	sheet     *Sheet
}

// Find links the crests of at least the lower threshold into hairs, the strongest first.
// The order and the result depend on the pixels alone.
func (s *Sheet) Find(t Threshold) *Found {
	tr := &tracer{sheet: s, crests: s.crests(t), w: s.weight.W, h: s.weight.H}
	tr.lonely()
	tr.used = make([]bool, len(tr.crests))
	f := &Found{AreaCM2: s.AreaCM2(), PxPerMM: s.region.PxPerMM, Threshold: t, sheet: s}
	for _, k := range tr.seeds() {
		if tr.used[k] {
			continue
		}
		if h := tr.hair(k, t.High); h.LengthMM >= shortestMM {
			f.Hairs = append(f.Hairs, h)
		}
	}
	return f
}

// tracer walks along crests.
type tracer struct {
	sheet  *Sheet
	crests []crest
	used   []bool
	w, h   int
}

// seeds are the crests from the strongest on.
func (tr *tracer) seeds() []int {
	var list []int
	for k, c := range tr.crests {
		if c.contrast > 0 {
			list = append(list, k)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(tr.crests[b].contrast, tr.crests[a].contrast) })
	return list
}

// lonely removes crests that do not go on: the mean contrast of like-minded crests along
// a line of lineMM through each, both ways, must keep leastRatio of its own. Pores, grain
// and noise do not.
func (tr *tracer) lonely() {
	n := max(2, int(lineMM*tr.sheet.pxPerMM/2))
	keep := make([]bool, len(tr.crests))
	for k, c := range tr.crests {
		if c.contrast == 0 {
			continue
		}
		dx, dy := math.Cos(float64(c.dir)), math.Sin(float64(c.dir))
		var best float64
		for _, way := range [3][2]int{{-n, 0}, {-n / 2, n / 2}, {0, n}} {
			var sum float64
			for i := way[0]; i <= way[1]; i++ {
				x, y := float64(k%tr.w)+float64(c.dx)+float64(i)*dx, float64(k/tr.w)+float64(c.dy)+float64(i)*dy
				if at := tr.nearest(x, y, float64(c.dir), sameHair, false); at >= 0 {
					sum += math.Min(float64(tr.crests[at].contrast), float64(c.contrast))
				}
			}
			best = max(best, sum/float64(way[1]-way[0]+1))
		}
		keep[k] = best >= leastRatio*float64(c.contrast)
	}
	for k, ok := range keep {
		if !ok {
			tr.crests[k].contrast = 0
		}
	}
}

// nearest is the crest nearest to a point, among the nine pixels around it, that runs
// within most of a direction; −1 where there is none. Free ones alone if so asked.
func (tr *tracer) nearest(x, y, dir, most float64, free bool) int {
	best, least := -1, 1.5
	x0, y0 := int(math.Round(x)), int(math.Round(y))
	for v := max(y0-1, 0); v <= min(y0+1, tr.h-1); v++ {
		for u := max(x0-1, 0); u <= min(x0+1, tr.w-1); u++ {
			k := v*tr.w + u
			c := &tr.crests[k]
			if c.contrast == 0 || free && tr.used[k] || between(float64(c.dir), dir) > most {
				continue
			}
			d := math.Hypot(float64(u)+float64(c.dx)-x, float64(v)+float64(c.dy)-y) + between(float64(c.dir), dir)
			if d < least {
				best, least = k, d
			}
		}
	}
	return best
}

// hair walks both ways from a seed.
func (tr *tracer) hair(seed int, high float64) Hair {
	dir := float64(tr.crests[seed].dir)
	back, cutBack := tr.walk(seed, dir+math.Pi, nil)
	slices.Reverse(back)
	on, cutOn := tr.walk(seed, dir, back)
	ks := append(append(back, seed), on...)
	h := Hair{Ends: 2}
	for _, cut := range [2]bool{cutBack, cutOn} {
		if cut {
			h.Ends--
		}
	}
	for _, k := range ks {
		tr.claim(k)
		h.Line = append(h.Line, tr.place(k))
		h.Contrast += float64(tr.crests[k].contrast) / float64(len(ks))
		h.Sure = h.Sure || float64(tr.crests[k].contrast) >= high
	}
	h.LengthMM = length(h.Line) / tr.sheet.region.PxPerMM
	return h
}

// walk follows the crests from k on; cut says that it ended at the region's border. came
// is the way walked so far, whose last stretch says where a hair goes on.
func (tr *tracer) walk(k int, heading float64, came []int) (ks []int, cut bool) {
	gap := gapMM * tr.sheet.pxPerMM
	way := append(slices.Clone(came), k)
	visited := map[int]bool{}
	for _, v := range way {
		visited[v] = true
	}
	for {
		x, y := tr.crestAt(way[len(way)-1])
		heading = tr.heading(way, heading)
		next := -1
		for step := 1.0; step <= gap && next < 0; step++ {
			at := tr.nearest(x+step*math.Cos(heading), y+step*math.Sin(heading), heading, bend, true)
			if at >= 0 && !visited[at] && tr.ahead(at, x, y, heading) {
				next = at
			}
		}
		if next < 0 {
			return way[len(came)+1:], tr.leaves(x, y, heading)
		}
		visited[next] = true
		way = append(way, next)
	}
}

// heading is the direction of the last chordMM of a way; while it is shorter than half
// of that, the direction of its last crest, in the sense of the heading so far.
func (tr *tracer) heading(way []int, heading float64) float64 {
	last := way[len(way)-1]
	x, y := tr.crestAt(last)
	chord := chordMM * tr.sheet.pxPerMM
	u, v := x, y
	for i := len(way) - 2; i >= 0 && math.Hypot(x-u, y-v) < chord; i-- {
		u, v = tr.crestAt(way[i])
	}
	if math.Hypot(x-u, y-v) < chord/2 {
		return heading + halfTurn(float64(tr.crests[last].dir)-heading)
	}
	return math.Atan2(y-v, x-u)
}

// ahead reports whether the crest lies before a walker rather than beside or behind.
func (tr *tracer) ahead(k int, x, y, heading float64) bool {
	u, v := tr.crestAt(k)
	on := (u-x)*math.Cos(heading) + (v-y)*math.Sin(heading)
	beside := (v-y)*math.Cos(heading) - (u-x)*math.Sin(heading)
	return on > 0.3 && math.Abs(beside) <= 0.7*on+0.3
}

// leaves reports whether a walker at the end of its way stands at the region's border:
// there the hair goes on unseen.
func (tr *tracer) leaves(x, y, heading float64) bool {
	reach := 2*tr.sheet.scales[len(tr.sheet.scales)-1].sigma + 1
	u, v := x+reach*math.Cos(heading), y+reach*math.Sin(heading)
	return !tr.sheet.inside(int(math.Round(u)), int(math.Round(v)))
}

// claim marks a crest as used and those beside it that belong to the same hair. What
// crosses it stays free.
func (tr *tracer) claim(k int) {
	r := max(1, int(math.Ceil(besideMM*tr.sheet.pxPerMM)))
	dir := float64(tr.crests[k].dir)
	for v := max(k/tr.w-r, 0); v <= min(k/tr.w+r, tr.h-1); v++ {
		for u := max(k%tr.w-r, 0); u <= min(k%tr.w+r, tr.w-1); u++ {
			if i := v*tr.w + u; tr.crests[i].contrast > 0 && between(float64(tr.crests[i].dir), dir) <= sameHair {
				tr.used[i] = true
			}
		}
	}
}

// crestAt is where the crest of a pixel passes, in pixels of the planes.
func (tr *tracer) crestAt(k int) (x, y float64) {
	return float64(k%tr.w) + float64(tr.crests[k].dx), float64(k/tr.w) + float64(tr.crests[k].dy)
}

// place is the same in pixels of the region's RGB.
func (tr *tracer) place(k int) geom.Point {
	x, y := tr.crestAt(k)
	s := tr.sheet
	middle := float64(s.step-1) / 2
	return geom.Point{X: float64(s.x0) + middle + x*float64(s.step), Y: float64(s.y0) + middle + y*float64(s.step)}
}

// length of a line, over every third point so that the steps between pixels do not add.
func length(line []geom.Point) float64 {
	var sum float64
	for i := 0; i < len(line)-1; {
		j := min(i+3, len(line)-1)
		sum += line[j].Sub(line[i]).Norm()
		i = j
	}
	return sum
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

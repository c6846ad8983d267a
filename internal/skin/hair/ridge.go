package hair

import (
	"math"
	"slices"

	"dermtrace/internal/raster"
)

// A hair's contrast is how much log light falls short of (or exceeds) that of the skin
// on both sides, as a Gaussian ridge of that depth would answer (project defaults: a
// terminal hair on skin has 0.4 to 2, the skin's own furrows up to 0.2).
const (
	surely     = 0.30 // a line is a hair if it reaches this somewhere,
	possibly   = 0.15 // and goes on as long as it keeps this
	skinSDs    = 6.0  // but the first is at least so many robust SDs of the skin's own ridges,
	mostSkin   = 0.8  // and no more than this, which skin alone, sharpened and noisy, keeps below
	lineMM     = 0.5  // over which a crest must go on
	leastRatio = 0.6  // share of the contrast that its mean along that line must keep
)

// barResponse is σ²λ of a Gaussian line of unit depth at its best scale, 2/3^1.5
// (Frangi 1998, LNCS 1496:130; Lindeberg 1998, IJCV 30:117).
const barResponse = 0.3849

// Threshold is what a series' hairs are found by: the same at every visit.
type Threshold struct {
	High, Low float64 // contrast in log light
	Light     bool    // hair lighter than skin
}

// crest is a point of a ridge.
type crest struct {
	contrast float32 // 0: none
	dir      float32 // along the ridge, radians in (−π/2, π/2]
	dx, dy   float32 // from the pixel's centre to the crest
}

// Freeze takes the threshold from a region's baseline photos: the contrast that stands out
// of the skin's own relief, and the sign of the hair, by which more is found: length times
// contrast squared, since a filter sees a ridge of the other sign, 0.45 times as strong
// (2e^−1.5), on both sides of every hair.
func Freeze(baseline ...*Sheet) Threshold {
	var found [2]float64
	var spread float64
	for _, s := range baseline {
		spread += s.spread() / float64(len(baseline))
	}
	high := min(max(surely, skinSDs*spread), mostSkin)
	t := Threshold{High: high, Low: high * possibly / surely}
	for _, s := range baseline {
		for i := range found {
			t.Light = i == 1
			for _, h := range s.Find(t).Hairs {
				if h.Sure {
					found[i] += h.LengthMM * h.Contrast * h.Contrast
				}
			}
		}
	}
	t.Light = found[1] > found[0]
	return t
}

// bareRatio is the median of the contrast of bare skin over its lower quartile: 1.45 to 1.64 on
// simulated skin.
const bareRatio = 1.55

// spread is the robust SD of the contrast across the skin: of both signs, every third pixel. Its
// plainer half tells it, for hair may cover much of a scalp.
func (s *Sheet) spread() float64 {
	var list []float64
	sc := s.scales[0]
	for y := 1; y < sc.plane.H-1; y += 3 {
		for x := 1; x < sc.plane.W-1; x += 3 {
			if s.inside(x, y) {
				large, small, _ := curvature(sc.plane, x, y)
				list = append(list, math.Max(math.Abs(large), math.Abs(small))*sc.sigma*sc.sigma/barResponse)
			}
		}
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return bareRatio * list[len(list)/4]
}

// crests finds the points of ridges of at least the lower threshold.
func (s *Sheet) crests(t Threshold) []crest {
	w, h := s.weight.W, s.weight.H
	all := make([]crest, w*h)
	sign := float32(1)
	if t.Light {
		sign = -1
	}
	raster.Bands(h, func(y0, y1 int) {
		for y := max(y0, 1); y < min(y1, h-1); y++ {
			for _, sc := range s.scales {
				s.crestsOfRow(all[y*w:(y+1)*w], sc, y, sign, float32(t.Low))
			}
		}
	})
	return all
}

// crestsOfRow keeps the stronger answer of each pixel over the scales.
func (s *Sheet) crestsOfRow(row []crest, sc scale, y int, sign, low float32) {
	p, k := sc.plane, float32(sc.sigma*sc.sigma/barResponse)
	a, b, c := p.Row(y-1), p.Row(y), p.Row(y+1)
	for x := 1; x < p.W-1; x++ {
		// Curvature along a hair is small: the sum of both is all of it, nearly.
		if sign*(b[x-1]+b[x+1]+a[x]+c[x]-4*b[x])*k < low/2 {
			continue
		}
		if !s.inside(x, y) {
			continue
		}
		if at := crestAt(p, x, y, sign); at.contrast*k >= low && at.contrast*k > row[x].contrast {
			at.contrast *= k
			row[x] = at
		}
	}
}

// roundness is the curvature along a ridge over that across it, at most: what is rounder
// is a dot or a crossing.
const roundness = 0.5

// crestAt is the crest that passes through the pixel (x, y), contrast 0 where none does:
// slope over curvature is the distance to it (Steger 1998, IEEE PAMI 20:113).
func crestAt(p *raster.Plane, x, y int, sign float32) crest {
	large, small, angle := curvature(p, x, y)
	across, along, normal := large, small, angle
	if sign < 0 {
		across, along, normal = -small, -large, angle+math.Pi/2
	}
	if across <= 0 || math.Abs(along) > roundness*across {
		return crest{}
	}
	gx := float64(p.At(x+1, y)-p.At(x-1, y)) / 2
	gy := float64(p.At(x, y+1)-p.At(x, y-1)) / 2
	nx, ny := math.Cos(normal), math.Sin(normal)
	t := -float64(sign) * (gx*nx + gy*ny) / across
	dx, dy := t*nx, t*ny
	if math.Abs(dx) > reachPx || math.Abs(dy) > reachPx {
		return crest{}
	}
	return crest{contrast: float32(across), dir: float32(halfTurn(normal + math.Pi/2)), dx: float32(dx), dy: float32(dy)}
}

// reachPx is how far a pixel's own crest may lie from its centre: half a pixel, and what
// rounding and noise add.
const reachPx = 0.7

// curvature returns the larger and the smaller second derivative and the direction of
// the larger.
func curvature(p *raster.Plane, x, y int) (large, small, angle float64) {
	a, b, c := p.Row(y - 1)[x-1:x+2], p.Row(y)[x-1:x+2], p.Row(y + 1)[x-1:x+2]
	xx := float64(b[2] - 2*b[1] + b[0])
	yy := float64(c[1] - 2*b[1] + a[1])
	xy := float64(c[2]-c[0]-a[2]+a[0]) / 4
	mean, half := (xx+yy)/2, (xx-yy)/2
	root := math.Hypot(half, xy)
	return mean + root, mean - root, math.Atan2(xy, half) / 2
}

// halfTurn brings a direction without a sense into (−π/2, π/2].
func halfTurn(a float64) float64 {
	for a > math.Pi/2 {
		a -= math.Pi
	}
	for a <= -math.Pi/2 {
		a += math.Pi
	}
	return a
}

// between is the angle between two directions without a sense, 0 to π/2.
func between(a, b float64) float64 { return math.Abs(halfTurn(a - b)) }

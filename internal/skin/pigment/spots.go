package pigment

import (
	"math"
	"slices"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Spot is one patch of skin darker in melanin than its surroundings.
type Spot struct {
	X, Y     float64 // centroid weighted by contrast, in pixels of the map
	AreaMM2  float64
	Contrast float64 // mean melanin above the local background, percent
}

// Scales of spot finding, in millimetres (project defaults).
const (
	spotSmoothMM     = 0.15 // σ that spots are outlined at: below it lie noise and hair
	backgroundMM     = 5.0  // σ of the local background: three times a large age spot's radius
	leastSpotAreaMM2 = 0.2  // a disc of 0.25 mm radius
)

// spotContrast is how many times the area's contrast a spot's peak is above: two and a half
// robust standard deviations of the skin or 19 % of it, while mottle peaks at two (project
// default).
const spotContrast = 1.25

// LeastPxPerMM is the resolution below which spots are not looked for: there a disc of
// 0.25 mm radius has fewer than five pixels.
const LeastPxPerMM = 5.0

// Find outlines the spots of a melanin map whose pixels measure mmPerPx. A spot is a
// peak that exceeds the frozen contrast above the local background, outlined at half its
// own height: a fading spot keeps its outline, and mottle between spots joins none.
//
// The contrast is that of the threshold relative to its level, and the background is this
// map's own: skin that darkens evenly gains no spots.
func Find(melanin chromo.Field, mmPerPx float64, t Threshold) []Spot {
	t = t.at(melanin.Quantile(0.5))
	t.Contrast *= spotContrast
	excess := aboveBackground(melanin, mmPerPx, t)
	pxArea := mmPerPx * mmPerPx
	var spots []Spot
	for _, patch := range patches(melanin, excess, t.Contrast, mmPerPx) {
		if float64(len(patch))*pxArea >= leastSpotAreaMM2 {
			spots = append(spots, measure(patch, excess, pxArea))
		}
	}
	return spots
}

// at is the same relative contrast on skin of another level.
func (t Threshold) at(level float64) Threshold {
	if t.Level > 0 && level > 0 {
		t.Contrast *= level / t.Level
	}
	t.Level = level
	return t
}

// aboveBackground is the smoothed map less its local background: the mean of the skin
// around that is not itself spot, or the level where no such skin is near.
func aboveBackground(melanin chromo.Field, mmPerPx float64, t Threshold) *raster.Plane {
	smooth := melanin.Smooth(spotSmoothMM / mmPerPx)
	background := filter.Borrow(smooth.W, smooth.H)
	defer filter.GiveBack(background)
	for i := range background.Pix {
		background.Pix[i] = float32(t.Level)
	}
	for range 2 {
		plain := plainSkin(smooth, background, melanin, t)
		spread(background, plain, backgroundMM/mmPerPx)
		filter.GiveBack(plain.Value, plain.Weight)
	}
	for i := range smooth.Pix {
		smooth.Pix[i] -= background.Pix[i]
	}
	return smooth
}

// spread fills dst with f smoothed by sigmaPx, on blocks of a quarter of that, between
// whose middles it is linear.
func spread(dst *raster.Plane, f chromo.Field, sigmaPx float64) {
	k := max(1, int(sigmaPx/4))
	small := f.Shrink(k).Smooth(sigmaPx / float64(k))
	columns := make([]between, dst.W)
	for x := range columns {
		columns[x] = middles(x, k, small.W)
	}
	raster.Bands(dst.H, func(y0, y1 int) {
		row := make([]float32, small.W)
		for y := y0; y < y1; y++ {
			b := middles(y, k, small.H)
			above, below := small.Row(b.first), small.Row(b.next)
			for i, v := range above {
				row[i] = v + float32(b.part*(below[i]-v))
			}
			out := dst.Row(y)
			for x, c := range columns {
				v := row[c.first]
				out[x] = v + float32(c.part*(row[c.next]-v))
			}
		}
	})
}

// between is a place between two blocks, part of the way from the first to the next.
type between struct {
	first, next int
	part        float32
}

// middles places the x-th pixel between the middles of blocks of k pixels, held at those of
// the first and the last.
func middles(x, k, blocks int) between {
	at := max(0, min((float64(x)-float64(k-1)/2)/float64(k), float64(blocks-1)))
	first := int(at)
	return between{first, min(first+1, blocks-1), float32(at - float64(first))}
}

// trace is the weight that the level has where a pixel is spot.
const trace = 1e-3

// plainSkin keeps the pixels that do not stand out from the background, on borrowed planes.
func plainSkin(smooth, background *raster.Plane, melanin chromo.Field, t Threshold) chromo.Field {
	f := chromo.Field{Value: filter.Borrow(smooth.W, smooth.H), Weight: filter.Borrow(smooth.W, smooth.H)}
	half := float32(t.Contrast / 2)
	raster.Bands(smooth.H, func(y0, y1 int) {
		for i := y0 * smooth.W; i < y1*smooth.W; i++ {
			v, around, w := smooth.Pix[i], background.Pix[i], melanin.WeightAt(i)
			if d := v - around; w > 0 && (d > half || d < -half) {
				v, w = around, trace*w
			}
			f.Value.Pix[i], f.Weight.Pix[i] = v, w
		}
	})
	return f
}

// patches lists the 8-connected sets of pixels inside the region above half their own
// peak, from the highest peak down to the contrast.
func patches(melanin chromo.Field, excess *raster.Plane, contrast, mmPerPx float64) [][]int {
	var peaks []uint64 // sorted by height, as float32 bits of positive values are, then by place
	for i, v := range excess.Pix {
		if v > float32(contrast) && melanin.Inside(i) {
			peaks = append(peaks, uint64(^math.Float32bits(v))<<32|uint64(i))
		}
	}
	slices.Sort(peaks)
	// open[i]: the pixel may still be taken into a patch, or be the peak of one.
	open := make([]bool, len(excess.Pix))
	for i := range open {
		open[i] = melanin.Inside(i)
	}
	var all [][]int
	for _, p := range peaks {
		if i := int(uint32(p)); open[i] {
			patch := flood(open, excess, i)
			all = append(all, patch)
			closeAround(open, patch, excess.W, mmPerPx)
		}
	}
	return all
}

// The flank of a spot, out to so many of its radii and so far beyond, is no spot of its
// own (project defaults).
const flankRadii, flankMM = 1.5, 0.3

// closeAround closes the flank of a patch.
func closeAround(open []bool, patch []int, w int, mmPerPx float64) {
	var x, y float64
	for _, i := range patch {
		x, y = x+float64(i%w), y+float64(i/w)
	}
	n := float64(len(patch))
	x, y = x/n, y/n
	reach := flankRadii*math.Sqrt(n/math.Pi) + flankMM/mmPerPx
	for v := max(0, int(y-reach)); v <= min(int(y+reach)+1, len(open)/w-1); v++ {
		for u := max(0, int(x-reach)); u <= min(int(x+reach)+1, w-1); u++ {
			if math.Hypot(float64(u)-x, float64(v)-y) <= reach {
				open[v*w+u] = false
			}
		}
	}
}

// flood collects the open pixels 8-connected to the seed that are above half of it, and
// closes them.
func flood(open []bool, excess *raster.Plane, seed int) []int {
	patch, w, least := []int{seed}, excess.W, excess.Pix[seed]/2
	open[seed] = false
	for k := 0; k < len(patch); k++ {
		x, y := patch[k]%w, patch[k]/w
		for v := max(0, y-1); v <= y+1 && v*w < len(open); v++ {
			for u := max(0, x-1); u <= min(x+1, w-1); u++ {
				if j := v*w + u; open[j] && excess.Pix[j] > least {
					open[j] = false
					patch = append(patch, j)
				}
			}
		}
	}
	return patch
}

// measure sums up one patch.
func measure(patch []int, excess *raster.Plane, pxArea float64) Spot {
	var sum, x, y float64
	for _, i := range patch {
		e := float64(excess.Pix[i])
		sum += e
		x += e * float64(i%excess.W)
		y += e * float64(i/excess.W)
	}
	return Spot{X: x / sum, Y: y / sum, AreaMM2: pxArea * float64(len(patch)), Contrast: sum / float64(len(patch))}
}

// Refusal is the warning that says why the spots of a map cannot be told; "": they can.
func Refusal(melanin chromo.Field, mmPerPx float64, t Threshold) string {
	switch {
	case mmPerPx <= 0:
		return outcome.ScaleUnknown
	case mmPerPx > 1/LeastPxPerMM:
		return outcome.ScaleTooCoarse
	case melanin.Empty():
		return outcome.RegionLost
	case math.IsNaN(t.Level):
		return outcome.BaselineRefused
	}
	return ""
}

// Count is the number of spots of a visit, by itself.
func (m *Marks) Count(t Threshold) int {
	margin := int(math.Ceil(marginMM / m.mmPerPx))
	within := newThinning(m.melanin.Weights(), 1, margin)
	melanin, _ := within.of(m.melanin.Value)
	return len(Find(chromo.Field{Value: melanin, Weight: within.thin}, m.mmPerPx, t))
}

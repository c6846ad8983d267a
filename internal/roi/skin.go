package roi

import (
	"errors"
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Found says how sure an outline of skin is.
type Found struct {
	Share  float64 // of the photo's area inside the outline
	Purity float64 // of the cells inside the outline, those that have the colour of skin
}

// ErrNoSkin is returned for a photo without a sizeable patch of the colour of skin.
var ErrNoSkin = errors.New("roi: no skin was found in the photo")

// The colour of skin in linear light, as u = ln(R/G) and v = ln(G/B), in which neither
// exposure nor shading shows. Over the reflectances of skin models with 1.3 to 43 % of
// melanosomes and 0.2 to 7 % of blood (Jacques 1998; 0.5 and 2 % of flat surface
// reflection) u lies in 0.19 … 2.01, v in 0.02 … 2.30 and the redness s = u + v/2 in
// 0.35 … 2.49. A cast of ±10 % per channel moves u and v by up to ln(1.1/0.9) = 0.20 and
// s by 0.15.
const (
	castLog  = 0.2
	slackLog = castLog + 0.1 // and as much for noise and coding
	minSkinU = 0.19 - slackLog
	maxSkinU = 2.01 + slackLog
	minSkinV = 0.02 - slackLog
	maxSkinV = 2.30 + slackLog
	maxSkinS = 2.49 + slackLog
	// White, grey and black things have s = 0, moved by the cast to ±0.15; the palest
	// bloodless skin lies 0.35 above them. The least redness of skin is therefore sought
	// in a span above the photo's own neutral things.
	neutralS                  = 0.16
	lowSplit, split, topSplit = 0.12, 0.22, 0.45
	// A photo without neutral things needs no valley: this is below the palest skin
	// under the bluest cast (0.35 − 0.15).
	splitAlone = 0.12
	// A peak of neutral things holds this share of the photo. Project default.
	neutralShare = 0.005
	// As low as anywhere: up to half more, plus a thousandth of the photo. Project
	// default, against chance dips in a flat histogram.
	valleyFactor, valleyShare = 1.5, 0.001
	// Skin that is redder absorbs more: in the same models R < 0.7 e^(−s/2). An
	// exposure at which pale skin (R = 0.57) would be 2.5 times as bright, clipped, is the
	// most that is allowed; it keeps orange and red cloth in good light out.
	maxSkinRed = 2.5 * 0.7
	// Of several patches those of the colours that measured faces have count four times
	// (project default): the cluster centres of 120 faces (IADR 2009) lie at u 0.79 …
	// 1.21 and v 0.09 … 0.49, taken here with a cast and as much again for what lies
	// around the centres.
	typicalMinU, typicalMaxU = 0.79 - 2*castLog, 1.21 + castLog
	typicalMinV, typicalMaxV = 0.09 - castLog, 0.49 + 2*castLog
	typicalWeight            = 4
	// What one piece of skin spans around its median: a flush from 0.2 to 7 % of blood
	// adds 0.9 to u, a spot from 2.5 to 15 % of melanin 0.35 to u and 0.6 to v (same
	// models); pressure and glare take as much of u as a flush from 2 to 7 % adds.
	spreadU, flushU, spreadV = 0.5, 0.9, 0.7
	// Light on one piece of skin rarely falls below a fifth of its median; darker things
	// behind it do. Project default.
	shadeRatio = 5
	// Below this linear light (22 of 255 in sRGB) noise and coding decide the colour.
	// Black bars and deep shadow are out.
	minLight = 0.008
	// Blue is held here, so that clipped blue of dark skin has a logarithm.
	floorLight = 0.002
)

// Sizes of the search, in cells.
const (
	skinCells  = 320  // along the photo's longer side; finer detail is not outlined
	openCells  = 2    // bridges and peninsulas up to twice this wide are cut off
	insetCells = 1    // mixed cells at the border that are left out
	minShare   = 0.02 // of the photo: less is no subject. Project default
)

// FindSkin outlines the largest patch of skin in a picture of linear light, for use
// where nobody drew a region. It knows skin by its chromaticity alone, light or dark,
// so wood, leather and other things of that colour that touch the patch are taken for
// skin; bars of padding, white and grey sheets and blue or green cloth are not. Wounds,
// eyes or jewellery inside the patch are inside the outline.
func FindSkin(rgb *raster.RGB) (geom.Polygon, Found, error) {
	cells := newSkinMap(rgb)
	if len(cells.s) == 0 {
		return nil, Found{}, ErrNoSkin
	}
	skin := cells.skin(cells.splitS())
	skin = cells.alike(skin, cells.patch(skin))
	body := cells.patch(skin)
	if float64(body.Count()) < minShare*float64(len(cells.s)) {
		return nil, Found{}, ErrNoSkin
	}
	corners := simplify(traceOutline(body))
	inside := Fill(corners, cells.w, cells.h)
	f := Found{
		Share:  corners.Area() / float64(cells.w*cells.h),
		Purity: float64(inside.And(skin).Count()) / float64(max(inside.Count(), 1)),
	}
	return cells.toPhoto(corners), f, nil
}

// skinMap is the photo in cells of size×size pixels.
type skinMap struct {
	size, w, h int
	photoW     int
	photoH     int
	u, v, s    []float32 // NaN where a cell is too dark to have a colour
	red        []float32 // linear light
}

func newSkinMap(rgb *raster.RGB) *skinMap {
	w, h := rgb.W(), rgb.H()
	size := max(1, (max(w, h)+skinCells-1)/skinCells)
	c := &skinMap{size: size, w: (w + size - 1) / size, h: (h + size - 1) / size, photoW: w, photoH: h}
	n := c.w * c.h
	c.u, c.v, c.s, c.red = make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	raster.Parallel(c.h, func(y int) {
		for x := range c.w {
			c.set(x, y, cellMean(rgb.R, x, y, size), cellMean(rgb.G, x, y, size), cellMean(rgb.B, x, y, size))
		}
	})
	return c
}

// cellMean is the mean of the pixels of p in the cell (cx, cy).
func cellMean(p *raster.Plane, cx, cy, size int) float64 {
	x0, x1 := cx*size, min((cx+1)*size, p.W)
	y0, y1 := cy*size, min((cy+1)*size, p.H)
	var sum float64
	for y := y0; y < y1; y++ {
		sum += rowSum(p.Row(y)[x0:x1])
	}
	return sum / float64((x1-x0)*(y1-y0))
}

// rowSum adds in four lanes, which do not wait for each other.
func rowSum(v []float32) float64 {
	var a, b, c, d float64
	for len(v) >= 4 {
		q := v[:4:4]
		a, b, c, d = a+float64(q[0]), b+float64(q[1]), c+float64(q[2]), d+float64(q[3])
		v = v[4:]
	}
	for _, x := range v {
		a += float64(x)
	}
	return (a + b) + (c + d)
}

func (c *skinMap) set(x, y int, r, g, b float64) {
	at := y*c.w + x
	nan := float32(math.NaN())
	c.u[at], c.v[at], c.s[at], c.red[at] = nan, nan, nan, float32(r)
	if !(max(r, g, b) >= minLight) {
		return
	}
	r, g, b = math.Log(max(r, floorLight)), math.Log(max(g, floorLight)), math.Log(max(b, floorLight))
	c.u[at], c.v[at], c.s[at] = float32(r-g), float32(g-b), float32(r-(g+b)/2)
}

// Bins of the histogram of s: those of neutral things and of the span above them.
const (
	binWidth = 0.025
	binFrom  = -0.3
	binCount = 40
)

// binCentre is the middle of a bin of s.
func binCentre(i int) float64 { return binFrom + (float64(i)+0.5)*binWidth }

// histogram counts the cells by redness, smoothed over five bins.
func (c *skinMap) histogram() (smooth [binCount]float64) {
	var hist [binCount + 4]float64
	for _, s := range c.s {
		if i := int(math.Floor((float64(s)-binFrom)/binWidth)) + 2; s == s && i >= 0 && i < len(hist) {
			hist[i]++
		}
	}
	for i := range smooth {
		smooth[i] = (hist[i] + 2*hist[i+1] + 3*hist[i+2] + 2*hist[i+3] + hist[i+4]) / 9
	}
	return smooth
}

// splitS is the least redness of skin in this photo. Above its peak of neutral things it
// is the place, nearest the usual one, where the histogram is about as low as anywhere.
func (c *skinMap) splitS() float64 {
	hist := c.histogram()
	neutral, ok := c.neutral(hist)
	if !ok {
		return splitAlone
	}
	low := math.Inf(1)
	for i, n := range hist {
		if s := binCentre(i); s >= neutral+lowSplit && s <= neutral+topSplit {
			low = min(low, n)
		}
	}
	best := math.Inf(1)
	for i, n := range hist {
		s := binCentre(i)
		if s >= neutral+lowSplit && s <= neutral+topSplit && n <= valleyFactor*low+valleyShare*float64(len(c.s)) &&
			math.Abs(s-neutral-split) < math.Abs(best-neutral-split) {
			best = s
		}
	}
	return best
}

// neutral is the redness at which the photo has most neutral things.
func (c *skinMap) neutral(hist [binCount]float64) (s float64, ok bool) {
	most := neutralShare * float64(len(c.s))
	for i := 1; i < binCount-1; i++ {
		peak := hist[i] >= hist[i-1] && hist[i] >= hist[i+1]
		if at := binCentre(i); peak && math.Abs(at) <= neutralS && hist[i] > most {
			s, ok, most = at, true, hist[i]
		}
	}
	return s, ok
}

// patch is the largest patch of skin, with narrow bridges cut.
func (c *skinMap) patch(skin *Mask) *Mask {
	core := largest(skin.Erode(openCells), c.weight)
	return largest(grow(core, skin, openCells-insetCells), c.weight)
}

// weight is what a cell adds to the size of its patch.
func (c *skinMap) weight(i int) int {
	if u, v := float64(c.u[i]), float64(c.v[i]); u >= typicalMinU && u <= typicalMaxU && v >= typicalMinV && v <= typicalMaxV {
		return typicalWeight
	}
	return 1
}

// alike keeps the cells whose colour and light one piece of skin can have together
// with the middle of the patch.
func (c *skinMap) alike(skin, patch *Mask) *Mask {
	u, v, red := c.median(patch, c.u), c.median(patch, c.v), c.median(patch, c.red)
	out := newMask(skin.Bounds())
	for i, in := range skin.In {
		du, dv := float64(c.u[i])-u, float64(c.v[i])-v
		out.In[i] = in && du >= -spreadU && du <= flushU && math.Abs(dv) <= spreadV && float64(c.red[i]) >= red/shadeRatio
	}
	return out
}

// median is the middle value of q over a set of cells, each counted by its weight; 0 for
// none. It is found by the upper half of its bits and then the lower, without sorting.
func (c *skinMap) median(of *Mask, q []float32) float64 {
	rank := 0
	for i, in := range of.In {
		if in {
			rank += c.weight(i)
		}
	}
	if rank == 0 {
		return 0
	}
	rank /= 2 // weight below the median
	var found uint32
	for _, shift := range [2]int{16, 0} {
		var count [1 << 16]int32
		for i, in := range of.In {
			if k := sortable(q[i]); in && k>>(shift+16) == found {
				count[k>>shift&0xffff] += int32(c.weight(i))
			}
		}
		at := 0
		for rank >= int(count[at]) {
			rank -= int(count[at])
			at++
		}
		found = found<<16 | uint32(at)
	}
	return float64(fromSortable(found))
}

// sortable maps numbers to integers of the same order: negative ones have all bits
// turned, others the sign's alone.
func sortable(v float32) uint32 {
	b := math.Float32bits(v)
	return b ^ (uint32(int32(b)>>31) | 1<<31)
}

func fromSortable(k uint32) float32 {
	return math.Float32frombits(k ^ (^uint32(int32(k)>>31) | 1<<31))
}

// skin is the set of cells that have the colour of skin.
func (c *skinMap) skin(minS float64) *Mask {
	m := newMask(0, 0, c.w, c.h)
	for i := range m.In {
		u, v, s := float64(c.u[i]), float64(c.v[i]), float64(c.s[i])
		m.In[i] = u >= minSkinU && u <= maxSkinU && v >= minSkinV && v <= maxSkinV &&
			s >= minS && s <= maxSkinS && float64(c.red[i]) <= maxSkinRed*math.Exp(-s/2)
	}
	return m
}

// toPhoto takes an outline from corners of cells to photo pixels.
func (c *skinMap) toPhoto(g geom.Polygon) geom.Polygon {
	out := make(geom.Polygon, len(g))
	for i, p := range g {
		out[i] = geom.Point{
			X: min((p.X+0.5)*float64(c.size), float64(c.photoW)) - 0.5,
			Y: min((p.Y+0.5)*float64(c.size), float64(c.photoH)) - 0.5,
		}
	}
	return out
}

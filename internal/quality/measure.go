package quality

import (
	"math"

	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// Facts are the figures of one photo that gates and pairs look at. Shares are of the
// pixels sampled. What could not be told is NaN, which no gate takes for a finding.
type Facts struct {
	Meta                photo.Meta
	LongSide, ShortSide int // of the picture, pixels
	Pixels              int // sampled

	ClippedHigh, ClippedLow float64 // share with any channel at its end
	Colourless              float64 // share of those not clipped whose channels are equal
	MedianY                 float64 // luminance, 1 is white
	Glare                   float64 // share
	Noise                   float64 // SD of white noise in a pixel, as a share of the light
	BlurPx                  float64 // σ of the blur that detail without a scale of its own would need
	Isotropy                float64 // fine over coarse gradient energy, least direction over most
	Detail                  Detail
	Slope                   [2]float64 // of ln luminance, from left to right and top to bottom of the sampled box

	// What the caller knows beyond pixels; zero values mean unknown.
	MMPerPx   float64
	TiltDeg   float64    // of the skin against the picture plane
	Gain      [3]float64 // that made its light the reference's
	SkinState []string   // of the manifest's closed list
}

const (
	// blockPx is the side of a sampled block: it holds five octaves of detail.
	blockPx = 32
	// maxBlocks bounds the sample at 0.6 megapixels. Shares are then sure to 0.1 % and
	// the cost is a hundredth of a second whatever the size of the photo.
	maxBlocks = 600
	// blocksAtOnce are read one after the other into the same memory.
	blocksAtOnce = 20
	// clipHigh and clipLow are the sRGB codes 250/255 and 5/255 in linear light.
	clipHigh = 0.956
	clipLow  = 5.0 / 255 / 12.92
	// Glare is white: the channels' ratio that METHODS 8 gives, and lighter than the
	// skin around it. Its p99 bound would make 1 % the largest share there is, so half
	// as light again as the median stands in (project default).
	glareWhite = 0.85
	// colourless is the ratio of channels from which a pixel has no colour: equal, but for
	// what a profile of grey leaves.
	colourless = 0.99
	glareOver  = 1.5
)

// Measure reads the figures of a photo inside the regions or, without any, as a whole.
func Measure(pic raster.Picture, meta photo.Meta, regions ...*roi.Mask) Facts {
	f := Facts{Meta: meta, LongSide: max(pic.W(), pic.H()), ShortSide: min(pic.W(), pic.H())}
	at := blocks(pic.W(), pic.H(), regions)
	f.Pixels = len(at) * blockPx * blockPx
	if len(at) == 0 {
		nan := math.NaN()
		f.ClippedHigh, f.ClippedLow, f.Colourless, f.MedianY, f.Glare = nan, nan, nan, nan, nan
		f.Noise, f.BlurPx, f.Isotropy = nan, nan, nan
		return f
	}
	each := make([]block, len(at))
	raster.Parallel((len(at)+blocksAtOnce-1)/blocksAtOnce, func(i int) {
		part := raster.NewRGB(blockPx, blockPx)
		for k := i * blocksAtOnce; k < min((i+1)*blocksAtOnce, len(at)); k++ {
			pic.Read(part, at[k].x, at[k].y)
			each[k] = readBlock(part, at[k])
		}
	})
	f.exposure(each)
	f.detail(each)
	f.Slope = slopeOf(each)
	return f
}

// corner is the top-left pixel of a block.
type corner struct{ x, y int }

// blocks spreads up to maxBlocks blocks evenly over the regions together (none: the whole
// picture).
func blocks(w, h int, regions []*roi.Mask) []corner {
	x0, y0, x1, y1 := 0, 0, w, h
	if len(regions) > 0 {
		x0, y0, x1, y1 = boxOf(regions)
		x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, w), min(y1, h)
	}
	var all []corner
	for y := y0; y+blockPx <= y1; y += blockPx {
		for x := x0; x+blockPx <= x1; x += blockPx {
			if len(regions) == 0 || inside(regions, x, y) {
				all = append(all, corner{x, y})
			}
		}
	}
	if len(all) <= maxBlocks {
		return all
	}
	kept := make([]corner, maxBlocks)
	for i := range kept {
		kept[i] = all[i*len(all)/maxBlocks]
	}
	return kept
}

// boxOf is the box [x0, x1) × [y0, y1) of all regions.
func boxOf(regions []*roi.Mask) (x0, y0, x1, y1 int) {
	for _, m := range regions {
		a, b, c, d := m.Bounds()
		switch {
		case len(m.In) == 0:
		case x1 == x0:
			x0, y0, x1, y1 = a, b, c, d
		default:
			x0, y0, x1, y1 = min(x0, a), min(y0, b), max(x1, c), max(y1, d)
		}
	}
	return x0, y0, x1, y1
}

// inside reports that each pixel of the block at x, y is in a region.
func inside(regions []*roi.Mask, x, y int) bool {
	for v := y; v < y+blockPx; v++ {
		for u := x; u < x+blockPx; {
			end := u
			for _, m := range regions {
				end = max(end, m.RunFrom(u, v, x+blockPx))
			}
			if end == u {
				return false
			}
			u = end
		}
	}
	return true
}

// block is what one block yields.
type block struct {
	at        corner
	high, low int
	grey, hue int       // without colour, and with; of those not clipped
	y         []float32 // luminance
	white     []bool    // channels alike, as of glare
	meanY     float64
	haar      haarEnergies
}

// readBlock reads the figures of a block's pixels.
func readBlock(rgb *raster.RGB, at corner) block {
	const area = blockPx * blockPx
	b := block{at: at, y: make([]float32, area), white: make([]bool, area)}
	rs, gs, bs := rgb.R.Pix[:area], rgb.G.Pix[:area], rgb.B.Pix[:area]
	var sum float64
	for i := range b.y {
		r, g, bl := rs[i], gs[i], bs[i]
		hi, lo := max(r, g, bl), min(r, g, bl)
		if hi >= clipHigh {
			b.high++
		}
		if lo <= clipLow {
			b.low++
		}
		switch {
		case hi >= clipHigh || lo <= clipLow:
		case lo >= colourless*hi:
			b.grey++
		default:
			b.hue++
		}
		v := luminance(r, g, bl)
		sum += float64(v)
		b.y[i], b.white[i] = v, lo > glareWhite*hi
	}
	b.meanY = sum / float64(len(b.y))
	if b.meanY > clipLow {
		b.haar = haar(b.y, float32(b.meanY))
	}
	return b
}

// luminance is Y of linear sRGB (IEC 61966-2-1).
func luminance(r, g, b float32) float32 {
	return float32(0.21264*r) + float32(0.71517*g) + float32(0.07219*b)
}

// exposure sums up clipping, colourlessness, the median and glare.
func (f *Facts) exposure(each []block) {
	var high, low, grey, hue, glare int
	var h histogram
	for _, b := range each {
		high, low, grey, hue = high+b.high, low+b.low, grey+b.grey, hue+b.hue
		h.add(b.y)
	}
	f.MedianY = h.median()
	for _, b := range each {
		for i, white := range b.white {
			if white && float64(b.y[i]) > glareOver*f.MedianY {
				glare++
			}
		}
	}
	n := float64(f.Pixels)
	f.ClippedHigh, f.ClippedLow, f.Glare = float64(high)/n, float64(low)/n, float64(glare)/n
	f.Colourless = float64(grey) / float64(grey+hue) // NaN where all are clipped
}

// histogram counts light on a square-root scale, whose steps are at most 1 % above
// 0.01 of white.
type histogram [2048]int

func (h *histogram) add(v []float32) {
	for _, x := range v {
		i := int(math.Sqrt(float64(max(0, min(x, 1)))) * float64(len(h)-1))
		h[i]++
	}
}

func (h *histogram) median() float64 {
	total := 0
	for _, n := range h {
		total += n
	}
	seen := 0
	for i, n := range h {
		if seen += n; 2*seen >= total {
			s := (float64(i) + 0.5) / float64(len(h)-1)
			return s * s
		}
	}
	return math.NaN()
}

// slopeOf fits a plane to ln of the blocks' mean luminance; it is flat for blocks in
// one row or column.
func slopeOf(each []block) [2]float64 {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	var n, x, y, v float64
	for _, b := range each {
		bx, by := float64(b.at.x), float64(b.at.y)
		x0, y0, x1, y1 = min(x0, bx), min(y0, by), max(x1, bx), max(y1, by)
		n, x, y, v = n+1, x+bx, y+by, v+lnY(b)
	}
	x, y, v = x/n, y/n, v/n
	var xx, xy, yy, xv, yv float64
	for _, b := range each {
		dx, dy, dv := float64(b.at.x)-x, float64(b.at.y)-y, lnY(b)-v
		xx, xy, yy, xv, yv = xx+dx*dx, xy+dx*dy, yy+dy*dy, xv+dx*dv, yv+dy*dv
	}
	det := xx*yy - xy*xy
	if !(det > 1e-9*xx*yy) {
		return [2]float64{}
	}
	return [2]float64{(yy*xv - xy*yv) / det * (x1 - x0), (xx*yv - xy*xv) / det * (y1 - y0)}
}

func lnY(b block) float64 { return math.Log(max(b.meanY, clipLow)) }

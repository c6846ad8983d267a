package photo

import (
	"image"
)

// ycc is how Y, Cb and Cr make R, G and B, in 1/65536:
//
//	R = gain·(Y - black) + crR·(Cr - 128)
//	G = gain·(Y - black) - cbG·(Cb - 128) - crG·(Cr - 128)
//	B = gain·(Y - black) + cbB·(Cb - 128)
type ycc struct {
	black, gain        int32
	crR, cbG, crG, cbB int32
}

// jfif is the full-range BT.601 of JPEG (ITU-T T.871, 7).
var jfif = makeYCC(.299, .114, true)

// bt601Limited is what WebP has (RFC 6386, 9.2; ITU-R BT.601 with 16 for black, 235 for white).
var bt601Limited = makeYCC(.299, .114, false)

// makeYCC derives the integers from the luma weights of red and blue (ITU-T H.273, 8.3).
func makeYCC(kr, kb float64, full bool) ycc {
	kg := 1 - kr - kb
	y, c, black := 1., 1., 0
	if !full {
		y, c, black = 255./219, 255./224, 16
	}
	fixed := func(v float64) int32 { return int32(v*65536 + .5) }
	return ycc{
		black: int32(black), gain: fixed(y),
		crR: fixed(2 * (1 - kr) * c), cbB: fixed(2 * (1 - kb) * c),
		cbG: fixed(2 * (1 - kb) * kb / kg * c), crG: fixed(2 * (1 - kr) * kr / kg * c),
	}
}

// ycbcr turns codes to light.
type ycbcr struct{ r, g, b channel }

// channel is a table of light over sums that may lie outside what codes can be, in eighths of a
// step of luma: as all luma counts alike, chroma alone tells from where on the light of all lumas
// is found. R, G and B are not rounded to whole codes, as for a screen: of dark skin a code is
// several percent, and which way it is rounded hangs on Y, Cb and Cr alike for all pixels of an
// even patch. With limited range and the widest primaries, codes lie between -300 and 560, so
// that an index needs no check.
type channel struct {
	start, cb, cr uint32 // what chroma adds up to
	light         [1<<entryBits + lumas]float32
}

// lumas is the light of luma from 0 to 255, codeParts entries apart.
const lumas = 255*codeParts + 1

// codeParts are the steps of a code that light is told at.
const codeParts = 8

// What chroma adds up to is in units of which 2^sumBits are an entry, so that its top bits are
// the index: what a ycc has over its gain, times sumUnit, modulo 2^32. firstEntry is that of luma
// 0 with neutral chroma, with half an entry added, to round.
const (
	entryBits, firstLuma = 13, 384 * codeParts

	sumBits    = 32 - entryBits
	sumUnit    = codeParts << sumBits
	firstEntry = firstLuma<<sumBits + 1<<(sumBits-1)
)

// from is the light of all lumas where chroma adds up to that.
func (c *channel) from(sum uint32) *[lumas]float32 {
	return (*[lumas]float32)(c.light[sum>>sumBits:])
}

// newYCbCr is for chroma of which so many codes are one of k's.
func newYCbCr(k ycc, parts chromaParts, t luts) *ycbcr {
	return &ycbcr{
		makeChannel(k, 0, k.crR, parts, t.r),
		makeChannel(k, -k.cbG, -k.crG, parts, t.g),
		makeChannel(k, k.cbB, 0, parts, t.b),
	}
}

func makeChannel(k ycc, cb, cr int32, parts chromaParts, codes []float32) (c channel) {
	perLuma := func(v int32, told multiple) uint32 {
		return uint32(int64(v) * sumUnit * int64(told.of) / (int64(k.gain) * int64(told.codes)))
	}
	c.cb, c.cr = perLuma(cb, parts.cb), perLuma(cr, parts.cr)
	c.start = firstEntry - neutral*c.cb - neutral*c.cr
	for i := range c.light {
		code := (int64(i-firstLuma-codeParts*int(k.black))*int64(k.gain) + 1<<15) >> 16
		c.light[i] = codes[min(max(code, 0), 255*codeParts)]
	}
	return c
}

// readYCbCr reads any subsampling; a chroma sample counts for all pixels that share it, and
// so many codes of it are one.
func readYCbCr(m *image.YCbCr, parts chromaParts, k ycc, t luts) rowReader {
	c := newYCbCr(k, parts, t)
	wide := chromaWidth(m.SubsampleRatio)
	return func(y, x0 int, r, g, b []float32) {
		luma := m.Y[y*m.YStride+x0:][:len(r)]
		at, x0 := chromaAt(m, x0, y)
		cb, cr := m.Cb[at:], m.Cr[at:]
		switch {
		case wide == 1:
			c.row(luma, cb, cr, r, g, b)
		case wide == 2 && x0%2 == 1 && len(luma) > 0: // the first is the second of its pair
			r[0], g[0], b[0] = c.pixel(luma[0], cb[0], cr[0])
			c.rowOfPairs(luma[1:], cb[1:], cr[1:], r[1:], g[1:], b[1:])
		case wide == 2:
			c.rowOfPairs(luma, cb, cr, r, g, b)
		default:
			for i, v := range luma {
				j := (x0+i)/wide - x0/wide
				r[i], g[i], b[i] = c.pixel(v, cb[j], cr[j])
			}
		}
	}
}

// halveYCbCr reads rows of the picture shrunken by 2 where each of its pixels has a chroma
// sample of its own; nil where they do not. So many codes of chroma are one.
func halveYCbCr(m *image.YCbCr, parts chromaParts, k ycc, t luts) rowReader {
	at, w, h := m.Rect.Min, m.Rect.Dx(), m.Rect.Dy()
	if m.SubsampleRatio != image.YCbCrSubsampleRatio420 || (at.X|at.Y|w|h)&1 != 0 {
		return nil
	}
	c := newYCbCr(k, parts, t)
	return func(y, x0 int, r, g, b []float32) {
		top, chroma := 2*y*m.YStride+2*x0, y*m.CStride+x0
		luma := [2][]uint8{m.Y[top:][:2*len(r)], m.Y[top+m.YStride:][:2*len(r)]}
		c.halfRow(luma, m.Cb[chroma:], m.Cr[chroma:], [3][]float32{r, g, b})
	}
}

// chromaAt is where the chroma of the pixel at x, y from the top left is, and x as the chroma
// samples count it, the first of which may begin before the picture does.
func chromaAt(m *image.YCbCr, x, y int) (offset, chromaX int) {
	x, y = m.Rect.Min.X+x, m.Rect.Min.Y+y
	return m.COffset(x, y), x
}

// chromaWidth is how many pixels of a row share a chroma sample.
func chromaWidth(s image.YCbCrSubsampleRatio) int {
	switch s {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio440:
		return 1
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		return 2
	}
	return 4
}

// chromaHeight is how many pixels of a column share a chroma sample.
func chromaHeight(s image.YCbCrSubsampleRatio) int {
	switch s {
	case image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio410:
		return 2
	}
	return 1
}

func (c *ycbcr) pixel(luma, cb, cr uint8) (r, g, b float32) {
	y, u, w := codeParts*int(luma), uint32(cb), uint32(cr)
	return c.r.from(c.r.start + c.r.cr*w)[y], c.g.from(c.g.start + c.g.cb*u + c.g.cr*w)[y], c.b.from(c.b.start + c.b.cb*u)[y]
}

func (c *ycbcr) row(luma, cb, cr []uint8, r, g, b []float32) {
	cb, cr, r, g, b = cb[:len(luma)], cr[:len(luma)], r[:len(luma)], g[:len(luma)], b[:len(luma)]
	for i, v := range luma {
		r[i], g[i], b[i] = c.pixel(v, cb[i], cr[i])
	}
}

// rowOfPairs is row where two pixels share a chroma sample; the last may be alone.
func (c *ycbcr) rowOfPairs(luma, cb, cr []uint8, r, g, b []float32) {
	pairs := len(luma) / 2
	c.pairs(luma, cb[:pairs], cr, [3][]float32{r, g, b})
	if i := 2 * pairs; i < len(luma) {
		r[i], g[i], b[i] = c.pixel(luma[i], cb[pairs], cr[pairs])
	}
}

func (c *ycbcr) pairs(luma, cb, cr []uint8, dst [3][]float32) {
	n := 2 * len(cb)
	luma, cr = luma[:n], cr[:len(cb)]
	r, g, b := dst[0][:n], dst[1][:n], dst[2][:n]
	for i := 0; i+1 < n; i += 2 {
		y0, y1 := codeParts*int(luma[i]), codeParts*int(luma[i+1])
		u, w := uint32(cb[i/2]), uint32(cr[i/2])
		t := c.r.from(c.r.start + c.r.cr*w)
		r[i], r[i+1] = t[y0], t[y1]
		t = c.g.from(c.g.start + c.g.cb*u + c.g.cr*w)
		g[i], g[i+1] = t[y0], t[y1]
		t = c.b.from(c.b.start + c.b.cb*u)
		b[i], b[i+1] = t[y0], t[y1]
	}
}

// halfRow is the means of blocks of 2×2 pixels, added up as [raster.Shrink] does.
func (c *ycbcr) halfRow(luma [2][]uint8, cb, cr []uint8, dst [3][]float32) {
	r, g, b := dst[0], dst[1][:len(dst[0])], dst[2][:len(dst[0])]
	cb, cr = cb[:len(r)], cr[:len(r)]
	top, low := luma[0][:2*len(r)], luma[1][:2*len(r)]
	for i := range r {
		j, k := 2*i, 2*i+1
		if k < len(top) && k < len(low) { // as it always is
			y0, y1, y2, y3 := codeParts*int(top[j]), codeParts*int(top[k]), codeParts*int(low[j]), codeParts*int(low[k])
			u, w := uint32(cb[i]), uint32(cr[i])
			t := c.r.from(c.r.start + c.r.cr*w)
			r[i] = mean4(t[y0], t[y1], t[y2], t[y3])
			t = c.g.from(c.g.start + c.g.cb*u + c.g.cr*w)
			g[i] = mean4(t[y0], t[y1], t[y2], t[y3])
			t = c.b.from(c.b.start + c.b.cb*u)
			b[i] = mean4(t[y0], t[y1], t[y2], t[y3])
		}
	}
}

func mean4(a, b, c, d float32) float32 { return float32(0.25 * ((a + b) + (c + d))) }

// clamp8 is v/65536, at least 0 and at most 255.
func clamp8(v int32) uint8 {
	if uint32(v)&0xff000000 == 0 {
		return uint8(v >> 16)
	}
	return uint8(^(v >> 31))
}

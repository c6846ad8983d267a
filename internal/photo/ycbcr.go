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
	black, gain, half  int32
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
		black: int32(black), gain: fixed(y), half: 1 << 13,
		crR: fixed(2 * (1 - kr) * c), cbB: fixed(2 * (1 - kb) * c),
		cbG: fixed(2 * (1 - kb) * kb / kg * c), crG: fixed(2 * (1 - kr) * kr / kg * c),
	}
}

// clampTable is a table of light over sums that may lie outside 0 to 255, in quarters of a
// code: entry i + clampBelow is for the quarter that i is clamped to. R, G and B are not
// rounded to whole codes, as for a screen: of dark skin a code is several percent, and
// which way it is rounded hangs on Y, Cb and Cr alike for all pixels of an even patch.
// With limited range and the widest primaries, sums lie between -300 and 560, so that an
// index needs no check.
type clampTable [4096]float32

const clampBelow = 384 * codeParts

// codeParts are the steps of a code that light is told at.
const codeParts = 4

func makeClampTable(codes []float32) *clampTable {
	var t clampTable
	for i := range t {
		t[i] = codes[min(max(i-clampBelow, 0), 255*codeParts)]
	}
	return &t
}

// at is the light of a sum in 1/65536, which has half a step added.
func (t *clampTable) at(v int32) float32 { return t[(v>>14+clampBelow)&4095] }

// ycbcr turns codes to light.
type ycbcr struct {
	k       ycc
	r, g, b *clampTable
}

// readYCbCr reads any subsampling; a chroma sample counts for all pixels that share it.
func readYCbCr(m *image.YCbCr, k ycc, t luts) rowReader {
	c := &ycbcr{k, makeClampTable(t.r), makeClampTable(t.g), makeClampTable(t.b)}
	wide := chromaWidth(m.SubsampleRatio)
	return func(y, x0 int, r, g, b []float32) {
		luma := m.Y[y*m.YStride+x0:][:len(r)]
		at := m.COffset(x0, y)
		cb, cr := m.Cb[at:], m.Cr[at:]
		switch {
		case wide == 1:
			c.row(luma, cb[:len(luma)], cr[:len(luma)], r, g, b)
		case wide == 2 && x0%2 == 0:
			n := (len(luma) + 1) / 2
			c.rowOfPairs(luma, cb[:n], cr[:n], r, g, b)
		default:
			for i, v := range luma {
				j := (x0+i)/wide - x0/wide
				c.pixel(v, cb[j], cr[j], &r[i], &g[i], &b[i])
			}
		}
	}
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

func (c *ycbcr) pixel(y, cb, cr uint8, r, g, b *float32) {
	yy := (int32(y)-c.k.black)*c.k.gain + c.k.half
	u, w := int32(cb)-128, int32(cr)-128
	*r = c.r.at(yy + c.k.crR*w)
	*g = c.g.at(yy - c.k.cbG*u - c.k.crG*w)
	*b = c.b.at(yy + c.k.cbB*u)
}

func (c *ycbcr) row(luma, cb, cr []uint8, r, g, b []float32) {
	k, tr, tg, tb := c.k, c.r, c.g, c.b
	cb, cr, r, g, b = cb[:len(luma)], cr[:len(luma)], r[:len(luma)], g[:len(luma)], b[:len(luma)]
	for i, v := range luma {
		yy := (int32(v)-k.black)*k.gain + k.half
		u, w := int32(cb[i])-128, int32(cr[i])-128
		r[i] = tr.at(yy + k.crR*w)
		g[i] = tg.at(yy - k.cbG*u - k.crG*w)
		b[i] = tb.at(yy + k.cbB*u)
	}
}

// rowOfPairs is row where two pixels share a chroma sample; the last may be alone.
func (c *ycbcr) rowOfPairs(luma, cb, cr []uint8, r, g, b []float32) {
	k, tr, tg, tb := c.k, c.r, c.g, c.b
	pairs := len(luma) / 2
	for j := range pairs {
		u, w := int32(cb[j])-128, int32(cr[j])-128
		dr, dg, db := k.crR*w+k.half, k.half-k.cbG*u-k.crG*w, k.cbB*u+k.half
		y := luma[2*j : 2*j+2 : 2*j+2]
		rr, gg, bb := r[2*j:2*j+2:2*j+2], g[2*j:2*j+2:2*j+2], b[2*j:2*j+2:2*j+2]
		y0, y1 := (int32(y[0])-k.black)*k.gain, (int32(y[1])-k.black)*k.gain
		rr[0], rr[1] = tr.at(y0+dr), tr.at(y1+dr)
		gg[0], gg[1] = tg.at(y0+dg), tg.at(y1+dg)
		bb[0], bb[1] = tb.at(y0+db), tb.at(y1+db)
	}
	if i := 2 * pairs; i < len(luma) {
		c.pixel(luma[i], cb[pairs], cr[pairs], &r[i], &g[i], &b[i])
	}
}

// clamp8 is v/65536, at least 0 and at most 255.
func clamp8(v int32) uint8 {
	if uint32(v)&0xff000000 == 0 {
		return uint8(v >> 16)
	}
	return uint8(^(v >> 31))
}

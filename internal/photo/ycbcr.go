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

// jfif is the full-range BT.601 of JPEG with the very integers of [image/color], so
// that codes agree with the standard library's.
var jfif = ycc{gain: 0x10101, crR: 91881, cbG: 22554, crG: 46802, cbB: 116130}

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
		black: int32(black), gain: fixed(y), half: 1 << 15,
		crR: fixed(2 * (1 - kr) * c), cbB: fixed(2 * (1 - kb) * c),
		cbG: fixed(2 * (1 - kb) * kb / kg * c), crG: fixed(2 * (1 - kr) * kr / kg * c),
	}
}

// readYCbCr reads any subsampling; a chroma sample counts for all pixels that share it.
func readYCbCr(m *image.YCbCr, k ycc, t luts) rowReader {
	tr, tg, tb := (*[256]float32)(t.r), (*[256]float32)(t.g), (*[256]float32)(t.b)
	minX, minY := m.Rect.Min.X, m.Rect.Min.Y
	shift := map[image.YCbCrSubsampleRatio]uint{
		image.YCbCrSubsampleRatio444: 0, image.YCbCrSubsampleRatio440: 0,
		image.YCbCrSubsampleRatio422: 1, image.YCbCrSubsampleRatio420: 1,
		image.YCbCrSubsampleRatio411: 2, image.YCbCrSubsampleRatio410: 2,
	}[m.SubsampleRatio]
	return func(y, x0 int, r, g, b []float32) {
		luma := m.Y[m.YOffset(minX+x0, minY+y):][:len(r)]
		c := m.COffset(minX+x0, minY+y)
		n := (len(r)+(minX+x0)&(1<<shift-1)-1)>>shift + 1
		cb, cr := m.Cb[c:][:n], m.Cr[c:][:n]
		phase := uint((minX + x0) & (1<<shift - 1))
		g, b = g[:len(luma)], b[:len(luma)]
		r = r[:len(luma)]
		for i, v := range luma {
			j := (uint(i) + phase) >> shift
			yy := (int32(v)-k.black)*k.gain + k.half
			u, w := int32(cb[j])-128, int32(cr[j])-128
			r[i] = tr[clamp8(yy+k.crR*w)]
			g[i] = tg[clamp8(yy-k.cbG*u-k.crG*w)]
			b[i] = tb[clamp8(yy+k.cbB*u)]
		}
	}
}

// clamp8 is v/65536, at least 0 and at most 255.
func clamp8(v int32) uint8 {
	if uint32(v)&0xff000000 == 0 {
		return uint8(v >> 16)
	}
	return uint8(^(v >> 31))
}

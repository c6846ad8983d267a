package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math"
)

// chromaParts are how many codes that chroma is told at are one of the file. A JPEG keeps the
// mean of an even block of 8×8 samples in eighths of the first step of its table, which at the
// qualities of cameras is a quarter to a half of a code; a decoder rounds every sample to
// whole codes, all of such a block alike. One code of Cb is 2 % of blue light, and on light
// skin a fifth of the melanin.
type chromaParts struct{ cb, cr multiple }

// multiple is so many codes for so many of the file.
type multiple struct{ codes, of int }

var wholeCodes = chromaParts{multiple{1, 1}, multiple{1, 1}}

// most is how many codes at most may be one: with four, colours up to 32 codes from grey can be
// told before the stretched ones end ([stretched]), the Cb of skin, but not the Cr of flushed
// skin, of which two are enough; with two, up to 64, skin in warm light too.
type most struct{ cb, cr int }

// parts are as many as make a step of even blocks whole codes, so that none of them is rounded:
// else every other step may be, up alike, and skin spans few. Steps of detail are then rounded
// by some percent instead.
func parts(step, most int) multiple {
	if most == 0 || step == 0 {
		return multiple{1, 1}
	}
	if n := most * step / 8; n > 0 {
		return multiple{8 * n, step}
	}
	return multiple{most, 1}
}

// neutral is the code of no chroma.
const neutral = 128

// fineYCbCr is a picture whose chroma is stretched: so many codes are one. Whole has it as the
// file says, for what ended; nil if nothing did.
type fineYCbCr struct {
	*image.YCbCr
	parts chromaParts
	whole *image.YCbCr
}

// fewEnd is the share of codes of Cb whose end is not that of skin (project default).
const fewEnd = 1. / 16

// decodeFine decodes a JPEG with the fractions of its chroma; ok is false where there is
// none to be had. From a table of quantisation on decoding is linear: with so many times
// the steps, chroma comes out so many times as far from neutral. Where codes then end at 0
// or 255, the file is decoded once more as it is.
func decodeFine(r *timedReader, data []byte) (m *fineYCbCr, ok bool) {
	if m, ok = r.stretched(data, most{4, 2}); ok && ends(m.Cb) > int(fewEnd*float64(len(m.Cb))) {
		m, ok = r.stretched(data, most{2, 2})
	}
	if !ok || ends(m.Cb)+ends(m.Cr) == 0 {
		return m, ok
	}
	m.whole, ok = r.ycbcr(data)
	return m, ok && m.whole.Rect == m.Rect && len(m.whole.Cb) == len(m.Cb)
}

func (r *timedReader) stretched(data []byte, k most) (m *fineYCbCr, ok bool) {
	far, parts := stretched(data, k)
	if far == nil {
		return nil, false
	}
	m = &fineYCbCr{parts: parts}
	m.YCbCr, ok = r.ycbcr(far)
	return m, ok
}

func (r *timedReader) ycbcr(data []byte) (*image.YCbCr, bool) {
	img, err := jpeg.Decode(&timedReader{ctx: r.ctx, Reader: bytes.NewReader(data)})
	m, ok := img.(*image.YCbCr)
	return m, ok && err == nil
}

// ends counts codes at the end of what a code can be.
func ends(codes []uint8) int {
	return bytes.Count(codes, []byte{0}) + bytes.Count(codes, []byte{255})
}

// readFine reads stretched chroma, and whole codes in runs of pixels where it ended.
func readFine(m *fineYCbCr, k ycc, t luts) rowReader {
	fine := readYCbCr(m.YCbCr, m.parts, k, t)
	if m.whole == nil {
		return fine
	}
	whole, wide := readYCbCr(m.whole, wholeCodes, k, t), chromaWidth(m.SubsampleRatio)
	return func(y, x0 int, r, g, b []float32) {
		fine(y, x0, r, g, b)
		at, first := chromaAt(m.YCbCr, x0, y)
		ended := func(i int) bool {
			j := at + (first+i)/wide - first/wide
			u, w := m.Cb[j], m.Cr[j]
			return u == 0 || u == 255 || w == 0 || w == 255
		}
		for i := 0; i < len(r); i++ {
			from := i
			for i < len(r) && ended(i) {
				i++
			}
			if i > from {
				whole(y, x0+from, r[from:i], g[from:i], b[from:i])
			}
		}
	}
}

// Names of the tables of a stretched file, of which the three components of a picture may
// share some before (T.81, B.2.4.1).
const tableY, tableCb, tableCr = 0, 1, 2

// stretched is the file with that much larger steps in tables of Cb and Cr, and luma's as it
// is. It is nil for a file without chroma or without its tables, and for one that changes
// tables between its scans.
func stretched(data []byte, k most) ([]byte, chromaParts) {
	file := layoutOf(data)
	frame := file.frame
	if len(frame) < 6+3*3 || frame[5] != 3 || file.scans == 0 || file.later {
		return nil, wholeCodes
	}
	as := [3]table{{was: frame[8], name: tableY}, {was: frame[11], name: tableCb, most: k.cb}, {was: frame[14], name: tableCr, most: k.cr}}
	var far []byte
	from := 0
	for _, t := range file.tables {
		seg, ok := widened(data[t[0]+4:t[1]], &as)
		if !ok {
			return nil, wholeCodes
		}
		far = append(append(far, data[from:t[0]]...), seg...)
		from = t[1]
	}
	if as[tableCb].parts.of == 0 || as[tableCr].parts.of == 0 {
		return nil, wholeCodes
	}
	far = append(far, data[from:]...)
	frame = layoutOf(far).frame
	frame[8], frame[11], frame[14] = tableY, tableCb, tableCr
	return far, chromaParts{as[tableCb].parts, as[tableCr].parts}
}

// table is what becomes of a table: its name, and how much larger its steps are, at most.
type table struct {
	was, name byte
	most      int // 0: as they are
	parts     multiple
}

// step is one of the steps in a table of bytes or of words.
func step(b []byte, wide, i int) int {
	if wide == 1 {
		return int(binary.BigEndian.Uint16(b[1+2*i:]))
	}
	return int(b[1+i])
}

// widened is a segment of tables, each in 16 bits as often as a component uses it. One that
// none uses goes, as another may have its name. Not ok is a table that is broken, steps that
// no word holds, or tables that no segment holds.
func widened(b []byte, as *[3]table) (seg []byte, ok bool) {
	seg = []byte{0xff, markerDQT, 0, 0}
	for len(b) > 0 {
		wide, id := int(b[0]>>4), b[0]&15
		size := 1 + 64*(wide+1)
		if wide > 1 || len(b) < size {
			return nil, false
		}
		for k := range as {
			t := &as[k]
			if t.was != id {
				continue
			}
			t.parts = parts(step(b, wide, 0), t.most)
			seg = append(seg, 1<<4|t.name)
			for i := range 64 {
				v := (step(b, wide, i)*t.parts.codes + t.parts.of/2) / t.parts.of
				if v > math.MaxUint16 {
					return nil, false
				}
				seg = binary.BigEndian.AppendUint16(seg, uint16(v))
			}
		}
		b = b[size:]
	}
	if len(seg)-2 > math.MaxUint16 {
		return nil, false
	}
	binary.BigEndian.PutUint16(seg[2:], uint16(len(seg)-2))
	return seg, true
}

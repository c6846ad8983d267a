package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
)

// chromaParts are the steps of a code that chroma is told at. A JPEG keeps the mean of an
// even block of 8×8 samples in eighths of the first step of its table, which at the
// qualities of cameras is a quarter to a half of a code; a decoder rounds every sample to
// whole codes, all of such a block alike. One code of Cb is 2 % of blue light, and on light
// skin a fifth of the melanin. With halves, colours up to 64 codes from grey can be told
// before the stretched ones end ([stretched]): skin flushed or not. Thirds would be hardly
// nearer, and end at 42, where red skin lies.
const chromaParts = 2

// neutral is the code of no chroma.
const neutral = 128

// fineYCbCr is a picture whose chroma is stretched: chromaParts codes are one. Whole has it
// as the file says, for what ended; nil if nothing did.
type fineYCbCr struct {
	*image.YCbCr
	whole *image.YCbCr
}

// decodeFine decodes a JPEG with the fractions of its chroma; ok is false where there is
// none to be had. From a table of quantisation on decoding is linear: with chromaParts times
// the steps, chroma comes out so many times as far from neutral. Where codes then end at 0
// or 255, the file is decoded once more as it is.
func decodeFine(r *timedReader, data []byte) (m image.Image, ok bool) {
	far := stretched(data)
	if far == nil {
		return nil, false
	}
	fine, ok := r.ycbcr(far)
	if !ok {
		return nil, false
	}
	if !ends(fine.Cb) && !ends(fine.Cr) {
		return &fineYCbCr{fine, nil}, true
	}
	whole, ok := r.ycbcr(data)
	if !ok || whole.Rect != fine.Rect || len(whole.Cb) != len(fine.Cb) {
		return nil, false
	}
	return &fineYCbCr{fine, whole}, true
}

func (r *timedReader) ycbcr(data []byte) (*image.YCbCr, bool) {
	img, err := jpeg.Decode(&timedReader{ctx: r.ctx, Reader: bytes.NewReader(data)})
	m, ok := img.(*image.YCbCr)
	return m, ok && err == nil
}

// ends reports codes at the end of what a code can be.
func ends(codes []uint8) bool {
	return bytes.IndexByte(codes, 0) >= 0 || bytes.IndexByte(codes, 255) >= 0
}

// readFine reads stretched chroma, and whole codes in runs of pixels where it ended.
func readFine(m *fineYCbCr, k ycc, t luts) rowReader {
	fine := readYCbCr(m.YCbCr, chromaParts, k, t)
	if m.whole == nil {
		return fine
	}
	whole, wide := readYCbCr(m.whole, 1, k, t), chromaWidth(m.SubsampleRatio)
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

// stretched is the file with chromaParts times the steps in the tables of its chroma; a
// table that luma shares is kept beside. It is nil for a file without chroma, and for one
// that changes tables between its scans.
func stretched(data []byte) []byte {
	frame, tables, scan := jpegLayout(data)
	if len(frame) < 6+3*3 || frame[5] != 3 || scan == 0 || laterTables(data[scan:]) {
		return nil
	}
	luma, cb, cr := frame[8], frame[11], frame[14]
	as := map[byte]byte{cb: cb, cr: cr}
	if luma == cb || luma == cr {
		as[luma] = unused(luma, cb, cr)
	}
	var far []byte
	from := 0
	for _, t := range tables {
		far = append(append(far, data[from:t[0]]...), widened(data[t[0]+4:t[1]], luma, as)...)
		from = t[1]
	}
	far = append(far, data[from:]...)
	frame, _, _ = jpegLayout(far)
	frame[11], frame[14] = as[cb], as[cr]
	return far
}

// unused is one of the four tables of a file (T.81, B.2.4.1) that its three components leave.
func unused(luma, cb, cr byte) byte {
	var free byte
	for free == luma || free == cb || free == cr {
		free++
	}
	return free
}

// jpegLayout finds the body of the frame header, the segments of tables as ranges, and where
// the first scan begins; 0: it cannot be followed.
func jpegLayout(data []byte) (frame []byte, tables [][2]int, scan int) {
	for off := 2; off+4 <= len(data) && data[off] == 0xff; {
		marker, end := data[off+1], off+2+int(binary.BigEndian.Uint16(data[off+2:]))
		switch {
		case marker == 0xff: // a fill byte
			off++
			continue
		case end > len(data) || end < off+4:
			return nil, nil, 0
		case marker == markerSOS:
			return frame, tables, off
		case marker == markerDQT:
			tables = append(tables, [2]int{off, end})
		case marker >= markerSOF0 && marker <= markerSOF2:
			frame = data[off+4 : end]
		}
		off = end
	}
	return nil, nil, 0
}

// laterTables reports tables behind the first scan, up to the picture's end. Inside coded
// data no marker can occur (T.81, B.1.1.5).
func laterTables(coded []byte) bool {
	if end := bytes.Index(coded, []byte{0xff, markerEOI}); end >= 0 {
		coded = coded[:end]
	}
	return bytes.Contains(coded, []byte{0xff, markerDQT})
}

// widened is a segment of tables, of which those of chroma, named anew by as, have
// chromaParts times the steps, in 16 bits each. The one of luma stays; what no component
// uses goes, as it may have the new name.
func widened(b []byte, luma byte, as map[byte]byte) []byte {
	seg := []byte{0xff, markerDQT, 0, 0}
	for len(b) > 0 {
		wide, id := int(b[0]>>4), b[0]&15
		size := 1 + 64*(wide+1)
		if wide > 1 || len(b) < size {
			seg = append(seg, b...) // broken: the decoder says so
			break
		}
		name, chroma := as[id]
		if id == luma {
			seg = append(seg, b[:size]...)
		}
		if chroma {
			seg = append(seg, 1<<4|name)
			for i := range 64 {
				v := int(b[1+i*(wide+1)])
				if wide == 1 {
					v = v<<8 | int(b[2+2*i])
				}
				seg = binary.BigEndian.AppendUint16(seg, uint16(min(chromaParts*v, 0xffff)))
			}
		}
		b = b[size:]
	}
	binary.BigEndian.PutUint16(seg[2:], uint16(len(seg)-2))
	return seg
}

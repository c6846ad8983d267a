package photo

import (
	"image"
	"image/color"

	"dermtrace/internal/raster"
)

// decoded is a picture as its decoder gave it.
type decoded struct {
	img      image.Image
	warnings []string
}

// rowReader writes the codes of the pixels [x0, x0+len(r)) of row y as light of the file's
// own primaries.
type rowReader func(y, x0 int, r, g, b []float32)

// source reads light on the sRGB primaries, upright.
func (d *decoded) source(h *header) *Source {
	img := upright(d.img, h.rotation())
	s := &Source{read: reader(img, h), w: img.Bounds().Dx(), h: img.Bounds().Dy()}
	if h.colour.plain {
		s.half = halfReader(img, h)
	} else {
		s.read = withMatrix(s.read, h.colour.matrix)
	}
	return s
}

// linear makes upright planes of linear light on the sRGB primaries.
func (d *decoded) linear(h *header) *raster.RGB { return d.source(h).pixels() }

// luts holds the light of every code, per channel; channels of one curve share a table.
type luts struct{ r, g, b []float32 }

func makeLUTs(s colourSpace, codes int) luts {
	var t [3][]float32
	for i, c := range s.curves {
		if i > 0 && s.single {
			t[i] = t[0]
			continue
		}
		t[i] = make([]float32, codes)
		for v := range t[i] {
			t[i][v] = float32(c(float64(v) / float64(codes-1)))
		}
	}
	return luts{t[0], t[1], t[2]}
}

// afterCoding are the tables for luma codes of a grey picture.
func (t luts) afterCoding(k ycc) luts {
	via := func(c []float32) []float32 {
		out := make([]float32, 256)
		for v := range out {
			out[v] = c[clamp8((int32(v)-k.black)*k.gain+1<<15)]
		}
		return out
	}
	return luts{via(t.r), via(t.g), via(t.b)}
}

// reader picks the kernel for an image. Its bounds need not start at (0, 0).
func reader(img image.Image, h *header) rowReader {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.YCbCr:
		return readYCbCr(m, wholeCodes, h.coding, makeLUTs(h.colour, lumas))
	case *fineYCbCr:
		return readFine(m, h.coding, makeLUTs(h.colour, lumas))
	case *image.NYCbCrA:
		return readYCbCr(&m.YCbCr, wholeCodes, h.coding, makeLUTs(h.colour, lumas))
	case *image.Gray:
		return readGray(m, makeLUTs(h.colour, 256).afterCoding(h.coding))
	case *image.Gray16:
		return readGray16(m, makeLUTs(h.colour, 1<<16))
	case *image.NRGBA:
		return readRGBA(m.Pix, m.Stride, makeLUTs(h.colour, 256))
	case *image.RGBA:
		if h.alpha {
			return readPremultiplied(m, makeLUTs(h.colour, 256))
		}
		return readRGBA(m.Pix, m.Stride, makeLUTs(h.colour, 256))
	case *image.NRGBA64:
		return readRGBA64(m.Pix, m.Stride, makeLUTs(h.colour, 1<<16))
	case *image.RGBA64:
		if h.alpha {
			return readPremultiplied64(m, makeLUTs(h.colour, 1<<16))
		}
		return readRGBA64(m.Pix, m.Stride, makeLUTs(h.colour, 1<<16))
	case *image.Paletted:
		return readPaletted(m, b, makeLUTs(h.colour, 1<<16))
	}
	panic("photo: no kernel for this kind of image")
}

// halfReader picks the kernel for rows of an image shrunken by 2, nil where there is none.
func halfReader(img image.Image, h *header) rowReader {
	switch m := img.(type) {
	case *image.YCbCr:
		return halveYCbCr(m, wholeCodes, h.coding, makeLUTs(h.colour, lumas))
	case *fineYCbCr:
		if m.whole == nil {
			return halveYCbCr(m.YCbCr, m.parts, h.coding, makeLUTs(h.colour, lumas))
		}
	}
	return nil
}

func readGray(m *image.Gray, t luts) rowReader {
	return func(y, x0 int, r, g, b []float32) {
		src := m.Pix[y*m.Stride+x0:][:len(r)]
		g, b = g[:len(src)], b[:len(src)]
		for i, v := range src {
			r[i], g[i], b[i] = t.r[v], t.g[v], t.b[v]
		}
	}
}

func readGray16(m *image.Gray16, t luts) rowReader {
	return func(y, x0 int, r, g, b []float32) {
		src := m.Pix[y*m.Stride+2*x0:][:2*len(r)]
		for i := range r {
			v := int(src[2*i])<<8 | int(src[2*i+1])
			r[i], g[i], b[i] = t.r[v], t.g[v], t.b[v]
		}
	}
}

// readRGBA reads 4 bytes per pixel and ignores the fourth.
func readRGBA(pix []byte, stride int, t luts) rowReader {
	return func(y, x0 int, r, g, b []float32) {
		src := pix[y*stride+4*x0:][:4*len(r)]
		for i := range r {
			p := src[4*i : 4*i+4 : 4*i+4]
			r[i], g[i], b[i] = t.r[p[0]], t.g[p[1]], t.b[p[2]]
		}
	}
}

// readRGBA64 reads 4 big-endian words per pixel and ignores the fourth.
func readRGBA64(pix []byte, stride int, t luts) rowReader {
	return func(y, x0 int, r, g, b []float32) {
		src := pix[y*stride+8*x0:][:8*len(r)]
		for i := range r {
			p := src[8*i : 8*i+8 : 8*i+8]
			r[i] = t.r[int(p[0])<<8|int(p[1])]
			g[i] = t.g[int(p[2])<<8|int(p[3])]
			b[i] = t.b[int(p[4])<<8|int(p[5])]
		}
	}
}

// readPremultiplied divides colours by their alpha; where alpha is 0 they are black.
func readPremultiplied(m *image.RGBA, t luts) rowReader {
	return func(y, x0 int, r, g, b []float32) {
		for i := range r {
			c := color.NRGBAModel.Convert(m.RGBAAt(m.Rect.Min.X+x0+i, m.Rect.Min.Y+y)).(color.NRGBA)
			r[i], g[i], b[i] = t.r[c.R], t.g[c.G], t.b[c.B]
		}
	}
}

func readPremultiplied64(m *image.RGBA64, t luts) rowReader {
	return func(y, x0 int, r, g, b []float32) {
		for i := range r {
			c := color.NRGBA64Model.Convert(m.RGBA64At(m.Rect.Min.X+x0+i, m.Rect.Min.Y+y)).(color.NRGBA64)
			r[i], g[i], b[i] = t.r[c.R], t.g[c.G], t.b[c.B]
		}
	}
}

// readPaletted looks colours up; an index outside the palette is black, as in PNG decoders.
func readPaletted(m *image.Paletted, bounds image.Rectangle, t luts) rowReader {
	var light [256][3]float32
	for i, c := range m.Palette[:min(len(m.Palette), 256)] {
		n := color.NRGBA64Model.Convert(c).(color.NRGBA64)
		light[i] = [3]float32{t.r[n.R], t.g[n.G], t.b[n.B]}
	}
	return func(y, x0 int, r, g, b []float32) {
		src := m.Pix[y*m.Stride+x0:][:len(r)]
		for i, v := range src {
			p := &light[v]
			r[i], g[i], b[i] = p[0], p[1], p[2]
		}
	}
}

// withMatrix takes light to the sRGB primaries. The products are rounded one by one, so
// that no processor fuses them with the sums.
func withMatrix(read rowReader, m mat3) rowReader {
	var f [9]float32
	for i, v := range m {
		f[i] = float32(v)
	}
	return func(y, x0 int, r, g, b []float32) {
		read(y, x0, r, g, b)
		g, b = g[:len(r)], b[:len(r)]
		for i, p := range r {
			q, s := g[i], b[i]
			r[i] = float32(f[0]*p) + float32(f[1]*q) + float32(f[2]*s)
			g[i] = float32(f[3]*p) + float32(f[4]*q) + float32(f[5]*s)
			b[i] = float32(f[6]*p) + float32(f[7]*q) + float32(f[8]*s)
		}
	}
}

package photo

import (
	"image"

	"dermtrace/internal/raster"
)

// swapsSides reports that an EXIF orientation lies on its side (CIPA DC-008, 4.6.4).
func swapsSides(orientation int) bool { return orientation >= 5 && orientation <= 8 }

// turnedAxes reports along which stored axes the upright picture runs backwards (CIPA
// DC-008, 4.6.4).
func turnedAxes(orientation int) (fromRight, fromBottom bool) {
	switch orientation {
	case 2, 8:
		return true, false
	case 3, 7:
		return true, true
	case 4, 6:
		return false, true
	}
	return false, false
}

// upright turns a decoded picture as it is to be seen. Codes are turned, which have a
// fraction of the bytes of light.
func upright(img image.Image, orientation int) image.Image {
	if orientation <= 1 {
		return img
	}
	turn := func(pix []byte, stride, size int) ([]byte, int, image.Rectangle) {
		t := texels{pix, stride, img.Bounds().Dx(), img.Bounds().Dy(), size}.turned(orientation)
		return t.pix, t.stride, image.Rect(0, 0, t.w, t.h)
	}
	switch m := img.(type) {
	case *image.YCbCr:
		return turnedYCbCr(m, orientation)
	case *image.NYCbCrA:
		return turnedYCbCr(&m.YCbCr, orientation)
	case *fineYCbCr:
		out := &fineYCbCr{YCbCr: turnedYCbCr(m.YCbCr, orientation), parts: m.parts}
		if m.whole != nil {
			out.whole = turnedYCbCr(m.whole, orientation)
		}
		return out
	case *image.Gray:
		out := *m
		out.Pix, out.Stride, out.Rect = turn(m.Pix, m.Stride, 1)
		return &out
	case *image.Paletted:
		out := *m
		out.Pix, out.Stride, out.Rect = turn(m.Pix, m.Stride, 1)
		return &out
	case *image.Gray16:
		out := *m
		out.Pix, out.Stride, out.Rect = turn(m.Pix, m.Stride, 2)
		return &out
	case *image.NRGBA:
		out := *m
		out.Pix, out.Stride, out.Rect = turn(m.Pix, m.Stride, 4)
		return &out
	case *image.RGBA:
		out := *m
		out.Pix, out.Stride, out.Rect = turn(m.Pix, m.Stride, 4)
		return &out
	case *image.NRGBA64:
		out := *m
		out.Pix, out.Stride, out.Rect = turn(m.Pix, m.Stride, 8)
		return &out
	case *image.RGBA64:
		out := *m
		out.Pix, out.Stride, out.Rect = turn(m.Pix, m.Stride, 8)
		return &out
	}
	panic("photo: no turning of this kind of image")
}

// texels are w×h pixels of size bytes each.
type texels struct {
	pix                []byte
	stride, w, h, size int
}

// turnAtOnce is the side of the squares that are turned at once, which fit in the first
// level of cache.
const turnAtOnce = 64

func (t texels) turned(orientation int) texels {
	fromRight, fromBottom := turnedAxes(orientation)
	at, dx, dy := 0, t.size, t.stride // where the first pixel is stored, and how far the next ones are
	if fromRight {
		at, dx = at+(t.w-1)*t.size, -dx
	}
	if fromBottom {
		at, dy = at+(t.h-1)*t.stride, -dy
	}
	w, h := t.w, t.h
	if swapsSides(orientation) {
		w, h, dx, dy = h, w, dy, dx
	}
	out := texels{make([]byte, w*h*t.size), w * t.size, w, h, t.size}
	raster.Bands(h, func(y0, y1 int) {
		for x0 := 0; x0 < w; x0 += turnAtOnce {
			for y := y0; y < y1; y++ {
				row := out.pix[y*out.stride+x0*t.size : y*out.stride+min(x0+turnAtOnce, w)*t.size]
				gather(row, t.pix, at+y*dy+x0*dx, dx, t.size)
			}
		}
	})
	return out
}

// gather fills a row with pixels of size bytes that lie step bytes apart, from one on.
func gather(row, pix []byte, at, step, size int) {
	if size == 1 {
		for i := range row {
			row[i] = pix[at]
			at += step
		}
		return
	}
	for ; len(row) > 0; row = row[size:] {
		copy(row[:size], pix[at:])
		at += step
	}
}

// turnedYCbCr turns luma and chroma. Where chroma's last sample stands for fewer pixels than
// the others and becomes the first, the picture's bounds begin inside of it.
func turnedYCbCr(m *image.YCbCr, orientation int) *image.YCbCr {
	ratio, ok := turnedRatio(m.SubsampleRatio, orientation)
	if !ok {
		return turnedYCbCr(everyPixel(m), orientation)
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	wide, high := chromaWidth(m.SubsampleRatio), chromaHeight(m.SubsampleRatio)
	cw, ch := (w+wide-1)/wide, (h+high-1)/high
	y := texels{m.Y, m.YStride, w, h, 1}.turned(orientation)
	cb := texels{m.Cb, m.CStride, cw, ch, 1}.turned(orientation)
	cr := texels{m.Cr, m.CStride, cw, ch, 1}.turned(orientation)
	var begin image.Point
	fromRight, fromBottom := turnedAxes(orientation)
	if fromRight {
		begin.X = cw*wide - w
	}
	if fromBottom {
		begin.Y = ch*high - h
	}
	if swapsSides(orientation) {
		begin.X, begin.Y = begin.Y, begin.X
	}
	return &image.YCbCr{Y: y.pix, Cb: cb.pix, Cr: cr.pix, YStride: y.stride, CStride: cb.stride, SubsampleRatio: ratio,
		Rect: image.Rect(0, 0, y.w, y.h).Add(begin)}
}

// turnedRatio is the subsampling of a picture that was turned; ok is false where it has no name.
func turnedRatio(s image.YCbCrSubsampleRatio, orientation int) (turned image.YCbCrSubsampleRatio, ok bool) {
	if !swapsSides(orientation) {
		return s, true
	}
	switch s {
	case image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		return s, false
	}
	return s, true
}

// everyPixel is the picture with a chroma sample for every pixel.
func everyPixel(m *image.YCbCr) *image.YCbCr {
	out := image.NewYCbCr(image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()), image.YCbCrSubsampleRatio444)
	for y := range out.Rect.Dy() {
		copy(out.Y[y*out.YStride:][:out.YStride], m.Y[y*m.YStride:])
		for x := range out.Rect.Dx() {
			i, j := out.COffset(x, y), m.COffset(m.Rect.Min.X+x, m.Rect.Min.Y+y)
			out.Cb[i], out.Cr[i] = m.Cb[j], m.Cr[j]
		}
	}
	return out
}

//go:build nodynamic

package photo

import (
	"fmt"
	"image"
)

// heifLayout is how the HEIC decoder writes its pixels: planes one after the other,
// rows padded as libheif pads them.
type heifLayout struct {
	w, h, space, chroma, premultiplied int

	stride, chromaStride, chromaRows int
	ratio                            image.YCbCrSubsampleRatio
	size                             int
}

// padded is the length of a row of n pixels of some bytes: libheif makes room for an
// even number of pixels, at least 64, in multiples of 16 bytes.
func padded(n, bytes int) int { return (max(n+n&1, 64)*bytes + 15) &^ 15 }

// plan works out the strides and the size.
func (l *heifLayout) plan() error {
	if l.w <= 0 || l.h <= 0 || int64(l.w)*int64(l.h) > 1<<29 {
		return fmt.Errorf("the decoder says %d×%d pixels", l.w, l.h)
	}
	switch l.space {
	case heifRGB:
		l.stride = padded(l.w, 4)
		l.size = l.stride * l.h
		return nil
	case heifGray:
		l.stride = padded(l.w, 1)
		l.size = l.stride * l.h
		return nil
	case heifYCbCr:
	default:
		return fmt.Errorf("the decoder gives colours of kind %d", l.space)
	}
	chromaW := l.w
	l.ratio, l.chromaRows = image.YCbCrSubsampleRatio444, l.h
	switch l.chroma {
	case heifChroma420:
		l.ratio, l.chromaRows, chromaW = image.YCbCrSubsampleRatio420, (l.h+1)/2, (l.w+1)/2
	case heifChroma422:
		l.ratio, chromaW = image.YCbCrSubsampleRatio422, (l.w+1)/2
	}
	l.stride, l.chromaStride = padded(l.w, 1), padded(chromaW, 1)
	l.size = l.stride*l.h + 2*l.chromaStride*l.chromaRows
	return nil
}

// image wraps pixels of this layout.
func (l *heifLayout) image(pix []byte) image.Image {
	r := image.Rect(0, 0, l.w, l.h)
	switch {
	case l.space == heifGray:
		return &image.Gray{Pix: pix, Stride: l.stride, Rect: r}
	case l.space == heifRGB && l.premultiplied == 1:
		return &image.RGBA{Pix: pix, Stride: l.stride, Rect: r}
	case l.space == heifRGB:
		return &image.NRGBA{Pix: pix, Stride: l.stride, Rect: r}
	}
	y, c := l.stride*l.h, l.chromaStride*l.chromaRows
	return &image.YCbCr{
		Y: pix[:y:y], Cb: pix[y : y+c : y+c], Cr: pix[y+c : y+2*c : y+2*c],
		YStride: l.stride, CStride: l.chromaStride, SubsampleRatio: l.ratio, Rect: r,
	}
}

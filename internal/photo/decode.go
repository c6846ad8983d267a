package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// decode decodes the pixels of a file under a deadline. A panic inside a decoder is
// that file's error.
func decode(ctx context.Context, data []byte, h *header, lim Limits) (*decoded, error) {
	if h.format == "HEIC" {
		prepareHEIC() // which is not this picture's time
	}
	limit := lim.time(h)
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type result struct {
		img image.Image
		err error
	}
	done := make(chan result, 1)
	go func() {
		img, err := decodeImage(timed, data, h, lim)
		done <- result{img, err}
	}()
	var got result
	select {
	case got = <-done:
	case <-timed.Done():
		got.err = timed.Err()
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case timed.Err() != nil && got.err != nil:
		return nil, tooMuch(fmt.Sprintf("took longer than %v to decode", limit.Round(time.Second)), "save it anew as a plain JPEG or TIFF")
	case got.err != nil:
		return nil, typed(got.err)
	}
	return accept(got.img, h)
}

// decodeImage calls the decoder of the format.
func decodeImage(ctx context.Context, data []byte, h *header, lim Limits) (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, wrong("makes its decoder fail", fmt.Errorf("%v", r))
		}
	}()
	r := &timedReader{ctx: ctx, Reader: bytes.NewReader(data)}
	switch h.format {
	case "JPEG":
		return decodeJPEG(r, data)
	case "PNG":
		return png.Decode(r)
	case "TIFF":
		return tiff.Decode(r)
	case "WebP":
		if h.inner != nil {
			r.Reader = bytes.NewReader(h.webpStill(data))
		}
		return webp.Decode(r)
	case "HEIC":
		if err := boundWork(data, h); err != nil {
			return nil, err
		}
		return decodeHEIC(ctx, data, h, lim)
	}
	panic("photo: no decoder for " + h.format)
}

// timedReader fails when its context ends, which stops a decoder that reads from it.
type timedReader struct {
	ctx context.Context
	*bytes.Reader
}

// readAtOnce keeps reads small, so that a decoder that does much with few bytes is
// stopped in time too.
const readAtOnce = 1 << 10

func (r *timedReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p[:min(len(p), readAtOnce)])
}

func (r *timedReader) ReadAt(p []byte, off int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.ReadAt(p, off)
}

// typed tells a decoder's "this file is wrong" from its "I cannot".
func typed(err error) error {
	var (
		f  *FormatError
		u  *UnsupportedError
		l  *LimitError
		uj jpeg.UnsupportedError
		up png.UnsupportedError
		ut tiff.UnsupportedError
	)
	switch {
	case errors.As(err, &f), errors.As(err, &u), errors.As(err, &l):
		return err
	case errors.As(err, &uj), errors.As(err, &up), errors.As(err, &ut):
		return &UnsupportedError{Problem: "is of a kind that is not read", Mend: mendExport, Err: err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return wrong("is cut short", err)
	}
	return wrong("is damaged", err)
}

// accept checks that a decoder gave what the header promised.
func accept(img image.Image, h *header) (*decoded, error) {
	b, w, hh := img.Bounds(), h.width, h.height
	if h.upright && swapsSides(h.turned) {
		w, hh = hh, w
	}
	if b.Dx() != w || b.Dy() != hh {
		return nil, wrong(fmt.Sprintf("its header says %d×%d pixels, its picture has %d×%d", w, hh, b.Dx(), b.Dy()), nil)
	}
	if _, cmyk := img.(*image.CMYK); cmyk {
		return nil, unsupported("is CMYK, ink amounts from which light cannot be known", mendRGB)
	}
	d := &decoded{img: img}
	if o, ok := img.(interface{ Opaque() bool }); ok && h.alpha && !o.Opaque() {
		d.warnings = add(d.warnings, Transparent)
	}
	return d, nil
}

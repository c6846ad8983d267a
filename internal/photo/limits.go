package photo

import (
	"fmt"
	"time"
)

// Limits bounds what one file may cost. A zero field means its default.
type Limits struct {
	Megapixels float64       // pixels of the picture, in millions; default 150
	Bytes      int64         // size of the file; default 1 GiB
	Frames     int           // pictures in one file; default 1000
	Time       time.Duration // for decoding; default 60 s and 1 s per megapixel, HEIC 60 s and 4 s
	HEICMemory int64         // of the HEIC decoder, in bytes; default 128 MiB and 48 bytes per pixel, at most 4 GiB
}

// Project defaults: the largest photo is that of a 150-megapixel medium-format camera;
// a 16-bit TIFF of that size holds 0.9 GB; no camera writes bursts of 1000.
const (
	defaultMegapixels = 150
	defaultBytes      = 1 << 30
	defaultFrames     = 1000
)

// Decoding 24 megapixels takes 0.2 to 1.1 s in JPEG and 6 to 14 s in HEIC. The bounds end
// what hangs, and no more: which photos are used must not hang on how busy a machine is, and
// one with ten times more to do than cores is waited for.
const (
	baseTime             = 60 * time.Second
	timePerMegapixel     = time.Second
	timePerMegapixelHEIC = 4 * time.Second
)

func (l Limits) withDefaults() Limits {
	if l.Megapixels == 0 {
		l.Megapixels = defaultMegapixels
	}
	if l.Bytes == 0 {
		l.Bytes = defaultBytes
	}
	if l.Frames == 0 {
		l.Frames = defaultFrames
	}
	return l
}

// time is the longest that the picture may take to decode.
func (l Limits) time(h *header) time.Duration {
	if l.Time > 0 {
		return l.Time
	}
	per := timePerMegapixel
	if h.format == "HEIC" {
		per = timePerMegapixelHEIC
	}
	return baseTime + time.Duration(float64(h.width)*float64(h.height)/1e6*float64(per))
}

// check refuses pictures without pixels or with too many.
func (l Limits) check(h *header) error {
	if h.width <= 0 || h.height <= 0 {
		return wrong(fmt.Sprintf("its size is %d×%d pixels", h.width, h.height), nil)
	}
	if mp := float64(h.width) * float64(h.height) / 1e6; !(mp <= l.Megapixels) {
		return tooMuch(fmt.Sprintf("%d×%d pixels are more than the limit of %g megapixels", h.width, h.height, l.Megapixels),
			"raise --max-megapixels if the picture is real")
	}
	if h.frames > l.Frames {
		return tooMuch(fmt.Sprintf("more than %d pictures in one file", l.Frames), "save the picture that matters on its own")
	}
	return nil
}

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
	Time       time.Duration // for decoding; default 10 s and a second per megapixel
	HEICMemory int64         // of the HEIC decoder, in bytes; default 128 MiB and 48 bytes per pixel, at most 4 GiB
}

// Project defaults: the largest photo is that of a 150-megapixel medium-format camera;
// a 16-bit TIFF of that size holds 0.9 GB; no camera writes bursts of 1000.
const (
	defaultMegapixels = 150
	defaultBytes      = 1 << 30
	defaultFrames     = 1000
	baseTime          = 10 * time.Second
	timePerMegapixel  = time.Second
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

// time is the longest a picture of w×h pixels may take to decode.
func (l Limits) time(w, h int) time.Duration {
	if l.Time > 0 {
		return l.Time
	}
	return baseTime + time.Duration(float64(w)*float64(h)/1e6*float64(timePerMegapixel))
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

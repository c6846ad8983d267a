package render

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Pair are pictures that show how well a photo lies on the frame: to be looked at one
// by one. Each has the frame's own size but the blink, which is at most 1000 px long.
type Pair struct {
	Checkerboard Image // squares of either in turn: lines must run on across their edges
	Blink        Image // an animation of both, a second each: what jumps is misplaced
	Difference   Image // grey where both are the same, brighter where the photo is
	Valid        Image // white where the photo shows the frame, black elsewhere
}

const (
	squares   = 8    // of the checkerboard along the longer side
	blinkPx   = 1000 // an animation has 256 colours a picture and no good compression
	blinkTime = 100  // of each picture, in hundredths of a second
	contrast  = 3    // of the difference, so that misplaced detail is seen
)

// PairOf draws the photo over the frame. The photo's exposure and white balance are
// brought to the frame's by the mean light of what both show.
func PairOf(frame, photo *raster.RGB, photoFromFrame geom.Transform) (Pair, error) {
	w, h := frame.W(), frame.H()
	b, err := warp(photo, gainBetween(frame, photo, photoFromFrame), photoFromFrame, w, h)
	if err != nil {
		return Pair{}, err
	}
	a := cubicWarp(light{frame.Planes(), asShot}, geom.Identity(), w, h)
	valid := image.NewGray(image.Rect(0, 0, w, h))
	each(frame, photo, photoFromFrame, 1, func(at, _ int) { valid.Pix[at] = 255 })
	var p Pair
	for _, one := range []struct {
		to   *Image
		draw func() (Image, error)
	}{
		{&p.Checkerboard, func() (Image, error) { return encodePNG(checkerboard(a, b)) }},
		{&p.Blink, func() (Image, error) { return blink(a, b) }},
		{&p.Difference, func() (Image, error) { return encodePNG(difference(a, b, valid)) }},
		{&p.Valid, func() (Image, error) { return encodePNG(valid) }},
	} {
		if *one.to, err = one.draw(); err != nil {
			return Pair{}, err
		}
	}
	return p, nil
}

// gainStep is the distance in frame pixels between those that the mean light is taken of.
const gainStep = 4

// gainBetween makes the mean light of the photo that of the frame, where both are known.
func gainBetween(frame, photo *raster.RGB, photoFromFrame geom.Transform) [3]float64 {
	var now, then [3]float64
	each(frame, photo, photoFromFrame, gainStep, func(at, from int) {
		for c := range now {
			now[c] += float64(photo.Planes()[c].Pix[from])
			then[c] += float64(frame.Planes()[c].Pix[at])
		}
	})
	gain := asShot
	for c := range gain {
		if now[c] > 0 && then[c] > 0 {
			gain[c] = then[c] / now[c]
		}
	}
	return gain
}

// each calls fn for the pixels of the frame, step apart, that the photo shows, and the
// nearest of its own.
func each(frame, photo *raster.RGB, photoFromFrame geom.Transform, step int, fn func(at, from int)) {
	w, h := photo.W(), photo.H()
	for y := 0; y < frame.H(); y += step {
		l := lineOf(photoFromFrame, y)
		for x := 0; x < frame.W(); x += step {
			if u, v := l.at(float64(x)); within(u, v, w, h) {
				fn(y*frame.W()+x, min(int(v+0.5), h-1)*w+min(int(u+0.5), w-1))
			}
		}
	}
}

func checkerboard(a, b *image.NRGBA) *image.NRGBA {
	side := (max(a.Rect.Dx(), a.Rect.Dy()) + squares - 1) / squares
	out := image.NewNRGBA(a.Rect)
	for y := 0; y < a.Rect.Dy(); y += side {
		for x := 0; x < a.Rect.Dx(); x += side {
			src := a
			if (x/side+y/side)%2 == 1 {
				src = b
			}
			r := image.Rect(x, y, x+side, y+side).Intersect(a.Rect)
			draw.Draw(out, r, src, r.Min, draw.Src)
		}
	}
	return out
}

// difference is the change of green codes, in which skin has most detail.
func difference(a, b *image.NRGBA, valid *image.Gray) *image.Gray {
	out := image.NewGray(a.Rect)
	for i := range out.Pix {
		d := 0
		if valid.Pix[i] != 0 {
			d = contrast * (int(b.Pix[4*i+1]) - int(a.Pix[4*i+1]))
		}
		out.Pix[i] = uint8(min(max(128+d, 0), 255))
	}
	return out
}

func blink(a, b *image.NRGBA) (Image, error) {
	anim := &gif.GIF{}
	k := (max(a.Rect.Dx(), a.Rect.Dy()) + blinkPx - 1) / blinkPx
	colours := skinPalette(a, b)
	for _, m := range []*image.NRGBA{a, b} {
		small := thinned(m, k)
		page := image.NewPaletted(small.Rect, colours)
		draw.FloydSteinberg.Draw(page, small.Rect, small, image.Point{})
		anim.Image, anim.Delay = append(anim.Image, page), append(anim.Delay, blinkTime)
	}
	var buf bytes.Buffer
	if err := gif.EncodeAll(&buf, anim); err != nil {
		return Image{}, fmt.Errorf("render: %w", err)
	}
	size := anim.Image[0].Rect.Size()
	return Image{Bytes: buf.Bytes(), Width: size.X, Height: size.Y, Ext: ".gif"}, nil
}

// thinned keeps the mean of every k×k codes: a picture for the eye.
func thinned(m *image.NRGBA, k int) *image.NRGBA {
	w, h := m.Rect.Dx()/k, m.Rect.Dy()/k
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var sum [3]int
			for j := range k {
				for i := range k {
					at := m.PixOffset(x*k+i, y*k+j)
					for c := range sum {
						sum[c] += int(m.Pix[at+c])
					}
				}
			}
			n := k * k
			out.SetNRGBA(x, y, color.NRGBA{R: uint8(sum[0] / n), G: uint8(sum[1] / n), B: uint8(sum[2] / n), A: 255})
		}
	}
	return out
}

// How many levels the palette has from dark to light along the mean colour of the
// pictures, and away from it towards red and towards yellow: 252 colours.
const paletteLevels, paletteRed, paletteYellow = 28, 3, 3

// skinPalette spends its colours near the one line that skin lies on, from black through
// the pictures' mean colour to white.
func skinPalette(pictures ...*image.NRGBA) color.Palette {
	var sum [3]float64
	for _, m := range pictures {
		for i := 0; i < len(m.Pix); i += 4 * 97 {
			for c := range sum {
				sum[c] += float64(m.Pix[i+c])
			}
		}
	}
	mean := (sum[0] + sum[1] + sum[2]) / 3
	var p color.Palette
	for level := range paletteLevels {
		v := 255 * float64(level) / (paletteLevels - 1)
		tint := 4 * (v / 255) * (1 - v/255) // none at black and white
		for r := range paletteRed {
			for y := range paletteYellow {
				code := func(c int, shift float64) uint8 {
					base := v * (1 + tint*(sum[c]/max(mean, 1)-1))
					return uint8(math.Round(min(max(base+tint*shift, 0), 255)))
				}
				dr, dy := 18*float64(r-1), 14*float64(y-1)
				p = append(p, color.NRGBA{R: code(0, dr), G: code(1, -dr/2), B: code(2, -dr/2-dy), A: 255})
			}
		}
	}
	return p
}

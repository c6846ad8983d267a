package render

import (
	"errors"
	"image"
)

// ErrNotOneView is returned for two pictures of different size.
var ErrNotOneView = errors.New("render: the pictures do not show one view")

// HatchAlike hatches both pictures of one view where either is: what one of them does not
// show would tell which it is. Where neither is hatched, both are returned as they are.
func HatchAlike(a, b Image) (Image, Image, error) {
	imgA, errA := decode(a)
	imgB, errB := decode(b)
	if err := errors.Join(errA, errB); err != nil {
		return Image{}, Image{}, err
	}
	if imgA.Rect != imgB.Rect {
		return Image{}, Image{}, ErrNotOneView
	}
	c := newCells(imgA.Rect)
	c.find(imgA)
	c.find(imgB)
	if !c.any {
		return a, b, nil
	}
	c.hatch(imgA)
	c.hatch(imgB)
	a, errA = encodeJPEG(imgA, defaultBytes)
	b, errB = encodeJPEG(imgB, defaultBytes)
	return a, b, errors.Join(errA, errB)
}

// cells of a picture are the squares that a JPEG keeps colours by, beyond which little of a
// hatch spreads.
type cells struct {
	w, h  int
	blank []bool
	any   bool
}

// A cell is hatched where a sixteenth of its pixels, a row of them, is as grey as the hatch,
// to what a JPEG of quality 50 leaves of it. Skin is not: its red is well above its blue.
// What is hatched less, at the tip of a slanting edge, lies within the cells around.
const (
	cellPx       = 16
	cellsAround  = 2
	hatchNear    = 16 // codes beyond light and dark
	hatchNeutral = 10 // codes between colours
)

func newCells(r image.Rectangle) *cells {
	w, h := (r.Dx()+cellPx-1)/cellPx, (r.Dy()+cellPx-1)/cellPx
	return &cells{w: w, h: h, blank: make([]bool, w*h)}
}

// find marks the hatched cells of a picture and those around them.
func (c *cells) find(img *image.NRGBA) {
	for j := range c.h {
		for i := range c.w {
			if !hatched(img, c.rect(img, i, j)) {
				continue
			}
			c.any = true
			for y := max(0, j-cellsAround); y <= min(c.h-1, j+cellsAround); y++ {
				for x := max(0, i-cellsAround); x <= min(c.w-1, i+cellsAround); x++ {
					c.blank[y*c.w+x] = true
				}
			}
		}
	}
}

func (c *cells) rect(img *image.NRGBA, i, j int) image.Rectangle {
	return image.Rect(i*cellPx, j*cellPx, (i+1)*cellPx, (j+1)*cellPx).Intersect(img.Rect)
}

func hatched(img *image.NRGBA, cell image.Rectangle) bool {
	grey := 0
	for y := cell.Min.Y; y < cell.Max.Y; y++ {
		for x := cell.Min.X; x < cell.Max.X; x++ {
			px := img.Pix[img.PixOffset(x, y):][:3:3]
			least, most := min(px[0], px[1], px[2]), max(px[0], px[1], px[2])
			if least >= hatchDark-hatchNear && most <= hatchLight+hatchNear && most-least <= hatchNeutral {
				grey++
			}
		}
	}
	return 16*grey >= cell.Dx()*cell.Dy()
}

// hatch paints the marked cells.
func (c *cells) hatch(img *image.NRGBA) {
	for n, blank := range c.blank {
		if !blank {
			continue
		}
		cell := c.rect(img, n%c.w, n/c.w)
		for y := cell.Min.Y; y < cell.Max.Y; y++ {
			for x := cell.Min.X; x < cell.Max.X; x++ {
				px := img.Pix[img.PixOffset(x, y):][:3:3]
				px[0], px[1], px[2] = hatch(x, y), hatch(x, y), hatch(x, y)
			}
		}
	}
}

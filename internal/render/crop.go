package render

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/disintegration/imaging"

	"dermtrace/internal/geom"
	"dermtrace/internal/roi"
)

// Crop keeps of a picture of the view what lies inside the regions less the holes, all
// in frame pixels, and cuts it to their box, which is the returned view. Outside the
// regions a photo is hatched and a layer transparent. It is [ErrNotInView] where no
// region is in the picture.
func Crop(m Image, view View, regions, holes []geom.Polygon) (Image, View, error) {
	img, err := decode(m)
	if err != nil {
		return Image{}, View{}, err
	}
	sx, sy := float64(img.Rect.Dx())/view.W, float64(img.Rect.Dy())/view.H
	toPicture := func(list []geom.Polygon) []geom.Polygon {
		var out []geom.Polygon
		for _, g := range list {
			q := make(geom.Polygon, len(g))
			for i, p := range g {
				q[i] = geom.Point{X: (p.X-view.X+0.5)*sx - 0.5, Y: (p.Y-view.Y+0.5)*sy - 0.5}
			}
			out = append(out, q)
		}
		return out
	}
	keep := roi.Rasterize(toPicture(regions), toPicture(holes), img.Rect.Dx(), img.Rect.Dy())
	box := boxOf(regions, view)
	cut := image.Rect(int(math.Round((box.X-view.X)*sx)), int(math.Round((box.Y-view.Y)*sy)),
		int(math.Round((box.X+box.W-view.X)*sx)), int(math.Round((box.Y+box.H-view.Y)*sy))).Intersect(img.Rect)
	if keep.Empty() || cut.Empty() {
		return Image{}, View{}, ErrNotInView
	}
	if m.Ext == ".png" {
		small, err := cropLayer(m, img, keep, cut)
		return small, box, err
	}
	blankOutside(img, keep, false)
	small, err := encodeJPEG(imaging.Crop(img, cut), defaultBytes)
	return small, box, err
}

// cropLayer keeps the palette of a map, whose first entry is transparent: with four
// times the bytes a pixel a report of maps would not stay small.
func cropLayer(m Image, img *image.NRGBA, keep *roi.Mask, cut image.Rectangle) (Image, error) {
	src, err := png.Decode(bytes.NewReader(m.Bytes))
	if err != nil {
		return Image{}, fmt.Errorf("render: %w", err)
	}
	p, ok := src.(*image.Paletted)
	if !ok || len(p.Palette) == 0 || p.Rect.Min != (image.Point{}) || !transparent(p.Palette[0]) {
		blankOutside(img, keep, true)
		return encodePNG(imaging.Crop(img, cut))
	}
	for y := range p.Rect.Dy() {
		row := p.Pix[y*p.Stride : y*p.Stride+p.Rect.Dx()]
		for x := range row {
			if !keep.Contains(x, y) {
				row[x] = 0
			}
		}
	}
	return encodePNG(p.SubImage(cut))
}

func transparent(c color.Color) bool {
	_, _, _, a := c.RGBA()
	return a == 0
}

// boxOf is the whole-pixel box of the regions within the view.
func boxOf(regions []geom.Polygon, view View) View {
	lo, hi := geom.Point{X: math.Inf(1), Y: math.Inf(1)}, geom.Point{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, g := range regions {
		a, b := g.Bounds()
		lo = geom.Point{X: math.Min(lo.X, a.X), Y: math.Min(lo.Y, a.Y)}
		hi = geom.Point{X: math.Max(hi.X, b.X), Y: math.Max(hi.Y, b.Y)}
	}
	x0, y0 := max(view.X, math.Floor(lo.X)), max(view.Y, math.Floor(lo.Y))
	x1, y1 := min(view.X+view.W, math.Ceil(hi.X)), min(view.Y+view.H, math.Ceil(hi.Y))
	return View{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

func blankOutside(img *image.NRGBA, keep *roi.Mask, transparent bool) {
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if keep.Contains(x, y) {
				continue
			}
			px := img.Pix[y*img.Stride+4*x:][:4:4]
			if transparent {
				px[0], px[1], px[2], px[3] = 0, 0, 0, 0
			} else {
				px[0], px[1], px[2] = hatch(x, y), hatch(x, y), hatch(x, y)
			}
		}
	}
}

// ThumbOf is a small copy of a picture, at most maxPx long (0: 320).
func ThumbOf(m Image, maxPx int) (Image, error) {
	img, err := decode(m)
	if err != nil {
		return Image{}, err
	}
	w, h, _ := WholeFrame(img.Rect.Dx(), img.Rect.Dy()).size(orDefault(maxPx, defaultThumbPx))
	return encodeJPEG(imaging.Resize(img, w, h, imaging.Linear), defaultBytes)
}

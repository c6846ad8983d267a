package render

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Thumb is the whole photo, small and as shot: no alignment, no correction of the
// light. It is at most maxPx long (0: 320).
func Thumb(photo *raster.RGB, maxPx int) (Image, error) {
	view := WholeFrame(photo.W(), photo.H())
	w, h, scale := view.size(orDefault(maxPx, defaultThumbPx))
	small, err := warp(photo, asShot, view.frameFromPicture(scale), w, h)
	if err != nil {
		return Image{}, err
	}
	return encodeJPEG(small, defaultBytes)
}

// Region is an outline in frame pixels.
type Region struct {
	Kind    string // outcome.Treated, …
	Polygon geom.Polygon
}

// Line widths of an outline in picture pixels, and the dash of every kind but
// treated, so that kinds differ in grey too.
const (
	linePx, casingPx = 3, 6
	dashPx           = 14
)

// Outlines is a transparent PNG layer over the view, at most maxPx long (0: 1200),
// with the regions' outlines: the kind's colour on a dark casing, legible on any
// skin. Treated regions are solid lines, all others dashed.
func Outlines(regions []Region, view View, maxPx int) (Image, error) {
	return encodePNG(outlined(regions, view, orDefault(maxPx, defaultLayerPx)))
}

func outlined(regions []Region, view View, maxPx int) *image.NRGBA {
	w, h, scale := view.size(maxPx)
	pictureFromFrame, err := view.frameFromPicture(scale).Inverse()
	if err != nil {
		panic("render: a view has an inverse")
	}
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for _, r := range regions {
		outline := make(geom.Polygon, len(r.Polygon))
		for i, p := range r.Polygon {
			outline[i] = pictureFromFrame.Apply(p)
		}
		stroke(img, outline, pen{color: [3]uint8{20, 20, 24}, widthPx: casingPx, alpha: 0.75})
		stroke(img, outline, pen{color: outcome.RegionColor(r.Kind), widthPx: linePx, alpha: 1, dashed: r.Kind != outcome.Treated})
	}
	return img
}

type pen struct {
	color   [3]uint8
	widthPx float64
	alpha   float64
	dashed  bool
}

// stroke draws a closed outline. A pixel's coverage is read off its distance to the
// line, one pixel of ramp at the edge; dashes follow the length along the outline.
func stroke(img *image.NRGBA, outline geom.Polygon, p pen) {
	along := 0.0
	for i, a := range outline {
		b := outline[(i+1)%len(outline)]
		strokeSegment(img, segment{a, b, along}, p)
		along += b.Sub(a).Norm()
	}
}

type segment struct {
	a, b  geom.Point
	along float64 // length of the outline before a
}

func strokeSegment(img *image.NRGBA, s segment, p pen) {
	d := s.b.Sub(s.a)
	length := d.Norm()
	if !(length > 0) {
		return
	}
	reach := p.widthPx/2 + 1
	x0, x1 := clip(min(s.a.X, s.b.X)-reach, img.Rect.Dx()), clip(max(s.a.X, s.b.X)+reach, img.Rect.Dx())
	y0, y1 := clip(min(s.a.Y, s.b.Y)-reach, img.Rect.Dy()), clip(max(s.a.Y, s.b.Y)+reach, img.Rect.Dy())
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			q := geom.Point{X: float64(x), Y: float64(y)}.Sub(s.a)
			t := max(0, min((q.X*d.X+q.Y*d.Y)/(length*length), 1))
			if p.dashed && math.Mod(s.along+t*length, 2*dashPx) > dashPx {
				continue
			}
			distance := math.Hypot(q.X-t*d.X, q.Y-t*d.Y)
			cover(img.Pix[y*img.Stride+4*x:][:4:4], p, p.widthPx/2+0.5-distance)
		}
	}
}

func clip(v float64, n int) int { return int(max(0, min(math.Ceil(v), float64(n)))) }

// cover lays the pen over a pixel. Overlapping strokes of one pen do not add up.
func cover(px []uint8, p pen, coverage float64) {
	a := max(0, min(coverage, 1)) * p.alpha
	if a == 0 {
		return
	}
	same := px[0] == p.color[0] && px[1] == p.color[1] && px[2] == p.color[2]
	if same {
		px[3] = max(px[3], uint8(math.Round(255*a)))
		return
	}
	under := float64(px[3]) / 255 * (1 - a)
	for k := range 3 {
		px[k] = uint8(math.Round((a*float64(p.color[k]) + under*float64(px[k])) / (a + under)))
	}
	px[3] = uint8(math.Round(255 * (a + under)))
}

// Drawn is [Aligned], and the same picture with the regions' outlines over it, as a JPEG too:
// for a picture that has to stand alone.
func Drawn(photo *raster.RGB, photoFromFrame geom.Transform, view View, regions []Region, opt AlignedOptions) (aligned, drawn Image, err error) {
	img, err := opt.picture(photo, photoFromFrame, view)
	if err != nil {
		return Image{}, Image{}, err
	}
	if aligned, err = encodeJPEG(img, orDefault(opt.MaxBytes, defaultBytes)); err != nil {
		return Image{}, Image{}, err
	}
	layer := outlined(regions, view, max(aligned.Width, aligned.Height))
	draw.Draw(opaque(img), img.Rect, layer, image.Point{}, draw.Over)
	drawn, err = encodeJPEG(img, defaultBytes)
	return aligned, drawn, err
}

// mostPixels bounds a picture that is read back: those of this package have two million.
const mostPixels = 32 << 20

// decode reads a picture of this package as NRGBA: imaging must never see a palette.
func decode(m Image) (*image.NRGBA, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(m.Bytes))
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	if int64(c.Width)*int64(c.Height) > mostPixels {
		return nil, fmt.Errorf("render: a picture of %d×%d pixels is none of a result", c.Width, c.Height)
	}
	read := png.Decode
	if m.Ext == ".jpg" {
		read = jpeg.Decode
	}
	src, err := read(bytes.NewReader(m.Bytes))
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	if img, ok := src.(*image.NRGBA); ok {
		return img, nil
	}
	at := image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy())
	img := image.NewNRGBA(at)
	var to draw.Image = img
	if _, photo := src.(*image.YCbCr); photo {
		to = opaque(img)
	}
	draw.Draw(to, at, src, src.Bounds().Min, draw.Src)
	return img, nil
}

// Package render makes the pictures that people look at: the aligned photos, the
// coloured maps, the outlines of regions and the thumbnails that a report shows.
//
// Input is linear light on the sRGB primaries (photos) or a plane in the unit of a
// measure (maps); output is an encoded file with its size, nothing is written to
// disk. Every picture of a series shows one [View], a window of the frame, through
// the plane part of the alignment only, so that swelling is seen and not warped
// away. Shrinking averages in linear light; between pixels that are as many as the
// picture's, sRGB codes are interpolated, all three channels as one number. Nothing here
// is ever measured: numbers come from the photo's own pixels.
package render

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"sync"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Image is an encoded picture.
type Image struct {
	Bytes         []byte
	Width, Height int
	Ext           string // ".jpg" or ".png"
}

// ErrNotInView is returned for a window of the frame of which the photo shows nothing.
var ErrNotInView = errors.New("render: the photo shows nothing of the window")

// Project defaults: six visits with their maps stay within five megabytes of report.
const (
	defaultAlignedPx = 1600
	defaultBytes     = 200 << 10
	defaultLayerPx   = 1200
	defaultMapPx     = 640
	defaultThumbPx   = 320
)

// View is a window of the frame in frame pixels: the W×H pixels whose top-left one
// is (X, Y). The zero value is not a view.
type View struct{ X, Y, W, H float64 }

// WholeFrame is the view of a frame of w×h pixels.
func WholeFrame(w, h int) View { return View{W: float64(w), H: float64(h)} }

// Around is the view of the regions with margin (a share of their longer side) on
// every side, within the frame of w×h pixels. Without regions it is the whole frame.
func Around(regions []geom.Polygon, margin float64, w, h int) View {
	lo, hi := geom.Point{X: math.Inf(1), Y: math.Inf(1)}, geom.Point{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, g := range regions {
		a, b := g.Bounds()
		lo = geom.Point{X: math.Min(lo.X, a.X), Y: math.Min(lo.Y, a.Y)}
		hi = geom.Point{X: math.Max(hi.X, b.X), Y: math.Max(hi.Y, b.Y)}
	}
	m := margin * max(hi.X-lo.X, hi.Y-lo.Y)
	x0, y0 := math.Floor(max(0, lo.X-m)), math.Floor(max(0, lo.Y-m))
	x1, y1 := math.Ceil(min(float64(w), hi.X+m+1)), math.Ceil(min(float64(h), hi.Y+m+1))
	if !(x1 > x0 && y1 > y0) {
		return WholeFrame(w, h)
	}
	return View{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// size is the picture's size for a longest side of maxPx; a view is never enlarged.
func (v View) size(maxPx int) (w, h int, scale float64) {
	if !(v.W > 0 && v.H > 0) {
		panic(fmt.Sprintf("render: empty view %+v", v))
	}
	scale = min(1, float64(maxPx)/max(v.W, v.H))
	return max(1, int(math.Round(v.W*scale))), max(1, int(math.Round(v.H*scale))), scale
}

// frameFromPicture carries a pixel of the picture to the frame: pixel edges meet edges.
func (v View) frameFromPicture(scale float64) geom.Transform {
	return geom.Transform{1 / scale, 0, v.X + 0.5/scale - 0.5, 0, 1 / scale, v.Y + 0.5/scale - 0.5, 0, 0, 1}
}

// AlignedOptions are the choices for [Aligned].
type AlignedOptions struct {
	Gain     [3]float64 // of linear red, green, blue, as in the record; zero: 1, as shot
	MaxPx    int        // longest side; 0: 1600
	MaxBytes int        // the quality is lowered until the file fits, 50 at the least; 0: 200 KiB
}

// Aligned is the photo as the view of the frame, its light corrected by a gain, as
// an sRGB JPEG without metadata. Where the photo shows nothing it is hatched grey.
func Aligned(photo *raster.RGB, photoFromFrame geom.Transform, view View, opt AlignedOptions) (Image, error) {
	img, err := opt.picture(photo, photoFromFrame, view)
	if err != nil {
		return Image{}, err
	}
	return encodeJPEG(img, orDefault(opt.MaxBytes, defaultBytes))
}

// picture is what [Aligned] encodes.
func (o AlignedOptions) picture(photo *raster.RGB, photoFromFrame geom.Transform, view View) (*image.NRGBA, error) {
	if o.Gain == [3]float64{} {
		o.Gain = asShot
	}
	w, h, scale := view.size(orDefault(o.MaxPx, defaultAlignedPx))
	return warp(photo, o.Gain, photoFromFrame.Mul(view.frameFromPicture(scale)), w, h)
}

func orDefault(v, def int) int {
	if v == 0 {
		return def
	}
	return v
}

// encodePNG compresses fast: the best compression takes five times as long for a tenth
// of the bytes.
func encodePNG(img image.Image) (Image, error) {
	var buf bytes.Buffer
	fast := png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &pngBuffers}
	if err := fast.Encode(&buf, img); err != nil {
		return Image{}, fmt.Errorf("render: %w", err)
	}
	size := img.Bounds().Size()
	return Image{Bytes: buf.Bytes(), Width: size.X, Height: size.Y, Ext: ".png"}, nil
}

// pngBuffers lends a compressor its megabyte of tables.
var pngBuffers pngPool

type pngPool struct{ sync.Pool }

func (p *pngPool) Get() *png.EncoderBuffer {
	b, _ := p.Pool.Get().(*png.EncoderBuffer)
	return b
}

func (p *pngPool) Put(b *png.EncoderBuffer) { p.Pool.Put(b) }

// AlignedPNG is the photo as the view of the frame, at the frame's own size and as
// shot: for comparing by other programs. Where the photo shows nothing it is hatched.
func AlignedPNG(photo *raster.RGB, photoFromFrame geom.Transform, view View) (Image, error) {
	w, h, scale := view.size(int(max(view.W, view.H)))
	warped, err := warp(photo, asShot, photoFromFrame.Mul(view.frameFromPicture(scale)), w, h)
	if err != nil {
		return Image{}, err
	}
	return encodePNG(warped)
}

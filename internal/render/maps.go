package render

import (
	"image"
	"image/color"
	"math"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// mapLevels is the number of colours of a map. Steps of 1/40 of the scale are below
// what an eye reads off a legend and keep the file small.
const mapLevels = 41

// A map that does not compress is made smaller: six visits of maps fit a report.
const (
	mapBytes = 48 << 10
	minMapPx = 320
)

// Scale is the colour scale of a map, in the unit of its measure.
type Scale struct {
	Kind      string  // outcome.PictureMap or outcome.PictureDifference; "": a map
	Low, High float64 // values beyond have the end colours
	Blank     float64 // values closer to 0 than this are left transparent: a difference within noise
}

// DifferenceScale is the scale from −limit to limit for a difference whose noise is blank.
func DifferenceScale(limit, blank float64) Scale {
	return Scale{Kind: outcome.PictureDifference, Low: -limit, High: limit, Blank: blank}
}

// Map colours a plane as a layer over the view, a PNG at most maxPx long (0: 640, or
// as much less as 48 KiB allow, 320 at the least). The plane may have a raster of its
// own: planeFromFrame carries frame pixels to its pixels. Unknown (NaN) and blank
// pixels are transparent.
func Map(p *raster.Plane, planeFromFrame geom.Transform, view View, scale Scale, maxPx int) (Image, error) {
	if !(scale.High > scale.Low) {
		panic("render: the colour scale of a map must rise")
	}
	if maxPx != 0 {
		return mapOf(p, planeFromFrame, view, scale, maxPx)
	}
	img, err := painted(p, planeFromFrame, view, scale, defaultMapPx)
	if err != nil {
		return Image{}, err
	}
	bytes, err := expectedBytes(img)
	if err != nil {
		return Image{}, err
	}
	if bytes < surelyTooLarge*mapBytes {
		m, err := encodePNG(img)
		if bytes = float64(len(m.Bytes)); err != nil || bytes <= mapBytes {
			return m, err
		}
	}
	// Bytes go with the area; a tenth less allows for what shrinking sharpens.
	fit := 0.9 * math.Sqrt(mapBytes/bytes)
	return mapOf(p, planeFromFrame, view, scale, max(minMapPx, int(fit*defaultMapPx)))
}

// A sample of a map is stripeRows of every sampleEvery·stripeRows rows. It repeats itself less
// than the whole, so that up to an eighth too many bytes are expected of maps near the limit:
// they are encoded to know. paletteBytes is what a file has besides its pixels.
const stripeRows, surelyTooLarge, paletteBytes = 8, 1.25, 214

// expectedBytes is about what the file of a map will have.
func expectedBytes(img *image.Paletted) (float64, error) {
	w, n := img.Rect.Dx(), img.Rect.Dy()/(stripeRows*sampleEvery)
	if n == 0 {
		return 0, nil
	}
	sample := image.NewPaletted(image.Rect(0, 0, w, n*stripeRows), img.Palette)
	for i := range n {
		from := img.PixOffset(0, (i*sampleEvery+sampleEvery/2)*stripeRows)
		copy(sample.Pix[i*stripeRows*w:(i+1)*stripeRows*w], img.Pix[from:])
	}
	m, err := encodePNG(sample)
	return paletteBytes + float64(len(m.Bytes)-paletteBytes)*float64(img.Rect.Dy())/float64(n*stripeRows), err
}

func mapOf(p *raster.Plane, planeFromFrame geom.Transform, view View, scale Scale, maxPx int) (Image, error) {
	img, err := painted(p, planeFromFrame, view, scale, maxPx)
	if err != nil {
		return Image{}, err
	}
	return encodePNG(img)
}

// painted is a map before it is encoded.
func painted(p *raster.Plane, planeFromFrame geom.Transform, view View, scale Scale, maxPx int) (*image.Paletted, error) {
	w, h, s := view.size(maxPx)
	warped, srcFromOut := p, planeFromFrame.Mul(view.frameFromPicture(s))
	if p.W != w || p.H != h || !still(srcFromOut, w, h) { // else it is a plane of OnView
		var err error
		if warped, err = warpKnown(p, srcFromOut, w, h); err != nil {
			return nil, err
		}
	}
	img := image.NewPaletted(image.Rect(0, 0, w, h), palette(outcome.PictureColors(scale.Kind)))
	raster.Bands(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x, v := range warped.Row(y) {
				img.Pix[y*img.Stride+x] = scale.index(float64(v))
			}
		}
	})
	return img, nil
}

// stillPx is a shift that rounding of a transform and its inverse may leave.
const stillPx = 1e-6

// still reports that a transform leaves every pixel of a picture where it is.
func still(t geom.Transform, w, h int) bool {
	for _, p := range []geom.Point{{}, {X: float64(w)}, {Y: float64(h)}, {X: float64(w), Y: float64(h)}} {
		if !(t.Apply(p).Sub(p).Norm() <= stillPx) {
			return false
		}
	}
	return true
}

// index is the palette entry of a value: 0 transparent, then the levels.
func (s Scale) index(v float64) uint8 {
	if math.IsNaN(v) || math.Abs(v) < s.Blank {
		return 0
	}
	t := max(0, min((v-s.Low)/(s.High-s.Low), 1))
	return 1 + uint8(t*(mapLevels-1)+0.5)
}

func palette(m outcome.Colormap) color.Palette {
	p := color.Palette{color.NRGBA{}}
	for i := range mapLevels {
		c := m.At(float64(i) / (mapLevels - 1))
		p = append(p, color.NRGBA{R: c[0], G: c[1], B: c[2], A: 255})
	}
	return p
}

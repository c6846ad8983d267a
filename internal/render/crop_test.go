package render

import (
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// A crop is the regions' box, in which what lies outside them, or in a hole, is gone.
func TestCropKeepsTheRegionsAlone(t *testing.T) {
	view := View{X: 100, Y: 50, W: 400, H: 300}
	photo, err := Aligned(flat(600, 400, 0.5, 0.2, 0.1), geom.Identity(), view, AlignedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	square := geom.Polygon{{X: 149.5, Y: 99.5}, {X: 349.5, Y: 99.5}, {X: 349.5, Y: 249.5}, {X: 149.5, Y: 249.5}}
	triangle := geom.Polygon{{X: 349.5, Y: 99.5}, {X: 399.5, Y: 99.5}, {X: 349.5, Y: 199.5}}
	hole := geom.Polygon{{X: 200, Y: 120}, {X: 260, Y: 120}, {X: 260, Y: 180}, {X: 200, Y: 180}}
	m, box, err := Crop(photo, view, []geom.Polygon{square, triangle}, []geom.Polygon{hole})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(box.X-149) > 1 || math.Abs(box.Y-99) > 1 || math.Abs(box.W-251) > 2 || math.Abs(box.H-151) > 2 || m.Width != int(box.W) {
		t.Errorf("box %+v, picture %d×%d", box, m.Width, m.Height)
	}
	img := open(t, m)
	skin := [3]float64{188, 124, 89}
	near(t, "in the region", codes(img, 30, 100), skin)
	for what, at := range map[string][2]int{"in the hole": {80, 50}, "beside the triangle": {245, 120}} {
		if c := codes(img, at[0], at[1]); !(math.Abs(c[0]-c[2]) <= 12 && c[0] > 120 && c[0] < 170) {
			t.Errorf("%s: %v is no hatch", what, c)
		}
	}
	if _, _, err := Crop(photo, view, []geom.Polygon{{{X: 5, Y: 5}, {X: 20, Y: 5}, {X: 20, Y: 20}}}, nil); !errors.Is(err, ErrNotInView) {
		t.Errorf("a region outside the picture: %v", err)
	}
	thumb, err := ThumbOf(m, 50)
	if err != nil || thumb.Width != 50 || thumb.Ext != ".jpg" {
		t.Errorf("%d wide, %s, %v", thumb.Width, thumb.Ext, err)
	}
}

// Layers become transparent outside the regions.
func TestCropOfALayerIsTransparentOutside(t *testing.T) {
	p := raster.New(400, 300)
	for i := range p.Pix {
		p.Pix[i] = 1
	}
	layer, err := Map(p, geom.Identity(), WholeFrame(400, 300), Scale{Kind: outcome.PictureMap, High: 2}, 0)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := Crop(layer, WholeFrame(400, 300), []geom.Polygon{{{X: 100, Y: 100}, {X: 300, Y: 100}, {X: 100, Y: 250}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	img := open(t, m)
	if _, ok := img.(*image.Paletted); !ok {
		t.Errorf("a map lost its palette: %T", img)
	}
	in, out := color.NRGBAModel.Convert(img.At(10, 10)).(color.NRGBA), color.NRGBAModel.Convert(img.At(190, 140)).(color.NRGBA)
	if in.A != 255 || out != (color.NRGBA{}) {
		t.Errorf("inside %v, outside %v", in, out)
	}
}

// A step of 2 in the middle is 2 far from its edge and 0 where nothing changed; what one
// of the planes does not know, the difference does not.
func TestDifferenceIsWhatChanged(t *testing.T) {
	view := WholeFrame(320, 240)
	plane := func(fn func(x, y int) float32) *raster.Plane {
		p := raster.New(320, 240)
		for i := range p.Pix {
			p.Pix[i] = fn(i%320, i/320)
		}
		seen, err := OnView(p, geom.Identity(), view)
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	before := plane(func(x, y int) float32 { return 3 })
	now := plane(func(x, y int) float32 {
		switch {
		case x < 20:
			return float32(math.NaN())
		case x > 160:
			return 5
		}
		return 3
	})
	d := Difference(now, before)
	for at, want := range map[[2]int]float64{{80, 120}: 0, {240, 120}: 2, {300, 10}: 2} {
		if got := float64(d.At(at[0], at[1])); !(math.Abs(got-want) <= 1e-3) {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
	if v := d.At(5, 100); v == v {
		t.Errorf("unknown pixels have %v", v)
	}
	if p := view.MapFromFrame().Apply(geom.Point{X: 12, Y: 34}); p.Sub(geom.Point{X: 12, Y: 34}).Norm() > 1e-9 {
		t.Errorf("a view that is not shrunk has its frame's pixels, not %v", p)
	}
}

// Reading only the rows in view changes no pixel.
func TestRowsBesideTheViewDoNotMatter(t *testing.T) {
	photo := flat(300, 900, 0.3, 0.2, 0.1)
	for i := range photo.R.Pix {
		photo.R.Pix[i] = float32(i%7) / 10
	}
	place := geom.Transform{1.5, 0.1, 3, -0.1, 1.5, 400, 1e-5, 0, 1}
	view := View{X: 20, Y: 30, W: 120, H: 90}
	want, err := warp(photo, asShot, place.Mul(view.frameFromPicture(1)), 120, 90)
	if err != nil {
		t.Fatal(err)
	}
	y0, y1 := rowsSeen(photo.R, place.Mul(view.frameFromPicture(1)), 120, 90)
	if y1-y0 > 300 || y0 < 300 {
		t.Errorf("rows %d to %d are read", y0, y1)
	}
	for i := range photo.R.Pix {
		if y := i / 300; y < y0 || y >= y1 {
			photo.R.Pix[i] = 9
		}
	}
	got, err := warp(photo, asShot, place.Mul(view.frameFromPicture(1)), 120, 90)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want.Pix {
		if v != got.Pix[i] {
			t.Fatalf("byte %d: %v, want %v", i, got.Pix[i], v)
		}
	}
}

func TestLoweredQualityStaysInItsRange(t *testing.T) {
	for _, c := range []struct {
		quality int
		excess  float64
		want    int
	}{{85, 1.01, 80}, {85, 2, 70}, {85, 9, 50}, {52, 1.1, 50}} {
		if got := lowered(c.quality, c.excess); got != c.want {
			t.Errorf("%d after %d, %v times too large, want %d", got, c.quality, c.excess, c.want)
		}
	}
}

// A file that claims to be immense is refused before memory is taken for it.
func TestCropRefusesImmensePictures(t *testing.T) {
	header := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"
	sum := crc32.ChecksumIEEE([]byte(header[12:]))
	file := append([]byte(header), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
	_, _, err := Crop(Image{Bytes: file, Ext: ".png"}, WholeFrame(9, 9), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "65535×65535") {
		t.Error(err)
	}
}

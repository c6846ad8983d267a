package render

import (
	"bytes"
	"image"
	"image/gif"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// speckled is a picture with detail in every block.
func speckled(w, h int) *raster.RGB {
	rgb := raster.NewRGB(w, h)
	for i := range rgb.R.Pix {
		v := 0.2 + 0.3*float32((i*7919)%97)/97
		rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = v, 0.7*v, 0.5*v
	}
	return rgb
}

// A photo over itself differs nowhere and is valid everywhere, whatever its exposure; one
// shifted by half its width is valid in half.
func TestPairOfAPhotoWithItself(t *testing.T) {
	frame, brighter := speckled(160, 120), speckled(160, 120)
	for _, p := range brighter.Planes() {
		for i := range p.Pix {
			p.Pix[i] *= 1.3
		}
	}
	pair, err := PairOf(frame, brighter, geom.Identity())
	if err != nil {
		t.Fatal(err)
	}
	difference, valid := open(t, pair.Difference).(*image.Gray), open(t, pair.Valid).(*image.Gray)
	for i := range difference.Pix {
		if d := int(difference.Pix[i]) - 128; d < -contrast || d > contrast || valid.Pix[i] != 255 {
			t.Fatalf("pixel %d: difference %d, valid %d", i, d, valid.Pix[i])
		}
	}
	if a, err := gif.DecodeAll(bytes.NewReader(pair.Blink.Bytes)); err != nil || len(a.Image) != 2 {
		t.Errorf("blink: %v", err)
	}
	half, err := PairOf(frame, brighter, geom.Translation(80, 0))
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, v := range open(t, half.Valid).(*image.Gray).Pix {
		if v == 255 {
			shown++
		}
	}
	if share := float64(shown) / (160 * 120); !(share > 0.45 && share < 0.55) {
		t.Errorf("a photo shifted by half is valid in %.2f of the frame", share)
	}
}

package series

import (
	"errors"
	"testing"

	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
)

func TestBlackAndWhiteIsNotMeasured(t *testing.T) {
	rgb := raster.NewRGB(64, 64)
	for i := range rgb.R.Pix {
		v := float32(0.2 + 0.001*float64(i%64))
		rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = v, v, v
	}
	p := &photo.Photo{Pixels: rgb, Meta: photo.Meta{Width: 64, Height: 64}}
	if _, err := MeasureOne(p, nil, 0); !errors.Is(err, errColourless) {
		t.Errorf("a grey picture: %v", err)
	}
	clear(rgb.B.Pix)
	if _, err := MeasureOne(p, nil, 0); err != nil {
		t.Errorf("a picture without blue: %v", err)
	}
}

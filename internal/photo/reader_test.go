package photo

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"
	"testing"
	"testing/fstest"
)

// A photo that is opened into the memory of a larger one is as if opened by itself.
func TestReaderLeavesNothingOfTheLastPhoto(t *testing.T) {
	files := fstest.MapFS{}
	for name, size := range map[string]image.Point{"large.png": {X: 90, Y: 70}, "small.png": {X: 61, Y: 33}} {
		img := image.NewNRGBA(image.Rectangle{Max: size})
		for i := range img.Pix {
			img.Pix[i] = uint8(i*7 + size.X)
			if i%4 == 3 {
				img.Pix[i] = 255
			}
		}
		var buf bytes.Buffer
		if err := png.Encode(&buf, img); err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: buf.Bytes()}
	}
	open := func(r *Reader, name string) *Photo {
		p, err := r.Open(context.Background(), files, name, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var r Reader
	large := open(&r, "large.png")
	memory := &large.Pixels.R.Pix[0]
	r.GiveBack(large.Pixels)
	again, alone := open(&r, "small.png"), open(new(Reader), "small.png")
	if &again.Pixels.R.Pix[0] != memory {
		t.Error("the memory was not used again")
	}
	for k, p := range again.Pixels.Planes() {
		if q := alone.Pixels.Planes()[k]; p.W != 61 || p.H != 33 || !slices.Equal(p.Pix, q.Pix) {
			t.Errorf("plane %d differs", k)
		}
	}
	if third := open(&r, "small.png"); &third.Pixels.R.Pix[0] == memory {
		t.Error("two photos share memory")
	}
}

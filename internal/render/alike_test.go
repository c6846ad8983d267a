package render

import (
	"bytes"
	"errors"
	"image"
	"testing"

	"dermtrace/internal/geom"
)

// What one of a pair does not show, neither shows afterwards, on every tone of skin; a pair
// without a hatch stays as it is.
func TestWhatOnePictureLacksBothLack(t *testing.T) {
	for name, light := range map[string][3]float32{"light": {0.62, 0.42, 0.32}, "brown": {0.25, 0.13, 0.08}, "as bright as the hatch": {0.36, 0.27, 0.22}, "dark": {0.06, 0.035, 0.025}} {
		view := WholeFrame(400, 300)
		skin := flat(400, 300, light[0], light[1], light[2])
		whole, err := Aligned(skin, geom.Identity(), view, AlignedOptions{})
		if err != nil {
			t.Fatal(err)
		}
		aside, err := Aligned(skin, geom.Similarity(1, 0.05, 30, -12), view, AlignedOptions{})
		if err != nil {
			t.Fatal(err)
		}
		a, b, err := HatchAlike(whole, aside)
		if err != nil {
			t.Fatal(err)
		}
		x, y := open(t, a), open(t, b)
		if n := unlike(x, y); n > tipPx {
			t.Errorf("%s: %d pixels tell which is which", name, n)
		}
		if before := unlike(open(t, whole), open(t, aside)); before < 1000 {
			t.Errorf("%s: the pair of the test is alike already: %d pixels", name, before)
		}
		if c := codes(x, 150, 150); !(c[0]-c[2] > 10) {
			t.Errorf("%s: skin that both show is gone: %v", name, c)
		}
		c, d, err := HatchAlike(whole, whole)
		if err != nil || !bytes.Equal(c.Bytes, whole.Bytes) || !bytes.Equal(d.Bytes, whole.Bytes) {
			t.Errorf("%s: a whole pair was changed: %v", name, err)
		}
	}
}

// tipPx are the pixels of slanting edges where a picture ends within less than one of them.
const tipPx = 8

// unlike counts the pixels of which one is skin and the other is not: hatched pixels differ
// by 30 codes and more, and what a JPEG makes of the same edge by a few.
func unlike(a, b image.Image) int {
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := codes(a, x, y), codes(b, x, y)
			if d := (p[0] - p[2]) - (q[0] - q[2]); d > 15 || d < -15 {
				n++
			}
		}
	}
	return n
}

func TestPicturesOfTwoViewsAreNoPair(t *testing.T) {
	a, errA := Aligned(flat(40, 30, 0.5, 0.3, 0.2), geom.Identity(), WholeFrame(40, 30), AlignedOptions{})
	b, errB := Aligned(flat(60, 30, 0.5, 0.3, 0.2), geom.Identity(), WholeFrame(60, 30), AlignedOptions{})
	if _, _, err := HatchAlike(a, b); !errors.Is(err, ErrNotOneView) || errA != nil || errB != nil {
		t.Errorf("%v, %v, %v", err, errA, errB)
	}
}

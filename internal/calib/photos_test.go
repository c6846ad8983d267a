package calib

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/photo"
	"dermtrace/internal/raster"
)

func openShared(t *testing.T, name string) *raster.RGB {
	t.Helper()
	path := needShared(t, filepath.Join("data/colorcard", name))
	p, err := photo.Open(context.Background(), os.DirFS(filepath.Dir(path)), filepath.Base(path), photo.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Pixels
}

// The corners were drawn on these photos and looked at: they lie in the middle of the
// black beside the patches and, on the mini card, in its printed corner marks.
func TestRealCards(t *testing.T) {
	const looked = 2 // px
	for _, tt := range []struct {
		name    string
		corners [4]geom.Point
	}{
		{"calibrite-passport.png", [4]geom.Point{{X: 72, Y: 361}, {X: 76, Y: 83}, {X: 262, Y: 84}, {X: 258, Y: 363}}},
		{"colorchecker-classic-mini.jpg", [4]geom.Point{{X: 40, Y: 407}, {X: 40, Y: 64}, {X: 269, Y: 63}, {X: 268, Y: 407}}},
		{"color_correction/source1_img.png", [4]geom.Point{{X: 243, Y: 156}, {X: 241, Y: 283}, {X: 157, Y: 281}, {X: 159, Y: 154}}},
		{"color_correction/target_img.png", [4]geom.Point{{X: 245, Y: 159}, {X: 242, Y: 286}, {X: 158, Y: 285}, {X: 160, Y: 158}}},
		{"color_correction/source_corrected.png", [4]geom.Point{{X: 243, Y: 156}, {X: 241, Y: 283}, {X: 157, Y: 281}, {X: 159, Y: 154}}},
	} {
		c, err := FindCard(openShared(t, tt.name), CardOptions{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		for i, want := range tt.corners {
			if d := c.Corners[i].Sub(want).Norm(); !(d <= looked) {
				t.Errorf("%s: corner %d at %.1f, %.1f px from %v", tt.name, i, c.Corners[i], d, want)
			}
		}
		if camera, ok := c.Camera(nil); ok {
			t.Errorf("%s: its bent tones are told to be of %s", tt.name, camera.Name)
		}
		t.Logf("%s: mean %.2f, max %.2f ΔE00, tilt %.0f°, paint %.3f of the pitch, %v", tt.name, c.MeanDE00, c.MaxDE00, c.TiltDeg, 2*c.paint[0], c.Warnings)
	}
}

func TestRealCardsRefused(t *testing.T) {
	if _, err := FindCard(openShared(t, "color_correction/source2_img.png"), CardOptions{}); !errors.Is(err, ErrCardCut) {
		t.Errorf("a card cut by the edge of the photo: %v", err)
	}
	if _, err := FindCard(openShared(t, "color_chip1.jpg"), CardOptions{}); !errors.Is(err, ErrPage) {
		t.Errorf("a photo in a plot: %v", err)
	}
}

// Faces, a suit, a flag, brick and gravel.
func TestOtherPhotosHaveNoCard(t *testing.T) {
	for _, name := range []string{"faces/astronaut.png", "faces/obama.jpg", "faces/retina.jpg", "texture/brick.png", "texture/gravel.png"} {
		if _, err := FindCard(openShared(t, "../"+name), CardOptions{}); !errors.Is(err, ErrNoCard) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One photo is corrected to look like another; a matrix of nine terms per channel
// (powers up to three of all channels) was fitted by others to the same pair.
func TestCorrectionBetweenTwoPhotos(t *testing.T) {
	source, target, theirs := openShared(t, "color_correction/source1_img.png"), openShared(t, "color_correction/target_img.png"), openShared(t, "color_correction/source_corrected.png")
	find := func(rgb *raster.RGB) Card {
		c, err := FindCard(rgb, CardOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	want := find(target)
	from := find(source)
	fit, err := fitLikeness(from.seenIn(want))
	if err != nil {
		t.Fatal(err)
	}
	fit.Apply(source)
	before, ours, other := meanDifference(from, want), meanDifference(find(source), want), meanDifference(find(theirs), want)
	t.Logf("mean ΔE00 to the target: %.2f before, %.2f ours (%s), %.2f by the matrix beside it", before, ours, fit.Model, other)
	if !(ours <= other && ours < before) {
		t.Errorf("mean ΔE00 %.3f, by the other matrix %.3f, before %.3f", ours, other, before)
	}
}

// meanDifference is over the 24 patches, D65, values held within what a file can show.
func meanDifference(a, b Card) (mean float64) {
	lab := func(p Patch) cie.Lab {
		h := func(v float64) float64 { return math.Max(0, math.Min(1, v)) }
		return cie.LabD65(h(p.RGB[0]), h(p.RGB[1]), h(p.RGB[2]))
	}
	for n := range a.Patches {
		mean += cie.DeltaE00(lab(a.Patches[n]), lab(b.Patches[n])) / 24
	}
	return mean
}

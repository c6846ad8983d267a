package outcome

import "testing"

func TestColormapsHitTheirAnchorsAndHoldTheirEnds(t *testing.T) {
	for name, m := range map[string]Colormap{"sequential": SequentialColors(), "diverging": DivergingColors()} {
		for i, want := range m {
			if got := m.At(float64(i) / float64(len(m)-1)); got != want {
				t.Errorf("%s: anchor %d is %v, want %v", name, i, got, want)
			}
		}
		if m.At(-3) != m[0] || m.At(7) != m[len(m)-1] {
			t.Errorf("%s: the ends do not hold", name)
		}
	}
}

// viridis[128] as published: 0.127568, 0.566949, 0.550556.
func TestSequentialColorsBetweenAnchorsIsViridis(t *testing.T) {
	got := SequentialColors().At(128.0 / 255)
	for k, want := range [3]float64{0.127568, 0.566949, 0.550556} {
		if d := float64(got[k]) - 255*want; !(d >= -1.5 && d <= 1.5) {
			t.Errorf("channel %d is %d, want %.1f", k, got[k], 255*want)
		}
	}
}

// A scale that is read off in grey must never turn back.
func TestSequentialColorsGetLighter(t *testing.T) {
	m, last := SequentialColors(), -1.0
	for i := range 101 {
		c := m.At(float64(i) / 100)
		y := 0.2126*float64(c[0]) + 0.7152*float64(c[1]) + 0.0722*float64(c[2])
		if !(y > last) {
			t.Fatalf("step %d is no lighter than the one before: %v", i, c)
		}
		last = y
	}
}

package texture

import (
	"math"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// ibsiPhantom is the digital phantom of the IBSI reference manual (Zwanenburg 2016,
// arXiv 1612.07003): four slices of 5×4 voxels, 0 outside the region.
var ibsiPhantom = [4][20]uint8{
	{1, 4, 4, 1, 1, 1, 4, 6, 1, 1, 4, 1, 6, 4, 1, 4, 4, 6, 4, 1},
	{1, 4, 4, 1, 1, 1, 1, 6, 1, 1, 0, 1, 3, 1, 1, 4, 4, 6, 1, 1},
	{1, 4, 4, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 6, 1, 1},
	{1, 4, 4, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 6, 1, 1},
}

// ibsi2DAveraged holds the consensus values of the manual for "2D, averaged", in the
// order of Feature, as printed (three significant figures).
var ibsi2DAveraged = Features{
	0.519, 2.14, 2.69, 2.05, 1.42, 2.90, 1.40, 4.28, 5.47, 1.60, 0.368, 5.28, 1.42,
	0.678, 0.851, 0.619, 0.899, 0.0567, -0.0121, 5.09, 5.47, 7.00, 79.1, -0.155, 0.487,
}

func TestFeaturesOfTheIBSIPhantom(t *testing.T) {
	var mean Features
	for _, slice := range ibsiPhantom {
		f, ok := Averaged(Levels{W: 5, H: 4, N: 6, Pix: slice[:]}, 1)
		if !ok {
			t.Fatal("a slice has no pairs")
		}
		for i, v := range f {
			mean[i] += v / float64(len(ibsiPhantom))
		}
	}
	for i, want := range ibsi2DAveraged {
		// Half a unit of the third significant figure.
		half := 0.5 * math.Pow(10, math.Floor(math.Log10(math.Abs(want)))-2)
		near(t, "feature", mean[i], want, half*1.0001)
		if t.Failed() {
			t.Fatalf("feature %d", i)
		}
	}
}

// haralick is the 4×4 example of Haralick 1973, levels raised by one.
var haralick = Levels{W: 4, H: 4, N: 4, Pix: []uint8{1, 1, 2, 2, 1, 1, 2, 2, 1, 3, 3, 3, 3, 3, 4, 4}}

func TestHaralicksExample(t *testing.T) {
	horizontal := Count(haralick, 1, 0)
	for i, want := range []float64{4, 2, 1, 0, 2, 4, 0, 0, 1, 0, 6, 1, 0, 0, 1, 2} {
		near(t, "0° count", horizontal.P[i]*24, want, 1e-12)
	}
	for _, c := range []struct {
		angle  string
		dx, dy int
		name   Feature
		want   float64
	}{
		{"0°", 1, 0, AngularSecondMoment, 0.145833}, {"0°", 1, 0, Contrast, 0.583333},
		{"0°", 1, 0, Correlation, 0.719533}, {"0°", 1, 0, InverseDifferenceMoment, 0.808333},
		{"90°", 0, -1, Contrast, 1}, {"90°", 0, -1, Correlation, 0.485714}, {"90°", 0, -1, InverseDifferenceMoment, 0.7},
		{"45°", 1, -1, Contrast, 0.444444}, {"45°", 1, -1, InverseDifferenceMoment, 0.777778},
		{"135°", -1, -1, Contrast, 1.777778}, {"135°", -1, -1, InverseDifferenceMoment, 0.511111},
	} {
		near(t, c.angle, Count(haralick, c.dx, c.dy).Features()[c.name], c.want, 5.1e-7)
	}
}

func TestBinsAreFixed(t *testing.T) {
	b := newBins(0.8, 1.2, 4)
	for v, want := range map[float32]uint8{-9: 1, 0.79: 1, 0.8: 1, 0.99: 2, 1.0: 3, 9: 4} {
		if got := b.level(v); got != want {
			t.Errorf("%v is in bin %d, want %d", v, got, want)
		}
	}
	if got := b.level(float32(math.NaN())); got != 0 {
		t.Errorf("NaN is in bin %d", got)
	}
}

func TestLevelsHonourTheMask(t *testing.T) {
	f := chromo.Field{Value: raster.New(40, 40), Weight: raster.New(40, 40)}
	for i := range f.Value.Pix {
		if f.Value.Pix[i] = 1; i%40 >= 20 {
			f.Weight.Pix[i] = 1
		}
	}
	r, _ := alone(f, Grid{PxPerMM: 20, Step: 1}, 0)
	l, n := r.levels() // every second pixel
	for i, level := range l.Pix {
		if in := i%20 >= 10; in != (level > 0) {
			t.Fatalf("pixel %d is in bin %d", i, level)
		}
	}
	if l.W != 20 || n != 200 {
		t.Errorf("%d pixels a row, %d inside", l.W, n)
	}
}

func TestNoPairsNoFeatures(t *testing.T) {
	if _, ok := Averaged(Levels{W: 3, H: 3, N: 4, Pix: make([]uint8, 9)}, 1); ok {
		t.Error("an empty region has no texture")
	}
	f, ok := Averaged(Levels{W: 2, H: 2, N: 4, Pix: []uint8{2, 2, 2, 2}}, 1)
	if !ok || f[Contrast] != 0 || f[Correlation] != 1 {
		t.Errorf("one flat level: %v", f)
	}
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.8g, want %v ± %.2g", what, got, want, tol)
	}
}

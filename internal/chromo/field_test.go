package chromo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/raster"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.8g, want %v ± %.2g", what, got, want, tol)
	}
}

func TestTabulatedLogarithm(t *testing.T) {
	table := NewLogTable()
	worst := 0.0
	for v := float32(Floor); v < 8; v *= 1.00037 {
		worst = max(worst, math.Abs(float64(table.ln(v))-math.Log(float64(v))))
	}
	near(t, "worst error", worst, 0, 2e-6) // two units in the last place of ln 1e-4
}

// wild is a field whose outside holds what must never leak in.
func wild(w, h int) Field {
	v, m := raster.New(w, h), raster.New(w, h)
	for y := range h {
		for x := range w {
			v.Set(x, y, float32(math.NaN()))
			if (x-w/2)*(x-w/2)+(y-h/2)*(y-h/2) < w*w/9 {
				v.Set(x, y, 7)
				m.Set(x, y, 1)
			}
		}
	}
	return NewField(v, m)
}

func TestNothingLeaksIntoARegion(t *testing.T) {
	f := wild(90, 70)
	for _, sigma := range []float64{0.8, 3, 12} {
		for i, v := range f.Smooth(sigma).Pix {
			if f.WeightAt(i) > 0 {
				near(t, "smoothed constant", float64(v), 7, 1e-4)
			}
		}
	}
	small := f.Shrink(4)
	for i, v := range small.Value.Pix {
		if small.WeightAt(i) > 0 {
			near(t, "block of a constant", float64(v), 7, 1e-5)
		}
	}
	if f.Empty() || !NewField(raster.New(3, 3), raster.New(3, 3)).Empty() {
		t.Error("emptiness is not told")
	}
}

func TestQuantilesAreThoseOfSorting(t *testing.T) {
	f := wild(60, 50)
	rng := rand.New(rand.NewPCG(3, 5))
	var inside []float64
	for i := range f.Value.Pix {
		if f.WeightAt(i) > 0 {
			f.Value.Pix[i] = float32(rng.NormFloat64())
			inside = append(inside, float64(f.Value.Pix[i]))
		}
	}
	slices.Sort(inside)
	for _, q := range []float64{0, 0.1, 0.5, 0.93, 1} {
		near(t, "quantile", f.Quantile(q), inside[int(math.Round(q*float64(len(inside)-1)))], 0)
	}
	median, sigma := f.MedianMAD()
	near(t, "median", median, f.Quantile(0.5), 0)
	near(t, "sigma", sigma, 1, 0.15)
	s := f.Summary()
	near(t, "mean", s.Mean, 0, 0.1)
	near(t, "sd", s.SD, 1, 0.1)
	near(t, "n", float64(s.N), float64(len(inside)), 0)
	share, excess := f.Above(-10, 1)
	near(t, "share above all", share, 1, 0)
	near(t, "excess of all", excess, s.Mean-1, 1e-9)
	share, excess = f.Above(1, 1)
	near(t, "share above 1 SD", share, 0.1587, 0.02)
	near(t, "excess above 1 SD", excess, 0.0833, 0.02)
}

// Values that differ in their last bits alone are told apart.
func TestQuantilesOfNeighbouringValues(t *testing.T) {
	f := Field{Value: raster.New(100, 50)}
	for i := range f.Value.Pix {
		f.Value.Pix[(i*1777)%5000] = math.Float32frombits(math.Float32bits(1.3) + uint32(i))
	}
	for _, rank := range []int{0, 1, 1023, 1024, 2500, 4097, 4999} {
		want := math.Float32frombits(math.Float32bits(1.3) + uint32(rank))
		near(t, "quantile", f.Quantile(float64(rank)/4999), float64(want), 0)
	}
}

// A quantile is the value of its rank, however many there are and however they are spread.
func TestQuantileIsTheValueOfItsRank(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	for name, value := range map[string]func(i int) float64{
		"normal":     func(int) float64 { return rng.NormFloat64() },
		"few values": func(int) float64 { return float64(rng.IntN(4)) },
		"one value":  func(int) float64 { return 7 },
		"rising":     func(i int) float64 { return float64(i) },
		"outliers":   func(i int) float64 { return math.Pow(10, 9*rng.NormFloat64()) },
	} {
		f := Field{Value: raster.New(300, 211)}
		for i := range f.Value.Pix {
			f.Value.Pix[i] = float32(value(i))
		}
		sorted := slices.Sorted(slices.Values(f.Value.Pix))
		for _, q := range []float64{0, 0.001, 0.25, 0.5, 0.9, 1} {
			want := sorted[int(math.Round(q*float64(len(sorted)-1)))]
			near(t, name, f.Quantile(q), float64(want), 0)
		}
	}
}

func robust(f Field) float64 { return f.robustMean(f.Count()) }

// Two fifths of the region under reflections and hairs leave the mean of the rest.
func TestOutliersWeighNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 2))
	f := Field{Value: raster.New(100, 100)}
	for i := range f.Value.Pix {
		f.Value.Pix[i] = float32(25 + rng.NormFloat64())
	}
	clean := f.Summary().Mean
	near(t, "clean", robust(f), clean, 0.01)
	for i := range f.Value.Pix {
		switch i % 10 {
		case 0, 1, 2:
			f.Value.Pix[i] = float32(100 + rng.NormFloat64())
		case 5:
			f.Value.Pix[i] = -1000
		}
	}
	near(t, "two fifths of outliers", robust(f), clean, 0.05)
	near(t, "measurement", float64(f.RobustMeasurement("1").Value), robust(f), 0)
	near(t, "one value", robust(Field{Value: raster.New(3, 3)}), 0, 0)
	if v := robust(NewField(raster.New(3, 3), raster.New(3, 3))); v == v {
		t.Errorf("nothing has the mean %v", v)
	}
}

// The ratio of two 8-bit codes of one skin at other exposures: the median jumps from value
// to value, the mean without outliers stays.
func TestTheMeanOfCodedRatiosIsSteady(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 7))
	var red, green [10000]float64
	for i := range red {
		shade := 1 + 0.02*rng.NormFloat64()
		red[i], green[i] = 0.30*shade, 0.16*shade*(1+0.01*rng.NormFloat64())
	}
	code := func(v float64) float64 { return cie.Decode(math.Round(255*cie.Encode(v)) / 255) }
	var medians, means []float64
	for exposure := 0.8; exposure < 1.2; exposure *= 1.007 {
		f := Field{Value: raster.New(100, 100)}
		for i := range red {
			f.Value.Pix[i] = float32(100 * math.Log10(code(exposure*red[i])/code(exposure*green[i])))
		}
		medians, means = append(medians, f.Quantile(0.5)), append(means, robust(f))
	}
	span := func(x []float64) float64 { return slices.Max(x) - slices.Min(x) }
	t.Logf("over exposures the median spans %.3f, the mean without outliers %.3f", span(medians), span(means))
	near(t, "span of the mean", span(means), 0, span(medians)/5)
}

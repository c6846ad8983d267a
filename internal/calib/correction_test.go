package calib

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/raster"
)

// shared is the folder of published tables and photos that is not part of the project.
const shared = "../../../shared"

func needShared(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(shared, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: ../shared/%s is absent; what it checks stays unchecked", name)
	}
	return path
}

// table reads a CSV of numbers, the header and skip columns left out.
func table(t *testing.T, name string, skip int) [][]float64 {
	t.Helper()
	f, err := os.Open(needShared(t, filepath.Join("tables", name)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, r := range records[1:] {
		var row []float64
		for _, s := range r[skip:] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, v)
		}
		out = append(out, row)
	}
	return out
}

// d5100 is what a Nikon D5100 (sensitivities by Darrodi 2015) and the standard observer
// see of a ColorChecker (reflectances by Ohta 1997) under D65, 400 to 700 nm in steps
// of 10, with 1 for the perfect white.
func d5100(t *testing.T) Colours {
	t.Helper()
	reflectance := table(t, "colorchecker24_reflectance_ohta_10nm.csv", 2)
	light := map[float64]float64{}
	for _, r := range table(t, "d65_10nm.csv", 0) {
		light[r[0]] = r[1]
	}
	camera := seen(table(t, "nikon5100_npl_10nm.csv", 0), reflectance, light)
	xyz := seen(table(t, "cie1931_10nm.csv", 0), reflectance, light)
	perfect := make([]float64, 31)
	for i := range perfect {
		perfect[i] = 1
	}
	scale := func(v [][3]float64, by [3]float64) {
		for i := range v {
			for k := range 3 {
				v[i][k] /= by[k]
			}
		}
	}
	scale(camera, seen(table(t, "nikon5100_npl_10nm.csv", 0), [][]float64{perfect}, light)[0])
	w := seen(table(t, "cie1931_10nm.csv", 0), [][]float64{perfect}, light)[0]
	scale(xyz, [3]float64{w[1], w[1], w[1]})
	return Colours{Measured: camera, XYZ: xyz, White: cie.White{w[0] / w[1], 1, w[2] / w[1]}}
}

// seen integrates reflectance × light × sensitivity.
func seen(sensitivity, reflectance [][]float64, light map[float64]float64) [][3]float64 {
	out := make([][3]float64, len(reflectance))
	for _, s := range sensitivity {
		i := int(math.Round((s[0] - 400) / 10))
		if i < 0 || i > 30 {
			continue
		}
		for n, r := range reflectance {
			for k := range 3 {
				out[n][k] += r[i] * light[s[0]] * s[1+k]
			}
		}
	}
	return out
}

// METHODS 1.5 prints these figures; the issue asks for 0.05.
func TestNikonD5100SpectralBaseline(t *testing.T) {
	v := d5100(t)
	const tolerance = 0.05
	for _, want := range []struct {
		model                            string
		mean, largest, left, largestLeft float64
	}{
		{Linear, 0.99, 2.77, 1.13, 3.14},
		{RootPolynomial, 0.71, 1.95, 1.00, 2.99},
	} {
		c, err := fitModel(want.model, v)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: train %.3f/%.3f, leave-one-out %.3f/%.3f", want.model, c.MeanDE00, c.MaxDE00, c.LeaveOut, c.MaxLeft)
		for _, p := range [][2]float64{{c.MeanDE00, want.mean}, {c.MaxDE00, want.largest}, {c.LeaveOut, want.left}, {c.MaxLeft, want.largestLeft}} {
			if !(math.Abs(p[0]-p[1]) <= tolerance) {
				t.Errorf("%s: %.3f, published %.2f", want.model, p[0], p[1])
			}
		}
	}
	chosen, err := FitCorrection(v)
	if err != nil || chosen.Model != RootPolynomial {
		t.Errorf("chose %q, %v: the smaller leave-one-out error is the root polynomial's", chosen.Model, err)
	}
}

// synthetic is a camera that is a matrix away from linear sRGB, and what it sees of the card.
func synthetic() Colours {
	v := Colours{White: cie.D50()}
	m := cie.Matrix{{0.7, 0.25, 0.05}, {0.15, 0.8, 0.1}, {0.02, 0.2, 0.75}}
	for n, c := range chartRGB(cie.After2014) {
		v.Measured = append(v.Measured, m.Apply(c))
		v.XYZ = append(v.XYZ, chartXYZ(cie.After2014)[n])
	}
	return v
}

func TestLinearCorrectionUndoesAMatrix(t *testing.T) {
	v := synthetic()
	c, err := fitModel(Linear, v)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range chartRGB(cie.After2014) {
		got := c.At(v.Measured[n])
		for k := range 3 {
			if !(math.Abs(got[k]-want[k]) <= 1e-9) {
				t.Fatalf("patch %d channel %d: %v, want %v", n, k, got[k], want[k])
			}
		}
	}
}

// Both models scale with exposure exactly, and pixels get what At says.
func TestCorrectionsAreHomogeneous(t *testing.T) {
	v := synthetic()
	for _, model := range []string{Linear, RootPolynomial} {
		c, err := fitModel(model, v)
		if err != nil {
			t.Fatal(err)
		}
		rgb := raster.NewRGB(24, 1)
		for n, p := range v.Measured {
			a, b := c.At(p), c.At([3]float64{p[0] / 3, p[1] / 3, p[2] / 3})
			for k := range 3 {
				if !(math.Abs(a[k]-3*b[k]) <= 1e-12) {
					t.Errorf("%s: a third of the light gives %v of %v", model, b[k], a[k])
				}
				rgb.Planes()[k].Pix[n] = float32(p[k])
			}
		}
		c.Apply(rgb)
		for n, in := range v.Measured {
			want := c.At(in)
			for k, p := range rgb.Planes() {
				if !(math.Abs(float64(p.Pix[n])-want[k]) <= 1e-6) {
					t.Errorf("%s: pixel %v, want %v", model, p.Pix[n], want[k])
				}
			}
		}
	}
}

func TestCorrectionRefusesTooFewColours(t *testing.T) {
	v := synthetic()
	if _, err := FitCorrection(Colours{Measured: v.Measured[:4], XYZ: v.XYZ[:4], White: v.White}); !errors.Is(err, ErrTooFewPatches) {
		t.Errorf("four colours: %v", err)
	}
	for i := range v.Measured {
		v.Measured[i] = [3]float64{0.1, 0.1, 0.1}
	}
	if _, err := FitCorrection(v); err == nil {
		t.Error("one colour 24 times determined a matrix")
	}
}

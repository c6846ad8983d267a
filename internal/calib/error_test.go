package calib

import (
	"math"
	"testing"

	"dermtrace/internal/cie"
)

// The stated error of the light is the error that it has: over many photos the true one
// in units of the stated one has a root mean square near 1.

func TestErrorOfControlSkinIsAsStated(t *testing.T) {
	var gain, ratio []float64
	for seed := range uint64(24) {
		ref, now := SampleTiles(skinPicture(2*seed), gridTiles()...), skinPicture(2*seed+1)
		relight(now, cast, 0)
		l, err := FromControl(ref, SampleTiles(now, gridTiles()...))
		if err != nil {
			t.Fatal(err)
		}
		var off [3]float64
		for k := range off {
			off[k] = math.Log(l.Gain[k] * cast[k])
			gain = append(gain, off[k]/l.LogGainSE()[k])
		}
		ratio = append(ratio, (off[0]-off[1])/logRatioSE(l, 0, 1))
	}
	t.Logf("in units of the stated error: gains %.2f, ratio of red to green %.2f", rms(gain), rms(ratio))
	// 24 photos tell a spread to 15 %.
	for _, z := range []float64{rms(gain), rms(ratio)} {
		if !(z >= 0.6 && z <= 1.6) {
			t.Errorf("the true error is %.2f times the stated one", z)
		}
	}
}

// Of a card it is held between two photos under two casts, as it is used.
func TestErrorOfACardIsAsStated(t *testing.T) {
	if testing.Short() {
		t.Skip("renders several scenes")
	}
	skin := [3]float64{math.Exp(-0.9), math.Exp(-1.58), math.Exp(-2.03)}
	find := func(seed uint64, cast [3]float64) Card {
		s := flat()
		s.seed, s.noise, s.area, s.cast = seed, 0.01, 0.08, cast
		rgb, _ := s.render()
		c, err := FindCard(rgb, CardOptions{Edition: cie.After2014})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before, after := [3]float64{1.1, 1, 0.88}, [3]float64{0.92, 1, 1.1}
	var z []float64
	for seed := range uint64(6) {
		base := find(2*seed, before)
		own, err := base.Light()
		if err != nil {
			t.Fatal(err)
		}
		l, err := find(2*seed+1, after).LightLike(base)
		if err != nil {
			t.Fatal(err)
		}
		off := erythema(l.At(lit(after)(skin))) - erythema(own.At(lit(before)(skin)))
		se := 100 / math.Ln10 * logRatioSE(l, 0, 1)
		z = append(z, off/se)
		t.Logf("change of the erythema index off by %+.3f, by %.3f as stated (%s)", off, se, l.corrections[0].Model)
	}
	t.Logf("in units of the stated error: %.2f", rms(z))
	if v := rms(z); !(v >= 0.2 && v <= 1.6) {
		t.Errorf("the true error is %.2f times the stated one", v)
	}
}

func rms(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum / float64(len(v)))
}

// logRatioSE is the standard error that the light adds to ln of a ratio of channels i
// and j (0 red, 1 green, 2 blue), such as the 100/ln 10 · ln(R/G) of an erythema index.
func logRatioSE(l Light, i, j int) float64 {
	c := l.LogGainCov
	return math.Sqrt(max(0, c[i][i]+c[j][j]-2*c[i][j]))
}

package calib

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/outcome"
)

// cardOf is a card whose patches a camera saw as change makes of their chart colours,
// which are held to whole codes if coded.
func cardOf(coded bool, change func([3]float64) [3]float64) Card {
	var c Card
	for n, want := range chartRGB(cie.After2014) {
		got := change([3]float64{max(want[0], 0.002), want[1], want[2]})
		if coded {
			for k, v := range got {
				got[k] = cie.Decode(math.Round(255*cie.Encode(v)) / 255)
			}
		}
		c.Patches[n] = Patch{RGB: got, Used: max(got[0], got[1], got[2]) <= clippedPatch && min(got[0], got[1], got[2]) >= blackPatch}
	}
	c.correct(cie.After2014)
	return c
}

func lit(gains [3]float64) func([3]float64) [3]float64 {
	return func(c [3]float64) [3]float64 { return [3]float64{c[0] * gains[0], c[1] * gains[1], c[2] * gains[2]} }
}

// wrongCamera is a camera whose colours no matrix takes to the chart's.
func wrongCamera(c [3]float64) [3]float64 {
	m := cie.Matrix{{0.93, 0.06, 0.01}, {0.1, 0.8, 0.1}, {0.03, 0.17, 0.8}}.Apply(c)
	return [3]float64{0.8 * math.Pow(m[0], 0.97), 0.8 * math.Pow(m[1], 1.02), 0.8 * m[2]}
}

// erythema is the index of a colour.
func erythema(c [3]float64) float64 { return 100 * math.Log10(c[0]/c[1]) }

var someSkins = [][3]float64{{0.55, 0.32, 0.24}, {0.33, 0.17, 0.1}, {0.12, 0.06, 0.035}, {0.05, 0.026, 0.017}}

// A cast drops cyan out of one photo's patches, whose red is at the end of its scale: two
// corrections of their own then differ by what that patch said, which is no change.
func TestAChangeOfLightDoesNotDependOnWhichPatchesServed(t *testing.T) {
	const tolerance = 1e-3 // erythema units; a camera without noise
	base := cardOf(false, wrongCamera)
	gains := [3]float64{0.5, 1, 1.15}
	now := cardOf(false, func(c [3]float64) [3]float64 { return lit(gains)(wrongCamera(c)) })
	if base.used() == now.used() {
		t.Fatal("the cast drops no patch")
	}
	own, err := base.Light()
	if err != nil {
		t.Fatal(err)
	}
	light, err := now.LightLike(base)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := now.Light()
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for _, skin := range someSkins {
		seen := wrongCamera(skin)
		want := erythema(own.At(seen))
		if e := erythema(light.At(lit(gains)(seen))) - want; !(math.Abs(e) <= tolerance) {
			t.Errorf("skin %v: erythema index off by %.4f", skin, e)
		}
		worst = max(worst, math.Abs(erythema(alone.At(lit(gains)(seen)))-want))
	}
	t.Logf("by corrections of their own %.3f", worst)
	if !(worst > 20*tolerance) {
		t.Error("corrections of their own agree as well: this test shows nothing")
	}
}

// What the change was decides the model.
func TestModelsOfAChangeOfLight(t *testing.T) {
	mixes := cie.Matrix{{0.95, 0.12, 0}, {0.03, 0.9, 0.04}, {0, 0.08, 1.1}}
	for _, tt := range []struct {
		model     string
		coded     bool
		change    func([3]float64) [3]float64
		tolerance float64 // ln
	}{
		{Gains, false, lit([3]float64{1.1, 0.9, 0.95}), 1e-9},
		{Gains, true, lit([3]float64{1.1, 0.9, 0.95}), 0.01}, // of a code of 20 patches
		{Linear, false, func(c [3]float64) [3]float64 { return mixes.Apply(c) }, 1e-6},
		{Linear, true, func(c [3]float64) [3]float64 { return mixes.Apply(c) }, 0.02},
		{RootPolynomial, false, func(c [3]float64) [3]float64 {
			return [3]float64{0.8*c[0] + 0.2*math.Sqrt(c[0]*c[1]), c[1], c[2]}
		}, 0.02}, // the inverse of such a change is not of its kind
	} {
		same := func(c [3]float64) [3]float64 { return c }
		to, from := cardOf(tt.coded, same), cardOf(tt.coded, tt.change)
		l, err := fitLikeness(from.seenIn(to))
		if err != nil {
			t.Fatal(err)
		}
		if l.Model != tt.model {
			t.Errorf("%s change (coded %v) was taken for %s", tt.model, tt.coded, l.Model)
		}
		for _, skin := range someSkins {
			got := l.At(tt.change(skin))
			for k := range 3 {
				if e := math.Log(got[k] / skin[k]); !(math.Abs(e) <= tt.tolerance) {
					t.Errorf("%s: skin %v channel %d off by %.4f", tt.model, skin, k, e)
				}
			}
		}
	}
}

// Glare on two patches moves the light by less than its stated error allows.
func TestGlareOnPatchesHasLittleSay(t *testing.T) {
	gains := [3]float64{1.08, 1, 0.93}
	base, now := cardOf(true, wrongCamera), cardOf(true, func(c [3]float64) [3]float64 { return lit(gains)(wrongCamera(c)) })
	clean, err := now.LightLike(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{21, 15} {
		for k := range 3 {
			now.Patches[n].RGB[k] += 0.05
		}
	}
	spoilt, err := now.LightLike(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, skin := range someSkins {
		seen := lit(gains)(wrongCamera(skin))
		d := erythema(spoilt.At(seen)) - erythema(clean.At(seen))
		if bound := 2 * 100 / math.Ln10 * logRatioSE(spoilt, 0, 1); !(math.Abs(d) <= min(bound, 0.3)) {
			t.Errorf("skin %v: erythema index moved by %.3f, stated error %.3f", skin, d, bound/2)
		}
	}
}

// Cards of which few patches are common set the light each by its own.
func TestFewCommonPatchesSayNothingOfEachOther(t *testing.T) {
	base, now := cardOf(false, wrongCamera), cardOf(false, wrongCamera)
	for n := range 4 {
		base.Patches[2+n].Used, now.Patches[8+n].Used = false, false
	}
	own, err := now.Light()
	if err != nil {
		t.Fatal(err)
	}
	light, err := now.LightLike(base)
	if err != nil {
		t.Fatal(err)
	}
	if light.At(someSkins[0]) != own.At(someSkins[0]) || light.Tiles != own.Tiles {
		t.Errorf("16 patches: %v, by its own %v", light.At(someSkins[0]), own.At(someSkins[0]))
	}
}

// A card some of whose patches have faded since, by just less and more than is let pass.
func TestGateOfAChangedCard(t *testing.T) {
	base := cardOf(false, wrongCamera)
	faded := func(by float64) Card {
		now := cardOf(false, wrongCamera)
		for n := 6; n < 12; n++ { // towards grey
			c := &now.Patches[n].RGB
			for k := range 3 {
				c[k] += by * (0.3 - c[k])
			}
		}
		return now
	}
	change := func(by float64) float64 {
		now := faded(by)
		l, err := fitLikeness(now.seenIn(base))
		if err != nil {
			t.Fatal(err)
		}
		return l.MeanDE00
	}
	lo, hi := 0.0, 0.5
	for range 30 {
		if mid := (lo + hi) / 2; change(mid) > MaxCardChange {
			hi = mid
		} else {
			lo = mid
		}
	}
	for by, fires := range map[float64]bool{lo - 1e-6: false, hi + 1e-6: true} {
		light, err := faded(by).LightLike(base)
		if err != nil || slices.Contains(light.Warnings, outcome.CardChanged) != fires {
			t.Errorf("faded by %.3f, mean ΔE00 %.4f: %v, %v", by, change(by), light.Warnings, err)
		}
	}
}

package quality

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
)

// good is a photo that no gate objects to.
func good() Facts {
	f := Facts{
		Meta:     photo.Meta{Camera: "A", Profile: "sRGB", JPEGQuality: 95},
		LongSide: 4000, ShortSide: 3000, Pixels: 1 << 19,
		MedianY: 0.3, Noise: 0.02, BlurPx: 1, Isotropy: 0.9, MMPerPx: 0.05, Gain: [3]float64{1, 1, 1},
	}
	for j := range levels {
		f.Detail.Energy[j], f.Detail.XX[j], f.Detail.YY[j] = 1e-4, 1e-4, 1e-4
	}
	return f
}

const over, under = 1 + 1e-9, 1 - 1e-9

// photoGates is every gate of one photo: what makes it fire just beyond its threshold,
// and what lies on it.
var photoGates = []struct {
	name        string
	code        string
	verdict     string
	fires, pass func(*Facts)
}{
	{"overexposed", outcome.Clipped, outcome.Doubtful,
		func(f *Facts) { f.ClippedHigh = MaxClipped * over }, func(f *Facts) { f.ClippedHigh = MaxClipped }},
	{"underexposed", outcome.Clipped, outcome.Doubtful,
		func(f *Facts) { f.ClippedLow = MaxClipped * over }, func(f *Facts) { f.ClippedLow = MaxClipped }},
	{"dark", outcome.Exposure, outcome.Doubtful,
		func(f *Facts) { f.MedianY = MinMedianY * under }, func(f *Facts) { f.MedianY = MinMedianY }},
	{"light", outcome.Exposure, outcome.Doubtful,
		func(f *Facts) { f.MedianY = MaxMedianY * over }, func(f *Facts) { f.MedianY = MaxMedianY }},
	{"black and white", outcome.NoColour, outcome.Unusable,
		func(f *Facts) { f.Colourless = MaxColourless * over }, func(f *Facts) { f.Colourless = MaxColourless }},
	{"glare", outcome.Glare, outcome.Doubtful,
		func(f *Facts) { f.Glare = MaxGlare * over }, func(f *Facts) { f.Glare = MaxGlare }},
	{"noise", outcome.Noisy, outcome.Doubtful,
		func(f *Facts) { f.Noise = MaxNoise * over }, func(f *Facts) { f.Noise = MaxNoise }},
	{"blur", outcome.Blurred, outcome.Doubtful,
		func(f *Facts) { f.BlurPx = 4 * over }, func(f *Facts) { f.BlurPx = 4 }},
	{"blur of a small photo", outcome.Blurred, outcome.Doubtful,
		func(f *Facts) { f.LongSide, f.BlurPx = 1500, MinBlurPx*over }, func(f *Facts) { f.LongSide, f.BlurPx = 1500, MinBlurPx }},
	{"motion", outcome.MotionBlur, outcome.Doubtful,
		func(f *Facts) { f.Isotropy = MinIsotropy * under }, func(f *Facts) { f.Isotropy = MinIsotropy }},
	{"JPEG", outcome.JPEGLoss, outcome.Doubtful,
		func(f *Facts) { f.Meta.JPEGQuality = MinJPEGQuality - 1 }, func(f *Facts) { f.Meta.JPEGQuality = MinJPEGQuality }},
	{"small", outcome.SmallPicture, outcome.Doubtful,
		func(f *Facts) { f.ShortSide = MinShortSide - 1 }, func(f *Facts) { f.ShortSide = MinShortSide }},
	{"coarse for texture", outcome.ScaleTooCoarse, outcome.Doubtful,
		func(f *Facts) { f.MMPerPx = over / MinDetailPxPerMM }, func(f *Facts) { f.MMPerPx = 1.0 / MinDetailPxPerMM }},
	{"coarse for spots", outcome.ScaleTooCoarse, outcome.Doubtful,
		func(f *Facts) { f.MMPerPx = over / MinColourPxPerMM }, func(f *Facts) { f.MMPerPx = 1.0 / MinDetailPxPerMM }},
	{"profile", outcome.ProfileUnsupported, outcome.Doubtful,
		func(f *Facts) { f.Meta.Warnings = []string{photo.ProfileUnsupported} },
		func(f *Facts) { f.Meta.Warnings = []string{photo.ProfileAssumed} }},
	{"HDR", outcome.ProfileUnsupported, outcome.Doubtful,
		func(f *Facts) { f.Meta.Warnings = []string{photo.HighDynamicRange} }, func(*Facts) {}},
	{"skin state", outcome.SkinState, outcome.Doubtful,
		func(f *Facts) { f.SkinState = []string{"make_up"} }, func(f *Facts) { f.SkinState = []string{"bare", "cleansed"} }},
	{"nothing sampled", outcome.RegionTiny, outcome.Unusable,
		func(f *Facts) { f.Pixels = 0 }, func(*Facts) {}},
}

func TestGatesOfAPhoto(t *testing.T) {
	for _, tt := range photoGates {
		f := good()
		tt.fires(&f)
		q := f.Quality()
		if len(q.Reasons) != 1 || q.Reasons[0].Code != tt.code || q.Verdict != tt.verdict {
			t.Errorf("%s: verdict %s, reasons %v; want %s for %s", tt.name, q.Verdict, q.Reasons, tt.verdict, tt.code)
		}
		f = good()
		tt.pass(&f)
		if q := f.Quality(); q.Verdict != outcome.OK || len(q.Reasons) != 0 {
			t.Errorf("%s just below: verdict %s, reasons %v", tt.name, q.Verdict, q.Reasons)
		}
	}
}

func TestHalfClippedIsUnusable(t *testing.T) {
	f := good()
	f.ClippedHigh = UnusableClipped
	if v := f.Quality().Verdict; v != outcome.Doubtful {
		t.Errorf("half clipped: %s", v)
	}
	f.ClippedHigh += 1e-9
	f.SkinState = []string{"shaved"} // a later, milder finding does not soften the verdict
	if v := f.Quality().Verdict; v != outcome.Unusable {
		t.Errorf("more than half clipped: %s", v)
	}
}

// Eight bits hold no skin where a step of theirs is 8 % of the light; sixteen do.
func TestAlmostBlackIsUnusableInEightBits(t *testing.T) {
	for _, tt := range []struct {
		y    float64
		bits int
		want string
	}{{UnusableMedianY, 8, outcome.Doubtful}, {UnusableMedianY * under, 8, outcome.Unusable}, {UnusableMedianY * under, 16, outcome.Doubtful}} {
		f := good()
		f.MedianY, f.Meta.BitDepth = tt.y, tt.bits
		q := f.Quality()
		if q.Verdict != tt.want || len(q.Reasons) != 1 || !slices.Equal(q.Reasons[0].Spoils, []string{Redness, Pigment, Texture}) {
			t.Errorf("%g of white in %d bits: %s, %+v", tt.y, tt.bits, q.Verdict, q.Reasons)
		}
	}
}

func TestWhatCannotBeToldIsNull(t *testing.T) {
	f := good()
	f.BlurPx, f.Isotropy, f.Noise, f.MMPerPx, f.Meta.JPEGQuality = math.NaN(), math.NaN(), math.NaN(), 0, 0
	q := f.Quality()
	for _, name := range []string{"blur_px", "isotropy", "noise", "px_per_mm", "jpeg_quality"} {
		if v, ok := q.Figures[name]; !ok || v.Known() {
			t.Errorf("%s = %v, want null", name, v)
		}
	}
	if q.Verdict != outcome.OK {
		t.Errorf("verdict %s", q.Verdict)
	}
}

func scaleDetail(d *Detail, k float64) {
	for j := range levels {
		d.Energy[j], d.XX[j], d.YY[j] = k*d.Energy[j], k*d.XX[j], k*d.YY[j]
	}
}

// lightRelief gives a relief vector (x, y).
func lightRelief(d *Detail, x, y float64) {
	for j := range levels {
		d.XX[j], d.YY[j], d.XY[j] = 1e-4*(1+x), 1e-4*(1-x), 1e-4*y
	}
}

// pairGates is every gate of a pair, in the same way.
var pairGates = []struct {
	name        string
	code        string
	fires, pass func(ref, now *Facts, p *Pair)
}{
	{"closer", outcome.DistanceChange,
		func(_, _ *Facts, p *Pair) { p.Scale = 1.101 }, func(_, _ *Facts, p *Pair) { p.Scale = 1.099 }},
	{"farther", outcome.DistanceChange,
		func(_, now *Facts, _ *Pair) { now.MMPerPx = 0.05 / 0.899 }, func(_, now *Facts, _ *Pair) { now.MMPerPx = 0.05 / 0.901 }},
	{"tilt", outcome.TiltChange,
		func(_, _ *Facts, p *Pair) { p.TiltDeg = 10.01 }, func(_, _ *Facts, p *Pair) { p.TiltDeg = 9.99 }},
	{"soft", outcome.Blurred,
		func(_, now *Facts, _ *Pair) { scaleDetail(&now.Detail, 0.639) }, func(_, now *Facts, _ *Pair) { scaleDetail(&now.Detail, 0.641) }},
	{"sharp", outcome.Blurred,
		func(_, now *Facts, _ *Pair) { scaleDetail(&now.Detail, 1.563) }, func(_, now *Facts, _ *Pair) { scaleDetail(&now.Detail, 1.562) }},
	{"relief", outcome.LightDirection,
		func(_, now *Facts, _ *Pair) { lightRelief(&now.Detail, MaxReliefTurn*over, 0) }, func(_, now *Facts, _ *Pair) { lightRelief(&now.Detail, MaxReliefTurn*under, 0) }},
	{"fall-off", outcome.LightDirection,
		func(_, now *Facts, _ *Pair) { now.Slope = [2]float64{0, -0.401} }, func(_, now *Facts, _ *Pair) { now.Slope = [2]float64{0, -0.399} }},
	{"turned camera", outcome.LightDirection,
		func(ref, now *Facts, _ *Pair) { ref.Slope, now.Slope = [2]float64{0.5, 0}, [2]float64{0, 0.5} },
		func(ref, now *Facts, p *Pair) {
			ref.Slope, now.Slope = [2]float64{0.5, 0}, [2]float64{0, 0.5}
			p.RotationDeg = 90
		}},
	{"lamp", outcome.ColourTemperature,
		func(_, now *Facts, _ *Pair) { now.Gain = [3]float64{1.11, 1, 0.89} }, func(_, now *Facts, _ *Pair) { now.Gain = [3]float64{1.1, 1, 0.9} }},
	{"camera", outcome.MixedCameras,
		func(_, now *Facts, _ *Pair) { now.Meta.Camera = "B" }, func(_, now *Facts, _ *Pair) { now.Meta.Camera = "" }},
	{"profile", outcome.MixedProfiles,
		func(_, now *Facts, _ *Pair) { now.Meta.Profile = "Display P3" }, func(_, _ *Facts, _ *Pair) {}},
	{"skin state", outcome.SkinState,
		func(_, now *Facts, _ *Pair) { now.SkinState = []string{"tan"} }, func(ref, _ *Facts, _ *Pair) { ref.SkinState = []string{"tan"} }},
}

func TestGatesOfAPair(t *testing.T) {
	for _, tt := range pairGates {
		ref, now, p := good(), good(), Pair{}
		tt.fires(&ref, &now, &p)
		if r, _ := OfPair(ref, now, p); len(r) != 1 || r[0].Code != tt.code {
			t.Errorf("%s: %v, want %s", tt.name, r, tt.code)
		}
		ref, now, p = good(), good(), Pair{}
		tt.pass(&ref, &now, &p)
		if r, _ := OfPair(ref, now, p); len(r) != 0 {
			t.Errorf("%s just below: %v", tt.name, r)
		}
	}
}

// The mend names what a person can see of the lamps.
func TestTheMendNamesTheLampsSide(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(ref, now *Facts, p *Pair)
		want string
	}{
		{"from left to right", func(ref, now *Facts, _ *Pair) { ref.Slope, now.Slope = [2]float64{-0.3, 0}, [2]float64{0.2, 0} },
			" (brighter at the left by 35 % then, brighter at the right by 22 % now)"},
		{"was even", func(_, now *Facts, _ *Pair) { now.Slope = [2]float64{0.3, -0.3} },
			" (even then, brighter at the upper right by 53 % now)"},
		{"turned camera", func(ref, now *Facts, p *Pair) {
			ref.Slope, now.Slope, p.RotationDeg = [2]float64{0.3, 0}, [2]float64{0, -0.3}, 90
		}, " (brighter at the bottom by 35 % then, brighter at the top by 35 % now)"},
		{"relief", func(ref, now *Facts, _ *Pair) { lightRelief(&ref.Detail, 0.4, 0); lightRelief(&now.Detail, 0, -0.4) },
			" (relief is lit along the horizontal then, the rising diagonal now)"},
		{"relief that has no direction", func(_, now *Facts, _ *Pair) { lightRelief(&now.Detail, 0.4, 0) }, ""},
	} {
		ref, now, p := good(), good(), Pair{Reference: "2026-01-10"}
		tt.set(&ref, &now, &p)
		r, _ := OfPair(ref, now, p)
		want := "Retake: move the lamp to the same side as on 2026-01-10" + tt.want + "."
		if len(r) != 1 || r[0].Code != outcome.LightDirection || r[0].Mend != want {
			t.Errorf("%s: %+v, want %q", tt.name, r, want)
		}
	}
}

func TestExposureIsNoWhiteShift(t *testing.T) {
	now := good()
	now.Gain = [3]float64{1.5, 1.5, 1.5}
	if r, _ := OfPair(good(), now, Pair{}); len(r) != 0 {
		t.Errorf("a brighter light of the same colour: %v", r)
	}
}

// The closed list of the manifest, and what each word bars.
func TestSkinStatesCoverTheClosedList(t *testing.T) {
	all := []string{Redness, Pigment, Texture}
	for state, want := range map[string][]string{
		"bare": nil, "cleansed": nil, "numbing_cream": {Redness}, "moisturiser": {Texture}, "sunscreen": all, "make_up": all,
		"tan": {Pigment}, "shaved": {Redness, Texture}, "crust": all, "peeling": {Pigment, Texture},
	} {
		var spoils []string
		for _, r := range SkinStateReasons([]string{"cleansed", state}) {
			spoils = append(spoils, r.Spoils...)
			if r.Code != outcome.SkinState || r.Mend == "" {
				t.Errorf("%s: %+v", state, r)
			}
		}
		if !slices.Equal(spoils, want) {
			t.Errorf("%s spoils %v, want %v", state, spoils, want)
		}
	}
}

// Below this quality a JPEG's colour is in doubt as well.
func TestALowJPEGQualitySpoilsColourToo(t *testing.T) {
	for quality, want := range map[int][]string{
		MinJPEGQuality: nil, MinJPEGQuality - 1: {Texture}, MinJPEGColour: {Texture}, MinJPEGColour - 1: {Redness, Pigment, Texture},
	} {
		f := good()
		f.Meta.JPEGQuality = quality
		var spoils []string
		for _, r := range f.Quality().Reasons {
			spoils = append(spoils, r.Spoils...)
		}
		if !slices.Equal(spoils, want) {
			t.Errorf("quality %d spoils %v, want %v", quality, spoils, want)
		}
	}
}

// Below this scale spots are in doubt as well.
func TestACoarseScaleSpoilsPigmentToo(t *testing.T) {
	for mm, want := range map[float64][]string{1.0 / MinColourPxPerMM: {Texture}, over / MinColourPxPerMM: {Pigment, Texture}} {
		f := good()
		f.MMPerPx = mm
		if r := f.Quality().Reasons; len(r) != 1 || !slices.Equal(r[0].Spoils, want) {
			t.Errorf("%v mm per pixel: %+v, want %v", mm, r, want)
		}
	}
}

// Every finding that a manifest may overrule has a row in which its gate fires, one
// just below, and says what it spoils and how to mend it.
func TestEveryFindingHasItsRows(t *testing.T) {
	want := []string{
		outcome.Exposure, outcome.Clipped, outcome.NoColour, outcome.Glare, outcome.Noisy, outcome.Blurred, outcome.MotionBlur,
		outcome.JPEGLoss, outcome.SmallPicture, outcome.ScaleTooCoarse, outcome.RegionTiny, outcome.SkinState,
		outcome.DistanceChange, outcome.TiltChange, outcome.ColourTemperature, outcome.LightDirection,
		outcome.MixedCameras, outcome.MixedProfiles, outcome.ProfileUnsupported,
	}
	var got []string
	check := func(code string, reasons []outcome.Reason) {
		got = append(got, code)
		for _, r := range reasons {
			if len(r.Spoils) == 0 || r.Text == "" || r.Mend == "" || r.Level == "" {
				t.Errorf("%s: %+v", code, r)
			}
		}
	}
	for _, g := range photoGates {
		f := good()
		g.fires(&f)
		check(g.code, f.Quality().Reasons)
	}
	for _, g := range pairGates {
		ref, now, p := good(), good(), Pair{}
		g.fires(&ref, &now, &p)
		reasons, _ := OfPair(ref, now, p)
		check(g.code, reasons)
	}
	slices.Sort(want)
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("rows for %v, want %v", got, want)
	}
}

package calib

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
)

// skinPicture is textured skin of 400×300 pixels: a slow mottle, fine relief and noise.
func skinPicture(seed uint64) *raster.RGB {
	rng := rand.New(rand.NewPCG(seed, 1))
	c := raster.NewRGB(400, 300)
	for y := range c.H() {
		for x := range c.W() {
			mottle := 0.05 * math.Sin(float64(x)/37) * math.Cos(float64(y)/23)
			relief := 0.03 * math.Sin(float64(x+y)/2.1)
			for k, base := range [3]float64{0.50, 0.29, 0.20} {
				v := base * math.Exp(relief-mottle*float64(k)+0.02*rng.NormFloat64())
				c.Planes()[k].Set(x, y, float32(v))
			}
		}
	}
	return c
}

// gridTiles are 5×4 tiles of 60 pixels.
func gridTiles() []Tile {
	var tiles []Tile
	for id := range 20 {
		x, y := float64(10+75*(id%5)), float64(10+70*(id/5))
		box := geom.Polygon{{X: x, Y: y}, {X: x + 60, Y: y}, {X: x + 60, Y: y + 60}, {X: x, Y: y + 60}}
		tiles = append(tiles, Tile{ID: id, Mask: roi.Fill(box, 400, 300)})
	}
	return tiles
}

// relight multiplies each channel by a gain and a fall-off of ln(1+fall) over the width.
func relight(c *raster.RGB, gain [3]float64, fall float64) {
	for k, p := range c.Planes() {
		for i := range p.Pix {
			p.Pix[i] *= float32(gain[k] * math.Exp(math.Log1p(fall)*float64(i%p.W)/float64(p.W)))
		}
	}
}

var cast = [3]float64{1.1, 0.95, 0.88}

func TestControlSkinFindsTheCast(t *testing.T) {
	ref, now := skinPicture(1), skinPicture(2)
	relight(now, cast, 0)
	l, err := FromControl(SampleTiles(ref, gridTiles()...), SampleTiles(now, gridTiles()...))
	if err != nil {
		t.Fatal(err)
	}
	// 20 tiles of 3600 pixels that scatter by 2 %: the mean is sure to 2 %·√2/√72000.
	const tolerance = 5 * 0.02 * math.Sqrt2 / 268
	for k := range 3 {
		if e := math.Log(l.Gain[k] * cast[k]); !(math.Abs(e) <= tolerance) {
			t.Errorf("channel %d: gain is off by %.5f, tolerance %.5f", k, e, tolerance)
		}
		if se := l.LogGainSE()[k]; !(se > 1e-5 && se < tolerance) {
			t.Errorf("channel %d: standard error %v", k, se)
		}
	}
	if !(l.ResidualDE00 < 0.1) || l.Gradient != 0 || l.Tiles != 20 {
		t.Errorf("residual %.3f ΔE00, gradient %.3f, %d tiles", l.ResidualDE00, l.Gradient, l.Tiles)
	}
	l.Apply(now)
	again, err := FromControl(SampleTiles(ref, gridTiles()...), SampleTiles(now, gridTiles()...))
	if err != nil {
		t.Fatal(err)
	}
	for k := range 3 {
		if !(math.Abs(again.Gain[k]-1) <= 1e-6) {
			t.Errorf("channel %d: gain after correction %v", k, again.Gain[k])
		}
	}
}

// A quarter of the tiles in deep shadow and hair over others do not move the light.
func TestControlSkinIgnoresShadowAndHair(t *testing.T) {
	ref, now := skinPicture(1), skinPicture(2)
	for y := range 75 { // the top row of tiles, as seen by the follow-up
		for x := range 400 {
			for _, p := range now.Planes() {
				p.Set(x, y, 0.7*p.At(x, y))
			}
		}
	}
	for y := 150; y < 300; y++ { // hairs in the two lower rows
		for x := 0; x < 400; x += 12 {
			for _, p := range now.Planes() {
				p.Set(x, y, 0.3*p.At(x, y))
			}
		}
	}
	l, err := FromControl(SampleTiles(ref, gridTiles()...), SampleTiles(now, gridTiles()...))
	if err != nil {
		t.Fatal(err)
	}
	for k := range 3 {
		if !(math.Abs(math.Log(l.Gain[k])) <= 0.005) { // a half percent: 0.2 erythema units at most
			t.Errorf("channel %d: gain %v, want 1", k, l.Gain[k])
		}
	}
}

func TestControlSkinSeesAGradient(t *testing.T) {
	ref, now := skinPicture(1), skinPicture(2)
	relight(now, cast, 0.25)
	light, err := FromControl(SampleTiles(ref, gridTiles()...), SampleTiles(now, gridTiles()...))
	if err != nil {
		t.Fatal(err)
	}
	want := math.Log1p(0.25) * 300 / 400 // between the outer tiles' centres
	if !(math.Abs(light.Gradient-want) <= 0.01) {
		t.Errorf("gradient %.4f, want %.4f", light.Gradient, want)
	}
	if !slices.Equal(light.Warnings, []string{outcome.LightGradient}) {
		t.Errorf("warnings %v", light.Warnings)
	}
	slight := skinPicture(2)
	relight(slight, cast, 0.06) // 4.7 % between the outer tiles
	if l, err := FromControl(SampleTiles(ref, gridTiles()...), SampleTiles(slight, gridTiles()...)); err != nil || len(l.Warnings) != 0 {
		t.Errorf("a gradient just below the limit: %v, %v", l.Warnings, err)
	}
	middle := geom.Polygon{{X: 100, Y: 80}, {X: 300, Y: 80}, {X: 300, Y: 220}, {X: 100, Y: 220}}
	around, err := FromControl(SampleTiles(ref, gridTiles()...), SampleTiles(now, gridTiles()...), Skin{Outline: middle})
	if err != nil {
		t.Fatal(err)
	}
	if !(around.ResidualDE00 < 0.1 && light.ResidualDE00 > 1) {
		t.Errorf("residual %.3f with the slope, %.3f without", around.ResidualDE00, light.ResidualDE00)
	}
	if !around.Levelled || len(around.Warnings) != 0 {
		t.Errorf("control skin around the region: levelled %v, %v", around.Levelled, around.Warnings)
	}
	// The slope's own error counts away from the tiles' middle, for strength and not for colour.
	mid, far := around.LogGainCovAt(around.slope.at), around.LogGainCovAt(geom.Point{X: 399, Y: 299})
	if mid != around.LogGainCov || !(far[1][1] > mid[1][1]) || !(math.Abs((far[0][0]-far[0][1])-(mid[0][0]-mid[0][1])) <= 1e-15) {
		t.Errorf("covariance %v in the middle, %v in the corner", mid, far)
	}
	crop := now.Crop(200, 100, 400, 200)
	lit := raster.Whole(around.Over(raster.Window(now, raster.Box{X0: 200, Y0: 100, X1: 400, Y1: 200}), Part{X: 200, Y: 100}))
	around.ApplyPart(crop, Part{X: 200, Y: 100})
	if !reflect.DeepEqual(crop, lit) {
		t.Error("a crop in this light differs from the same pixels put in it")
	}
	around.Apply(now)
	if a, b := crop.G.At(150, 50), now.G.At(350, 150); a != b {
		t.Errorf("a part of the photo becomes %v, the whole %v there", a, b)
	}
	for _, x := range []int{0, 399} {
		var r float64
		for y := range 300 {
			r += math.Log(float64(now.G.At(x, y)/ref.G.At(x, y))) / 300
		}
		if !(math.Abs(r) <= 0.01) { // the fall-off there is 22 %
			t.Errorf("column %d is off by %.4f after correction", x, r)
		}
	}
}

// A slope is carried to skin beside the tiles only where that shows it by itself, and never far
// beyond them.
func TestAGradientIsLevelledOnlyAmongItsTiles(t *testing.T) {
	ref, now := skinPicture(1), skinPicture(2)
	relight(now, cast, 0.25)
	right := slices.DeleteFunc(gridTiles(), func(tile Tile) bool { return tile.ID%5 <= 2 })
	left := slices.DeleteFunc(gridTiles(), func(tile Tile) bool { return tile.ID%5 > 2 }) // x up to 220
	box := func(x0, x1 float64) Skin {
		return Skin{Outline: geom.Polygon{{X: x0, Y: 80}, {X: x1, Y: 80}, {X: x1, Y: 220}, {X: x0, Y: 220}}}
	}
	// showing is skin on the right that shows so much of the fall-off of light by itself.
	showing := func(part float64) Skin {
		s, seen := box(240, 380), skinPicture(2)
		relight(seen, cast, math.Expm1(part*math.Log1p(0.25)))
		s.Tiles = func() (reference, photo []TileLight) {
			return SampleTiles(ref, right...), SampleTiles(seen, right...)
		}
		return s
	}
	for _, tt := range []struct {
		name     string
		measured []Skin
		levelled bool
	}{
		{"among", []Skin{box(60, 180)}, true},
		{"beside", []Skin{box(240, 380)}, false},
		{"one among, one beside", []Skin{box(60, 180), box(240, 380)}, false},
		{"far beyond", []Skin{box(-2000, 2200)}, false},
		{"nothing measured", nil, false},
		{"beside, the same", []Skin{showing(1)}, true},
		{"one among, one beside, the same", []Skin{box(60, 180), showing(1)}, true},
		{"beside, nearly the same", []Skin{showing(0.8)}, true},
		{"beside, none", []Skin{showing(0)}, false},
		{"beside, across the middle of a flash", []Skin{showing(-1)}, false},
		{"beside, much steeper", []Skin{showing(2.5)}, false},
	} {
		l, err := FromControl(SampleTiles(ref, left...), SampleTiles(now, left...), tt.measured...)
		if err != nil {
			t.Fatal(err)
		}
		if l.Levelled != tt.levelled || slices.Contains(l.Warnings, outcome.LightGradient) == tt.levelled {
			t.Errorf("%s: levelled %v, %v", tt.name, l.Levelled, l.Warnings)
		}
	}
}

// Each piece of skin drifts by itself. The half that sets the light cannot know what
// the other half does, which therefore shows its drift; pixels that serve both would
// show none, whatever they did.
func TestWitnessHalfShowsDrift(t *testing.T) {
	ref, now := skinPicture(1), skinPicture(2)
	relight(now, cast, 0)
	var light, witness []Tile
	for _, tile := range gridTiles() {
		if (tile.ID%5+tile.ID/5)%2 == 0 {
			light = append(light, tile)
		} else {
			witness = append(witness, tile)
		}
	}
	const drift = 0.03 // ln of green, as of 1.3 erythema units
	for _, tile := range witness {
		for y := tile.Mask.Y0; y < tile.Mask.Y0+tile.Mask.H; y++ {
			tile.Mask.Runs(y, func(a, b int) {
				for x := a; x < b; x++ {
					now.G.Set(x, y, now.G.At(x, y)*float32(math.Exp(-drift)))
				}
			})
		}
	}
	seen := func(set, measured []Tile) float64 {
		l, err := FromControl(SampleTiles(ref, set...), SampleTiles(now, set...))
		if err != nil {
			t.Fatal(err)
		}
		var sum float64
		before, after := SampleTiles(ref, measured...), SampleTiles(now, measured...)
		for i := range before {
			sum += (after[i].Log[1] + math.Log(l.Gain[1]) - before[i].Log[1]) / float64(len(before))
		}
		return sum
	}
	if d := seen(light, witness); !(math.Abs(d+drift) <= 0.002) {
		t.Errorf("the witness half drifted by %.4f, shows %.4f", -drift, d)
	}
	if d := seen(witness, witness); !(math.Abs(d) <= 0.002) {
		t.Errorf("pixels that set the light show a drift of %.4f: the test has lost its point", d)
	}
}

func TestDisagreement(t *testing.T) {
	tiles := SampleTiles(skinPicture(1), gridTiles()...)
	same := Light{Gain: [3]float64{1.1, 1, 0.9}}
	if d := Disagreement(tiles, same.At, same.At); d != 0 {
		t.Errorf("a light disagrees with itself by %v", d)
	}
	if d := Disagreement(tiles, same.At, Light{Gain: [3]float64{1, 1, 1}}.At); !(d > 2) {
		t.Errorf("casts of 10 %% differ by %.2f ΔE00", d)
	}
}

func TestControlSkinRefuses(t *testing.T) {
	ref := SampleTiles(skinPicture(1), gridTiles()...)
	few := SampleTiles(skinPicture(2), gridTiles()[:9]...)
	if _, err := FromControl(ref, few); !errors.Is(err, ErrTooFewTiles) {
		t.Errorf("9 of 20 tiles: %v", err)
	}
	if _, err := FromControl(ref, SampleTiles(skinPicture(2), gridTiles()[:10]...)); err != nil {
		t.Errorf("10 of 20 tiles: %v", err)
	}
	if _, err := FromControl(nil, nil); !errors.Is(err, ErrTooFewTiles) {
		t.Errorf("no tiles: %v", err)
	}
	mixed := SampleTiles(skinPicture(2), gridTiles()...)
	for i := range mixed {
		mixed[i].Log[i%3] += 0.5 * float64(i%5-2)
	}
	if _, err := FromControl(ref, mixed); !errors.Is(err, ErrInconsistent) {
		t.Errorf("tiles of all colours: %v", err)
	}
	dark := skinPicture(2)
	relight(dark, [3]float64{0.001, 0.001, 0.001}, 0)
	for _, s := range SampleTiles(dark, gridTiles()...) {
		if s.Valid {
			t.Fatal("a black tile is valid")
		}
	}
}

// Tiles that lie r to either side of their common gain scatter by r/chi3Median.
func TestScatterOfControlSkinIsBounded(t *testing.T) {
	ref := SampleTiles(skinPicture(1), gridTiles()...)
	for _, share := range []float64{0.99, 1.01} {
		now := slices.Clone(ref)
		for i := range now {
			now[i].Log[0] += float64(1-2*(i%2)) * share * maxScatter * chi3Median
		}
		if _, err := FromControl(ref, now); errors.Is(err, ErrInconsistent) != (share > 1) {
			t.Errorf("%.2f of the bound: %v", share, err)
		}
	}
}

func TestOneTileHasNoUncertainty(t *testing.T) {
	ref, now := skinPicture(1), skinPicture(2)
	l, err := FromControl(SampleTiles(ref, gridTiles()[0]), SampleTiles(now, gridTiles()[0]))
	if err != nil {
		t.Fatal(err)
	}
	if se := l.LogGainSE(); !math.IsNaN(se[0]) {
		t.Errorf("standard error %v, want unknown", se)
	}
}

// An even square that lies between two 8-bit codes, most of its pixels on the lower one:
// trimming does not make that one of the mean.
func TestAnEvenSquareKeepsItsMeanBetweenCodes(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	c := raster.NewRGB(400, 300)
	const code = 124.3
	for i := range c.G.Pix {
		v := float32(cie.Decode(math.Round(code+0.4*rng.NormFloat64()) / 255))
		c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = v, v, v
	}
	tile := SampleTiles(c, gridTiles()[7])[0]
	off := (tile.Log[1] - math.Log(cie.Decode(code/255.0))) / codeStep(cie.Decode(code/255.0))
	if !(math.Abs(off) <= 0.05) { // 3600 pixels of half a code: 0.01
		t.Errorf("the mean is %.2f codes off", off)
	}
	l, err := FromGrey(tile, 0.18)
	if err != nil {
		t.Fatal(err)
	}
	if se := l.LogGainSE()[1] / codeStep(cie.Decode(code/255.0)); !(se >= math.Sqrt(1.0/12) && se <= 1) {
		t.Errorf("the standard error is %.2f codes", se)
	}
}

func TestGrey(t *testing.T) {
	c := skinPicture(1)
	region := SampleTiles(c, gridTiles()[7])[0]
	l, err := FromGrey(region, 0.18)
	if err != nil {
		t.Fatal(err)
	}
	l.Apply(c)
	got := SampleTiles(c, gridTiles()[7])[0]
	for k := range 3 {
		if !(math.Abs(math.Exp(got.Log[k])-0.18) <= 1e-5) {
			t.Errorf("channel %d: %v, want 0.18", k, math.Exp(got.Log[k]))
		}
	}
	for _, reflectance := range []float64{0, -1, 1.01, math.NaN()} {
		if _, err := FromGrey(region, reflectance); err == nil {
			t.Errorf("a reflectance of %v was taken", reflectance)
		}
	}
	if _, err := FromGrey(TileLight{}, 0.18); err == nil {
		t.Error("an empty grey region was taken")
	}
}

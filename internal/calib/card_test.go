package calib

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// sceneCount is how many scenes of each kind are rendered: a few by default, for time.
// DERMTRACE_SCENES=200 renders what the finder is accepted by.
func sceneCount(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("DERMTRACE_SCENES")); err == nil {
		return n
	}
	if testing.Short() {
		t.Skip("renders many scenes")
	}
	return 10
}

// Cards at any pose, 3 to 30 % of the frame, under casts of ±25 %, gradients, shadow
// edges, blur and JPEG: 97 % are found, their corners to a pixel, none turned.
func TestCardsAreFoundInScenes(t *testing.T) {
	n := sceneCount(t)
	found := 0
	var errs []float64
	for seed := range n {
		s := randomScene(uint64(seed), true)
		rgb, truth := s.render()
		c, err := FindCard(rgb, CardOptions{})
		if err != nil {
			t.Logf("scene %d: %v", seed, err)
			continue
		}
		found++
		e := cornerErrors(c, truth)
		errs = append(errs, e[:]...)
		if worst := slices.Max(e[:]); !(worst <= 3) { // a card turned or shifted is a whole cell off
			t.Errorf("scene %d: corners are %.1f px off", seed, e)
		}
		if c.Edition != s.edition && c.MeanDE00 < 1 {
			t.Logf("scene %d: taken for the edition %s", seed, c.Edition)
		}
	}
	if !(float64(found) >= 0.97*float64(n)) {
		t.Errorf("found %d of %d cards", found, n)
	}
	if m := median(errs); !(m <= 1) {
		t.Errorf("the median corner is %.2f px off", m)
	}
	t.Logf("found %d of %d, corners %.2f px off (median), %.2f px at most", found, n, median(errs), slices.Max(errs))
}

// Skin with hairs and moles, and boards of 24 other colours.
func TestNoCardIsFoundWhereThereIsNone(t *testing.T) {
	for seed := range sceneCount(t) {
		s := randomScene(uint64(seed), false)
		rgb, _ := s.render()
		if _, err := FindCard(rgb, CardOptions{}); !errors.Is(err, ErrNoCard) {
			t.Errorf("scene %d (other colours: %v): %v", seed, s.mosaic, err)
		}
	}
}

// The edge of the picture takes one to three columns or one row of patches, at any of
// the four sides.
func TestCutCardsAreRefusedWithTheReason(t *testing.T) {
	s := flat()
	rgb, truth := s.render()
	w, h := rgb.W(), rgb.H()
	at := func(x, y float64) (int, int) {
		p := truth.Apply(geom.Point{X: x, Y: y})
		return int(p.X), int(p.Y)
	}
	for _, lost := range []float64{0.7, 1.6, 2.5} {
		left, _ := at(lost-0.5, 1.5)
		right, _ := at(5.5-lost, 1.5)
		if _, err := FindCard(rgb.Crop(left, 0, w, h), CardOptions{}); !errors.Is(err, ErrCardCut) {
			t.Errorf("%v columns lost at the left: %v", lost, err)
		}
		if _, err := FindCard(rgb.Crop(0, 0, right, h), CardOptions{}); !errors.Is(err, ErrCardCut) {
			t.Errorf("%v columns lost at the right: %v", lost, err)
		}
	}
	_, top := at(2.5, 0.3)
	_, bottom := at(2.5, 2.7)
	if _, err := FindCard(rgb.Crop(0, top, w, h), CardOptions{}); !errors.Is(err, ErrCardCut) {
		t.Errorf("a row lost at the top: %v", err)
	}
	if _, err := FindCard(rgb.Crop(0, 0, w, bottom), CardOptions{}); !errors.Is(err, ErrCardCut) {
		t.Errorf("a row lost at the bottom: %v", err)
	}
}

// A disc, a straight edge or a finger over at least a fifth of a patch.
func TestPartlyHiddenCardsAreRefused(t *testing.T) {
	for seed := range sceneCount(t) {
		s := randomScene(uint64(seed+5000), true)
		s.cover = randomCover(uint64(seed))
		rgb, _ := s.render()
		if _, err := FindCard(rgb, CardOptions{}); err == nil {
			t.Errorf("scene %d: a partly hidden card was taken", seed)
		}
	}
}

func randomCover(seed uint64) func(x, y float64) bool {
	rng := rand.New(rand.NewPCG(seed, 5))
	switch seed % 3 {
	case 0:
		cx, cy, r := rng.Float64()*5, rng.Float64()*3, 0.45+rng.Float64()
		return func(x, y float64) bool { return math.Hypot(x-cx, y-cy) < r }
	case 1:
		ny, nx := math.Sincos(rng.Float64() * 2 * math.Pi)
		far := math.Inf(-1)
		for _, c := range cardCorners {
			far = max(far, c.X*nx+c.Y*ny)
		}
		far -= 0.6 + 2*rng.Float64()
		return func(x, y float64) bool { return x*nx+y*ny > far }
	}
	x0, half, tip := rng.Float64()*5, 0.35+0.4*rng.Float64(), rng.Float64()*2
	return func(x, y float64) bool { return math.Abs(x-x0) < half && y > tip }
}

// flat is a card seen straight on in good light.
func flat() scene {
	return scene{
		w: 900, h: 675, withCard: true, area: 0.15, half: 0.44, board: [4]float64{0.2, 0.2, 0.2, 0.2},
		edition: cie.After2014, cast: [3]float64{1, 1, 1}, blurPx: 0.6, noise: 0.003, quality: 95, melanin: 0.3, seed: 3,
	}
}

func mustFind(t *testing.T, s scene, opt CardOptions) Card {
	t.Helper()
	rgb, _ := s.render()
	c, err := FindCard(rgb, opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCardScaleAndTilt(t *testing.T) {
	if testing.Short() {
		t.Skip("renders several scenes")
	}
	s := flat()
	_, truth := s.render()
	c := mustFind(t, s, CardOptions{Edition: cie.After2014, PitchMM: 12})
	pitchPx := truth.LocalScale(geom.Point{X: 2.5, Y: 1.5})
	if !(math.Abs(c.MMPerPx*pitchPx/12-1) <= 0.002) {
		t.Errorf("%.5f mm per pixel, want %.5f", c.MMPerPx, 12/pitchPx)
	}
	// cos of 5° is 0.996: lengths to a quarter percent tell tilts from 4° up.
	if !(c.TiltDeg <= 5) || slices.Contains(c.Warnings, outcome.CardTilted) {
		t.Errorf("tilt %.1f°, %v", c.TiltDeg, c.Warnings)
	}
	for _, corner := range c.Corners {
		at, err := truth.Inverse()
		if err != nil {
			t.Fatal(err)
		}
		if want := 12 * at.LocalScale(corner); !(math.Abs(c.MMPerPxAt(corner)/want-1) <= 0.005) {
			t.Errorf("%.5f mm per pixel at %v, want %.5f", c.MMPerPxAt(corner), corner, want)
		}
	}
	if c := mustFind(t, s, CardOptions{}); !math.IsNaN(c.MMPerPx) {
		t.Errorf("%v mm per pixel of a card of unknown pitch", c.MMPerPx)
	}
	s.tilt = 30 * math.Pi / 180
	// Beside the optical axis the line of sight adds to the card's own tilt.
	if c := mustFind(t, s, CardOptions{}); !(math.Abs(c.TiltDeg-30) <= 15) || !slices.Contains(c.Warnings, outcome.CardTilted) {
		t.Errorf("tilt %.1f°, want about 30°, %v", c.TiltDeg, c.Warnings)
	}
}

// A good card passes every gate; each of these spoils one thing.
func TestCardWarnings(t *testing.T) {
	opt := CardOptions{Edition: cie.After2014}
	if c := mustFind(t, flat(), opt); len(c.Warnings) != 0 || !(c.MeanDE00 <= GoodMeanDE00) {
		t.Errorf("a good card: mean %.2f, max %.2f ΔE00, %v", c.MeanDE00, c.MaxDE00, c.Warnings)
	}
	if c := mustFind(t, flat(), CardOptions{}); !slices.Equal(c.Warnings, []string{outcome.CardEditionAssumed}) || c.Edition != cie.After2014 {
		t.Errorf("edition %s, %v", c.Edition, c.Warnings)
	}
	shade := flat()
	_, truth := shade.render()
	mid := truth.Apply(geom.Point{X: 2.5, Y: 1.5})
	shade.shadow = &shadow{1, 0, mid.X/float64(shade.w) - 0.5, 8, 0.55}
	if c := mustFind(t, shade, opt); !slices.Contains(c.Warnings, outcome.CardShadow) {
		t.Errorf("a shadow over the card: %v", c.Warnings)
	}
	mild := flat()
	mild.gradient = [2]float64{0.1, 0}
	if c := mustFind(t, mild, opt); len(c.Warnings) != 0 || !(c.MeanDE00 <= GoodMeanDE00) {
		t.Errorf("light that falls off by a tenth over the card: mean %.2f, %v", c.MeanDE00, c.Warnings)
	}
	bright := flat()
	bright.cast = [3]float64{2.4, 2.4, 2.4}
	bright.exposure = 0.9
	if c := mustFind(t, bright, opt); !slices.Contains(c.Warnings, outcome.CardClipped) || c.Patches[firstNeutral].Used || !c.Patches[0].Used {
		t.Errorf("an overexposed card: %v", c.Warnings)
	}
}

// The gates of the residual, on both sides.
func TestCardGates(t *testing.T) {
	for _, tt := range []struct {
		mean, largest float64
		want          []string
	}{
		{1.5, 6, nil}, {1.501, 6, []string{outcome.CardDoubtful}}, {3, 6, []string{outcome.CardDoubtful}},
		{3.001, 6, []string{outcome.CardRejected}}, {1, 6.001, []string{outcome.CardRejected}}, {math.NaN(), 1, []string{outcome.CardRejected}},
	} {
		c := Card{MeanDE00: tt.mean, MaxDE00: tt.largest, PhotoFromCard: geom.Scaling(50)}
		c.warn(sizes{0.44, 0.44})
		if !slices.Equal(c.Warnings, tt.want) {
			t.Errorf("mean %v, max %v: %v, want %v", tt.mean, tt.largest, c.Warnings, tt.want)
		}
		if _, err := c.Light(); errors.Is(err, ErrCardRejected) != slices.Contains(tt.want, outcome.CardRejected) {
			t.Errorf("mean %v, max %v: light %v", tt.mean, tt.largest, err)
		}
	}
	small := Card{PhotoFromCard: geom.Scaling(minPatchPx / (middleHalf * 0.88) * 0.999)}
	small.warn(sizes{0.44, 0.44})
	if !slices.Contains(small.Warnings, outcome.CardSmall) {
		t.Errorf("patches of less than 10 px: %v", small.Warnings)
	}
	for _, tilt := range []float64{MaxCardTiltDeg, MaxCardTiltDeg + 0.01} {
		c := Card{TiltDeg: tilt, PhotoFromCard: geom.Scaling(50)}
		c.warn(sizes{0.44, 0.44})
		if slices.Contains(c.Warnings, outcome.CardTilted) != (tilt > MaxCardTiltDeg) {
			t.Errorf("tilt %v: %v", tilt, c.Warnings)
		}
	}
}

// Skin of one scene, under four casts, comes out the same by the card's light.
func TestCardLightTakesTheCastOut(t *testing.T) {
	if testing.Short() {
		t.Skip("renders several scenes")
	}
	skinOf := func(c *raster.RGB) (mean [3]float64) {
		for k, p := range c.Planes() {
			for y := range 60 {
				for _, v := range p.Row(y)[:60] {
					mean[k] += math.Log(float64(v)) / 3600
				}
			}
		}
		return mean
	}
	var want [3]float64
	for i, cast := range [][3]float64{{1, 1, 1}, {1.25, 1, 0.75}, {0.75, 1, 1.25}, {0.9, 0.75, 1}} {
		s := flat()
		s.cast, s.noise = cast, 0.01 // enough to spread light over the 8-bit codes
		rgb, _ := s.render()
		c, err := FindCard(rgb, CardOptions{Edition: cie.After2014})
		if err != nil {
			t.Fatal(err)
		}
		l, err := c.Light()
		if err != nil {
			t.Fatal(err)
		}
		l.Apply(rgb)
		got := skinOf(rgb)
		if i == 0 {
			want = got
			continue
		}
		// 0.3 erythema units, 100/ln 10 · ln(R/G), is what the light may cost.
		if e := 100 / math.Ln10 * ((got[0] - got[1]) - (want[0] - want[1])); !(math.Abs(e) <= 0.3) {
			t.Errorf("cast %v: erythema index is off by %.2f", cast, e)
		}
		if se := logRatioSE(l, 0, 1); !(se > 0 && se < 0.05) {
			t.Errorf("cast %v: standard error of ln R/G %v", cast, se)
		}
	}
}

// A card photographed at a fifteenth of the light is found; its darkest patches say
// nothing, and it does not set the light by the rest.
func TestCardInTheDark(t *testing.T) {
	s := flat()
	s.exposure = 0.06
	c := mustFind(t, s, CardOptions{Edition: cie.After2014})
	if !slices.Contains(c.Warnings, outcome.CardRejected) || !slices.Contains(c.Warnings, outcome.CardClipped) {
		t.Errorf("%d patches used, %v", c.used(), c.Warnings)
	}
	if _, err := c.Light(); !errors.Is(err, ErrCardRejected) {
		t.Errorf("light: %v", err)
	}
}

func TestExcludedRegionsAreNotSearched(t *testing.T) {
	s := flat()
	rgb, truth := s.render()
	quad := quadOf(truth)
	if _, err := FindCard(rgb, CardOptions{Exclude: []geom.Polygon{quad[:]}}); !errors.Is(err, ErrNoCard) {
		t.Errorf("an excluded card: %v", err)
	}
	beside := geom.Polygon{{X: 0, Y: 0}, {X: 40, Y: 0}, {X: 40, Y: 40}, {X: 0, Y: 40}}
	if _, err := FindCard(rgb, CardOptions{Exclude: []geom.Polygon{beside}}); err != nil {
		t.Errorf("a region beside the card: %v", err)
	}
}

// A plot of a photo with a card: a white page, an axis line, the photo.
func TestCardOnAPageIsRefused(t *testing.T) {
	s := flat()
	photo, _ := s.render()
	page := raster.NewRGB(photo.W()+160, photo.H()+120)
	for k, p := range page.Planes() {
		for i := range p.Pix {
			p.Pix[i] = 1
		}
		for y := range photo.H() {
			copy(p.Row(y + 50)[90:], photo.Planes()[k].Row(y))
		}
	}
	if _, err := FindCard(page, CardOptions{}); !errors.Is(err, ErrPage) {
		t.Errorf("a photo on a page: %v", err)
	}
}

func TestFindCardIsBitIdenticalForAnyGOMAXPROCS(t *testing.T) {
	rgb, _ := flat().render()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want, err := FindCard(rgb, CardOptions{})
	if err != nil {
		t.Fatal(err)
	}
	runtime.GOMAXPROCS(7)
	got, err := FindCard(rgb, CardOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Corners != want.Corners || got.MeanDE00 != want.MeanDE00 || got.Patches[3].RGB != want.Patches[3].RGB {
		t.Error("the card depends on the number of cores")
	}
}

func TestOddPicturesHaveNoCard(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {1, 1}, {3, 2000}, {2000, 3}, {50, 50}} {
		if _, err := FindCard(raster.NewRGB(size[0], size[1]), CardOptions{}); !errors.Is(err, ErrNoCard) {
			t.Errorf("%v: %v", size, err)
		}
	}
	broken := raster.NewRGB(300, 300)
	for i := range broken.R.Pix {
		broken.R.Pix[i], broken.G.Pix[i], broken.B.Pix[i] = float32(math.NaN()), float32(math.Inf(1)), -5
	}
	if _, err := FindCard(broken, CardOptions{}); !errors.Is(err, ErrNoCard) {
		t.Errorf("a picture without numbers: %v", err)
	}
}

// Read from a shrunken photo and the part around it, a card is the same.
func TestACardIsFoundInParts(t *testing.T) {
	s := flat()
	s.area, s.turn, s.tilt = 0.06, 0.7, 0.4
	rgb, _ := s.render()
	big := enlarged(rgb, 3)
	want, err := FindCard(big, CardOptions{PitchMM: 12})
	if err != nil {
		t.Fatal(err)
	}
	f := SearchFactor(big.W(), big.H())
	got, err := FindCardIn(big, Thin(big, f), CardOptions{PitchMM: 12})
	if err != nil {
		t.Fatal(err)
	}
	const rounding = 1e-6 // of coordinates that begin elsewhere
	for i, c := range want.Corners {
		if d := got.Corners[i].Sub(c).Norm(); !(d <= rounding) {
			t.Errorf("corner %d is %v px off", i, d)
		}
	}
	if !(math.Abs(got.MeanDE00-want.MeanDE00) <= rounding && math.Abs(got.MMPerPx-want.MMPerPx) <= rounding && math.Abs(got.TiltDeg-want.TiltDeg) <= rounding) {
		t.Errorf("mean %v ΔE00, %v mm per pixel, tilt %v, want %v, %v, %v", got.MeanDE00, got.MMPerPx, got.TiltDeg, want.MeanDE00, want.MMPerPx, want.TiltDeg)
	}
	if p := want.Corners[0]; !(math.Abs(got.MMPerPxAt(p)-want.MMPerPxAt(p)) <= rounding) {
		t.Errorf("%v mm per pixel at a corner, want %v", got.MMPerPxAt(p), want.MMPerPxAt(p))
	}
}

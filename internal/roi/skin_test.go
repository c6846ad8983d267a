package roi

import (
	"errors"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

type light [3]float32

// Linear sRGB of modelled skin with 2 % of flat surface reflection, from pale and
// bloodless to very dark (two-layer diffusion model, Jacques 1998 melanosomes; columns
// melanosome and blood fraction).
var modelSkins = map[string]light{
	"1.3 % melanin, 0.2 % blood": {0.593, 0.489, 0.358},
	"1.3 %, 7 % (flush)":         {0.391, 0.145, 0.110},
	"2.55 %, 2 %":                {0.475, 0.252, 0.173},
	"6.3 %, 2 %":                 {0.421, 0.202, 0.119},
	"11 %, 2 %":                  {0.361, 0.153, 0.076},
	"18 %, 2 %":                  {0.278, 0.103, 0.042},
	"43 %, 2 %":                  {0.124, 0.036, 0.0194},
}

// Things around skin, in linear light.
var surrounds = map[string]light{
	"white sheet": {0.8, 0.8, 0.8},
	"grey wall":   {0.25, 0.25, 0.25},
	"blue cloth":  {0.05, 0.12, 0.35},
	"green cloth": {0.06, 0.25, 0.15},
	"orange suit": {0.79, 0.156, 0.032},
	"red cloth":   {0.5, 0.03, 0.03},
	"black bars":  {0, 0, 0},
}

// limb draws an upright ellipse of skin with shading from 1 to 0.4 before a surround,
// with noise of 3 %, seen through a cast.
func limb(skin, around light, cast light) (*raster.RGB, geom.Polygon) {
	const w, h = 400, 300
	g := disc(0, 0, 1, 64)
	for i, p := range g {
		g[i] = geom.Point{X: 190 + 80*p.X, Y: 150 + 120*p.Y}
	}
	in := Fill(g, w, h)
	rng := rand.New(rand.NewPCG(1, 2))
	c := raster.NewRGB(w, h)
	for y := range h {
		for x := range w {
			colour, shade := around, float32(1)
			if in.Contains(x, y) {
				colour, shade = skin, 1-0.6*float32(x-110)/160
			}
			for i, p := range c.Planes() {
				p.Set(x, y, colour[i]*cast[i]*shade*float32(1+0.03*rng.NormFloat64()))
			}
		}
	}
	return c, g
}

// agreement is |A ∩ B| / |A ∪ B|.
func agreement(a, b *Mask) float64 { return float64(a.And(b).Count()) / float64(a.Or(b).Count()) }

// minAgreement allows for the inset of a cell of 2 px around an ellipse of 160×240 px:
// 2·π·100·2 px of 30000 px.
const minAgreement = 0.94

func TestSkinIsFoundOnAnyoneUnderACast(t *testing.T) {
	casts := []light{{1, 1, 1}, {1.1, 1, 0.9}, {0.9, 1, 1.1}, {0.9, 1.1, 1}, {1.1, 0.9, 1.1}}
	for skinName, skin := range modelSkins {
		for aroundName, around := range surrounds {
			for _, cast := range casts {
				c, truth := limb(skin, around, cast)
				g, found, err := FindSkin(c)
				if err != nil {
					t.Errorf("%s before %s, cast %v: %v", skinName, aroundName, cast, err)
					continue
				}
				a := agreement(Fill(g, 400, 300), Fill(truth, 400, 300))
				if !(a >= minAgreement) || g.Crosses() {
					t.Errorf("%s before %s, cast %v: agreement %.3f", skinName, aroundName, cast, a)
				}
				if want := truth.Area() / (400 * 300); !(math.Abs(found.Share-want) <= 0.05*want+0.01) || !(found.Purity > 0.95) {
					t.Errorf("%s before %s: found %+v, want a share of %.3f", skinName, aroundName, found, want)
				}
			}
		}
	}
}

func TestNoSkinWhereThereIsNone(t *testing.T) {
	for name, a := range surrounds {
		if name == "orange suit" {
			continue // in shade it has the colour of very dark skin
		}
		c, _ := limb(a, a, light{1, 1, 1})
		if g, _, err := FindSkin(c); !errors.Is(err, ErrNoSkin) || g != nil {
			t.Errorf("%s: %d points, %v; want ErrNoSkin", name, len(g), err)
		}
	}
	small := raster.NewRGB(3, 2)
	for _, c := range []*raster.RGB{raster.NewRGB(0, 0), small} {
		if _, _, err := FindSkin(c); !errors.Is(err, ErrNoSkin) {
			t.Errorf("%d×%d black pixels: %v", c.W(), c.H(), err)
		}
	}
}

// A close-up is outlined almost to its border.
func TestSkinThatFillsThePhoto(t *testing.T) {
	skin := modelSkins["6.3 %, 2 %"]
	c, _ := limb(skin, skin, light{1, 1, 1})
	g, _, err := FindSkin(c)
	if err != nil {
		t.Fatal(err)
	}
	if share := g.Area() / (400 * 300); !(share >= 392.*292/(400*300)) { // two cells of 2 px on each side
		t.Errorf("share %.3f", share)
	}
}

// Of numbers that are none nothing is found, and nothing breaks.
func TestSkinInBrokenNumbers(t *testing.T) {
	skin := modelSkins["6.3 %, 2 %"]
	c, _ := limb(skin, skin, light{1, 1, 1})
	nan := float32(math.NaN())
	for i := range c.G.Pix {
		c.G.Pix[i] = nan
		c.B.Pix[i] = float32(math.Inf(-1))
	}
	if _, _, err := FindSkin(c); !errors.Is(err, ErrNoSkin) {
		t.Errorf("%v, want ErrNoSkin", err)
	}
}

// open reads an 8-bit sRGB picture (IEC 61966-2-1).
func open(t *testing.T, path string) *raster.RGB {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	im, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	var linear [256]float32
	for i := range linear {
		e := float64(i) / 255
		linear[i] = float32(e / 12.92)
		if e > 0.04045 {
			linear[i] = float32(math.Pow((e+0.055)/1.055, 2.4))
		}
	}
	b := im.Bounds()
	c := raster.NewRGB(b.Dx(), b.Dy())
	for y := range c.H() {
		for x := range c.W() {
			r, g, bl, _ := im.At(b.Min.X+x, b.Min.Y+y).RGBA()
			c.R.Set(x, y, linear[r>>8])
			c.G.Set(x, y, linear[g>>8])
			c.B.Set(x, y, linear[bl>>8])
		}
	}
	return c
}

// Real limbs before sheets, floors and black bars: nearly all of the wound that experts
// marked on them lies inside the outline, and no black bar does.
func TestSkinOfRealLimbs(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/wound_series/*/images/*.png")
	if len(files) == 0 {
		t.Skip("SKIPPED: ../shared/data/wound_series is absent; only drawn skin was tested")
	}
	var inside, all float64
	for _, path := range files {
		c := open(t, path)
		g, found, err := FindSkin(c)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		mask := Fill(g, c.W(), c.H())
		wound := open(t, filepath.Join(filepath.Dir(path), "..", "masks", filepath.Base(path)))
		var in, n, bar float64
		for y := range c.H() {
			for x := range c.W() {
				if wound.R.At(x, y) > 0.2 {
					n++
					if mask.Contains(x, y) {
						in++
					}
				}
				if mask.Contains(x, y) && c.R.At(x, y)+c.G.At(x, y)+c.B.At(x, y) == 0 {
					bar++
				}
			}
		}
		t.Logf("%s: %.2f of the photo, %.2f of the wound, %v black", filepath.Base(path), found.Share, in/n, bar)
		inside, all = inside+in, all+n
		if !(found.Share > 0.15 && found.Share < 0.5) || bar > 100 {
			t.Errorf("%s: share %.2f, %v black pixels", filepath.Base(path), found.Share, bar)
		}
	}
	if !(inside/all >= 0.8) {
		t.Errorf("%.2f of the wounds lie inside", inside/all)
	}
	t.Logf("%.3f of all wounds lie inside", inside/all)
}

// The median by bits is that of the sorted list in which each cell stands as often as
// it counts.
func TestWeightedMedianAgainstSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 2))
	for n := range 60 {
		c := &skinMap{w: n, h: 1, u: make([]float32, n), v: make([]float32, n)}
		of, q := newMask(0, 0, n, 1), make([]float32, n)
		var list []float32
		for i := range n {
			c.u[i], c.v[i] = float32(2*rng.Float64()), float32(rng.Float64())
			q[i] = float32(math.Round(20*rng.NormFloat64()) / 16) // negative ones and equal ones
			of.In[i] = rng.IntN(4) > 0
			for range c.weight(i) {
				if of.In[i] {
					list = append(list, q[i])
				}
			}
		}
		want := 0.0
		if len(list) > 0 {
			slices.Sort(list)
			want = float64(list[len(list)/2])
		}
		if got := c.median(of, q); got != want {
			t.Fatalf("%d cells: median %v, want %v", n, got, want)
		}
	}
}

func BenchmarkFindSkin(b *testing.B) {
	c := raster.NewRGB(4000, 3000)
	for i := range c.R.Pix {
		c.R.Pix[i], c.G.Pix[i], c.B.Pix[i] = 0.42, 0.2, 0.12
	}
	b.SetBytes(4000 * 3000 * 12)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := FindSkin(c); err != nil {
			b.Fatal(err)
		}
	}
}

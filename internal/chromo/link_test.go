package chromo

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/filter"
	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// A region of linkW×linkH pixels of linkMM.
const linkW, linkH, linkMM = 150, 180, 1.0 / 6

// blotchy is a plane of blotches about so wide, of standard deviation 1.
func blotchy(seed uint64, mm float64) *raster.Plane {
	r := rand.New(rand.NewPCG(seed, 5))
	p := raster.New(linkW, linkH)
	for i := range p.Pix {
		p.Pix[i] = float32(r.NormFloat64())
	}
	p = filter.Gaussian(p, mm/2/linkMM)
	s := Field{Value: p}.Summary()
	for i, v := range p.Pix {
		p.Pix[i] = (v - float32(s.Mean)) / float32(s.SD)
	}
	return p
}

// skinWith is skin whose melanin around 4 % and blood around 1.3 % are patchy.
type skinWith struct {
	flush   float64 // points of blotchy blood more
	leak    float64 // percent of melanin that a √% of blood is misread as, of a leak's shape
	pigment float64 // more melanin where the flush lay, relative
	marks   float64 // of melanin, blood and the flush at the same places, relative
	deeper  float64 // as leak, per percent of melanin more
	noise   float64 // of blue light: percent of melanin more and an eighth as many √% of blood less
	seed    uint64
}

var linkModel = NewModel(Options{})

// mottle is the skin as a photo shows it.
func (c skinWith) mottle(t *testing.T) *Mottle {
	t.Helper()
	m, b, f, marks, relief := blotchy(1, 0.7), blotchy(2, 0.7), blotchy(3, 2), blotchy(4, 0.7), blotchy(6, 0.5)
	blue, shape := blotchy(7+c.seed, 0.4), linkModel.shape(4)
	rgb := raster.NewRGB(linkW, linkH)
	for i := range m.Pix {
		mark := c.marks * float64(marks.Pix[i])
		points := 1.3*(1+0.15*float64(b.Pix[i])+mark) + c.flush*max(0, 1+0.15*float64(f.Pix[i])+mark)
		true4 := 4 * (1 + 0.05*float64(m.Pix[i]) + mark + c.pigment*(1+0.5*float64(f.Pix[i])))
		noise := c.noise * float64(blue.Pix[i])
		read := true4 + (c.leak+c.deeper*(true4-4))*float64(shape.at(Root(float32(points)))-shape.at(Root(1.3))) + noise
		root := math.Sqrt(points)
		light := 0.4 * math.Exp(0.05*float64(relief.Pix[i]))
		c, _, _ := linkModel.forward.at(linkModel.forward.nearest(true4, points))
		rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = float32(light*math.Exp(c[2]+c[0])), float32(light*math.Exp(c[2])), float32(light*math.Exp(c[2]-c[1]))
		m.Pix[i], b.Pix[i] = float32(read), float32((root-noise/8)*(root-noise/8))
	}
	out := MottleOf(rgb, &Maps{Melanin: m, Hemoglobin: b, by: linkModel}, nil, linkMM)
	if out == nil {
		t.Fatal("no mottle")
	}
	return out
}

// leak is what the skin says of itself as it was.
func (c skinWith) from(t *testing.T, rest skinWith) (Leak, bool) {
	t.Helper()
	return NewLink(rest.mottle(t)).Leak(c.mottle(t), 4, 1.3, 4.3)
}

// What melanin is misread by is found from a flush alone, strong or faint, whatever blue
// noise each photo has.
func TestALeakIsFound(t *testing.T) {
	for _, flush := range []float64{3, 1.5} {
		for _, leak := range []float64{-2, -0.8, 0.3} {
			k, ok := skinWith{flush: flush, leak: leak, noise: 0.1, seed: 1}.from(t, skinWith{leak: leak, noise: 0.1})
			if !ok {
				t.Fatalf("a leak of %v is not found", leak)
			}
			near(t, "found", k.found, leak, 3*k.se)
			near(t, "standard error", k.se, 0, 0.2)
			read := k.shape.at(Root(float32(1.3+flush))) - k.shape.at(Root(1.3))
			near(t, "taken off", float64(k.At(float32(1.3+flush))), leak*float64(read), 0.25)
			near(t, "at rest", float64(k.At(1.3)), 0, 1e-6)
			perPoint, _ := k.PerPoint(1.3 + flush)
			near(t, "per point", perPoint*flush, k.found*float64(read), 1e-4)
		}
	}
}

// Shine dims a flush where it lies and makes more of it a leak: found is what the whole region
// leaks nevertheless.
func TestPatchyShineIsNoBlood(t *testing.T) {
	f, shine, relief := blotchy(3, 2), blotchy(8, 2), blotchy(6, 0.5)
	photo := func(melanin, flush float64) (*Mottle, *Maps) {
		rgb := raster.NewRGB(linkW, linkH)
		for i, v := range f.Pix {
			s, _, _ := linkModel.forward.at(linkModel.forward.nearest(melanin, 1.3+flush*(1+0.2*float64(v))))
			light, more := 0.8*math.Exp(0.05*float64(relief.Pix[i])), 0.01+0.005*float64(shine.Pix[i])
			rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = float32(light*(math.Exp(s[2]+s[0])+more)), float32(light*(math.Exp(s[2])+more)), float32(light*(math.Exp(s[2]-s[1])+more))
		}
		maps := linkModel.Separate(rgb)
		return MottleOf(rgb, maps, nil, linkMM), maps
	}
	mean := func(p *raster.Plane) float64 { return Field{Value: p}.Summary().Mean }
	for _, melanin := range []float64{2.5, 6, 12} {
		rest, before := photo(melanin, 0)
		now, after := photo(melanin, 3)
		k, _ := NewLink(rest).Leak(now, mean(before.Melanin), mean(before.Hemoglobin), mean(after.Hemoglobin))
		perPoint, _ := k.PerPoint(mean(after.Hemoglobin))
		leaked := mean(after.Melanin) - mean(before.Melanin)
		near(t, "of the leak found", perPoint*(mean(after.Hemoglobin)-mean(before.Hemoglobin))/leaked, 1, 0.15)
	}
}

// No more is taken off for a leak than a dull surface explains: a tenth of medium skin's
// melanin, more of dark skin's, nothing that pigment could be where brightness tells it.
func TestMostTaken(t *testing.T) {
	for _, c := range []struct{ melanin, want, tol float64 }{{2.5, 0.10, 0.02}, {7, 0.09, 0.02}, {18, 0.25, 0.05}} {
		near(t, "most", linkModel.mostTaken(c.melanin, linkModel.shape(c.melanin))/c.melanin, c.want, c.tol)
	}
}

// Where a tint has told a surface and leaves a duller one possible, as much more is taken off as
// that one explains; where it leaves none, not.
func TestMostTakenUnderADoubtedSurface(t *testing.T) {
	told := linkModel.withSurface(0.035)
	most := func(m *Model) float64 { return m.mostTaken(4, m.shape(4)) / 4 }
	near(t, "told well", most(told.maybe(0.03)), most(told), 0)
	if at := most(told.maybe(DefaultSurface)); !(at > 2*most(told)) {
		t.Errorf("told badly: %v, not far more than %v", at, most(told))
	}
	near(t, "no skin reflects less", most(told.maybe(0)), most(told.maybe(leastReflected)), 0)
	brown := patchy{0.13, 0.03, 0.12, 0.02, 0.01}.settled()
	near(t, "settled by patches of brown skin", most(brown), most(linkModel.withSurface(brown.surface())), 0.02)
}

// Without a leak nothing is taken off, nor where blood is as it was; and pigment that lies
// where the blood lay stays pigment.
func TestPigmentIsNoLeak(t *testing.T) {
	rest := skinWith{noise: 0.1}
	k, _ := skinWith{flush: 3, noise: 0.1, seed: 1}.from(t, rest)
	near(t, "no leak", k.sure, 0, 0.1)
	if k, ok := (skinWith{noise: 0.1, seed: 1}).from(t, rest); ok {
		near(t, "at rest", float64(k.At(1.35)), 0, 0.02)
	}
	k, _ = skinWith{flush: 1, pigment: 0.2, noise: 0.1, seed: 1}.from(t, rest)
	near(t, "taken off 20 % of new pigment", float64(k.At(2.3))/4, 0, 0.05)
	if k, ok := (skinWith{pigment: 0.5, noise: 0.1, seed: 1}).from(t, rest); ok {
		near(t, "taken off pigment alone", float64(k.At(1.35))/4, 0, 0.02)
	}
}

// A link of skin's own, such as that of old marks that are brown and red, is no leak.
func TestALinkAtRestIsNoLeak(t *testing.T) {
	k, _ := skinWith{flush: 3, marks: 0.1}.from(t, skinWith{marks: 0.1})
	near(t, "leak", k.sure, 0, 0.1)
}

// Where darker skin has more blood too, what it leaks otherwise is not what blood leaks.
func TestALeakIntoDarkerSkin(t *testing.T) {
	for _, deeper := range []float64{-0.5, 0.5} {
		k, _ := skinWith{flush: 3, leak: -0.8, deeper: deeper, marks: 0.2, noise: 0.1, seed: 1}.from(t, skinWith{marks: 0.2, noise: 0.1})
		near(t, "found", k.found, -0.8, 0.2)
	}
}

// Other skin and a photo without a scale tell nothing, nor does the photo of the baseline
// itself.
func TestALinkNeedsTheSameSkin(t *testing.T) {
	rest := skinWith{}.mottle(t)
	if _, ok := NewLink(rest).Leak(rest, 4, 1.3, 4.3); ok {
		t.Error("the baseline leaks into itself")
	}
	rgb, maps := raster.NewRGB(linkW, linkH), &Maps{Melanin: blotchy(11, 0.7), Hemoglobin: blotchy(12, 0.7), by: linkModel}
	for i, v := range blotchy(13, 0.5).Pix {
		rgb.R.Pix[i], rgb.G.Pix[i] = 0.3*(1+0.05*v), 0.2*(1+0.05*v)
	}
	if _, ok := NewLink(rest).Leak(MottleOf(rgb, maps, nil, linkMM), 4, 1.3, 4.3); ok {
		t.Error("other skin tells of a leak")
	}
	for _, mm := range []float64{0, 0.4, math.NaN()} {
		if MottleOf(rgb, maps, nil, mm) != nil {
			t.Errorf("blotches on pixels of %v mm", mm)
		}
	}
	if NewLink(nil, nil) != nil {
		t.Error("a link of nothing")
	}
}

// Mottles are laid on each other wherever they lie: to a tenth of a millimetre.
func TestMottlesAreLaidOnEachOther(t *testing.T) {
	red := blotchy(6, 0.8)
	at := func(p *raster.Plane, x, y float64) float32 {
		i, j := math.Floor(x), math.Floor(y)
		return between{int(i), int(j), float32(x - i), float32(y - j)}.of(p)
	}
	for _, c := range []struct{ deg, scale, dx, dy float64 }{{0, 1, 0, 0}, {5, 1.07, 6.3, -4.2}, {-9, 0.94, -3, 8}, {11, 1, 12, 12}} {
		s, k := math.Sincos(c.deg * math.Pi / 180)
		const w, h = 100, 110
		want := [6]float64{c.scale * k, -c.scale * s, 30 + c.dx, c.scale * s, c.scale * k, 25 + c.dy}
		rgb, maps := raster.NewRGB(w, h), &Maps{Melanin: raster.New(w, h), Hemoglobin: raster.New(w, h), by: linkModel}
		whole, empty := raster.NewRGB(linkW, linkH), &Maps{Melanin: raster.New(linkW, linkH), Hemoglobin: raster.New(linkW, linkH), by: linkModel}
		for i, v := range red.Pix {
			whole.R.Pix[i], whole.G.Pix[i] = float32(0.4*math.Exp(0.05*float64(v))), 0.2
		}
		for i := range rgb.R.Pix {
			x, y := float64(i%w), float64(i/w)
			u, v := min(max(want[0]*x+want[1]*y+want[2], 0), linkW-1.01), min(max(want[3]*x+want[4]*y+want[5], 0), linkH-1.01)
			rgb.R.Pix[i], rgb.G.Pix[i] = float32(0.4*math.Exp(0.05*float64(at(red, u, v)))), 0.2
		}
		base, now := MottleOf(rgb, maps, nil, linkMM), MottleOf(whole, empty, nil, linkMM)
		got, ok := now.onto(base)
		if !ok {
			t.Errorf("%+v: not found", c)
			continue
		}
		for _, p := range [][2]int{{10, 10}, {90, 10}, {50, 100}} {
			at := got.at(p[0], p[1]) // all on pixels of linkMM, which a mottle's are
			near(t, "x", float64(at.i)+float64(at.fx), want[0]*float64(p[0])+want[1]*float64(p[1])+want[2], 0.1/linkMM)
			near(t, "y", float64(at.j)+float64(at.fy), want[3]*float64(p[0])+want[4]*float64(p[1])+want[5], 0.1/linkMM)
		}
	}
}

// The shape of a leak is that of skin of another surface as the model reads it.
func TestLeakShape(t *testing.T) {
	shape := linkModel.shape(5)
	var off [3]float64
	for i, b := range []float64{restingBlood, restingBlood + 1.5, restingBlood + 3} {
		off[i] = float64(read(linkModel, optics.SRGB(), optics.Skin{Melanin: 0.055, Blood: b / 100, Surface: 0.0225}).melanin)
	}
	from, half, full := shape.at(Root(restingBlood)), shape.at(Root(restingBlood+1.5)), shape.at(Root(restingBlood+3))
	near(t, "half of it", float64((half-from)/(full-from)), (off[1]-off[0])/(off[2]-off[0]), 0.02)
	near(t, "per root", float64(full-from), math.Sqrt(restingBlood+3)-math.Sqrt(restingBlood), 1e-4)
}

// What is within its error is none, what is well beyond is a leak, what is more than leaks are
// is something else.
func TestCertain(t *testing.T) {
	share := func(found, se, given float64) float64 {
		mean, _ := certain(found, se, given, leakSpread)
		return mean / found
	}
	for _, c := range []struct{ found, se, want, hides, tol float64 }{
		{0.04, 0.04, 0.144, 0.257, 0.002}, {0.08, 0.04, 0.301, 0.470, 0.002}, {0.16, 0.04, 0.935, 0.963, 0.002}, {0.4, 0.04, 0.98, 0.986, 0.01},
		{0.8, 0.04, 0.95, 0.976, 0.01}, {2, 0.1, 0.01, 0.01, 0.01}, {1e4, 1, 0, 0, 1e-9},
	} {
		near(t, "share", share(c.found, c.se, mostGiven), c.want, c.tol)
		near(t, "share of what hides melanin", share(-c.found, c.se, mostGiven), c.hides, c.tol)
	}
	near(t, "as much as is given", share(-1.35, 0.1, mostGiven), 0.95, 0.05)
	near(t, "as much as paler skin gives", share(-1.8, 0.1, 2), 0.95, 0.05)
	for _, c := range []struct{ found, se, want float64 }{{-0.4, 0.04, 0.0479}, {0, 0.01, 0.029}, {0, 1, 0.258}} {
		_, sd := certain(c.found, c.se, mostGiven, leakSpread)
		near(t, "doubt", sd, c.want, 0.02*c.want)
	}
}

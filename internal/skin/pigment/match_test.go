package pigment

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// spotted is one visit of a field of spots, seen through frameFromMap, with the noise of
// a melanin map.
func spotted(discs []disc, frameFromMap geom.Transform, seed uint64) Visit {
	const w, h, mm = 1000, 800, 0.12
	p := raster.New(w, h)
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range p.Pix {
		p.Pix[i] = float32(6 + 0.15*rng.NormFloat64())
	}
	mapFromFrame, err := frameFromMap.Inverse()
	if err != nil {
		panic(err)
	}
	for _, d := range discs {
		c := mapFromFrame.Apply(geom.Point{X: d.x, Y: d.y})
		reach := int((d.r + 1.5) / mm)
		for y := max(0, int(c.Y)-reach); y < min(h, int(c.Y)+reach); y++ {
			for x := max(0, int(c.X)-reach); x < min(w, int(c.X)+reach); x++ {
				at := frameFromMap.Apply(geom.Point{X: float64(x), Y: float64(y)})
				rim := (math.Hypot(at.X-d.x, at.Y-d.y) - d.r) / 0.15
				p.Set(x, y, p.At(x, y)+float32(d.contrast/(1+math.Exp(rim))))
			}
		}
	}
	luma := raster.New(w, h)
	for i, m := range p.Pix {
		luma.Pix[i] = -darkening * m
	}
	return Visit{Melanin: chromo.Field{Value: p}, MMPerPx: mm, FrameFromMap: frameFromMap, Luma: luma, Darkening: evenly}
}

// darkening of luma by 1 % of melanin, about that of tan skin.
const darkening = 0.03

// evenly is the same whatever the skin.
func evenly(float64) float64 { return darkening }

var (
	firstPose  = geom.Scaling(0.12)
	secondPose = geom.Similarity(0.12, 0.07, 1.3, -2.1)
)

// scatter places n spots that do not touch.
func scatter(n int) []disc {
	rng := rand.New(rand.NewPCG(5, 9))
	var discs []disc
	for len(discs) < n {
		d := disc{8 + 100*rng.Float64(), 8 + 75*rng.Float64(), 0.5 + 0.7*rng.Float64(), 1.8 + 2*rng.Float64()}
		free := true
		for _, o := range discs {
			free = free && math.Hypot(d.x-o.x, d.y-o.y) > d.r+o.r+1.2
		}
		if free {
			discs = append(discs, d)
		}
	}
	return discs
}

func compared(t *testing.T, before, after Visit) Comparison {
	t.Helper()
	a, err1 := before.Mark()
	b, err2 := after.Mark()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return Compare(a, b)
}

// A course in which a fifth of the spots fade, a tenth go and a tenth are new.
func TestSpotsAreMatchedOneByOne(t *testing.T) {
	all := scatter(400)
	var before, after []disc
	truth := make([]string, len(all))
	var from, to float64
	for i, d := range all {
		now := d
		truth[i] = outcome.SpotPersisted
		switch {
		case i%10 < 2:
			truth[i], now.contrast = outcome.SpotFaded, 0.55*d.contrast
		case i%10 == 2:
			truth[i], now.contrast = outcome.SpotGone, 0
		case i%10 == 3:
			truth[i], d.contrast = outcome.SpotNew, 0
		}
		before, after = append(before, d), append(after, now)
		from, to = from+burdenOf([]disc{d}), to+burdenOf([]disc{now})
	}
	c := compared(t, spotted(before, firstPose, 1), spotted(after, secondPose, 2))
	got := c.Spots
	right, found := 0, 0
	for _, m := range got {
		for i, d := range all {
			if math.Hypot(m.At.X-d.x, m.At.Y-d.y) < 0.4 {
				found++
				if m.Fate == truth[i] {
					right++
				}
				if m.NeedsEyes != (truth[i] == outcome.SpotNew) {
					t.Errorf("needs eyes: %v for a spot that is %s", m.NeedsEyes, truth[i])
				}
			}
		}
	}
	t.Logf("%d spots, %d matched, %d in the right class, total change %+.3f (true %+.3f)", len(all), found, right, c.Change(), to/from-1)
	if found < 380 || float64(right) < 0.95*float64(found) || len(got) > found+4 {
		t.Errorf("of %d spots %d of %d are found and %d judged right", len(all), found, len(got), right)
	}
	near(t, "total change", c.Change(), to/from-1, 0.05*math.Abs(to/from-1)+0.005)
}

// Unchanged skin: no spot fades because it was chosen.
func TestNoRegressionToTheMean(t *testing.T) {
	discs := scatter(500)
	for i := range discs {
		discs[i].contrast *= 0.6 // many near the threshold, where chance decides who is chosen
	}
	c := compared(t, spotted(discs, firstPose, 3), spotted(discs, secondPose, 4))
	got := c.Spots
	t.Logf("%d of %d spots, total change %+.4f", len(got), len(discs), c.Change())
	near(t, "total change", c.Change(), 0, 0.01)
}

// What a flush makes of all spots alike darkens none of them; what is new or gone is told in it too.
func TestAFlushDarkensNoSpot(t *testing.T) {
	before := scatter(60)
	after := slices.Clone(before)
	for i := range after {
		after[i].contrast *= 1.35
	}
	after[0].contrast, before[1].contrast = 0, 0
	for _, c := range []struct {
		blood           float64
		darkened, moved int
	}{{1.2, 58, 2}, {3.2, 0, 2}} {
		a, b := spotted(before, firstPose, 3), spotted(after, secondPose, 4)
		a.Blood, b.Blood = 1.2, c.blood
		fates := map[string]int{}
		for _, m := range compared(t, a, b).Spots {
			fates[m.Fate]++
		}
		if math.Abs(float64(fates[outcome.SpotDarkened]-c.darkened)) > 3 || fates[outcome.SpotNew]+fates[outcome.SpotGone] != c.moved {
			t.Errorf("blood %v %%: %v", c.blood, fates)
		}
	}
}

func TestMatchIsSymmetric(t *testing.T) {
	a, b := spotted(freckles, firstPose, 7), spotted(append(freckles[:4:4], disc{60, 40, 1, 3}), firstPose, 8)
	mirror := map[string]string{outcome.SpotPersisted: outcome.SpotPersisted, outcome.SpotFaded: outcome.SpotDarkened, outcome.SpotDarkened: outcome.SpotFaded, outcome.SpotGone: outcome.SpotNew, outcome.SpotNew: outcome.SpotGone}
	forth, back := compared(t, a, b), compared(t, b, a).Spots
	there := forth.Spots
	if len(there) != len(back) || len(there) == 0 {
		t.Fatalf("%d spots there, %d back", len(there), len(back))
	}
	for _, m := range there {
		found := false
		for _, n := range back {
			found = found || n.At == m.At && n.Before == m.After && n.Fate == mirror[m.Fate]
		}
		if !found {
			t.Errorf("%+v has no mirror", m)
		}
	}
	if _, err := (Visit{}).Mark(); err == nil {
		t.Error("a transform without inverse was accepted")
	}
	if !math.IsNaN((Comparison{}).Change()) {
		t.Error("no spots have no change")
	}
}

// blotched adds to a visit blotches as wide as spots that only this photo has, such as
// shine leaves.
func blotched(v Visit, sd float64, seed uint64) Visit {
	p := raster.New(v.Melanin.Value.W, v.Melanin.Value.H)
	rng := rand.New(rand.NewPCG(seed, 3))
	for i := range p.Pix {
		p.Pix[i] = float32(rng.NormFloat64())
	}
	p = filter.Gaussian(p, 0.7/v.MMPerPx)
	k := float32(sd / chromo.Field{Value: p}.Summary().SD)
	for i := range p.Pix {
		p.Pix[i] = v.Melanin.Value.Pix[i] + float32(k*p.Pix[i])
	}
	v.Melanin.Value = p
	return v
}

// A spot that persists does not fade by the photo's noise: what plain skin around it does
// says how far its change can be believed.
func TestNoiseFadesNoSpot(t *testing.T) {
	discs := scatter(300)
	got := compared(t, blotched(spotted(discs, firstPose, 3), 0.5, 5), blotched(spotted(discs, secondPose, 4), 0.5, 6)).Spots
	persisted, sure, byRatio := 0, 0, 0
	var z2 float64
	for _, m := range got {
		if math.IsNaN(m.Error) || !slices.ContainsFunc(discs, func(d disc) bool { return math.Hypot(m.At.X-d.x, m.At.Y-d.y) < 0.3 }) {
			continue // a blotch that was found as a spot
		}
		sure++
		if m.Fate == outcome.SpotPersisted {
			persisted++
		}
		byItself := m
		if byItself.Error = 0; byItself.judged().Fate == outcome.SpotPersisted {
			byRatio++
		}
		z2 += (m.After - m.Before) * (m.After - m.Before) / (m.Error * m.Error)
	}
	spread := math.Sqrt(z2 / float64(sure))
	t.Logf("%d of %d spots persist, %d by their ratio alone; changes are %.2f of their errors", persisted, sure, byRatio, spread)
	if float64(persisted) < 0.9*float64(sure) {
		t.Errorf("%d of %d unchanged spots persist", persisted, sure)
	}
	near(t, "changes in units of their errors", spread, 1.15, 0.4)
}

// What changes in colour alone, as a JPEG rounds it, is no spot: pigment darkens. On 115 cm²
// noise brings a few that are counted, and none that is followed.
func TestWhatDoesNotDarkenIsNoSpot(t *testing.T) {
	discs := scatter(40)
	before, after := spotted(nil, firstPose, 7), spotted(discs, firstPose, 8)
	if c := compared(t, before, after); c.Appeared < 38 || c.Appeared > 48 || len(c.Spots) != 40 || c.Receded > 4 {
		t.Errorf("of 40 new spots %d appeared and %d are followed", c.Appeared, len(c.Spots))
	}
	after.Luma = spotted(nil, firstPose, 9).Luma
	if c := compared(t, before, after); c.Appeared+len(c.Spots) != 0 {
		t.Errorf("without darkening %d appeared and %d are followed", c.Appeared, len(c.Spots))
	}
}

// One photo twice has no places that changed, however still it is.
func TestOnePhotoTwice(t *testing.T) {
	m := marked(t, stain(6, freckles))
	if n := len(gather(m, m).changed()); n != 0 {
		t.Errorf("%d places changed", n)
	}
	near(t, "change", Compare(m, m).Change(), 0, 0)
}

// mottled adds the mottle of a seed to a visit seen through the first pose.
func mottled(v Visit, seed uint64, sd float64) Visit {
	rng := rand.New(rand.NewPCG(seed, 2))
	noise := raster.New(v.Melanin.Value.W, v.Melanin.Value.H)
	for i := range noise.Pix {
		noise.Pix[i] = float32(rng.NormFloat64())
	}
	const sigmaPx = 6 // 0.7 mm
	smooth := filter.Gaussian(noise, sigmaPx)
	for i, m := range smooth.Pix {
		v.Melanin.Value.Pix[i] += m * float32(sd*2*sigmaPx*math.Sqrt(math.Pi))
	}
	for i, m := range v.Melanin.Value.Pix {
		v.Luma.Pix[i] = -darkening * m
	}
	return v
}

// The places and sizes of spots are those that look darkest, so that mottle lies beneath; it is no
// part of what they hold.
func TestMottleBeneathSpotsIsNotSummed(t *testing.T) {
	discs := scatter(300)
	for seed := range uint64(3) {
		c := compared(t, mottled(spotted(discs, firstPose, 1), seed, 0.3), mottled(spotted(nil, firstPose, 2), seed, 0.3))
		t.Logf("of %.0f %.1f are left", c.BurdenBefore, c.BurdenAfter)
		near(t, "what is left of spots that are gone", c.BurdenAfter/c.BurdenBefore, 0, 0.02)
	}
}

package phantom

import (
	"math"
	"slices"
	"strings"
	"testing"

	"dermtrace/internal/filter"
	"dermtrace/internal/geom"
	"dermtrace/internal/optics"
	"dermtrace/internal/raster"
)

// posed is one skin in two visits that differ in nothing but the pose.
func posed(p Pose, swelling float64) Script {
	s := small()
	s.Width, s.Height, s.MMPerPx = 360, 280, 0.04
	s.Visits[1] = Visit{At: "2026-01-11", Photos: []Photo{{File: "b.jpg", Pose: p}}}
	if swelling != 0 {
		s.Visits[1].Skin = []Change{{Region: "treated", Swelling: swelling}}
	}
	return s
}

// The truth is what the pictures show: around every point of a lattice the posed photo,
// read where the truth says, is laid over the frame photo, and least squares tells how
// far it is off (Lucas and Kanade 1981). Shading turns with the pose, so the offsets are
// not nil; half of them are below 0.03 px and none of what can be told is a tenth.
func TestGeometryIsWhereThePicturesSayItIs(t *testing.T) {
	for name, c := range map[string]struct {
		pose     Pose
		swelling float64
	}{
		"similarity":  {Pose{Zoom: 1.07, RotateDeg: 4, ShiftPx: [2]float64{12, -9}}, 0},
		"perspective": {Pose{TiltXDeg: 5, TiltYDeg: -4, Zoom: 0.97}, 0},
		"bend, lens":  {Pose{BendPx: 3, Lens: 0.04, RotateDeg: -2}, 0},
		"mirror":      {Pose{Mirror: true, RotateDeg: 2}, 0},
		"swelling":    {Pose{ShiftPx: [2]float64{3, 2}}, 0.05},
	} {
		s := posed(c.pose, c.swelling)
		s.Visits[0].Photos[0].Light, s.Visits[1].Photos[0].Light = soft(), soft()
		median, worst, n := offsets(t, s)
		t.Logf("%s: median offset %.4f px, 90th percentile %.4f px, %d places", name, median, worst, n)
		if !(median <= 0.03) || !(worst <= 0.1) || n < 80 {
			t.Errorf("%s: the truth is off: median %.4f px, 90th percentile %.4f px over %d places", name, median, worst, n)
		}
	}
}

// soft is light from all sides: shading that no pose changes.
func soft() Light { return Light{Ambient: 1, Glare: -1} }

func offsets(t *testing.T, s Script) (median, p90 float64, n int) {
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	frame, moved := photoOf(t, p, 0), photoOf(t, p, 1)
	g := moved.Truth.Geometry
	var all []float64
	const half = 12
	for y := 30; y < s.Height-30; y += 22 {
		for x := 30; x < s.Width-30; x += 22 {
			if d, ok := lucasKanade(frame.Pixels.G, moved.Pixels.G, g, x, y, half); ok {
				all = append(all, d)
			}
		}
	}
	if len(all) == 0 {
		return math.NaN(), math.NaN(), 0
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*9/10], len(all)
}

func photoOf(t *testing.T, p *Phantom, i int) Render {
	t.Helper()
	r, err := p.Photo(i)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lucasKanade is the offset in frame pixels that explains moved, read through the
// truth, from frame around (x, y).
func lucasKanade(frame, moved *raster.Plane, g Geometry, x, y, half int) (float64, bool) {
	var xx, xy, yy, xd, yd float64
	for j := y - half; j <= y+half; j++ {
		for i := x - half; i <= x+half; i++ {
			v := filter.Bilinear(moved, g.Photo(geom.Point{X: float64(i), Y: float64(j)}))
			if v != v {
				return 0, false
			}
			gx, gy := float64(frame.At(i+1, j)-frame.At(i-1, j))/2, float64(frame.At(i, j+1)-frame.At(i, j-1))/2
			d := float64(v - frame.At(i, j))
			xx, xy, yy, xd, yd = xx+gx*gx, xy+gx*gy, yy+gy*gy, xd+gx*d, yd+gy*d
		}
	}
	det := xx*yy - xy*xy
	return math.Hypot((yy*xd-xy*yd)/det, (xx*yd-xy*xd)/det), det > 0
}

// Photo and Frame undo each other to a thousandth of a pixel, and so does the grid that
// pictures are sampled by.
func TestGeometryIsInverted(t *testing.T) {
	s := Script{Width: 400, Height: 300, MMPerPx: 0.03}
	g := Pose{Zoom: 1.1, RotateDeg: 9, TiltXDeg: 8, TiltYDeg: -7, BendPx: 6, Lens: 0.05}.geometry(s, 5)
	g.Bumps = []Bump{{X: 200, Y: 150, Sigma: 60, Strain: 0.08}}
	grid := g.grid(s.Width, s.Height)
	line, scratch := make([]geom.Point, s.Width), make([]geom.Point, grid.w)
	for y := 0; y < s.Height; y += 7 {
		grid.row(line, scratch, y)
		for x, f := range line {
			if d := g.Photo(f).Sub(geom.Point{X: float64(x), Y: float64(y)}).Norm(); !(d <= 0.002) {
				t.Fatalf("pixel (%d, %d) is sampled %.5f px off", x, y, d)
			}
		}
	}
}

// Inverting the mean colour of a region through the optics gives the truth's melanin and
// blood: light without shine cancels from the ratios of channels. Hollows are a little
// redder than level skin, which reads as up to 0.001 of melanin, and the mean of colours
// is not quite the colour of the means: 2 percent of melanin and 4 of blood remain.
func TestRegionsInvertToTheirTruth(t *testing.T) {
	for _, tone := range []Tone{{Melanin: 0.02}, {Melanin: 0.08}, {Melanin: 0.2}, {Melanin: 0.08, ScatterA: 38, ScatterB: 1.2}, {Melanin: 0.08, Oxygenation: 0.6}} {
		s := small()
		s.Tone = tone
		s.Anatomy = Anatomy{Spots: -1, Naevi: -1, HairsPerCM: -1, Vessels: -1}
		for v := range s.Visits {
			s.Visits[v].Photos[0].Pose, s.Visits[v].Photos[0].Camera, s.Visits[v].Photos[0].Light = Pose{}, Camera{}, soft()
		}
		p, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Photos() {
			r := photoOf(t, p, i)
			for _, region := range p.script.Regions {
				truth := r.Truth.Regions[region.Name]
				m, b := invert(meanColour(r.Pixels, region.polygon()), p.script.Tone.skin())
				t.Logf("tone %+v %s %s: melanin %.4f, truth %.4f; blood %.4f, truth %.4f", tone, r.File, region.Name, m, truth.Melanin, b, truth.Blood)
				if !(math.Abs(m-truth.Melanin) <= 0.001+0.02*truth.Melanin) || !(math.Abs(b/truth.Blood-1) <= 0.04) {
					t.Errorf("tone %+v %s %s: melanin %.4f blood %.4f, truth %.4f and %.4f", tone, r.File, region.Name, m, b, truth.Melanin, truth.Blood)
				}
			}
		}
	}
}

func meanColour(c *raster.RGB, g geom.Polygon) [3]float64 {
	var sum [3]float64
	n := 0.0
	for y := range c.H() {
		for x := range c.W() {
			if inside(g, point{float64(x), float64(y)}) {
				n++
				for k, pl := range c.Planes() {
					sum[k] += float64(pl.At(x, y))
				}
			}
		}
	}
	for k := range sum {
		sum[k] /= n
	}
	return sum
}

// invert finds melanin and blood whose ratios R/G and G/B are those of c, by Newton's
// method with differences.
func invert(c [3]float64, skin optics.Skin) (melanin, blood float64) {
	camera := optics.SRGB()
	ratios := func(m, b float64) (u, v float64) {
		skin.Melanin, skin.Blood = m, b
		rgb := camera.RGB(skin.Reflectance())
		return math.Log(rgb[0] / rgb[1]), math.Log(rgb[1] / rgb[2])
	}
	u0, v0 := math.Log(c[0]/c[1]), math.Log(c[1]/c[2])
	melanin, blood = 0.08, 0.015
	for range 40 {
		u, v := ratios(melanin, blood)
		um, vm := ratios(melanin*1.001, blood)
		ub, vb := ratios(melanin, blood*1.001)
		um, vm, ub, vb = (um-u)*1000, (vm-v)*1000, (ub-u)*1000, (vb-v)*1000
		det := um*vb - ub*vm
		dm, db := ((u0-u)*vb-(v0-v)*ub)/det, ((v0-v)*um-(u0-u)*vm)/det
		melanin *= math.Exp(clamp(dm, -0.5, 0.5))
		blood *= math.Exp(clamp(db, -0.5, 0.5))
	}
	return melanin, blood
}

// What a visit does to a region happens there and not in the control.
func TestChangesStayInTheirRegion(t *testing.T) {
	s := small()
	s.Visits[1].Skin = []Change{{Region: "treated", Blood: 0.03, Patchy: 0.02, Relief: -0.3, Points: 50, Crusts: 20, Peeling: 0.4, Bruise: 0.05}}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	before, after := photoOf(t, p, 0).Truth.Regions, photoOf(t, p, 1).Truth.Regions
	if before["control"] != after["control"] {
		t.Errorf("the control moved: %+v, then %+v", before["control"], after["control"])
	}
	a, b := before["treated"], after["treated"]
	if !(b.Blood > a.Blood+0.025 && b.Melanin > a.Melanin+0.012 && b.Covered > 0.02) {
		t.Errorf("treated: %+v, then %+v", a, b)
	}
	// The region's ragged border lies partly inside the polygon.
	if ratio := b.ReliefMM / a.ReliefMM; !(math.Abs(ratio-0.7) <= 0.03) {
		t.Errorf("relief is %.3f of before, asked for 0.7", ratio)
	}
}

// The relief's truth shows: less of it is less contrast of the shading in proportion.
// Shine is left out: glints come and go with the slope and are no measure of it.
func TestReliefShowsInProportion(t *testing.T) {
	s := small()
	s.Anatomy = Anatomy{Spots: -1, Naevi: -1, HairsPerCM: -1, Mottle: -1, Vessels: -1}
	s.Visits[1].Skin = []Change{{Region: "treated", Relief: -0.3}}
	s.Visits[0].Photos[0].Light.Glare = -1
	s.Visits[1].Photos[0] = Photo{File: "b.jpg", Light: Light{Glare: -1}}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	contrast := func(i int) float64 {
		g := photoOf(t, p, i).Pixels.G
		fine := filter.Gaussian(g, 8)
		var s2 float64
		for y := 60; y < 180; y++ {
			for x := 50; x < 120; x++ {
				d := float64(g.At(x, y)/fine.At(x, y)) - 1
				s2 += d * d
			}
		}
		return math.Sqrt(s2 / (120 * 70))
	}
	if ratio := contrast(1) / contrast(0); !(math.Abs(ratio-0.7) <= 0.03) {
		t.Errorf("shading contrast is %.3f of before, relief 0.7", ratio)
	}
}

// The card's patches stand where the corners say, in their colours.
func TestCardIsWhereTheTruthSays(t *testing.T) {
	s := small()
	s.Card = &Card{At: [2]float64{9, 6}, PitchMM: 1.5, AngleDeg: 7}
	s.Visits[1].Photos[0].Camera = Camera{ExposureEV: -0.3, WB: [3]float64{1.1, 1, 0.9}}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Photos() {
		r := photoOf(t, p, i)
		q := r.Truth.Card
		for k := range 24 {
			u, v := (float64(k%6)+0.5)/6, (float64(k/6)+0.5)/4
			var at [2]float64
			for a := range at {
				at[a] = (1-u)*(1-v)*q[0][a] + u*(1-v)*q[1][a] + u*v*q[2][a] + (1-u)*v*q[3][a]
			}
			want := optics.SRGB().RGB(optics.Patch(k))
			for c, pl := range r.Pixels.Planes() {
				got := float64(filter.Bilinear(pl, geom.Point{X: at[0], Y: at[1]})) / float64(r.Truth.Gains[c])
				if !(math.Abs(got-want[c]) <= 0.01) {
					t.Errorf("%s patch %d channel %d: %.4f, want %.4f", r.File, k+1, c, got, want[c])
				}
			}
		}
	}
}

// From the lightest to the darkest tone every picture has light in it, and less.
func TestAllTonesAreRendered(t *testing.T) {
	last := math.Inf(1)
	for _, tone := range []float64{0.02, 0.05, 0.1, 0.16, 0.24, 0.35} {
		s := small()
		s.Tone.Melanin = tone
		c := meanColour(photo(t, s, 0).Pixels, geom.Polygon{{X: 0, Y: 0}, {X: 319, Y: 0}, {X: 319, Y: 239}, {X: 0, Y: 239}})
		if !(c[1] < last && c[0] > c[1] && c[1] > c[2] && c[2] > 0.005) {
			t.Errorf("melanin %v: mean colour %v after green %v", tone, c, last)
		}
		last = c[1]
	}
}

// Spots go where the truth sends them: a spot that vanished leaves the skin as if it had
// never been there, a new one was not there before.
func TestSpotsMeetTheirFates(t *testing.T) {
	s := small()
	s.Anatomy = Anatomy{Spots: 12, Naevi: 2}
	s.Fates = Fates{NewSpots: 4, Faded: 0.4, Gone: 0.3}
	s.Visits[1].Skin = []Change{{Region: "treated", Spots: 1}}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	truth := p.Truth()
	first, last := photoOf(t, p, 0).Truth, photoOf(t, p, 1).Truth
	seen := map[string]int{}
	for _, o := range truth.Spots {
		from, to := first.Spots[o.ID], last.Spots[o.ID]
		ok := true
		switch {
		case o.Region != "treated":
			ok = o.Fate == stays && from == 1 && to == 1
		case o.Fate == stays:
			ok = from == 1 && to == 1
		case o.Fate == gone:
			ok = from == 1 && to == 0
		case o.Fate == faded:
			ok = from == 1 && to > 0.3 && to < 0.7
		case o.Fate == emerges:
			ok = from == 0 && to == 1
		}
		if !ok {
			t.Errorf("%s in %q (%s): strength %v, then %v", o.ID, o.Region, o.Fate, from, to)
		}
		seen[o.Fate]++
	}
	if seen[emerges] != 4 || len(seen) < 3 {
		t.Errorf("only the fates %v occur", seen)
	}
}

func TestScriptsThatCannotBeDrawnAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Script){
		"tiny":             func(s *Script) { s.Width = 10 },
		"unknown sensor":   func(s *Script) { s.Sensor = "eye" },
		"NaN melanin":      func(s *Script) { s.Tone.Melanin = math.NaN() },
		"bow tie":          func(s *Script) { s.Regions[0].Polygon = [][2]float64{{0, 0}, {9, 9}, {9, 0}, {0, 9}} },
		"unknown region":   func(s *Script) { s.Visits[1].Skin[0].Region = "nose" },
		"no photos":        func(s *Script) { s.Visits = nil },
		"twice":            func(s *Script) { s.Visits[1].Photos[0].File = "a.jpg" },
		"escaping name":    func(s *Script) { s.Visits[1].Photos[0].File = "../b.jpg" },
		"posed frame":      func(s *Script) { s.Visits[0].Photos[0].Pose.Zoom = 1.1 },
		"too many spots":   func(s *Script) { s.Anatomy.Spots = 1e9 },
		"NaN light":        func(s *Script) { s.Visits[0].Photos[0].Light.Ambient = math.NaN() },
		"scars beyond one": func(s *Script) { s.Visits[1].Skin[0].Scars = 2 },
		"tracks too high":  func(s *Script) { s.Visits[1].Skin[0].Tram = 1.5 },
		"unknown scar":     func(s *Script) { s.Regions[0].Scar = "cut" },
		"scalp of no hair": func(s *Script) { s.Scalp = &Scalp{} },
		"no scattering":    func(s *Script) { s.Tone.ScatterA = 1 },
	} {
		s := small()
		spoil(&s)
		if _, err := New(s); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzReadScript(f *testing.F) {
	f.Add("seed: 1\nvisits: [{at: 2026-01-10, photos: [{file: a.jpg}]}]\n")
	f.Add("regions: [{name: a, polygon: [[0,0],[1,0],[1,1]]}]")
	f.Add("card: {at_mm: [1, 2], pitch_mm: -1}")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadScript(strings.NewReader(text))
		if err != nil {
			return
		}
		if err := s.check(); err != nil {
			t.Errorf("accepted, then refused: %v", err)
		}
	})
}

// At the end of the course scars have lost the published shares of their depth, by kind
// (Int J Res Dermatol, article 213), and those outside the treated region nothing.
func TestScarsLoseThePublishedShares(t *testing.T) {
	s, err := Scenario("acne-scar course")
	if err != nil {
		t.Fatal(err)
	}
	p := &Phantom{script: s, shots: s.shots(), skin: grow(s)}
	want := map[string]float64{icePick: 0.9412, boxcar: 0.5294, rolling: 0.6275}
	last, seen := len(s.Visits)-1, map[string]int{}
	for _, o := range p.skin.scars {
		got := o.strength(p.progress(last, o.region).scars)
		if o.region != "treated" && got != 1 {
			t.Errorf("%s in %q changed to %v", o.id, o.region, got)
		}
		if o.region == "treated" {
			seen[o.kind]++
			if !(math.Abs(got-want[o.kind]) <= 1e-9) {
				t.Errorf("%s keeps %v of its depth, want %v", o.id, got, want[o.kind])
			}
		}
	}
	if len(seen) != len(want) {
		t.Errorf("treated scars by kind: %v", seen)
	}
}

// A region that is drawn around a scar has one in its middle, no wider than itself, and the
// manifest says nothing of it: nobody tells the program what grew there.
func TestScarsStandInTheirRegions(t *testing.T) {
	s := small()
	s.Regions = append(s.Regions, Region{Name: "pit", Kind: "scar", Scar: boxcar, Polygon: [][2]float64{{20, 20}, {32, 20}, {32, 32}, {20, 32}}})
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	scars := p.Truth().Scars
	i := slices.IndexFunc(scars, func(o ScarTruth) bool { return o.ID == "pit" })
	if i < 0 || scars[i].Kind != boxcar || math.Hypot(scars[i].X-26, scars[i].Y-26) > 1e-9 || math.Pi*scars[i].RMM*scars[i].RMM > 144*s.MMPerPx*s.MMPerPx+1e-9 {
		t.Errorf("%+v", scars)
	}
	var manifest strings.Builder
	if err := p.script.manifest(&manifest); err != nil || strings.Contains(manifest.String(), boxcar) {
		t.Errorf("%v\n%s", err, manifest.String())
	}
}

// What the truth says that a spot holds is what it adds to the skin.
func TestSpotsHoldWhatTheTruthSays(t *testing.T) {
	p, err := New(Script{Width: 800, Height: 600, MMPerPx: 0.04, Anatomy: Anatomy{Spots: 15, PIH: 15}, Visits: small().Visits, Regions: small().Regions})
	if err != nil {
		t.Fatal(err)
	}
	g := p.base.grid
	step, asked := g.x(1)-g.x(0), 0
	for _, o := range p.skin.spots {
		if reach := o.reach(); o.at.x-reach < g.x(0) || o.at.y-reach < g.y(0) || o.at.x+reach > g.x(g.w-1) || o.at.y+reach > g.y(g.h-1) {
			continue
		}
		asked++
		s := &state{grid: g, texels: make([]texel, g.w*g.h)}
		s.addSpot(o, 1)
		held := 0.0
		for _, now := range s.texels {
			held += float64(now.melanin) * step * step
		}
		if want := o.melanin * o.area(); !(math.Abs(held-want) <= 0.02*want) {
			t.Errorf("%s of radius %.2f holds %.5f, the truth says %.5f", o.kind, o.r, held, want)
		}
	}
	if asked < 10 {
		t.Errorf("%d spots lie in the skin", asked)
	}
}

package align_test

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// errorsPx are distances between found and true places.
type errorsPx []float64

// quantile sorts and reads; NaN, which sorts first, is passed on by every quantile.
func (e errorsPx) quantile(q float64) float64 {
	if len(e) == 0 {
		return math.NaN()
	}
	slices.Sort(e)
	if math.IsNaN(e[0]) {
		return math.NaN()
	}
	return e[int(q*float64(len(e)-1))]
}

// trueErrors compares a grid of frame points that the photo shows.
func trueErrors(r align.Result, w, h int, photo *raster.RGB, truth func(geom.Point) geom.Point) (e errorsPx) {
	for j := range 30 {
		for i := range 40 {
			p := geom.Point{X: float64(i) / 39 * float64(w-1), Y: float64(j) / 29 * float64(h-1)}
			q := truth(p)
			if q.X < 0 || q.Y < 0 || q.X > float64(photo.W()-1) || q.Y > float64(photo.H()-1) {
				continue
			}
			e = append(e, r.Apply(p).Sub(q).Norm())
		}
	}
	return e
}

// tilt is a homography of the size that a hand-held camera leaves.
var tilt = geom.Transform{1.04, -0.03, 21.3, 0.05, 0.98, -14.7, 2.1e-05, -1.7e-05, 1}

func TestViewsAndLights(t *testing.T) {
	const w, h = 800, 600
	s := skin{seed: 1, unit: 8, faint: 1}
	f := align.NewFrame(s.take(plain(w, h, still)), align.Options{})
	quarter := math.Pi / 4
	for _, tt := range []struct {
		name string
		t    geom.Transform
		edit func(*shot)
		max  float64
		// quick cases run without -long.
		quick bool
	}{
		{"same view, new noise", geom.Identity(), func(c *shot) {}, 0.05, true},
		{"tilted", tilt, func(c *shot) {}, 0.05, true},
		{"45 degrees", about(w, h, 1, quarter, 3.3, 4.7), func(c *shot) {}, 0.05, false},
		{"90 degrees", about(w, h, 1, 2*quarter, 3.3, 4.7), func(c *shot) {}, 0.05, true},
		{"180 degrees", about(w, h, 1, 4*quarter, 3.3, 4.7), func(c *shot) {}, 0.05, false},
		{"scale 0.6", about(w, h, 0.6, 0.1, 3.3, 4.7), func(c *shot) {}, 0.05, true},
		{"scale 1.6", about(w, h, 1.6, 0.1, 3.3, 4.7), func(c *shot) {}, 0.05, false},
		{"overlap 45 %", about(w, h, 1, 0.05, 440, 4.7), func(c *shot) {}, 0.05, true},
		{"flush", tilt, func(c *shot) { c.flush, c.flushCenter, c.flushRadius = 0.5, geom.Point{X: 300, Y: 300}, 150 }, 0.1, true},
		{"cast ±10 %", tilt, func(c *shot) { c.gain = [3]float64{1.1, 1, 0.9} }, 0.1, false},
		{"exposure −20 %", tilt, func(c *shot) { c.gain = [3]float64{0.8, 0.8, 0.8} }, 0.1, false},
		{"gradient ±25 %", tilt, func(c *shot) { c.slope = 0.5 }, 0.1, true},
		{"blur 1.5 px", tilt, func(c *shot) { c.blurPx = 1.5 }, 0.1, true},
		{"noise", tilt, func(c *shot) { c.noise = 5 }, 0.1, false},
	} {
		if !tt.quick && !*long {
			continue
		}
		c := plain(w, h, through(tt.t))
		c.seed = 7
		tt.edit(&c)
		photo := s.take(c)
		r := f.Align(photo)
		e := trueErrors(r, w, h, photo, tt.t.Apply)
		med, p95 := e.quantile(0.5), e.quantile(0.95)
		t.Logf("%-22s %-8s %-10s median %.4f p95 %.4f estimated %.4f excess %.2f", tt.name, r.Status, r.Model, med, p95, r.ErrorPx, r.Figures.Excess)
		if r.Status != align.StatusOK && (r.Status != align.StatusDoubtful || r.Overlap > 0.5) {
			t.Errorf("%s: %s: %s", tt.name, r.Status, r.Reason)
		}
		if !(med <= tt.max && p95 <= 4*tt.max) {
			t.Errorf("%s: median error %.4f px, 95th percentile %.4f, want at most %.2f and %.2f", tt.name, med, p95, tt.max, 4*tt.max)
		}
	}
}

func TestOtherSkinIsRefused(t *testing.T) {
	const w, h = 800, 600
	f := align.NewFrame(skin{seed: 1, unit: 8, faint: 1}.take(plain(w, h, still)), align.Options{})
	seeds := uint64(3)
	if *long {
		seeds = 9
	}
	for seed := uint64(2); seed <= seeds; seed++ {
		r := f.Align(skin{seed: seed, unit: 8, faint: 1}.take(plain(w, h, still)))
		t.Logf("seed %d: %s, %d inliers, excess %.2f", seed, r.Status, r.Figures.Inliers, r.Figures.Excess)
		refused(t, r)
	}
}

// refused checks that nothing that could be mistaken for a transform is handed out.
func refused(t *testing.T, r align.Result) {
	t.Helper()
	if r.Status != align.StatusFailed || r.Reason == "" || r.Model != "" {
		t.Errorf("status %s, model %q, reason %q; want failed, none and one", r.Status, r.Model, r.Reason)
	}
	if r.PhotoFromFrame != (geom.Transform{}) || !math.IsNaN(r.ErrorPx) {
		t.Errorf("a refused photo has transform %v and error %v; want none and NaN", r.PhotoFromFrame, r.ErrorPx)
	}
	if p := r.Apply(geom.Point{X: 10, Y: 20}); !math.IsNaN(p.X) || !math.IsNaN(p.Y) {
		t.Errorf("a refused photo carries a point to %v, want NaN", p)
	}
}

func TestMirroredPhotoSaysSo(t *testing.T) {
	const w, h = 600, 450
	s := skin{seed: 3, unit: 8, faint: 1}
	f := align.NewFrame(s.take(plain(w, h, still)), align.Options{})
	mirror := geom.Transform{-1, 0, w - 1, 0, 1, 0, 0, 0, 1}
	r := f.Align(s.take(plain(w, h, through(mirror.Mul(tilt)))))
	t.Logf("%s: %s (%d matches mirrored, %d straight)", r.Status, r.Reason, r.Figures.MirrorInliers, r.Figures.Inliers)
	refused(t, r)
	if want := "the photo is mirrored: flip it back, or use the original file"; r.Reason != want {
		t.Errorf("reason = %q, want %q", r.Reason, want)
	}
}

// Black bars at the same place in both photos must not hold the alignment at the identity, and
// photos that share nothing but bars must be refused.
func TestPaddingDoesNotAttract(t *testing.T) {
	const w, h = 640, 480
	s := skin{seed: 4, unit: 8, faint: 1}
	a, b := s.take(plain(w, h, still)), s.take(plain(w, h, through(geom.Translation(37.4, -22.6).Mul(tilt))))
	other := skin{seed: 5, unit: 8, faint: 1}.take(plain(w, h, still))
	for _, c := range []*raster.RGB{a, b, other} {
		bar(c, 440)
	}
	f := align.NewFrame(a, align.Options{})
	truth := geom.Translation(37.4, -22.6).Mul(tilt)
	r := f.Align(b)
	e := trueErrors(r, w, h, b, truth.Apply)
	t.Logf("%s, median error %.4f, overlap %.2f", r.Status, e.quantile(0.5), r.Overlap)
	if !(e.quantile(0.5) <= 0.05) {
		t.Errorf("median error %.4f px, want at most 0.05", e.quantile(0.5))
	}
	m := r.Mask()
	for _, c := range []struct {
		p    geom.Point
		want bool
	}{
		{geom.Point{X: 200, Y: 240}, true},  // skin in both
		{geom.Point{X: 600, Y: 240}, false}, // the frame's bar
		{geom.Point{X: 430, Y: 240}, false}, // the photo's bar lies here
		{geom.Point{X: 200, Y: 2}, false},   // above the photo
		{geom.Point{X: -5, Y: 240}, false},  // beside the frame
		{geom.Point{X: 1e9, Y: 240}, false}, // far beside it
	} {
		if got := r.Shows(c.p); got != c.want {
			t.Errorf("Shows(%v) = %v, want %v", c.p, got, c.want)
		}
		if x, y := int(c.p.X), int(c.p.Y); x >= 0 && x < m.W && (m.At(x, y) == 1) != c.want {
			t.Errorf("Mask at %v = %v, want %v", c.p, m.At(x, y), c.want)
		}
	}
	failed := f.Align(other)
	refused(t, failed)
	if failed.Shows(geom.Point{X: 200, Y: 240}) || failed.Mask() != nil {
		t.Error("a refused photo shows a point of the frame")
	}
}

// bar blackens everything right of x.
func bar(c *raster.RGB, x int) {
	for _, p := range c.Planes() {
		for y := range p.H {
			clear(p.Row(y)[x:])
		}
	}
}

func TestSameBitsForAnyGOMAXPROCS(t *testing.T) {
	const w, h = 640, 480
	s := skin{seed: 6, unit: 8, faint: 1}
	a, b := s.take(plain(w, h, still)), s.take(plain(w, h, through(tilt)))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := align.NewFrame(a, align.Options{}).Align(b)
	for _, n := range []int{2, 5} {
		runtime.GOMAXPROCS(n)
		if got := align.NewFrame(a, align.Options{}).Align(b); !sameResult(got, want) {
			t.Errorf("GOMAXPROCS %d: %+v, want %+v", n, got, want)
		}
	}
}

func sameResult(a, b align.Result) bool {
	return a.PhotoFromFrame == b.PhotoFromFrame && a.Figures == b.Figures && a.ErrorPx == b.ErrorPx &&
		a.Status == b.Status && a.Model == b.Model && a.Overlap == b.Overlap
}

func TestEmptyAndTinyPhotosAreRefused(t *testing.T) {
	f := align.NewFrame(skin{seed: 1, unit: 8, faint: 1}.take(plain(300, 200, still)), align.Options{})
	for _, size := range [][2]int{{0, 0}, {1, 1}, {3, 200}, {40, 40}, {300, 200}} {
		refused(t, f.Align(raster.NewRGB(size[0], size[1])))
		refused(t, align.NewFrame(raster.NewRGB(size[0], size[1]), align.Options{}).Align(raster.NewRGB(300, 200)))
	}
}

func TestSmoothStretch(t *testing.T) {
	const w, h = 1000, 750
	s := skin{seed: 8, unit: 8, faint: 1}
	f := align.NewFrame(s.take(plain(w, h, still)), align.Options{})
	// The photo's pixel q shows the frame's point q + bulge(q) through the tilt.
	bulge := func(amp float64) func(geom.Point) geom.Point {
		inv := through(tilt)
		return func(q geom.Point) geom.Point {
			p := inv(q)
			x, y := p.X/w*2*math.Pi, p.Y/h*2*math.Pi
			return geom.Point{X: p.X + amp*math.Sin(0.8*x+0.3)*math.Cos(0.7*y), Y: p.Y + amp*math.Cos(0.6*x)*math.Sin(0.9*y+0.5)}
		}
	}
	for _, amp := range []float64{4.5, 2, 0.5} {
		if amp < 4 && !*long {
			break
		}
		frameFromPhoto := bulge(amp)
		c := plain(w, h, frameFromPhoto)
		c.seed = 9
		photo := s.take(c)
		r := f.Align(photo)
		// The truth is known from photo to frame; invert it by fixed-point steps.
		truth := func(p geom.Point) geom.Point {
			g := p
			for range 60 {
				b := frameFromPhoto(tilt.Apply(g))
				g = geom.Point{X: g.X + p.X - b.X, Y: g.Y + p.Y - b.Y}
			}
			return tilt.Apply(g)
		}
		e := trueErrors(r, w, h, photo, truth)
		t.Logf("amplitude %.1f px: %s %s median %.4f p95 %.4f estimated %.4f", amp, r.Status, r.Model, e.quantile(0.5), e.quantile(0.95), r.ErrorPx)
		if !(e.quantile(0.5) <= 0.25 && e.quantile(0.95) <= 0.75) {
			t.Errorf("amplitude %.1f px: median %.4f px, p95 %.4f px; want at most 0.25 and 0.75", amp, e.quantile(0.5), e.quantile(0.95))
		}
	}
}

// Landmarks start the search; the pictures decide. The photo is turned beyond what the dense search
// tries and seen so far from the side, in such grain, that no feature is found again.
func TestLandmarksLeadButDoNotDecide(t *testing.T) {
	const w, h = 640, 480
	s := skin{seed: 12, unit: 9, faint: 0.6}
	turn := geom.Translation(320, 240).Mul(geom.Similarity(1.2, 1.3, 0, 0)).Mul(geom.Transform{0.5, 0, 0, 0, 1.1, 0, 0, 0, 1}).Mul(geom.Translation(-330, -235))
	c := plain(w, h, through(turn))
	c.seed, c.noise = 5, 6
	own := s.take(c)
	other := skin{seed: 13, unit: 9, faint: 0.6}.take(c)
	f := align.NewFrame(s.take(plain(w, h, still)), align.Options{})
	refused(t, f.Align(own))
	var marks []align.Landmark
	for _, p := range []geom.Point{{X: 200, Y: 150}, {X: 430, Y: 160}, {X: 420, Y: 330}, {X: 210, Y: 320}, {X: 320, Y: 240}, {X: 300, Y: 100}} {
		q := turn.Apply(p)
		marks = append(marks, align.Landmark{Frame: p, Photo: geom.Point{X: q.X + 1.5, Y: q.Y - 1}})
	}
	r := f.AlignAssisted(own, marks)
	e := trueErrors(r, w, h, own, turn.Apply)
	t.Logf("%s, assisted %v, median error %.3f px, estimated %.3f px, z %.1f %s", r.Status, r.Assisted, e.quantile(0.5), r.ErrorPx, r.Figures.Z, r.Reason)
	if !r.Assisted || !(e.quantile(0.5) <= 0.3) {
		t.Errorf("%s (%s), assisted %v, median error %.3f px; want true and at most 0.3", r.Status, r.Reason, r.Assisted, e.quantile(0.5))
	}
	refused(t, f.AlignAssisted(other, marks))
	refused(t, f.AlignAssisted(own, marks[:2]))
}

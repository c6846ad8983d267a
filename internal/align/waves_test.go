package align

import (
	"math"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Waves of all directions, moved aside, say so by their phases.
func TestWavesReadAShift(t *testing.T) {
	const side, dx, dy = 4*blockPx + 2, 0.3, -0.2
	take := func(dx, dy float64) *raster.Plane {
		p := raster.New(side, side)
		for y := range side {
			for x := range side {
				v := 1.0
				for n := range 60 {
					wave, angle := 0.3+0.03*float64(n), 2.4*float64(n)
					v += 0.01 * math.Sin(wave*(math.Cos(angle)*(float64(x)-dx)+math.Sin(angle)*(float64(y)-dy))+float64(n*n))
				}
				p.Set(x, y, float32(v))
			}
		}
		return p
	}
	frame, photo := take(0, 0), take(dx, dy)
	c := newCross()
	for y := probeRim; y+blockPx+probeRim <= side; y += blockPx / 2 {
		for x := probeRim; x+blockPx+probeRim <= side; x += blockPx / 2 {
			patch := raster.New(probeSide, probeSide)
			for i := range probeSide {
				copy(patch.Row(i), photo.Row(y - probeRim + i)[x-probeRim:])
			}
			c.add(frame, patch, &block{x: x, y: y})
		}
	}
	waves, errs := c.waves(1), []float64(nil)
	if len(waves) < len(waveNumbers)/2 {
		t.Fatalf("%d of %d waves", len(waves), len(waveNumbers))
	}
	for _, w := range waves {
		errs = append(errs, math.Abs(w.phase+w.k.X*dx+w.k.Y*dy)/math.Hypot(w.k.X, w.k.Y))
	}
	if m := median(errs); !(m <= 0.02) {
		t.Errorf("half of the waves lie more than %.3f px aside", m)
	}
}

// What a lamp displaces depends on a wave's direction, what lies aside does not.
func TestALampDisplacesWavesAcrossIt(t *testing.T) {
	for _, c := range []struct {
		name             string
		at, lamp, lambda geom.Point
	}{
		{"aside", geom.Point{X: 0.05, Y: -0.03}, geom.Point{}, geom.Point{X: 1}},
		{"lamp turned", geom.Point{}, geom.Point{X: 0.08, Y: -0.06}, geom.Point{X: 0.9, Y: 1.2}},
		{"lamp tilted", geom.Point{}, geom.Point{X: 0.06, Y: 0.08}, geom.Point{X: 0.9, Y: 1.2}},
		{"both", geom.Point{X: -0.03, Y: 0.02}, geom.Point{X: -0.1}, geom.Point{Y: 2}},
	} {
		var waves []wave
		for _, n := range waveNumbers {
			slope := n.k.X*c.lambda.X + n.k.Y*c.lambda.Y
			move := func(p geom.Point) float64 { return -n.k.X*p.X - n.k.Y*p.Y }
			phase := move(c.at) + move(c.lamp)/(1+slope*slope)
			waves = append(waves, wave{n.k, n.ring, phase, 1e4})
		}
		d, se := turned(waves)
		if e := d.Sub(c.at).Norm(); !(e <= 0.02) || !(e <= 3*se) || !(se <= 0.03) {
			t.Errorf("%s: %.3f ± %.3f, want %.3f", c.name, d, se, c.at)
		}
	}
}

package align

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/dsp/fourier"

	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// What a lamp displaces by less the finer it is, tends to nothing; what lies aside by as much at all sizes, lies there.
func TestBandsTendToWhereTheyLie(t *testing.T) {
	for _, c := range []struct {
		name    string
		at, off float64
	}{{"moved", 0.1, 0}, {"lamp", 0, 0.2}, {"both", -0.05, 0.1}} {
		var bands []band
		for wave := 0.4; wave < 1.4; wave += 0.2 {
			d := c.at + c.off*math.Exp(-wave*wave/0.64)
			bands = append(bands, band{wave, geom.Point{X: d, Y: -d}, 1e-6})
		}
		got, se := limit(bands, minDrift)
		if want := (geom.Point{X: c.at, Y: -c.at}); !(got.Sub(want).Norm() <= se) || !(se <= 0.06) {
			t.Errorf("%s: %.4f ± %.4f, want %.4f", c.name, got, se, want)
		}
	}
}

// Waves of all directions, moved aside, lie there in every band.
func TestBandsReadAShift(t *testing.T) {
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
	var c cross
	for y := probeRim; y+blockPx+probeRim <= side; y += blockPx / 2 {
		for x := probeRim; x+blockPx+probeRim <= side; x += blockPx / 2 {
			patch := raster.New(probeSide, probeSide)
			for i := range probeSide {
				copy(patch.Row(i), photo.Row(y - probeRim + i)[x-probeRim:])
			}
			c.add(fourier.NewCmplxFFT(blockPx), frame, patch, &block{x: x, y: y})
		}
	}
	bands := c.bands(1)
	if len(bands) < minBands {
		t.Fatalf("%d bands", len(bands))
	}
	for _, b := range bands {
		if !(b.d.Sub(geom.Point{X: dx, Y: dy}).Norm() <= 0.03) {
			t.Errorf("at %.2f: %.4f, want %.1f, %.1f", b.wave, b.d, dx, dy)
		}
	}
}

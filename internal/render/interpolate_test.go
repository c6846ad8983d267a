package render

import (
	"math"
	"math/rand/v2"
	"testing"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

func uneven(w, h int, seed uint64) *raster.Plane {
	r := rand.New(rand.NewPCG(7, seed))
	p := raster.New(w, h)
	for i := range p.Pix {
		p.Pix[i] = r.Float32()
	}
	return p
}

// weightTolerance is what weights in 1/64 may do to pixels as different as can be: three are
// off by an eightieth of 255 codes at most, the fourth by what makes up for them.
const weightTolerance = 10

// Against the definition, with exact weights, the edge held beyond the edge and no code
// below 0 or above 255.
func TestCubicWarpReadsBetweenPixels(t *testing.T) {
	const w, h = 90, 70
	planes := [3]*raster.Plane{uneven(w, h, 1), uneven(w, h, 2), uneven(w, h, 3)}
	var src coded
	src.take(light{planes, asShot}, raster.Box{X1: w, Y1: h})
	tilted := geom.Transform{0.9, 0.2, -9, -0.15, 1.1, 4, 1e-3, -5e-4, 1}.Mul(geom.Scaling(1. / 3))
	const wide, high = 3 * 100, 3 * 80 // several tiles
	got := cubicWarp(light{planes, asShot}, tilted, wide, high)
	known := 0
	for i := range wide * high {
		q := tilted.Apply(geom.Point{X: float64(i % wide), Y: float64(i / wide)})
		if !within(q.X, q.Y, w, h) {
			if v := hatch(i%wide, i/wide); got.Pix[4*i] != v || got.Pix[4*i+1] != v || got.Pix[4*i+2] != v {
				t.Fatalf("pixel %d is no hatch", i)
			}
			continue
		}
		known++
		for c := range planes {
			want := cubicAt(&src, c, q)
			if v := float64(got.Pix[4*i+c]); !(math.Abs(v-want) <= weightTolerance) {
				t.Fatalf("pixel %d, channel %d is %v, want %v", i, c, v, want)
			}
		}
	}
	if known < 9*3000 {
		t.Errorf("only %d pixels are in view", known)
	}
}

// cubicAt is the cubic of a channel by its definition.
func cubicAt(src *coded, channel int, q geom.Point) (sum float64) {
	i, j := math.Floor(q.X), math.Floor(q.Y)
	wx, wy := catmullRom(q.X-i), catmullRom(q.Y-j)
	for n := range wy {
		for m := range wx {
			x, y := max(0, min(int(i)-1+m, src.w-1)), max(0, min(int(j)-1+n, src.h-1))
			sum += wy[n] * wx[m] * float64(src.pix[y*src.w+x]>>(channel*laneBits)&255)
		}
	}
	return max(0, min(sum, 255))
}

// At whole pixels a photo of codes is those codes, black and white ones beside each other
// included.
func TestCubicWarpLeavesCodesAsTheyAre(t *testing.T) {
	const side = 32
	var planes [3]*raster.Plane
	for c := range planes {
		planes[c] = raster.New(side, side)
		for i := range planes[c].Pix {
			planes[c].Pix[i] = float32(cie.Decode(float64(byte(i*(c+1)*97)) / 255))
		}
	}
	got := cubicWarp(light{planes, asShot}, geom.Identity(), side, side)
	for i := range side * side {
		for c := range planes {
			if v, want := got.Pix[4*i+c], byte(i*(c+1)*97); v != want {
				t.Fatalf("pixel %d, channel %d is %d, want %d", i, c, v, want)
			}
		}
	}
}

// Between black and white a cubic overshoots; lanes do not spill into each other.
func TestLanesKeepApart(t *testing.T) {
	src := &coded{8, 8, make([]uint64, 64)}
	for i := range src.pix {
		if (i+i/8)%2 == 0 {
			src.pix[i] = 255 | 255<<(2*laneBits) // red and blue, and green everywhere else
		} else {
			src.pix[i] = 255 << laneBits
		}
	}
	for i := range 41 * 41 {
		at := geom.Point{X: 3 + float64(i%41)/40, Y: 3 + float64(i/41)/40}
		var got [4]uint8
		cubicRow(got[:], src, lineOf(geom.Translation(at.X, at.Y), 0), 0)
		for c := range 3 {
			if v, want := float64(got[c]), cubicAt(src, c, at); !(math.Abs(v-want) <= weightTolerance) {
				t.Fatalf("at %v channel %d is %v, want %v", at, c, v, want)
			}
		}
	}
}

// A plane of OnView is drawn as it is: no second interpolation.
func TestMapOfAPlaneOnViewIsThatOfThePlane(t *testing.T) {
	p := uneven(300, 200, 9)
	view := View{X: 20, Y: 30, W: 250, H: 160}
	tilted := geom.Similarity(0.98, 0.02, 3, -2)
	seen, err := OnView(p, tilted, view)
	if err != nil {
		t.Fatal(err)
	}
	once, err := Map(p, tilted, view, Scale{Low: 0, High: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Map(seen, view.MapFromFrame(), view, Scale{Low: 0, High: 1}, 0)
	if err != nil || string(once.Bytes) != string(twice.Bytes) {
		t.Errorf("the maps differ, %v", err)
	}
}

package raster

import (
	"reflect"
	"runtime"
	"slices"
	"testing"
)

func TestBandsCoverEveryRowOnce(t *testing.T) {
	for _, h := range []int{0, 1, 63, 64, 65, 1000} {
		seen := make([]int, h)
		Bands(h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				seen[y]++
			}
		})
		for y, n := range seen {
			if n != 1 {
				t.Fatalf("height %d: row %d was visited %d times", h, y, n)
			}
		}
	}
}

// The order of additions is fixed, so the sum of values that float64 cannot add
// exactly is the same for any number of cores.
func TestSumIsBitIdenticalForAnyGOMAXPROCS(t *testing.T) {
	p := New(97, 1013)
	for i := range p.Pix {
		p.Pix[i] = 1 / float32(i+1)
	}
	sum := func() float64 {
		return Sum(p.H, func(y0, y1 int) float64 {
			var s float64
			for _, v := range p.Pix[y0*p.W : y1*p.W] {
				s += float64(v)
			}
			return s
		})
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := sum()
	for _, n := range []int{2, 3, 16} {
		runtime.GOMAXPROCS(n)
		if got := sum(); got != want {
			t.Errorf("GOMAXPROCS %d: %v, want %v", n, got, want)
		}
	}
}

func TestPanicInABandReachesTheCaller(t *testing.T) {
	defer func() {
		if r := recover(); r != "boom" {
			t.Errorf("recovered %v, want boom", r)
		}
	}()
	Bands(1000, func(y0, _ int) {
		if y0 == 0 {
			panic("boom")
		}
	})
}

func TestCrop(t *testing.T) {
	p := New(5, 4)
	for i := range p.Pix {
		p.Pix[i] = float32(i)
	}
	q := p.Crop(1, 2, 4, 4)
	if q.W != 3 || q.H != 2 || q.At(0, 0) != 11 || q.At(2, 1) != 18 {
		t.Errorf("crop = %+v", q)
	}
	q.Set(0, 0, -1)
	if p.At(1, 2) != 11 {
		t.Error("the crop shares pixels with its source")
	}
}

// parts hides that a picture is an RGB, so that it is read in parts.
type parts struct{ Picture }

// What is read in parts is what is read at once.
func TestPartsAreThoseOfTheWhole(t *testing.T) {
	c := NewRGB(37, 150)
	for k, p := range c.Planes() {
		for i := range p.Pix {
			p.Pix[i] = float32(i*(k+2)%251) / 7
		}
	}
	box := Box{5, 11, 30, 149}
	want := c.Crop(box.X0, box.Y0, box.X1, box.Y1)
	for name, got := range map[string]*RGB{
		"crop":            Crop(c, box),
		"window":          Whole(Window(c, box)),
		"window in parts": Crop(Window(parts{Window(c, Box{2, 1, 36, 150})}, Box{3, 10, 28, 148}), Box{X1: 25, Y1: 138}),
	} {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("the %s differs", name)
		}
	}
	for _, pic := range []Picture{c, parts{c}} {
		rows := 0
		EachRow(pic, box, func(y int, r, g, b []float32) {
			i := y - box.Y0
			if rows++; i != rows-1 || !slices.Equal(r, want.R.Row(i)) || !slices.Equal(g, want.G.Row(i)) || !slices.Equal(b, want.B.Row(i)) {
				t.Errorf("row %d differs", y)
			}
		})
		if rows != want.H() {
			t.Errorf("%d rows, want %d", rows, want.H())
		}
		EachRow(pic, Box{}, func(int, []float32, []float32, []float32) { t.Error("an empty box has a row") })
	}
	for f := 1; f <= 20; f++ {
		if !reflect.DeepEqual(Shrink(parts{c}, f), c.Shrink(f)) {
			t.Errorf("shrunken by %d in parts, it differs", f)
		}
	}
	if Whole(c) != c {
		t.Error("an RGB is copied")
	}
}

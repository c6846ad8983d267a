package skin

import (
	"math"
	"slices"

	"dermtrace/internal/raster"
)

// A terminal hair as red light sees it, which melanin and blood darken least: a line that is
// darker than the skin on both sides of it (project defaults). Thin and curled stretches are
// missed: looser bounds find more, and take deep furrows of coarse skin for hair in photos where
// they are darkest, in others not, which moves roughness by 5 to 20 %. Light hair is not
// looked for.
const (
	strandDarker = 0.6  // in log light: terminal hair has 0.4 to 2, furrows under a low lamp up to 0.5
	strandSideMM = 0.12 // where the skin beside it begins: wider lines are furrows
	strandAlike  = 0.5  // how much the two sides may differ, over what the line is darker
	strandLongMM = 1.5  // shorter is shaven hair, a pore or a deep furrow between two crossings, and stays in
	strandRimMM  = 0.12 // that goes with it: twice the σ of the finest Gaussian of texture
)

// leaveStrandsOut takes terminal hair out of the weights and returns its share of them. Where
// it is most of a region it is what the region is made of, and stays in. red is the region's
// mean red light.
func (a averaged) leaveStrandsOut(red, pxPerMM float64) (share float64) {
	at := a.longStrands(red, pxPerMM)
	if len(at) == 0 {
		return 0
	}
	left := append([]float32(nil), a.weight.Pix...)
	w, h, rim := a.weight.W, a.weight.H, int(math.Round(strandRimMM*pxPerMM))
	for _, i := range at {
		x, y := i%w, i/w
		for v := max(0, y-rim); v <= min(h-1, y+rim); v++ {
			clear(left[v*w+max(0, x-rim) : v*w+min(w, x+rim+1)])
		}
	}
	var total, kept float64
	for i, v := range a.weight.Pix {
		total, kept = total+float64(v), kept+float64(left[i])
	}
	if share = 1 - kept/total; share > mostForeign {
		return 0
	}
	copy(a.weight.Pix, left)
	return share
}

// longStrands lists the pixels of lines that are long enough, line by line.
func (a averaged) longStrands(red, pxPerMM float64) (at []int) {
	strands := a.strands(red, pxPerMM)
	if len(strands) == 0 {
		return nil
	}
	w, h := a.weight.W, a.weight.H
	on := make([]bool, w*h)
	for _, i := range strands {
		on[i] = true
	}
	for _, i := range strands {
		if !on[i] {
			continue
		}
		if line, long := takeLine(on, w, h, i); long >= strandLongMM*pxPerMM {
			at = append(at, line...)
		}
	}
	return at
}

// takeLine takes from a plane of w×h the pixels that hang together with the i-th, and says how
// long the diagonal of their box is.
func takeLine(on []bool, w, h, i int) (line []int, long float64) {
	on[i], line = false, []int{i}
	x0, x1, y0, y1 := w, 0, h, 0
	for k := 0; k < len(line); k++ {
		x, y := line[k]%w, line[k]/w
		x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
		for v := max(0, y-1); v <= min(h-1, y+1); v++ {
			for u := max(0, x-1); u <= min(w-1, x+1); u++ {
				if j := v*w + u; on[j] {
					on[j] = false
					line = append(line, j)
				}
			}
		}
	}
	return line, math.Hypot(float64(x1-x0), float64(y1-y0))
}

// strands lists pixels whose red light falls short of that on both sides, across one of four
// directions, and whose sides are alike: a furrow's wall that faces the lamp is bright. What is
// not half as much darker than the region is not looked at.
func (a averaged) strands(mean, pxPerMM float64) []int {
	w, h := a.weight.W, a.weight.H
	bands := make([][]int, (h+raster.BandRows-1)/raster.BandRows)
	red, side := a.rgb.R.Pix, strandSideMM*pxPerMM
	across := [4]beside{besideAt(side, 1), besideAt(side, w), besideAt(side/math.Sqrt2, w+1), besideAt(side/math.Sqrt2, w-1)}
	rim := int(side) + 1
	less := float32(math.Exp(-strandDarker))
	dark := float32(mean * math.Exp(-strandDarker/2))
	raster.Bands(h, func(y0, y1 int) {
		list := &bands[y0/raster.BandRows]
		for y := max(y0, rim); y < min(y1, h-rim); y++ {
			for i := y*w + rim; i < (y+1)*w-rim; i++ {
				if !(red[i] < dark) || a.weight.Pix[i] == 0 {
					continue
				}
				for _, b := range across {
					p, q := b.both(red, i)
					if low := min(p, q); red[i] < less*low && max(p, q)-low < strandAlike*(low-red[i]) {
						*list = append(*list, i)
						break
					}
				}
			}
		}
	})
	return slices.Concat(bands...)
}

// beside is two points at the same distance on both sides of a pixel: so many pixels of the
// plane on and t of the way to the next.
type beside struct {
	near, far int
	t         float32
}

func besideAt(side float64, step int) beside {
	n := int(side)
	return beside{n * step, (n + 1) * step, float32(side - float64(n))}
}

func (b beside) both(p []float32, i int) (before, after float32) {
	return p[i-b.near] + float32(b.t*(p[i-b.far]-p[i-b.near])), p[i+b.near] + float32(b.t*(p[i+b.far]-p[i+b.near]))
}

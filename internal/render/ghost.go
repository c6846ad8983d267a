package render

import (
	"image"
	"image/draw"
	"math"
	"slices"

	"dermtrace/internal/filter"
	"dermtrace/internal/raster"
)

const (
	// ghostSigma is the size of what a ghost's lines go around, as a share of the longer
	// side: moles, spots, scars and the face's outline, not pores. Project default.
	ghostSigma = 0.006
	// ghostStrong and ghostWeak are the shares of pixels whose gradient starts a line and
	// continues one (Canny 1986, IEEE PAMI 8:679). Project defaults.
	ghostStrong, ghostWeak = 0.04, 0.12
	// ghostAround is the size of the neighbourhood, as a share of the longer side, whose mean
	// gradient counts as much as the picture's: a face then has lines beside a striped shirt.
	ghostAround = 0.08
	// ghostShortest is the least length of a line, as a share of the longer side.
	ghostShortest = 0.04
)

// Ghost is a transparent PNG of the whole frame, at most maxPx long (0: 1200): the lines
// that an eye lines up, white on a dark casing, and the outlines of the regions. Laid
// over the live picture of a camera, or held beside it, it frames the next shot.
func Ghost(frame *raster.RGB, regions []Region, maxPx int) (Image, error) {
	outlines := outlined(regions, WholeFrame(frame.W(), frame.H()), orDefault(maxPx, defaultLayerPx))
	img := image.NewNRGBA(outlines.Rect)
	at := ghostLines(frame, img.Rect.Dx(), img.Rect.Dy())
	dot(img, at, pen{color: [3]uint8{20, 20, 24}, widthPx: 5, alpha: 0.6})
	dot(img, at, pen{color: [3]uint8{255, 255, 255}, widthPx: 2, alpha: 1})
	draw.Draw(img, img.Rect, outlines, image.Point{}, draw.Over)
	return encodePNG(img)
}

// dot draws a line's pixels with a round pen.
func dot(img *image.NRGBA, at []image.Point, p pen) {
	r := int(p.widthPx/2 + 1)
	for _, c := range at {
		for y := max(c.Y-r, 0); y <= min(c.Y+r, img.Rect.Dy()-1); y++ {
			for x := max(c.X-r, 0); x <= min(c.X+r, img.Rect.Dx()-1); x++ {
				distance := math.Hypot(float64(x-c.X), float64(y-c.Y))
				cover(img.Pix[y*img.Stride+4*x:][:4:4], p, p.widthPx/2+0.5-distance)
			}
		}
	}
}

// ghostLines are the pixels of the lines in a picture of w×h: the crests of the gradient
// of ln light, so that shade shows as light does.
func ghostLines(frame *raster.RGB, w, h int) []image.Point {
	small := filter.Shrink(frame.G, max(1, frame.W()/w))
	ln := raster.New(small.W, small.H)
	for i, v := range small.Pix {
		ln.Pix[i] = float32(math.Log(float64(max(v, 1e-3)))) // a floor of a quarter of a code
	}
	smooth := filter.Gaussian(ln, ghostSigma*float64(max(small.W, small.H)))
	crest, strength := crests(smooth)
	even(crest, strength)
	strong, weak := quantileOf(strength, 1-ghostStrong), quantileOf(strength, 1-ghostWeak)
	shortest := int(ghostShortest * float64(max(small.W, small.H)))
	var out []image.Point
	for _, line := range follow(crest, weak) {
		if len(line) < shortest || !slices.ContainsFunc(line, func(i int) bool { return crest.Pix[i] >= strong }) {
			continue
		}
		for _, i := range line {
			out = append(out, image.Pt((2*(i%small.W)+1)*w/(2*small.W), (2*(i/small.W)+1)*h/(2*small.H)))
		}
	}
	return out
}

// crests keeps the gradient where it is larger than on both sides along its direction,
// and returns the gradient itself too.
func crests(p *raster.Plane) (crest, strength *raster.Plane) {
	crest, strength = raster.New(p.W, p.H), raster.New(p.W, p.H)
	gradient := func(x, y int) (dx, dy float64) {
		return float64(p.At(x+1, y) - p.At(x-1, y)), float64(p.At(x, y+1) - p.At(x, y-1))
	}
	for y := 1; y < p.H-1; y++ {
		for x := 1; x < p.W-1; x++ {
			strength.Set(x, y, float32(math.Hypot(gradient(x, y))))
		}
	}
	for y := 1; y < p.H-1; y++ {
		for x := 1; x < p.W-1; x++ {
			dx, dy := gradient(x, y)
			m := strength.At(x, y)
			if m == 0 {
				continue
			}
			sx, sy := int(math.Round(dx/math.Hypot(dx, dy))), int(math.Round(dy/math.Hypot(dx, dy)))
			if m >= strength.At(x+sx, y+sy) && m > strength.At(x-sx, y-sy) {
				crest.Set(x, y, m)
			}
		}
	}
	return crest, strength
}

// even divides both by the mean gradient around, half of it that of the whole picture.
func even(crest, strength *raster.Plane) {
	around := filter.Gaussian(strength, ghostAround*float64(max(strength.W, strength.H)))
	var all float64
	for _, v := range strength.Pix {
		all += float64(v) / float64(len(strength.Pix))
	}
	for i, v := range around.Pix {
		k := 2 / max(v+float32(all), 1e-9)
		crest.Pix[i] *= k
		strength.Pix[i] *= k
	}
}

func quantileOf(p *raster.Plane, q float64) float32 {
	v := slices.Clone(p.Pix)
	slices.Sort(v)
	return v[int(q*float64(len(v)-1))]
}

// follow gathers neighbouring pixels of at least weak into lines, in order of their
// first pixel.
func follow(crest *raster.Plane, weak float32) [][]int {
	seen := make([]bool, len(crest.Pix))
	var lines [][]int
	for i, v := range crest.Pix {
		if seen[i] || !(v >= weak) || v == 0 {
			continue
		}
		seen[i] = true
		line := []int{i}
		for k := 0; k < len(line); k++ {
			for _, step := range [8]int{-crest.W - 1, -crest.W, -crest.W + 1, -1, 1, crest.W - 1, crest.W, crest.W + 1} {
				j := line[k] + step // the outermost pixels are no crests, so no step wraps
				if j >= 0 && j < len(seen) && !seen[j] && crest.Pix[j] >= weak && crest.Pix[j] > 0 {
					seen[j] = true
					line = append(line, j)
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

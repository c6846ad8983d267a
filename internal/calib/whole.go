package calib

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// A card is whole when every patch has the colour that the others promise, is of one
// colour all over, and ends where it should. Lightness is left free in all of this: a
// shadow is no cover.

const (
	maxParts     = 4   // along a side of the paint that are compared; fewer, but two, where
	partPx       = 7.0 // they would be narrower: JPEG's colour is coded by 16 pixels, and noise counts
	partsCovered = 0.9 // of the paint along each side, less
	partsRimPx   = 2.0 // at least along each edge: blur, and colour that JPEG shares by 2×2 pixels
)

// patchParts are the mean colours of the parts of a patch's paint.
type patchParts struct {
	half   sizes // of the stretch divided, cells
	across int
	rgb    [][3]float64 // across × across, row by row
}

// partsHalf is half the stretch of a patch that is divided into parts, in cells.
func partsHalf(photoFromCard geom.Transform, n int, half sizes) sizes {
	rim := partsRimPx / photoFromCard.LocalScale(cellAt(n))
	return sizes{min(partsCovered*half[0], max(half[0]/3, half[0]-rim)), min(partsCovered*half[1], max(half[1]/3, half[1]-rim))}
}

// readParts takes the mean of each part.
func readParts(rgb *raster.RGB, photoFromCard geom.Transform, n int, half sizes) patchParts {
	parts := patchParts{half: partsHalf(photoFromCard, n, half)}
	stretch := 2 * min(parts.half[0], parts.half[1]) * photoFromCard.LocalScale(cellAt(n))
	parts.across = max(2, min(maxParts, int(stretch/partPx)))
	parts.rgb = make([][3]float64, parts.across*parts.across)
	count := make([]float64, len(parts.rgb))
	scale := float64(parts.across) / 2
	eachSample(rgb, photoFromCard, n, parts.half, func(u, v float64, c [3]float64) {
		i := parts.across*int((v+1)*scale) + int((u+1)*scale)
		count[i]++
		for k := range 3 {
			parts.rgb[i][k] += c[k]
		}
	})
	for i := range parts.rgb {
		for k := range 3 {
			parts.rgb[i][k] /= count[i]
		}
	}
	return parts
}

// Bounds on whole cards. On phantom scenes and photos of whole cards the largest seen
// were 1.3 (a picture whose tone curve squares every ratio), 4.8 (JPEG at quality 70 on
// patches of 20 pixels) and 0.9 (the edge of a shadow of 0.4).
const (
	maxOffChroma = 1.8 // ln of ratios of channels, of a patch from where the others put it
	maxOffPart   = 8.0 // ΔE00 of a part from its patch's middle part, lightness aside
	maxOffLight  = 1.4 // ln G of the same
	minSides     = 3   // of a patch that edges support; black has none to show
	black        = gridCells - 1
)

// verify refuses a card of which something covers a part.
func (c *Card) verify(parts []patchParts, edges []edgePoint) error {
	got, want := c.colours(), chartRGB(cie.After2014)
	floor := floorOf(got)
	off := fitChroma(chromas(got, floor), chromas(want, floorOf(want)))
	for n := range parts {
		colourOff, lightOff := parts[n].worst(got[firstNeutral], c.floor)
		if off[n] > maxOffChroma || colourOff > maxOffPart || lightOff > maxOffLight {
			return ErrCardHidden
		}
		if n != black && sidesFound(edges, n) < minSides {
			return ErrCardHidden
		}
	}
	// Its neighbour reflects three times as much: no shadow on it makes black lighter.
	if got[black][1] >= got[black-1][1] {
		return ErrCardHidden
	}
	return nil
}

func (c *Card) colours() (out [gridCells][3]float64) {
	for n, p := range c.Patches {
		out[n] = p.RGB
	}
	return out
}

// worst is the largest difference of a part from the median of the parts: ΔE00 of
// colours balanced on the white patch, at equal luminance, and ln G.
func (parts *patchParts) worst(white [3]float64, floor float64) (colourOff, lightOff float64) {
	var mid [3]float64
	for k := range mid {
		v := make([]float64, len(parts.rgb))
		for i, p := range parts.rgb {
			v[i] = p[k]
		}
		mid[k] = median(v)
	}
	for _, p := range parts.rgb {
		s := max(mid[1], floor) / max(p[1], floor)
		a := balanced([3]float64{s * p[0], s * p[1], s * p[2]}, white)
		colourOff = max(colourOff, cie.DeltaE00(a, balanced(mid, white)))
		lightOff = max(lightOff, math.Abs(math.Log(s)))
	}
	return colourOff, lightOff
}

// balanced is the Lab (D65) of a colour divided by white.
func balanced(c, white [3]float64) cie.Lab {
	return cie.LabD65(c[0]/white[0], c[1]/white[1], c[2]/white[2])
}

// sidesFound counts the sides of a patch that its edge points support.
func sidesFound(edges []edgePoint, n int) int {
	var count [2][2]int
	for _, e := range edges {
		if e.cell == n && math.Abs(e.off) <= edgeOff {
			count[e.axis][int(e.sign+1)/2]++
		}
	}
	sides := 0
	for _, c := range count {
		for _, m := range c {
			if 2*m > edgeSamples {
				sides++
			}
		}
	}
	return sides
}

// chromaFit takes the log chromaticity of the photo, (ln R/G, ln B/G), to the card's by
// an affine map: offsets are the cast of the light, the 2×2 part is the camera's
// saturation and what a tone curve does to ratios.
type chromaFit struct{ m [2][3]float64 }

const (
	// chromaFloor bounds each channel from below, as a share of its largest among the
	// patches: below, flare and noise make ratios.
	chromaFloor = 0.02
	// cauchyChroma is the distance in log chromaticity at which a patch has half its
	// weight, a colour difference of a quarter.
	cauchyChroma = 0.25
	chromaRounds = 20
)

// chromas are the patches' log chromaticities.
func chromas(colours [gridCells][3]float64, floor [3]float64) (out [gridCells][2]float64) {
	for n, c := range colours {
		out[n] = chroma(c, floor)
	}
	return out
}

func chroma(c, floor [3]float64) [2]float64 {
	g := math.Log(max(c[1], floor[1]))
	return [2]float64{math.Log(max(c[0], floor[0])) - g, math.Log(max(c[2], floor[2])) - g}
}

func floorOf(colours [gridCells][3]float64) (floor [3]float64) {
	for _, c := range colours {
		for k := range 3 {
			floor[k] = max(floor[k], chromaFloor*c[k])
		}
	}
	return floor
}

// fitChroma fits the map with Cauchy weights, so that a few patches of other colours
// do not bend it, and returns each patch's distance from it.
func fitChroma(from, to [gridCells][2]float64) (off [gridCells]float64) {
	var f chromaFit
	for range chromaRounds {
		a, b := mat.NewSymDense(3, nil), [2][]float64{make([]float64, 3), make([]float64, 3)}
		for n := range from {
			w := 1 / (1 + off[n]*off[n]/(cauchyChroma*cauchyChroma))
			v := [3]float64{from[n][0], from[n][1], 1}
			for i := range 3 {
				for j := i; j < 3; j++ {
					a.SetSym(i, j, a.At(i, j)+w*v[i]*v[j])
				}
				b[0][i] += w * v[i] * to[n][0]
				b[1][i] += w * v[i] * to[n][1]
			}
		}
		for k := range 2 {
			x, err := solveNormal(a, b[k])
			if err != nil {
				return off
			}
			copy(f.m[k][:], x)
		}
		for n := range from {
			off[n] = f.distance(from[n], to[n])
		}
	}
	return off
}

func (f chromaFit) distance(from, to [2]float64) float64 {
	return math.Hypot(f.m[0][0]*from[0]+f.m[0][1]*from[1]+f.m[0][2]-to[0], f.m[1][0]*from[0]+f.m[1][1]*from[1]+f.m[1][2]-to[1])
}

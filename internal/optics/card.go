package optics

import "math"

// Bounds of what a card tells of a camera (project defaults).
const (
	// patchNoise is added to a patch's light before errors are taken relative to it: half a
	// code of a file is a hundredth of the light of a dark patch.
	patchNoise = 0.01
	// mostUnlike is the error that a known camera leaves of its own card at most, as a standard
	// deviation: files leave 0.005, a sensor moved by 5 nm 0.025, another make 0.05.
	mostUnlike = 0.02
	leastSeen  = 18 // patches
)

// OfCard is the likeliest of some cameras to have seen the patches of a colour checker so, in
// linear light, with a colour matrix of its own. Patches that are not known are 0. What a
// sensor sees otherwise than another shows in what no matrix takes away. ok is false where
// none sees them so, as where a converter has bent their tones.
func OfCard(seen [24][3]float64, cameras []Camera) (best Camera, ok bool) {
	least := mostUnlike
	for _, c := range cameras {
		m, off, enough := c.matrixTo(seen)
		if enough && off < least {
			best, least, ok = Camera{Name: c.Name + ", by its card", response: c.response, matrix: m}, off, true
		}
	}
	return best, ok
}

// Through is the camera with its colours corrected.
func (c Camera) Through(correction func([3]float64) [3]float64) Camera {
	c.correction = correction
	return c
}

// matrixTo is the matrix of least squares, relative to the light, from what the sensor sees of
// the patches to what was seen, and the standard deviation that is left.
func (c Camera) matrixTo(seen [24][3]float64) (m [3][3]float64, off float64, enough bool) {
	const unknowns = 9
	n, sum := 0.0, 0.0
	for k := range m {
		var rows [][4]float64 // what the sensor sees and what was seen, relative
		for i, patch := range ohta {
			if seen[i] != [3]float64{} {
				w, s := 1/(seen[i][k]+patchNoise), c.sensed(patch)
				rows = append(rows, [4]float64{w * s[0], w * s[1], w * s[2], w * seen[i][k]})
			}
		}
		m[k] = leastSquares(rows)
		for _, r := range rows {
			e := m[k][0]*r[0] + m[k][1]*r[1] + m[k][2]*r[2] - r[3]
			sum += e * e
		}
		n += float64(len(rows))
	}
	return m, math.Sqrt(sum / (n - unknowns)), n >= 3*leastSeen
}

// leastSquares solves x₀a + x₁b + x₂c = d over all rows, by elimination, which for least
// squares needs no pivots.
func leastSquares(rows [][4]float64) (x [3]float64) {
	var a [3][4]float64
	for _, r := range rows {
		for i := range a {
			for j, v := range r {
				a[i][j] += r[i] * v
			}
		}
	}
	for p := range a {
		for r := range a {
			f := a[r][p] / a[p][p]
			for q := range a[r] {
				if r != p {
					a[r][q] -= f * a[p][q]
				}
			}
		}
	}
	for p := range x {
		x[p] = a[p][3] / a[p][p]
	}
	return x
}

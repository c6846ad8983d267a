package calib

import (
	"math"
	"slices"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
)

// Bounds on patches.
const (
	// middleHalf of each side is half of the area (METHODS 1.5).
	middleHalf = 0.7071
	// patchTrim is the share cut from each end of the middle's luminances. Project default.
	patchTrim = 0.1
	// patchSamples bounds the samples along each side of a patch.
	patchSamples = 40
	// clippedPatch and blackPatch bound a patch's channels: METHODS 1.5. Cyan lies outside
	// sRGB and has no red in most files; that alone is no fault of the exposure.
	clippedPatch, blackPatch = 0.98, 0.01
	// clippedShare of a patch's samples with a channel at its end spoil its mean: with
	// more than the trimmed tenth, the end itself is in it.
	clippedShare = 0.1
	// minUsedPatches leaves a 3×3 matrix four times its unknowns, and root polynomials
	// three times.
	minUsedPatches = 18
)

// measure reads the patches and verifies that the card is whole.
func (c *Card) measure(rgb *raster.RGB, half sizes, edges []edgePoint) error {
	parts := make([]patchParts, gridCells)
	raster.Parallel(gridCells, func(n int) {
		c.Patches[n] = readPatch(rgb, c.PhotoFromCard, n, half)
		parts[n] = readParts(rgb, c.PhotoFromCard, n, half)
	})
	for _, p := range c.Patches {
		if p.N == 0 {
			return ErrCardCut
		}
	}
	if err := c.verify(parts, edges); err != nil {
		return err
	}
	c.level(parts)
	return nil
}

// readPatch takes the trimmed mean of the middle half; N is 0 if part of it is beside
// the picture.
func readPatch(rgb *raster.RGB, photoFromCard geom.Transform, n int, half sizes) Patch {
	var samples [][3]float64
	ends := 0
	ok := eachSample(rgb, photoFromCard, n, sizes{middleHalf * half[0], middleHalf * half[1]}, func(_, _ float64, v [3]float64) {
		samples = append(samples, v)
		if max(v[0], v[1], v[2]) > clippedPatch {
			ends++
		}
	})
	if !ok {
		return Patch{}
	}
	slices.SortStableFunc(samples, func(a, b [3]float64) int {
		switch d := a[1] - b[1]; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	cut := int(patchTrim * float64(len(samples)))
	kept := samples[cut : len(samples)-cut]
	p := Patch{N: len(kept), DE00: math.NaN()}
	for k := range 3 {
		var sum, square float64
		for _, v := range kept {
			sum += v[k]
			square += v[k] * v[k]
		}
		m := float64(len(kept))
		p.RGB[k] = sum / m
		p.SD[k] = math.Sqrt(max(0, square/m-p.RGB[k]*p.RGB[k]))
	}
	p.Clipped = float64(ends) > clippedShare*float64(len(samples)) || max(p.RGB[0], p.RGB[1], p.RGB[2]) < blackPatch
	p.Used = !p.Clipped && min(p.RGB[0], p.RGB[1], p.RGB[2]) >= blackPatch
	return p
}

// eachSample reads nearest pixels on a grid over half·2 cells around patch n, at most
// about one per pixel; u and v run from −1 to 1. It reports false if the patch is not
// wholly in the picture.
func eachSample(rgb *raster.RGB, photoFromCard geom.Transform, n int, half sizes, fn func(u, v float64, c [3]float64)) bool {
	c := cellAt(n)
	wide := photoFromCard.LocalScale(c) * 2 * min(half[0], half[1])
	count := max(4, min(patchSamples, int(wide)))
	for i := range count {
		for j := range count {
			u, v := (2*float64(i)+1)/float64(count)-1, (2*float64(j)+1)/float64(count)-1
			p := photoFromCard.Apply(geom.Point{X: c.X + u*half[0], Y: c.Y + v*half[1]})
			if !(p.X >= -0.5 && p.Y >= -0.5 && p.X < float64(rgb.W())-0.5 && p.Y < float64(rgb.H())-0.5) {
				return false
			}
			x, y := int(math.Round(p.X)), int(math.Round(p.Y))
			fn(u, v, [3]float64{float64(rgb.R.At(x, y)), float64(rgb.G.At(x, y)), float64(rgb.B.At(x, y))})
		}
	}
	return true
}

// correct fits the correction to the patches used: with the edition said, or with the
// one that leaves less when one is left out. Without patches enough there is none.
func (c *Card) correct(edition cie.Edition) {
	editions := []cie.Edition{edition}
	if edition == "" {
		editions = []cie.Edition{cie.After2014, cie.Before2014}
		c.Warnings = append(c.Warnings, outcome.CardEditionAssumed)
	}
	if slices.ContainsFunc(c.Patches[:], func(p Patch) bool { return p.Clipped }) {
		c.Warnings = append(c.Warnings, outcome.CardClipped)
	}
	c.Edition, c.MeanDE00, c.MaxDE00 = editions[0], math.NaN(), math.NaN()
	if c.used() < minUsedPatches {
		return
	}
	best := math.Inf(1)
	for _, e := range editions {
		fit, err := FitCorrection(c.usedColours(e))
		if err == nil && fit.LeaveOut < best {
			best, c.Correction, c.Edition = fit.LeaveOut, fit, e
		}
	}
	if math.IsInf(best, 1) {
		return
	}
	c.MeanDE00, c.MaxDE00 = c.Correction.MeanDE00, c.Correction.MaxDE00
	i := 0
	for n := range c.Patches {
		if c.Patches[n].Used {
			c.Patches[n].DE00 = c.Correction.Residuals[i]
			i++
		}
	}
}

func (c *Card) used() int {
	n := 0
	for _, p := range c.Patches {
		if p.Used {
			n++
		}
	}
	return n
}

// emphasis is the weight of the skin and neutral patches among the others: skin is
// what will be measured, and what is neutral must come out so (METHODS 1.5; the factor
// is the project's).
const emphasis = 2

func (c *Card) usedColours(e cie.Edition) Colours {
	v := Colours{White: cie.D50()}
	chart := chartXYZ(e)
	var factor []float64
	for n, p := range c.Patches {
		if !p.Used {
			continue
		}
		v.Measured, v.XYZ = append(v.Measured, p.RGB), append(v.XYZ, chart[n])
		if n < 2 || n >= firstNeutral {
			factor = append(factor, emphasis)
		} else {
			factor = append(factor, 1)
		}
	}
	v.Weight = LightnessWeights(v.XYZ)
	for i, f := range factor {
		v.Weight[i] *= f
	}
	return v
}

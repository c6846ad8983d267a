package skin

import (
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin/hair"
)

// GrowHair is the goal that gives measures of hair a direction.
const GrowHair = "grow hair"

// prepareHair readies the region for hair.
func (s *Sheet) prepareHair(r Region) {
	s.hair, s.noHair = hair.Prepare(hair.Region{RGB: raster.Whole(r.RGB), Mask: r.Hair, PxPerMM: r.PxPerMM})
}

// freezeHair takes the threshold of the baseline's sheets that show hair, if any.
func freezeHair(baseline []*Sheet) (t hair.Threshold, known bool) {
	var list []*hair.Sheet
	for _, s := range baseline {
		if s.hair != nil {
			list = append(list, s.hair)
		}
	}
	if len(list) == 0 {
		return hair.Threshold{}, false
	}
	return hair.Freeze(list...), true
}

// hairs is what is found of hair in the sheet at work.
type hairs struct {
	count, density, length, thickness outcome.Measurement
	perMM                             float64 // length in mm on a mm²; 0: unknown
}

func (s *Sheet) measureHair(ref Reference) hairs {
	if s.hair == nil || !ref.HairKnown {
		why := s.noHair
		if why == "" {
			why = outcome.BaselineRefused
		}
		return hairs{
			outcome.Unmeasured(hair.UnitCount, why), outcome.Unmeasured(hair.UnitDensity, why),
			outcome.Unmeasured(hair.UnitLength, why), outcome.Unmeasured(hair.UnitThickness, why), 0,
		}
	}
	f := s.hair.Find(ref.Hair)
	return hairs{f.Count(), f.Density(), f.Length(), f.Thickness(), f.PerMM()}
}

// hairyPerMM is the length of hair in mm on a mm² from which what looks like relief may be hair:
// what of it is too short, light or curled to be taken out stays in (project default). 20 hairs of
// 1 mm on a cm² are as much relief as the furrows of a cheek.
const hairyPerMM = 0.02

// hairy reports whether so much hair was found that a region's texture is hair's as well.
func (w *work) hairy() bool { return w.hairs.perMM > hairyPerMM }

func hairIndices() []Index {
	const (
		ridge    = "Steger 1998 IEEE PAMI 20:113; unbiased count of ends, Gundersen 1977 J Microsc 111:219; thresholds frozen at the baseline"
		trichogr = "Hoffmann 2001 Eur J Dermatol 11:362; " + ridge
	)
	needs := Needs{PxPerMM: hair.LeastPxPerMM, Sharpness: true, Hair: true}
	thick := Needs{PxPerMM: hair.ThicknessLeastPxPerMM, Sharpness: true, Hair: true}
	define := func(unit string, amount bool, reference, meaning string) outcome.Definition {
		return outcome.Definition{Unit: unit, Family: outcome.Hair, Scale: outcome.Ratio, Amount: amount, Clock: outcome.Hair, Version: 3,
			GoalDirection: towards(GrowHair, up), Reference: reference, Meaning: meaning}
	}
	density := define(hair.UnitDensity, true, trichogr, "Hairs per square centimetre; n is the number seen, whose chance error is about its root.")
	density.Primary = true
	return []Index{
		{"hair_count", define(hair.UnitCount, true, trichogr, "Hairs in the region: half the number of their ends that lie in it."),
			needs, 0, func(w *work) outcome.Measurement { return w.hairs.count }},
		{"hair_density", density,
			needs, 0, func(w *work) outcome.Measurement { return w.hairs.density }},
		{"hair_length", define(hair.UnitLength, false, ridge, "Mean length that is seen of hairs that lie whole in the region."),
			needs, 0, func(w *work) outcome.Measurement { return w.hairs.length }},
		{"hair_thickness", define(hair.UnitThickness, false, "full width at half depth of the mean profile, blur of 1.2 px taken away in squares (project default)", "Median thickness of the shafts."),
			thick, 0, func(w *work) outcome.Measurement { return w.hairs.thickness }},
	}
}

package skin

import (
	"dermtrace/internal/outcome"
	"dermtrace/internal/skin/erythema"
	"dermtrace/internal/skin/pigment"
	"dermtrace/internal/skin/texture"
)

// Needs says what a measure cannot do without.
type Needs struct {
	PxPerMM   float64 // at least; 0: no scale is needed
	Light     bool    // the visit's light must be known: the value moves with its colour
	Exposure  bool    // and with its strength
	Sharpness bool    // blur lowers the value
	Surround  bool    // skin around the region: scars only
	Hair      bool    // hair is looked for: only where a goal asks for it
}

// Index is one measure: its name, what it is, what it needs and how it is taken.
type Index struct {
	Name string
	outcome.Definition
	Needs Needs

	// PerRootBlood is the standard deviation of what it is misread by, relative to it, for each √% that
	// blood differs from the baseline's ([work.reddened]); 0: by nothing that is told that way.
	PerRootBlood float64

	measure func(w *work) outcome.Measurement
}

// Goals of a series that give a measure a direction.
const (
	SmoothTexture = "smooth texture"
	FadeSpots     = "fade spots"
	ReduceRedness = "reduce redness"
	EvenTone      = "even tone"
	MatchSurround = "match surround"
)

// Directions of a goal.
const (
	up   = "up"
	down = "down"
)

// Indices is the table of everything that is measured in a region, family by family.
func Indices() []Index {
	var all []Index
	for _, family := range [][]Index{rednessIndices(), melaninIndices(), spotIndices(), textureIndices(), grainIndices(), scarIndices(), hairIndices()} {
		all = append(all, family...)
	}
	for i := range all {
		if all[i].GoalDirection == nil {
			all[i].GoalDirection = map[string]string{}
		}
	}
	return all
}

func towards(goal, direction string) map[string]string { return map[string]string{goal: direction} }

func rednessIndices() []Index {
	light := Needs{Light: true}
	return []Index{
		{"hemoglobin", outcome.Definition{Unit: erythema.UnitBlood, Family: outcome.Redness, Scale: outcome.Ratio,
			GoalDirection: towards(ReduceRedness, down), Clock: outcome.Redness, Primary: true, Version: 1,
			Reference: "forward model: Jacques 2013 Phys Med Biol 58:R37, Farrell 1992 Med Phys 19:879; separation: Tsumura 1999 JOSA A 16:2169",
			Meaning:   "Blood volume fraction of the modelled dermis, mean over the region; melanin and light are separated out."},
			light, 0, func(w *work) outcome.Measurement { return erythema.Hemoglobin(w.ofBlood) }},
		{"erythema_index", outcome.Definition{Unit: erythema.UnitIndex, Family: outcome.Redness, Scale: outcome.Interval,
			GoalDirection: towards(ReduceRedness, down), Clock: outcome.Redness, Version: 3,
			Reference: "Diffey, Oliver, Farr 1984 Br J Dermatol 111:663; Yamamoto 2008 Skin Res Technol 14:26",
			Meaning:   "Camera index 100·log10(R/G) of linear light, mean without outliers; rises with melanin as well."},
			light, 0, func(w *work) outcome.Measurement {
				return erythema.Index(w.camera.field(w.camera.rgb.R), w.camera.field(w.camera.rgb.G))
			}},
		{"a_star", outcome.Definition{Unit: erythema.UnitLab, Family: outcome.Redness, Scale: outcome.Interval,
			GoalDirection: towards(ReduceRedness, down), Clock: outcome.Redness, Version: 3,
			Reference: "CIE 15:2018, ISO 11664-4; D65, 2° observer",
			Meaning:   "Camera index CIELAB a* (D65), mean without outliers; rises with melanin as well."},
			Needs{Light: true, Exposure: true}, 0, func(w *work) outcome.Measurement { return w.aStar }},
		{"red_area", outcome.Definition{Unit: erythema.UnitFraction, Family: outcome.Redness, Scale: outcome.Proportion,
			GoalDirection: towards(ReduceRedness, down), Clock: outcome.Redness, Version: 1,
			Reference: "project default: baseline median + max(2.5 robust standard deviations, 15 %) of hemoglobin, frozen",
			Meaning:   "Share of the region with more blood than the frozen threshold of the baseline's skin."},
			light, 0, func(w *work) outcome.Measurement { return w.redArea }},
		{"red_burden", outcome.Definition{Unit: erythema.UnitBlood, Family: outcome.Redness, Scale: outcome.Ratio,
			GoalDirection: towards(ReduceRedness, down), Clock: outcome.Redness, Version: 1,
			Reference: "project default: threshold of red_area",
			Meaning:   "Extent times intensity of redness: mean blood fraction in excess of the frozen threshold."},
			light, 0, func(w *work) outcome.Measurement { return w.redBurden }},
	}
}

func melaninIndices() []Index {
	light, both := Needs{Light: true}, Needs{Light: true, Exposure: true}
	return []Index{
		{"melanin", outcome.Definition{Unit: pigment.UnitMelanin, Family: outcome.Pigment, Scale: outcome.Ratio,
			Clock: outcome.Pigment, Version: 1,
			Reference: "forward model: Jacques 2013 Phys Med Biol 58:R37, Farrell 1992 Med Phys 19:879; separation: Tsumura 1999 JOSA A 16:2169",
			Meaning:   "Melanosome volume fraction of the modelled epidermis, mean over the region; blood and light are separated out."},
			light, 0, func(w *work) outcome.Measurement { return w.leaky(pigment.Melanin(w.ofMelanin)) }},
		{"melanin_index", outcome.Definition{Unit: pigment.UnitIndex, Family: outcome.Pigment, Scale: outcome.Interval,
			Clock: outcome.Pigment, Version: 3,
			Reference: "Shriver & Parra 2000 Am J Phys Anthropol 112:17; for linear red light",
			Meaning:   "Camera index 100·log10(1/R) of linear red light, mean without outliers; moves with exposure."},
			both, 0, func(w *work) outcome.Measurement { return pigment.Index(w.camera.field(w.camera.rgb.R)) }},
		{"ita", outcome.Definition{Unit: pigment.UnitDegrees, Family: outcome.Pigment, Scale: outcome.Interval,
			Clock: outcome.Pigment, Version: 3,
			Reference: "Chardon 1991 Int J Cosmet Sci 13:191; Del Bino & Bernerd 2013 Br J Dermatol 169 s3:33; D65, 2° observer",
			Meaning:   "Individual typology angle of the mean L* and b* without outliers: higher is lighter; withheld on red skin."},
			both, 0, func(w *work) outcome.Measurement {
				return pigment.ITA(w.lStar, w.bStar, w.ofBlood.Mean, w.ref.Blood)
			}},
		{"l_star", outcome.Definition{Unit: pigment.UnitLab, Family: outcome.Pigment, Scale: outcome.Interval,
			Clock: outcome.Pigment, Version: 3,
			Reference: "CIE 15:2018, ISO 11664-4; D65, 2° observer",
			Meaning:   "CIELAB lightness L* (D65), mean without outliers; falls with melanin, with blood and with less light."},
			both, 0, func(w *work) outcome.Measurement { return w.lStar }},
	}
}

func spotIndices() []Index {
	scaled := Needs{Light: true, PxPerMM: pigment.LeastPxPerMM}
	return []Index{
		{"pigmented_area", outcome.Definition{Unit: pigment.UnitFraction, Family: outcome.Pigment, Scale: outcome.Proportion,
			GoalDirection: towards(FadeSpots, down), Clock: outcome.Pigment, Version: 1,
			Reference: "project default: baseline median + max(2 robust standard deviations, 15 %) of melanin, frozen",
			Meaning:   "Share of the region with more melanin than the frozen threshold of the baseline's skin."},
			Needs{Light: true}, 1, func(w *work) outcome.Measurement { return w.pigmented }},
		{"spot_count", outcome.Definition{Unit: pigment.UnitPerArea, Family: outcome.Pigment, Scale: outcome.Count, Amount: true,
			GoalDirection: towards(FadeSpots, down), Clock: outcome.Pigment, Version: 3,
			Reference: "project default: peaks of melanin above the local background, outlined at half their height, from 0.2 mm²; of a follow-up the baseline's, with new ones less those gone",
			Meaning:   "Dark spots per square centimetre; n is their number, whose chance error is about its root."},
			scaled, 0, func(w *work) outcome.Measurement { return w.spots.Count }},
		{"spot_burden", outcome.Definition{Unit: pigment.UnitBurden, Family: outcome.Pigment, Scale: outcome.Ratio, Amount: true,
			GoalDirection: towards(FadeSpots, down), Clock: outcome.Pigment, Primary: true, Version: 4,
			Reference: "project default: Σ contrast · area of what is no mottle, less the mottle beneath; of a follow-up the baseline's, and what the same places in both photos differ by",
			Meaning:   "How much pigment the spots hold: melanin contrast times area, summed, per square centimetre."},
			scaled, pigment.PerRootBlood, func(w *work) outcome.Measurement { return w.spots.Burden }},
		{"mmasi_like", outcome.Definition{Unit: pigment.UnitScore, Family: outcome.Pigment, Scale: outcome.Ratio,
			GoalDirection: map[string]string{FadeSpots: down, EvenTone: down}, Clock: outcome.Pigment, Version: 1,
			Reference: "computed, no clinician's grade: after the modified MASI, Pandya 2011 J Am Acad Dermatol 64:78, of one zone; continuous form is a project default",
			Meaning:   "mMASI-like (computed) score of this zone, 0 to 24: pigmented area (0 to 6) times its darkness (0 to 4)."},
			Needs{Light: true}, 1, func(w *work) outcome.Measurement { return w.mmasiLike }},
		{"evenness", outcome.Definition{Unit: pigment.UnitMelanin, Family: outcome.Pigment, Scale: outcome.Ratio,
			GoalDirection: towards(EvenTone, down), Clock: outcome.Pigment, Version: 1,
			Reference: "project default: standard deviation of melanin between Gaussians of 0.5 and 4 mm",
			Meaning:   "Unevenness of tone at the scale of spots and mottling: 0 is perfectly even."},
			scaled, 0.25, func(w *work) outcome.Measurement {
				return pigment.Evenness(w.melanin, w.mmPerPx, pigment.FineBand)
			}},
		{"evenness_coarse", outcome.Definition{Unit: pigment.UnitMelanin, Family: outcome.Pigment, Scale: outcome.Ratio,
			GoalDirection: towards(EvenTone, down), Clock: outcome.Pigment, Version: 1,
			Reference: "project default: standard deviation of melanin between Gaussians of 4 and 20 mm",
			Meaning:   "Unevenness of tone at the scale of patches: 0 is perfectly even."},
			scaled, 0.45, func(w *work) outcome.Measurement {
				return pigment.Evenness(w.melanin, w.mmPerPx, pigment.CoarseBand)
			}},
	}
}

// smooth is the definition of a measure of texture.
func smooth(unit, scale, direction, reference, meaning string) outcome.Definition {
	d := outcome.Definition{Unit: unit, Family: outcome.Texture, Scale: scale, Clock: outcome.Texture, Version: 2, Reference: reference, Meaning: meaning}
	if direction != "" {
		d.GoalDirection = towards(SmoothTexture, direction)
	}
	return d
}

// amount marks a measure of how much there is of single structures.
func amount(d outcome.Definition) outcome.Definition {
	d.Amount, d.Version = true, 3
	return d
}

// ofLines marks a measure of lines, which are read by light of their own in redder skin.
func ofLines(d outcome.Definition) outcome.Definition {
	d.Version++
	return d
}

func textureIndices() []Index {
	const (
		band  = "photometric roughness Rq of band-passed shading (project default scales, in mm)"
		ridge = "Steger 1998 IEEE PAMI 20:113; Frangi 1998 LNCS 1496:130 with a frozen constant; σ 0.24 mm"
	)
	needs := Needs{PxPerMM: texture.LeastPxPerMM, Sharpness: true}
	roughness := smooth(texture.UnitRelief, outcome.Ratio, down, band, "Apparent roughness: RMS of relief between 0.06 and 0.24 mm, noise subtracted; pores and fine lines.")
	roughness.Primary = true
	coarse := smooth(texture.UnitRelief, outcome.Ratio, down, band, "RMS of relief between 0.24 and 1 mm: lines, wrinkles, rims of scars.")
	coarse.Version = 3
	return []Index{
		{"roughness", roughness, needs, 0.1, func(w *work) outcome.Measurement { return w.mottled(w.roughness, w.ofMottle) }},
		{"texture_variance", smooth(texture.UnitRelief, outcome.Ratio, down, band, "The square of roughness."),
			needs, 0.2, func(w *work) outcome.Measurement { return w.mottled(texture.Variance(w.roughness), 2*w.ofMottle) }},
		{"texture_fine", smooth(texture.UnitRelief, outcome.Ratio, down, band, "The fine band, 0.06 to 0.24 mm: the same figure as roughness."),
			needs, 0.1, func(w *work) outcome.Measurement { return w.mottled(w.roughness, w.ofMottle) }},
		{"texture_coarse", coarse,
			needs, 0.2, func(w *work) outcome.Measurement { return w.mottled(w.coarse, 1) }},
		{"line_density", ofLines(amount(smooth(texture.UnitLineDensity, outcome.Ratio, down, ridge, "Length of furrows and wrinkles 0.3 to 0.8 mm wide, per area."))),
			needs, 0.15, func(w *work) outcome.Measurement { return w.mottled(w.lines.Density, 1) }},
		{"line_depth", ofLines(smooth(texture.UnitRelief, outcome.Ratio, down, ridge, "How much darker than their surroundings those lines are: a proxy of depth in one light.")),
			needs, 0.2, func(w *work) outcome.Measurement { return w.mottled(w.lines.Depth, 1) }},
		{"line_width", ofLines(smooth(texture.UnitSize, outcome.Ratio, "", "Lindeberg 1998 IJCV 30:117: ratio of curvatures at σ 0.14 and 0.24 mm, on the crests of line_density", "Mean width of those lines: of the bar that answers alike. Without a direction: where narrow lines go, wide ones are left.")),
			needs, 0.2, func(w *work) outcome.Measurement { return w.mottled(w.lines.Width, 1) }},
		{"pore_density", amount(smooth(texture.UnitPerArea, outcome.Count, down, "project default: round minima of the fine band, 6 % darker", "Visible pores per square centimetre; n is their number.")),
			Needs{PxPerMM: texture.PoresLeastPxPerMM, Sharpness: true}, 0.25, func(w *work) outcome.Measurement { return w.mottled(w.pores, 1) }},
		{"pore_size", smooth(texture.UnitSize, outcome.Ratio, down, "project default: from depth and curvature of the pores of pore_density", "Mean diameter of visible pores: of the disc that answers alike."),
			Needs{PxPerMM: texture.PoresLeastPxPerMM, Sharpness: true}, 0.1, func(w *work) outcome.Measurement { return w.mottled(w.poreSize, 1) }},
	}
}

func grainIndices() []Index {
	needs := Needs{PxPerMM: texture.LeastPxPerMM, Sharpness: true}
	const glcm = "Haralick 1973 IEEE SMC 3:610; IBSI, Zwanenburg 2020 Radiology 295:328; of relief, 32 fixed bins, 0.1 mm"
	return []Index{
		{"glcm_contrast", smooth(texture.UnitLevels, outcome.Ratio, down, glcm, "Mean squared difference of neighbouring relief levels."),
			needs, 0.2, func(w *work) outcome.Measurement { return w.mottled(w.grain.Contrast, 1) }},
		{"glcm_homogeneity", smooth(texture.UnitRelief, outcome.Interval, up, glcm, "Likeness of neighbouring relief levels (inverse difference moment)."),
			needs, 0.06, func(w *work) outcome.Measurement { return w.mottled(w.grain.Homogeneity, 1) }},
		{"glcm_entropy", smooth(texture.UnitBits, outcome.Interval, down, glcm, "Disorder of neighbouring relief levels (joint entropy)."),
			needs, 0.06, func(w *work) outcome.Measurement { return w.mottled(w.grain.Entropy, 1) }},
		{"glcm_correlation", smooth(texture.UnitRelief, outcome.Interval, "", glcm, "Linear dependence of neighbouring relief levels."),
			needs, 0.06, func(w *work) outcome.Measurement { return w.mottled(w.grain.Correlation, 1) }},
	}
}

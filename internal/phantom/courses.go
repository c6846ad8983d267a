package phantom

// acneScars is three needlings of 1.5 mm six weeks apart, followed for six months:
// redness that settles, scars that fill, spots that fade.
func acneScars() Script {
	const seed = 11
	c := newCalendar()
	treated := func(day int, since, progress, relief float64) Change {
		ch := Change{Region: "treated", Scars: progress, Spots: progress, Relief: relief}
		if since >= 0 {
			ch.Blood = flush(1.5, since)
		}
		if since >= 0 && since <= 1 {
			ch.Points = 30
			ch.Swelling = 0.006
		}
		return ch
	}
	s := Script{
		Seed: seed, Subject: "phantom-acne", Site: "cheek", Side: "left", View: "left oblique",
		Goals: []string{"smooth texture", "reduce redness", "fade spots"},
		Tone:  Tone{Melanin: 0.06, Blood: 0.013}, Drift: Drift{Melanin: 0.01, Blood: 0.04},
		Anatomy: Anatomy{IcePick: 18, Boxcar: 18, Rolling: 9, PIH: 12, Spots: 12},
		Fates:   Fates{NewSpots: 2},
		Regions: treatedAndControl(),
		Treatments: []Treatment{
			{At: c.date(0), Device: "dermaroller", NeedleMM: 1.5, ROIs: []string{"treated"}},
			{At: c.date(42), Device: "dermaroller", NeedleMM: 1.5, ROIs: []string{"treated"}},
			{At: c.date(84), Device: "dermaroller", NeedleMM: 1.5, ROIs: []string{"treated"}},
		},
		Visits: []Visit{
			c.visit(seed, 0, "before", 2),
			c.visit(seed, 1, "", 1, treated(1, 1, 0, 0)),
			c.visit(seed, 4, "", 1, treated(4, 4, 0, 0)),
			c.visit(seed, 42, "before", 1, treated(42, 42, 0.2, -0.08)),
			c.visit(seed, 84, "before", 1, treated(84, 42, 0.45, -0.17)),
			c.visit(seed, 182, "", 2, treated(182, 98, 1, -0.3)),
		},
		Claims: []Claim{flushClaim,
			{"depth of scars at six months", "ice-pick −5.88 %, boxcar −47.06 %, rolling −37.25 %", "published change of scars by shape, 3 sessions, 6 months: Int J Res Dermatol, article 213"},
			{"clock of scars", "20, 45, 100 % of the change at 6, 12, 26 weeks", assumed + "; score differences grew from 3 to 6 months (Alam 2014) and were significant from day 90 (Ablon 2018, PMC6122507)"},
			{"relief of skin between scars", "−8, −17, −30 %", assumed},
			{"spots", "40 % fade to a third to two thirds, 25 % vanish, two are new", assumed},
			{"drift of skin between visits", "SD 1 % of melanin, 4 % of blood", assumed},
		},
	}
	return s
}

// melasmaFading is four needlings with tranexamic acid over twelve weeks.
func melasmaFading() Script {
	const seed = 23
	c := newCalendar()
	at := func(progress float64) Change { return Change{Region: "treated", Spots: progress} }
	s := Script{
		Seed: seed, Subject: "phantom-melasma", Site: "cheek", Side: "right", View: "right oblique",
		Goals: []string{"fade spots", "even tone"},
		Tone:  Tone{Melanin: 0.09}, Drift: Drift{Melanin: 0.01, Blood: 0.04},
		Anatomy: Anatomy{Melasma: 5, Spots: 10},
		Fates:   Fates{Faded: 1, Gone: -1, Residual: 0.455},
		Regions: treatedAndControl(),
		Claims: []Claim{
			{"pigment of melasma at twelve weeks", "−54.5 %", "hemi-MASI 5.85 to 2.66 with needling and tranexamic acid: split-face trial against hydroquinone (conference abstract 2026)"},
			{"clock of melasma", "10, 30, 100 % of the change at 4, 8, 12 weeks", assumed + "; brown spots differed only at week 12 (Xu 2017, doi 10.1097/MD.0000000000006897)"},
		},
	}
	for _, day := range []int{0, 21, 42, 63} {
		s.Treatments = append(s.Treatments, Treatment{At: c.date(day), Device: "dermaroller", NeedleMM: 0.5, ROIs: []string{"treated"}, Notes: "tranexamic acid"})
	}
	s.Visits = []Visit{c.visit(seed, 0, "before", 2), c.visit(seed, 28, "", 1, at(0.1)), c.visit(seed, 56, "", 1, at(0.3)), c.visit(seed, 84, "", 2, at(1)), c.visit(seed, 112, "", 1, at(1))}
	return s
}

// pihAfterTreatment is dark skin that pigments after one needling, and recovers.
func pihAfterTreatment() Script {
	const seed = 37
	c := newCalendar()
	at := func(since, patchy float64) Change {
		ch := Change{Region: "treated", Blood: flush(1.5, since), Patchy: patchy}
		if since <= 1 {
			ch.Points = 25
		}
		if since > 2 && since < 8 {
			ch.Crusts, ch.Peeling = 8, 0.25
		}
		return ch
	}
	return Script{
		Seed: seed, Subject: "phantom-pih", Site: "cheek", Side: "left", View: "left oblique",
		Goals: []string{"smooth texture"},
		Tone:  Tone{Melanin: 0.16, Blood: 0.014}, Drift: Drift{Melanin: 0.01, Blood: 0.04},
		Anatomy: Anatomy{Boxcar: 6, IcePick: 6, PIH: 5},
		Regions: treatedAndControl(), Treatments: []Treatment{{At: c.date(0), Device: "dermaroller", NeedleMM: 1.5, ROIs: []string{"treated"}}},
		Visits: []Visit{
			c.visit(seed, 0, "before", 2), c.visit(seed, 1, "", 1, at(1, 0)), c.visit(seed, 5, "", 1, at(5, 0.004)),
			c.visit(seed, 14, "", 1, at(14, 0.02)), c.visit(seed, 28, "", 1, at(28, 0.032)), c.visit(seed, 90, "", 2, at(90, 0.012)),
		},
		Claims: []Claim{flushClaim,
			{"that pigment rises at all", "in one of six", "5 of 30 to 36 patients after needling of acne scars (Dogra 2014)"},
			{"its size and clock", "melanin +0.02 at day 14, +0.032 at day 28, +0.012 at day 90", assumed},
			{"crusts and flaking", "8 per cm² and a quarter of the skin at day 5", assumed},
		},
	}
}

// noChange is skin that nobody treats: what moves is noise.
func noChange() Script {
	const seed = 41
	c := newCalendar()
	s := Script{
		Seed: seed, Subject: "phantom-null", Site: "cheek", Side: "left", View: "left oblique",
		Goals: []string{"smooth texture", "reduce redness", "fade spots"},
		Tone:  Tone{Melanin: 0.07}, Drift: Drift{Melanin: 0.01, Blood: 0.04},
		Anatomy: Anatomy{Boxcar: 4, Rolling: 2, PIH: 5},
		Regions: treatedAndControl(), Treatments: []Treatment{{At: c.date(0), Device: "sham", ROIs: []string{"treated"}}},
		Claims: []Claim{{"anything", "no effect; drift of all skin SD 1 % of melanin, 4 % of blood", assumed}},
	}
	for _, day := range []int{0, 7, 28, 56, 98, 182} {
		s.Visits = append(s.Visits, c.visit(seed, day, "", 2))
	}
	return s
}

// splitFace treats one half and leaves the other as its comparator, with skin beside
// both that is neither.
func splitFace() Script {
	const seed = 53
	c := newCalendar()
	at := func(since, progress float64) []Change {
		return []Change{
			{Region: "treated", Blood: flush(0.5, since), Relief: -0.25 * progress, Scars: progress, Spots: progress},
			{Region: "other arm", Relief: -0.05 * progress, Spots: 0.2 * progress},
		}
	}
	s := Script{
		Seed: seed, Subject: "phantom-split", Site: "forehead", Side: "midline", View: "front",
		Goals: []string{"smooth texture", "fade spots"},
		Tone:  Tone{Melanin: 0.045}, Drift: Drift{Melanin: 0.01, Blood: 0.04},
		Anatomy: Anatomy{Wrinkles: 7, Boxcar: 8, Rolling: 4, PIH: 10},
		Regions: []Region{
			{Name: "treated", Kind: "treated", Polygon: [][2]float64{{120, 260}, {840, 260}, {840, 1380}, {120, 1380}}},
			{Name: "other arm", Kind: "comparator", Polygon: [][2]float64{{1100, 260}, {1600, 260}, {1600, 1380}, {1100, 1380}}},
			{Name: "control", Kind: "control", Polygon: [][2]float64{{1740, 120}, {1980, 120}, {1980, 1440}, {1740, 1440}}},
		},
		Claims: []Claim{flushClaim,
			{"relief and spots", "−25 % of relief and a full course of spots in the treated arm, −5 % and a fifth in the other", assumed},
			{"depth of scars at six months", "ice-pick −5.88 %, boxcar −47.06 %, rolling −37.25 %", "Int J Res Dermatol, article 213"},
		},
	}
	for _, day := range []int{0, 30, 60, 90} {
		s.Treatments = append(s.Treatments, Treatment{At: c.date(day), Device: "dermapen", NeedleMM: 0.5, ROIs: []string{"treated"}})
	}
	s.Visits = []Visit{c.visit(seed, 0, "before", 2), c.visit(seed, 1, "", 1, at(1, 0)...), c.visit(seed, 30, "before", 1, at(30, 0.15)...),
		c.visit(seed, 90, "before", 1, at(30, 0.5)...), c.visit(seed, 180, "", 2, at(90, 1)...)}
	return s
}

// patchTest is one small square needled before a course, watched for days.
func patchTest() Script {
	const seed = 67
	c := newCalendar()
	at := func(since float64) Change {
		ch := Change{Region: "patch", Blood: flush(1.5, since)}
		if since <= 1 {
			ch.Points = 45
		}
		return ch
	}
	return Script{
		Seed: seed, Subject: "phantom-patch", Site: "jaw", Side: "right", View: "right oblique",
		Goals: []string{"smooth texture"},
		Tone:  Tone{Melanin: 0.11}, Drift: Drift{Melanin: 0.01, Blood: 0.04},
		Card: &Card{At: [2]float64{42, 32}, PitchMM: 3.6},
		Regions: []Region{
			{Name: "patch", Kind: "treated", Polygon: [][2]float64{{420, 420}, {780, 420}, {780, 780}, {420, 780}}},
			{Name: "control", Kind: "control", Polygon: [][2]float64{{1180, 160}, {1840, 160}, {1840, 760}, {1180, 760}}},
		},
		Treatments: []Treatment{{At: c.date(0), Device: "dermaroller", NeedleMM: 1.5, ROIs: []string{"patch"}}},
		Visits: []Visit{c.visit(seed, 0, "before", 2), c.visit(seed, 0, "after", 1, at(0.1)), c.visit(seed, 1, "", 1, at(1)),
			c.visit(seed, 2, "", 1, at(2)), c.visit(seed, 3, "", 1, at(3)), c.visit(seed, 7, "", 1, at(7))},
		Claims: []Claim{flushClaim},
	}
}

// homeRolling is a short roller every week for twelve weeks: one continuous course.
func homeRolling() Script {
	const seed = 79
	c := newCalendar()
	s := Script{
		Seed: seed, Subject: "phantom-home", Site: "cheek", Side: "left", View: "left oblique",
		Goals: []string{"smooth texture", "even tone"},
		Tone:  Tone{Melanin: 0.035, Blood: 0.015}, Drift: Drift{Melanin: 0.015, Blood: 0.06},
		Anatomy: Anatomy{PIH: 8, Rolling: 3, Spots: 22},
		Regions: treatedAndControl(),
		Claims: []Claim{flushClaim,
			{"relief", "−10 % after twelve weeks", assumed},
			{"tan of all skin", "melanin +0.004 towards summer", assumed},
		},
	}
	for week := range 12 {
		s.Treatments = append(s.Treatments, Treatment{At: c.date(7 * week), Device: "home roller", NeedleMM: 0.25, ROIs: []string{"treated"}})
	}
	for _, week := range []int{0, 2, 4, 8, 12, 16} {
		progress := min(1, float64(week)/12)
		ch := []Change{{Region: "treated", Blood: flush(0.25, 6), Relief: round3(-0.1 * progress), Spots: round3(0.3 * progress)},
			{Melanin: round5(0.004 * float64(week) / 16)}}
		if week == 0 {
			ch = nil
		}
		s.Visits = append(s.Visits, c.visit(seed, 7*week, "", 1+(week/12), ch...))
	}
	return s
}

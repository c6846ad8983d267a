package trend

import "dermtrace/internal/outcome"

// Clocks says for each family whether the visit is late enough for its measures to be
// outcomes: eligible from Settings.EligibleDays after the latest treatment on, mature
// when it is also Settings.MatureDays after the first. The families share one clock
// today; they have their own entries because redness also has an acute window (see
// [Acute]) in which it is recovery and no outcome.
//
// A series without treatments has nothing to wait for and no first treatment: all its
// visits are eligible. Treatments closer than Settings.CourseGapDays need no rule here:
// while they go on, no visit is EligibleDays after the latest.
func Clocks(v outcome.Visit, treatments []outcome.Treatment, s outcome.Settings) map[string]string {
	clock := clockOf(v, len(treatments) > 0, s)
	return map[string]string{
		outcome.Redness: clock, outcome.Pigment: clock, outcome.Texture: clock, outcome.Hair: clock,
	}
}

func clockOf(v outcome.Visit, treated bool, s outcome.Settings) string {
	switch {
	case !treated:
		return outcome.Eligible
	case v.DaysSinceTreatment == nil || *v.DaysSinceTreatment < s.EligibleDays:
		return outcome.Outside
	case v.Day < s.MatureDays:
		return outcome.Eligible
	}
	return outcome.Mature
}

// Acute reports whether the visit is so soon after a treatment that redness is
// recovery: within Settings.AcuteDays of it, that day included.
func Acute(v outcome.Visit, s outcome.Settings) bool {
	return v.DaysSinceTreatment != nil && *v.DaysSinceTreatment <= s.AcuteDays
}

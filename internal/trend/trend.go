// Package trend answers what changed over a course of visits, whether that is more
// than photo noise, how redness settles and what asks for a person's look.
//
// It reads the record and nothing else: photos, visits, treatments and definitions in,
// changes, recoveries, flags and a list of what was not assessed out. It sees no pixel.
// Values keep the units of their definitions; days count midnights, hours are hours.
//
// The value of a visit is the mean over its used photos, which are replicates. A change
// has a status only where a source of noise says how large a change between two visits
// of unchanged skin is; otherwise it is "not comparable", never guessed. A change in
// the contrast vs_control is that of the difference region − control, and change is
// to − from in every contrast. Of amounts of single structures (spots, lines, pores)
// control skin that has more of them than the region is taken off in proportion to the
// baseline. In the record the measures of a control region are those of its witness half,
// but for its spots, which neither half shows whole and the light does not change;
// control skin that set the light of a photo and has no witness half counts as unmeasured
// for colour.
//
// Every row rests on visits up to its own and on no later one, so a visit that is added
// at the end adds rows and leaves the earlier ones as they were.
//
// Limits. A bound is held against what a measure shows, not against the skin: where a
// measure follows only half of a true change, as roughness does on very dark simulated skin, a
// change of twice the detectable one reads as that itself. It is then beyond noise at both
// visits in five of nine courses and headlined in none, for Holm's rule asks three times as
// little of p; both visits taken together would not pass it either. There the built-in error
// is the published one: simulated skin shows less, and a smaller bound would need a clinic's
// own repeats. Tram tracks are told from skin that gets rougher as a whole by looking, not here.
package trend

import (
	"dermtrace/internal/outcome"
)

// Assess fills in the clocks of the visits, the changes, recoveries, flags and what was
// not assessed. It is deterministic and may be called again on the same record.
func Assess(rec *outcome.Record, noise Noise) {
	for i, v := range rec.Visits {
		rec.Visits[i].Clock = Clocks(v, rec.Treatments, rec.Settings)
	}
	rec.Settings.NoiseSHA256 = noise.SHA256
	c := newCourse(rec, noise)
	rec.Changes = c.changes()
	rec.Recovery = c.recoveries()
	rec.Flags, rec.NotAssessed = c.raise()
	c.warnOfBaseline()
}

package trend

import (
	"fmt"
	"strconv"
	"strings"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// What unchanged skin shows of spots that come, where the control skin of a photo shows none
// that come or go: as many as if half a spot had been seen on 3 cm² beside it, which for
// want of a whole one differs much between photos (project default; on simulated skin that
// does not change fewer come, but for very light skin in photos of coarse colour).
const (
	calmShape = 0.5
	calmCM2   = 3.0
)

// spotLevel is how often chance may bring as many spots as raise the flag.
const spotLevel = 0.05

const (
	whyNoSpots   = "No photo from day %d after a treatment on shows the same spots as the baseline: that needs the same skin at 5 pixels per millimetre."
	whyNoControl = "No control skin: what noise and light alone make of spots cannot be told."
)

// came is what one photo says of spots that came since the baseline.
type came struct {
	here, control int     // spots
	area, calm    float64 // cm² of the region and of control skin
	chance        float64 // of as many or more, were nothing new
}

// askSpots puts the question of new dark spots to one region: spots that came there, by
// area, against those that came on control skin in the same photo, which knows how many
// that photo's noise makes. Of replicates the least telling counts. Spots are held against
// the skin around them, so neither light nor an even tan brings any.
func (c *course) askSpots(q watched, r region) (*outcome.Flag, string) {
	why := fmt.Sprintf(whyNoSpots, q.from)
	for v := len(c.rec.Visits) - 1; v > c.baseline; v-- {
		days := c.rec.Visits[v].DaysSinceTreatment
		if days == nil || *days < q.from {
			continue
		}
		least, seen, alone := c.cameAt(v, r)
		switch {
		case !seen && alone:
			why = whyNoControl
		case !seen:
		case least.chance > spotLevel:
			return nil, ""
		default:
			text := fmt.Sprintf("%s: %s in %s cm² since %s, new or at least twice as dark, on day %d after the latest treatment; control skin has %s in %s cm². Noise alone brings as many in %s of such photos.",
				titled(q.what), strconv.Itoa(least.here), area(least.area), c.rec.Visits[c.baseline].Visit, *days,
				howMany(least.control), area(least.calm), chance(least.chance))
			level := levelReview
			if !c.settled(r, v) { // blood bends the reading of pigment
				level = levelWatch
			}
			return c.rated(&outcome.Flag{Code: q.code, ROI: r.name, Visit: c.rec.Visits[v].Visit, Level: level, Text: text}), ""
		}
	}
	return nil, why
}

// cameAt is the least telling of a visit's photos, if any can tell; alone says that what
// could not lacked control skin.
func (c *course) cameAt(v int, r region) (least came, seen, alone bool) {
	for _, p := range c.photos[v] {
		here, control, ok := tallies(p, r)
		if !ok {
			continue
		}
		if control.AreaCM2 == 0 {
			alone = true
			continue
		}
		one := came{here: here.Appeared, control: control.Appeared, area: float64(here.AreaCM2), calm: float64(control.AreaCM2)}
		one.chance = one.byChance(control.Receded)
		if !seen || one.chance > least.chance {
			least, seen = one, true
		}
	}
	return least, seen, alone
}

// byChance is the probability of as many spots or more by what comes on control skin: of
// the same rate by area (the conditional test of two Poisson rates; Przyborowski & Wilenski
// 1940, Biometrika 31:313). On unchanged skin noise lets spots come and go alike, so those
// that go tell of it too; where neither does control skin alone would know too little.
func (n came) byChance(receded int) float64 {
	switch {
	case n.control+receded == 0:
		return stats.CountTail(n.here, n.area, calmShape, calmCM2+n.calm)
	case n.control >= receded:
		return stats.CountTail(n.here, n.area, float64(n.control+1), n.calm)
	}
	return stats.CountTail(n.here, n.area, float64(n.control+receded+1), 2*n.calm)
}

// tallies are those of a region and of all control skin of one photo; not ok where the
// region's spots were not compared.
func tallies(p *outcome.Photo, r region) (here, control outcome.SpotTally, ok bool) {
	for _, one := range p.ROIs {
		switch t := one.SpotTally; {
		case t == nil || !t.AreaCM2.Known() || t.AreaCM2 <= 0:
		case one.Name == r.name:
			here, ok = *t, true
		case one.Kind == outcome.Control:
			control.Appeared += t.Appeared
			control.Receded += t.Receded
			control.AreaCM2 += t.AreaCM2
		}
	}
	return here, control, ok
}

func area(cm2 float64) string { return strconv.FormatFloat(cm2, 'f', 1, 64) }

func howMany(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n)
}

// chance is a probability as a reader takes it in.
func chance(p float64) string {
	if p < 0.001 {
		return "less than 0.1 %"
	}
	return strings.TrimSuffix(strconv.FormatFloat(100*p, 'f', 1, 64), ".0") + " %"
}

package validate

import (
	"math"

	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
)

// fates compares the fate of each true spot of treated skin that lies by itself with that of
// the measured spot that is nearest to it, if it is that one's nearest as well. Where spots
// overlap, what is seen is all of them: it has no fate of one. Those of which nothing is told
// are counted beside it.
func (s *sampler) fates(rec *outcome.Record, truth phantom.Truth) {
	for i, t := range truth.Spots {
		if t.Region != "treated" || t.Fate == "" || overlapped(truth, i) {
			continue
		}
		m, ok := nearestSpot(rec, t)
		found := ok && nearestTruth(truth, m) == i && apart(m, t) < t.RMM/truth.MMPerPx
		s.is(spotFound, t.ID, true, found)
		if found {
			s.is(spotFate, t.ID, true, sameFate(t.Fate, m.Fate))
		}
	}
}

// overlapped reports whether another true spot reaches into the i-th.
func overlapped(truth phantom.Truth, i int) bool {
	t := truth.Spots[i]
	for j, o := range truth.Spots {
		if j != i && math.Hypot(o.X-t.X, o.Y-t.Y)*truth.MMPerPx < t.RMM+o.RMM {
			return true
		}
	}
	return false
}

func apart(m outcome.Spot, t phantom.SpotTruth) float64 {
	return math.Hypot(float64(m.X)-t.X, float64(m.Y)-t.Y)
}

func nearestSpot(rec *outcome.Record, t phantom.SpotTruth) (nearest outcome.Spot, ok bool) {
	for _, m := range rec.Spots {
		if m.ROI == t.Region && (!ok || apart(m, t) < apart(nearest, t)) {
			nearest, ok = m, true
		}
	}
	return nearest, ok
}

func nearestTruth(truth phantom.Truth, m outcome.Spot) int {
	nearest := 0
	for i, t := range truth.Spots {
		if apart(m, t) < apart(m, truth.Spots[nearest]) {
			nearest = i
		}
	}
	return nearest
}

// sameFate compares the phantom's words with the record's, which differ in one.
func sameFate(truth, measured string) bool {
	if truth == "stays" {
		truth = outcome.SpotPersisted
	}
	return truth == measured
}

// sumsOfSpots holds all spots of treated skin together, after over before, against the
// truth: each true spot counts by contrast times area, as strong as it is at the visit. A
// truth that does not say how strong or how large has no sum.
func (s *sampler) sumsOfSpots(photos []pairing, spots []phantom.SpotTruth) {
	before := burden(photos[0], spots)
	for _, p := range photos[1:] {
		if before == 0 || len(p.truth.Spots) == 0 {
			continue
		}
		for _, r := range p.record.ROIs {
			if r.Name == "treated" && r.SpotTally != nil && r.SpotTally.Change.Known() {
				s.add(spotSum, p.file, burden(p, spots)/before, 1+r.SpotTally.Change)
			}
		}
	}
}

// burden is what the true spots of treated skin add at a photo's visit, but for a factor.
func burden(p pairing, spots []phantom.SpotTruth) float64 {
	sum := 0.0
	for _, t := range spots {
		if t.Region == "treated" {
			sum += p.truth.Spots[t.ID] * t.Melanin * t.AreaMM2
		}
	}
	return sum
}

// unchangedSpots holds the spots of unchanged skin against what they were, summed.
func (s *sampler) unchangedSpots(rec *outcome.Record) {
	if from, to, n := summed(rec); n > 0 {
		s.add(stillSpots, "", from, outcome.Number(to))
		s.list[len(s.list)-1].Of = n
	}
}

// summed adds the spots of treated skin at both visits, each as contrast times area.
func summed(rec *outcome.Record) (from, to float64, n int) {
	for _, m := range rec.Spots {
		if m.ROI == "treated" && m.From.Known() && m.To.Known() {
			area := math.Pi / 4 * float64(m.DiameterMM*m.DiameterMM)
			from, to, n = from+area*float64(m.From), to+area*float64(m.To), n+1
		}
	}
	return from, to, n
}

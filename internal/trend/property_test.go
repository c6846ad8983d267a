package trend

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/outcome"

	"pgregory.net/rapid"
)

// drawn is a course of any values, gaps and doubts.
func drawn(t *rapid.T) *outcome.Record {
	n := rapid.IntRange(1, 9).Draw(t, "visits")
	days := []int{0}
	for range n {
		days = append(days, days[len(days)-1]+rapid.IntRange(0, 40).Draw(t, "gap"))
	}
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	lost := rapid.Float64Range(0, 0.3).Draw(t, "lost")
	rec := constructed(days, rapid.IntRange(1, 3).Draw(t, "replicates"), func(_, r string, v, _ int) outcome.Number {
		if rng.Float64() < lost && v > 0 {
			return outcome.NaN()
		}
		return outcome.Number(10 + rng.NormFloat64()*float64(len(r)+v))
	})
	for i := range rec.Photos {
		p := &rec.Photos[i]
		switch rng.IntN(12) {
		case 0:
			p.Quality.Verdict = outcome.Unusable
		case 1:
			p.Calibration.Method = "none"
		case 2:
			p.Quality.Reasons = []outcome.Reason{{Code: outcome.Blurred, Spoils: []string{outcome.Texture}}}
		case 3:
			p.ROIs = p.ROIs[1:]
		}
	}
	return rec
}

func TestIntervalAndStatusNeverDisagree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rec := drawn(t)
		Assess(rec, Noise{})
		for _, c := range rec.Changes {
			if c.Change.Known() != (c.From.Known() && c.To.Known()) {
				t.Fatalf("change without its ends: %+v", c)
			}
			if c.Change.Known() && c.Change != c.To-c.From {
				t.Fatalf("change is not to − from: %+v", c)
			}
			if c.Status == outcome.NotComparable {
				if c.CI95[0].Known() || c.MDC95.Known() || c.PHolm.Known() || c.Goal != nil || len(c.Warnings) == 0 {
					t.Fatalf("not comparable, but: %+v", c)
				}
				continue
			}
			up, down := c.CI95[0] > 0, c.CI95[1] < 0
			beyond := math.Abs(float64(c.Change)) > float64(c.MDC95)
			if (c.Status == outcome.Increased) != up || (c.Status == outcome.Decreased) != down || beyond != (up || down) {
				t.Fatalf("interval and status disagree: %+v", c)
			}
		}
	})
}

func TestAddingAVisitLeavesEarlierRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		long := drawn(t)
		last := long.Visits[len(long.Visits)-1].Visit
		short := *long
		short.Visits = long.Visits[:len(long.Visits)-1]
		short.Photos = slices.DeleteFunc(slices.Clone(long.Photos), func(p outcome.Photo) bool { return p.Visit == last })
		Assess(long, Noise{})
		Assess(&short, Noise{})
		a, err := json.Marshal(short.Changes)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(long.Changes[:len(short.Changes)])
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Fatalf("earlier rows changed:\n%s\n%s", a, b)
		}
		for _, c := range long.Changes[len(short.Changes):] {
			if c.Visit != last {
				t.Fatalf("a later visit added a row to %s", c.Visit)
			}
		}
	})
}

func TestPhotosOfAVisitInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rec := drawn(t)
		other := *rec
		other.Photos = rapid.Permutation(slices.Clone(rec.Photos)).Draw(t, "order")
		Assess(rec, Noise{})
		Assess(&other, Noise{})
		a, _ := json.Marshal(rec)
		other.Photos = rec.Photos
		b, _ := json.Marshal(&other)
		if !bytes.Equal(a, b) {
			t.Fatal("the order of photos changed the record")
		}
	})
}

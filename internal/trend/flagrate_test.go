package trend

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
)

// watchedCourse is a course as flags watch it: one treatment, visits up to a year.
var watchedCourse = []int{0, 1, 4, 9, 16, 30, 58, 100}

// skinOf is a course whose regions vary as a band's built-in figures say, and a rise of
// one measure in treated skin from the second visit on. Values lie at 10, so that
// relative errors are those of the figures; ITA, which no figure is asked for, names the
// band.
func skinOf(rng *rand.Rand, band string, risen string, rise float64) *outcome.Record {
	angle := map[string]outcome.Number{BandLight: 50, BandMedium: 20, BandDark: -20}[band]
	spread := map[string]float64{}
	for m, f := range atTen(band) {
		spread[m] = math.Sqrt(f.between(100)) / math.Sqrt2 // of each region by itself
	}
	rec := constructed(watchedCourse, 1, func(m, r string, v, _ int) outcome.Number {
		x := 10 + spread[m]*rng.NormFloat64()
		if m == risen && r == "t" && v > 0 {
			x += rise
		}
		return outcome.Number(x)
	})
	rec.Definitions["ita"] = outcome.Definition{Unit: "°", Family: outcome.Pigment, Scale: outcome.Interval, Clock: outcome.Pigment}
	for i := range rec.Photos {
		for _, roi := range rec.Photos[i].ROIs {
			roi.Measures["ita"] = outcome.Measurement{Value: angle, Unit: "°"}
		}
	}
	return rec
}

// atTen are a band's built-in figures of differences from control skin, by measure: the
// larger at 10 where there are two.
func atTen(band string) map[string]Figure {
	largest := map[string]Figure{}
	for _, f := range BuiltIn() {
		if f.Band == band && f.Contrast == outcome.VsControl && f.between(100) > largest[f.Measure].between(100) {
			largest[f.Measure] = f
		}
	}
	return largest
}

// detectable is the MDC95 that the built-in figure gives between two visits at 10.
func detectable(band, measure string) float64 {
	f := atTen(band)[measure]
	return stats.TQuantile(0.975, f.DF) * math.Sqrt(2*f.between(100))
}

// With the built-in figures, how often a course of unchanged skin is flagged, and how
// often a rise of twice the detectable change is missed, by flag and band: at most 5 %
// and, as for headlines, 20 %. Each flag asks its latest visit alone, and one side of a 95 % bound is 2.5 %;
// where control skin happens to vary more than the figure says the bound is wider, which
// costs a few true rises. The tram-track flag asks as the texture flag does, the
// patch-test flag as that of redness; that of new spots has a test of its own.
func TestFlagRatesByBand(t *testing.T) {
	notShort(t)
	const courses = 120
	for _, band := range []string{BandLight, BandMedium, BandDark} {
		for _, q := range []struct{ code, measure string }{
			{FlagRedness, "hemoglobin"}, {FlagPigment, "melanin"}, {FlagTexture, "roughness"},
		} {
			rng := rand.New(rand.NewPCG(53, uint64(len(band)+10*len(q.code))))
			count := func(rise float64) int {
				raised := 0
				for range courses {
					rec := skinOf(rng, band, q.measure, rise)
					Assess(rec, Noise{})
					if slices.ContainsFunc(rec.Flags, func(f outcome.Flag) bool { return f.Code == q.code && f.ROI == "t" }) {
						raised++
					}
				}
				return raised
			}
			rise := 2 * detectable(band, q.measure)
			alarms, missed := count(0), courses-count(rise)
			name := fmt.Sprintf("%s, %s: false in %.1f %% of courses, a rise of %.3g %s missed in %.1f %%", band, q.code, 100*share(alarms, courses), rise, definitions()[q.measure].Unit, 100*share(missed, courses))
			t.Log(name)
			if !(share(alarms, courses) <= 0.05) || !(share(missed, courses) <= 0.20) {
				t.Error(name)
			}
		}
	}
}

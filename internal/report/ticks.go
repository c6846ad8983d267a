package report

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"

	"dermtrace/internal/outcome"
)

// dayTicks marks every day that has a visit or a treatment and names those that have
// room for their number.
type dayTicks struct {
	days  []float64
	width float64 // of the whole plot, in points
}

// labelPt is the room that a day's number takes, three digits and some air.
const labelPt = 26

// Ticks implements plot.Ticker. The last day is always named: the eye looks there.
func (d dayTicks) Ticks(low, high float64) []plot.Tick {
	days := slices.Clone(d.days)
	slices.Sort(days)
	days = slices.Compact(days)
	gap := labelPt * (high - low) / (d.width * 0.86)
	ticks := make([]plot.Tick, len(days))
	lastNamed := math.Inf(-1)
	for i, day := range days {
		ticks[i] = plot.Tick{Value: day}
		last := i == len(days)-1
		if last || day-lastNamed >= gap && days[len(days)-1]-day >= gap {
			ticks[i].Label = strconv.FormatFloat(math.Round(10*day)/10, 'f', -1, 64)
			lastNamed = day
		}
	}
	return ticks
}

// evenTicks are three to six round values from low to high.
func evenTicks(low, high float64) []plot.Tick {
	step := roundStep((high - low) / 5)
	places := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	var ticks []plot.Tick
	for n := math.Ceil(low / step); n*step <= high; n++ {
		ticks = append(ticks, plot.Tick{Value: n * step, Label: number(outcome.Number(n*step), places)})
	}
	return ticks
}

// roundStep is 1, 2 or 5 times a power of ten, the nearest above.
func roundStep(raw float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*p*(1+1e-9) {
			return m * p
		}
	}
	return 10 * p
}

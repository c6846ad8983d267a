package validate

import (
	"math"
	"strings"

	"dermtrace/internal/outcome"
	"dermtrace/internal/stats"
	"dermtrace/internal/trend"
)

// Goal is one question with the bound that its answer must keep.
type Goal struct {
	Question string
	Text     string // what is asked, in one line
	Unit     string
	AtLeast  bool // the bound is from below; else from above
	Bound    float64
	Dark     float64 // the bound for dark skin where it differs; 0: the same
	Stated   bool    // no goal was set: the value is stated
	Least    int     // samples without which nothing can be said; 0: one
	value    func([]Sample) float64
}

// bound is the goal's for a band.
func (g Goal) bound(band string) float64 {
	if band == trend.BandDark && g.Dark != 0 {
		return g.Dark
	}
	return g.Bound
}

// Figure is the answer to one question for one band.
type Figure struct {
	Question string         `json:"question"`
	Text     string         `json:"text"`
	Unit     string         `json:"unit"`
	Band     string         `json:"band"`
	Value    outcome.Number `json:"value"`
	Bound    outcome.Number `json:"bound"`
	AtLeast  bool           `json:"at_least"`
	N        int            `json:"n"`
	Refused  int            `json:"refused"` // samples without a measured number
	Verdict  string         `json:"verdict"` // met | missed | stated
}

// Verdicts of a Figure.
const (
	Met    = "met"
	Missed = "missed"
	Stated = "stated"
)

// Questions that samples speak to.
const (
	alignMedian   = "align_median"
	alignP95      = "align_p95"
	stretchMedian = "stretch_median"
	stretchP95    = "stretch_p95"
	alignHonest   = "align_honest"
	alignFound    = "align_found"
	alignRefused  = "align_refused"
	turnedFound   = "turned_found"
	evidence      = "evidence"
	blood         = "blood"
	flushMelanin  = "flush_melanin"
	otherMelanin  = "other_melanin"
	knownMelanin  = "known_melanin"
	mattMelanin   = "matt_melanin"
	melanin       = "melanin"
	melaninBlood  = "melanin_blood"
	relief        = "relief"
	stillRelief   = "still_relief"
	distance      = "distance"
	castErythema  = "cast_erythema"
	cardErythema  = "card_erythema"
	sweptAlign    = "swept_align"
	sweptStretch  = "swept_stretch"
	sweptFlush    = "swept_flush"
	jpegErythema  = "jpeg_erythema"
	jpegRelief    = "jpeg_relief"
	blurErythema  = "blur_erythema"
	blurRelief    = "blur_relief"
	profile       = "profile"
	meanLight     = "mean_light"
	witnessMoves  = "witness_moves"
	spotFound     = "spot_found"
	spotFate      = "spot_fate"
	spotSum       = "spot_sum"
	stillSpots    = "still_spots"
	rowBeyond     = "row_beyond"
	aloneBeyond   = "alone_beyond"
	hairBeyond    = "hair_beyond"
	falseHeadline = "false_headline"
	covered       = "covered"
	detected      = "detected"
	trueCovered   = "true_covered"
	falseFlag     = "false_flag"
)

// Goals are what the tool promises, in the order of the table.
func Goals() []Goal {
	list := []Goal{
		{Question: alignMedian, Text: "alignment: median error over the regions, worst photo", Unit: "px", Bound: 0.05, value: worst},
		{Question: alignP95, Text: "alignment: 95th percentile over the regions, worst photo", Unit: "px", Bound: 0.2, value: worst},
		{Question: stretchMedian, Text: "stretched skin (9 px per 2000): median error, worst photo", Unit: "px", Bound: 0.5, value: worst},
		{Question: stretchP95, Text: "stretched skin: 95th percentile, worst photo", Unit: "px", Bound: 1.5, value: worst},
		{Question: alignHonest, Text: "error_px within a factor of two of the truth (both at least 0.05 px)", Unit: "share", AtLeast: true, Bound: 0.9, value: honest},
		{Question: alignFound, Text: "photos of the same skin that are aligned", Unit: "share", AtLeast: true, Bound: 1, value: right},
		{Question: turnedFound, Text: "turned by 45, 90, 180 degrees, 0.6 and 1.6 times the size, 45 % overlap: aligned within 1 px", Unit: "share", AtLeast: true, Bound: 1, value: right},
		{Question: alignRefused, Text: "photos of other skin that are refused", Unit: "share", AtLeast: true, Bound: 1, value: right},
		{Question: blood, Text: "blood against control: correlation with the truth", Unit: "r", AtLeast: true, Bound: 0.99, Least: 3, value: correlation},
		{Question: blood, Text: "blood against control: slope, at least", Unit: "1", AtLeast: true, Bound: 0.6, Least: 3, value: slope},
		{Question: blood, Text: "blood against control: slope, at most", Unit: "1", Bound: 1.6, Least: 3, value: slope},
		{Question: blood, Text: "blood against control: largest residual", Unit: "points", Bound: 0.25, Least: 3, value: residual},
		{Question: flushMelanin, Text: "a flush of 3 points reads as melanin", Unit: "%", Bound: 5, Dark: 15, value: worst},
		{Question: mattMelanin, Text: "a flush of 3 points on skin without shine (crossed polarisers) reads as melanin", Unit: "%", Bound: 5, Dark: 15, value: worst},
		{Question: otherMelanin, Text: "a flush with an unknown camera, other oxygenation, scattering or shine reads as melanin", Unit: "%", Bound: 25, value: worst},
		{Question: knownMelanin, Text: "a flush with a camera that is named, or a card in the photo, reads as melanin", Unit: "%", Bound: 10, value: worst},
		{Question: melanin, Text: "melanin ×0.8 to ×1.5: correlation of logarithms", Unit: "r", AtLeast: true, Bound: 0.99, Dark: 0.98, Least: 3, value: correlation},
		{Question: melanin, Text: "melanin: slope of logarithms, at least", Unit: "1", AtLeast: true, Bound: 0.7, Least: 3, value: slope},
		{Question: melanin, Text: "melanin: slope of logarithms, at most", Unit: "1", Bound: 1.4, Least: 3, value: slope},
		{Question: melaninBlood, Text: "melanin ×0.8 to ×1.5 reads as blood", Unit: "points", Bound: 0.2, Dark: 0.8, value: worst},
		{Question: relief, Text: "roughness follows relief of 0.85 and 0.70", Unit: "%", Bound: 4, value: worst},
		{Question: stillRelief, Text: "roughness where relief did not change", Unit: "%", Bound: 2, value: worst},
		{Question: distance, Text: "roughness from 0.7 to 1.4 times the distance", Unit: "%", Bound: 3, value: worst},
		{Question: castErythema, Text: "erythema index under cast, exposure, gradient", Unit: "units", Bound: 0.3, value: worst},
		{Question: cardErythema, Text: "erythema index under cast, exposure, gradient, by a colour card", Unit: "units", Bound: 0.3, value: worst},
		{Question: sweptAlign, Text: "JPEG quality 90 to 60, blur to 1.5 px: median error of alignment, worst photo", Unit: "px", Bound: 0.1, value: worst},
		{Question: sweptStretch, Text: "stretched skin with a flush, cast, exposure, gradient, blur 1.5 px: median error of alignment, worst photo", Unit: "px", Bound: 0.1, value: worst},
		{Question: jpegErythema, Text: "JPEG quality 90 to 60: erythema index of unchanged skin", Unit: "units", Bound: 0.3, value: worst},
		{Question: jpegRelief, Text: "JPEG quality 90 to 60: roughness of unchanged skin, where no warning says so", Unit: "%", Bound: 2, value: worst},
		{Question: blurErythema, Text: "blur to 1.5 px: erythema index of unchanged skin", Unit: "units", Bound: 0.3, value: worst},
		{Question: blurRelief, Text: "blur to 1.5 px: roughness of unchanged skin, where no warning says so", Unit: "%", Bound: 2, value: worst},
		{Question: sweptFlush, Text: "JPEG quality 75, blur 1.5 px: a flush of 3 points reads as melanin", Unit: "%", Bound: 5, Dark: 15, value: worst},
		{Question: profile, Text: "a* of a photo in Display P3", Unit: "CIELAB", Bound: 0.3, value: worst},
		{Question: meanLight, Text: "L* of a fine pattern is that of its mean light", Unit: "CIELAB", Bound: 1, value: worst},
		{Question: witnessMoves, Text: "the witness half of control skin is measured, not set", Unit: "share", AtLeast: true, Bound: 1, value: right},
		{Question: spotFound, Text: "true spots that lie by themselves whose fate is told", Unit: "share", AtLeast: true, Stated: true, value: right},
		{Question: spotFate, Text: "found spots that lie by themselves in the right class of fate", Unit: "share", AtLeast: true, Bound: 0.95, value: right},
		{Question: spotSum, Text: "summed melanin of all spots of a band, after over before, against its truth", Unit: "%", Bound: 5, Least: 2, value: drifted},
		{Question: spotSum, Text: "melanin of all spots, after over before, worst photo by itself", Unit: "%", Stated: true, Least: 2, value: worstRatio},
		{Question: stillSpots, Text: "summed change of the spots of unchanged courses", Unit: "%", Bound: 1, Least: leastHalf, value: drifted},
		{Question: rowBeyond, Text: "unchanged courses: rows beyond noise", Unit: "share", Bound: 0.07, value: counted},
		{Question: aloneBeyond, Text: "unchanged courses without untreated skin: rows beyond noise", Unit: "share", Bound: 0.07, value: counted},
		{Question: hairBeyond, Text: "unchanged scalps: rows of hair beyond noise", Unit: "share", Bound: 0.07, value: counted},
		{Question: falseHeadline, Text: "unchanged courses with a false headline", Unit: "share", Bound: 0.05, value: wrong},
		{Question: covered, Text: "95 % intervals that hold the truth, noise known from other courses: at least", Unit: "share", AtLeast: true, Bound: 0.92, value: counted},
		{Question: covered, Text: "95 % intervals that hold the truth, noise known from other courses: at most", Unit: "share", Bound: 0.98, value: counted},
		{Question: detected, Text: "a true change of twice the detectable one is headlined", Unit: "share", AtLeast: true, Bound: 0.8, value: right},
		{Question: trueCovered, Text: "95 % intervals by built-in noise that hold that change", Unit: "share", Stated: true, value: right},
	}
	return append(list, flagGoals()...)
}

// flagGoals ask how often each flag is wrong, for which nobody has set a bound: on
// unchanged courses, and where something happened that it is for.
func flagGoals() []Goal {
	list := []Goal{{Question: falseFlag, Text: "unchanged courses with any false flag", Unit: "share", Stated: true, value: wrong}}
	for _, code := range trend.FlagCodes() {
		list = append(list, Goal{Question: falseOf(code), Text: "false flag: " + flagName(code), Unit: "share", Stated: true, value: wrong})
		for _, c := range complications(tones[0]) {
			if c.code == code {
				list = append(list, Goal{Question: missedOf(code, c.level), Text: "missed: " + strings.TrimSpace(flagName(code)+" "+quoted(c.level)) + ", " + c.effect, Unit: "share", Stated: true, value: wrong})
			}
		}
	}
	return list
}

func flagName(code string) string { return strings.ReplaceAll(code, "_", " ") }

func quoted(level string) string {
	if level == "" {
		return ""
	}
	return "(" + level + ")"
}

// bands are listed from light to dark.
var bands = []string{trend.BandLight, trend.BandMedium, trend.BandDark}

// figures answers every question for which there are samples, band by band.
func figures(samples []Sample) []Figure {
	var list []Figure
	for _, g := range Goals() {
		for _, band := range bands {
			var mine []Sample
			refused := 0
			for _, s := range samples {
				if s.Question != g.Question || s.Band != band {
					continue
				}
				if !s.Measured.Known() {
					refused++
					continue
				}
				mine = append(mine, s)
			}
			if len(mine)+refused >= max(g.Least, 1) {
				list = append(list, g.figure(band, mine, refused))
			}
		}
	}
	return list
}

// figure is the goal's answer. A number that was due and refused misses the goal, unless
// it was never set: honest refusal is no error, but no success either.
func (g Goal) figure(band string, mine []Sample, refused int) Figure {
	f := Figure{Question: g.Question, Text: g.Text, Unit: g.Unit, Band: band, Bound: outcome.Number(g.bound(band)),
		AtLeast: g.AtLeast, N: answers(mine), Refused: refused, Value: outcome.NaN(), Verdict: Missed}
	if len(mine) > 0 {
		f.Value = outcome.Number(g.value(mine))
	}
	v := float64(f.Value)
	switch {
	case g.Stated:
		f.Verdict, f.Bound = Stated, outcome.NaN()
	case refused > 0:
	case g.AtLeast && v >= g.bound(band), !g.AtLeast && v <= g.bound(band):
		f.Verdict = Met
	}
	return f
}

// worst is the largest distance from the truth.
func worst(list []Sample) float64 {
	d := 0.0
	for _, s := range list {
		d = max(d, math.Abs(float64(s.Measured)-s.Truth))
	}
	return d
}

// worstRatio is how far a ratio to the truth is from one at worst, in percent.
func worstRatio(list []Sample) float64 {
	d := 0.0
	for _, s := range list {
		d = max(d, 100*math.Abs(float64(s.Measured)/s.Truth-1))
	}
	return d
}

// drifted is how far all samples together are from their truth, in percent of it.
func drifted(list []Sample) float64 {
	truth, measured := 0.0, 0.0
	for _, s := range list {
		truth, measured = truth+s.Truth, measured+float64(s.Measured)
	}
	return 100 * math.Abs(measured/truth-1)
}

// answers is how many answers samples hold.
func answers(list []Sample) int {
	n := 0
	for _, s := range list {
		n += s.weight()
	}
	return n
}

// counted is the share of what samples count.
func counted(list []Sample) float64 {
	n := 0.0
	for _, s := range list {
		n += float64(s.Measured)
	}
	return n / float64(answers(list))
}

// right is the share of samples that say what is true, wrong that of the others.
func right(list []Sample) float64 { return 1 - wrong(list) }

func wrong(list []Sample) float64 {
	n := 0
	for _, s := range list {
		if float64(s.Measured) != s.Truth {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

// leastPx is the error below which estimates need not be told apart.
const leastPx = 0.05

// honest is the share of estimates within a factor of two of the true error. A photo
// that was refused estimates an infinite error, which is honest only where it is one.
func honest(list []Sample) float64 {
	n := 0
	for _, s := range list {
		ratio := max(float64(s.Measured), leastPx) / max(s.Truth, leastPx)
		if ratio >= 0.5 && ratio <= 2 {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

func columns(list []Sample) (truth, measured []float64) {
	for _, s := range list {
		truth, measured = append(truth, s.Truth), append(measured, float64(s.Measured))
	}
	return truth, measured
}

func correlation(list []Sample) float64 { return stats.Pearson(columns(list)) }

func slope(list []Sample) float64 {
	l, err := stats.FitLine(columns(list))
	if err != nil {
		return math.NaN()
	}
	return l.Slope.Value
}

// residual is the largest distance from the fitted line.
func residual(list []Sample) float64 {
	l, err := stats.FitLine(columns(list))
	if err != nil {
		return math.NaN()
	}
	d := 0.0
	for _, s := range list {
		d = max(d, math.Abs(float64(s.Measured)-l.Intercept.Value-l.Slope.Value*s.Truth))
	}
	return d
}

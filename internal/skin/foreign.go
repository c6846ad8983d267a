package skin

import (
	"math"

	"dermtrace/internal/chromo"
	"dermtrace/internal/raster"
)

// What lies on skin and is none, as seen in its colour against the median of the region.
const (
	// Glare is white, channels within 15 %, and lighter than the skin around (gates of a
	// photo).
	glareWhite  = 0.85
	glareLifted = 1.2
	// Dried blood is far darker than skin in red light, redder, and no yellower, as more
	// melanin would be (project defaults; natural logarithms).
	crustDarker = 1.0
	crustRedder = 0.15
	crustYellow = 0.35
	// Above this share it is what the region is made of, and stays in.
	mostForeign = 0.3
)

// foreign takes what is not skin out of the weights and returns the pixels where it lies, and its
// shares.
func (a averaged) foreign() (what []int, glare, crust float64) {
	medians := a.medians()
	if math.IsNaN(medians[0]) {
		return nil, 0, 0
	}
	skin := toneOf(medians)
	var total float64
	for i, w := range a.weight.Pix {
		if w == 0 {
			continue
		}
		total += float64(w)
		r, g := float64(a.rgb.R.Pix[i]), float64(a.rgb.G.Pix[i])
		if g <= skin.lifted && r >= skin.darker { // nearly all
			continue
		}
		c := [3]float64{r, g, float64(a.rgb.B.Pix[i])}
		switch {
		case skin.glare(c):
			what = append(what, i)
			glare += float64(w)
		case skin.crust(c):
			what = append(what, i)
			crust += float64(w)
		}
	}
	glare, crust = glare/total, crust/total
	if glare+crust == 0 || glare+crust > mostForeign {
		return nil, 0, 0
	}
	for _, i := range what {
		a.weight.Pix[i] = 0
	}
	return what, glare, crust
}

// tone is the colour of a region's skin, as what lies on it is held against.
type tone struct {
	lifted, darker      float64 // green light above which, and red light below which, it is not skin
	redGreen, greenBlue float64 // natural logarithms of the ratios
}

func toneOf(rgb [3]float64) tone {
	rg, gb := ratios(rgb)
	return tone{lifted: glareLifted * rgb[1], darker: rgb[0] * math.Exp(-crustDarker), redGreen: rg, greenBlue: gb}
}

func (t tone) glare(c [3]float64) bool {
	return c[1] > t.lifted && min(c[0], c[1], c[2]) > glareWhite*max(c[0], c[1], c[2])
}

func (t tone) crust(c [3]float64) bool {
	if !(c[0] < t.darker) {
		return false
	}
	rg, gb := ratios(c)
	return rg-t.redGreen > crustRedder && math.Abs(gb-t.greenBlue) < crustYellow
}

// ratios are ln(R/G) and ln(G/B), of black as of the least light.
func ratios(c [3]float64) (redGreen, greenBlue float64) {
	r, g, b := math.Log(max(c[0], chromo.Floor)), math.Log(max(c[1], chromo.Floor)), math.Log(max(c[2], chromo.Floor))
	return r - g, g - b
}

// leaveOut takes foreign pixels, k times coarser and so many in a row, out of the weights, and
// their neighbours: what covers half of a pixel is an edge.
func (a averaged) leaveOut(foreign []int, inRow, k int) {
	for _, i := range foreign {
		x, y := i%inRow, i/inRow
		for v := max(0, (y-1)*k); v < min((y+2)*k, a.weight.H); v++ {
			row := a.weight.Row(v)
			clear(row[max(0, (x-1)*k):min((x+2)*k, len(row))])
		}
	}
}

// mediansFrom is the side of the blocks whose medians stand for those of the pixels.
const mediansFrom = 4

// medians are the median red, green and blue light, NaN where nothing counts.
func (a averaged) medians() [3]float64 {
	blocks := a.coarser(mediansFrom)
	var m [3]float64
	for c, p := range blocks.rgb.Planes() {
		least := raster.New(p.W, p.H)
		for i, w := range blocks.weight.Pix {
			if w > 0 {
				least.Pix[i] = 1
			}
		}
		m[c] = chromo.NewField(p, least).Quantile(0.5)
	}
	return m
}

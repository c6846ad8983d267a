package calib

import (
	"math"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// Methods of a Light.
const (
	MethodCard    = "card"
	MethodControl = "control"
	MethodGrey    = "grey"
)

// Light says what to do to a photo's pixels so that they look as under the reference
// light. The zero value is no light; [Light.Apply] of it panics.
type Light struct {
	Method       string
	Gain         [3]float64    // factor of linear red, green, blue; for a card that on neutral grey
	LogGainCov   [3][3]float64 // of ln Gain: variances and covariances of the estimate; NaN: unknown
	ResidualDE00 float64       // mean ΔE00 that remains over the tiles or patches that set it; NaN: unknown
	Tiles        int           // tiles, patches or regions that set it
	Gradient     float64       // ln of the light's range over the tiles, of a plane fitted to them; 0: none found
	Levelled     bool          // the gradient is taken out as well
	Warnings     []string      // codes of package outcome

	corrections []*Correction // of a card, one after the other; empty: Gain alone
	slope       slope         // of ln Gain over the photo, the same for all channels
}

// LogGainSE is the standard error of ln Gain per channel.
func (l Light) LogGainSE() [3]float64 {
	var se [3]float64
	for k := range se {
		se[k] = math.Sqrt(l.LogGainCov[k][k])
	}
	return se
}

// LogGainCovAt is LogGainCov at a point of the photo: where a slope of the light was taken
// out, its own error grows with the distance from the tiles, alike in all channels.
func (l Light) LogGainCovAt(p geom.Point) [3][3]float64 {
	c := l.LogGainCov
	dx, dy := p.X-l.slope.at.X, p.Y-l.slope.at.Y
	slope := l.slope.xx*dx*dx + 2*l.slope.xy*dx*dy + l.slope.yy*dy*dy
	for i := range c {
		for j := range c[i] {
			c[i][j] += slope
		}
	}
	return c
}

// Part says which part of the photo some pixels are: the pixel (0, 0) is centred on
// (X, Y) of the photo, and its neighbours are Step photo pixels apart (0: 1).
type Part struct{ X, Y, Step float64 }

func (p Part) step() float64 {
	if p.Step == 0 {
		return 1
	}
	return p.Step
}

// Apply changes the pixels of a whole photo in place.
func (l Light) Apply(rgb *raster.RGB) { l.ApplyPart(rgb, Part{}) }

// ApplyPart changes the pixels of a part of the photo in place.
func (l Light) ApplyPart(rgb *raster.RGB, part Part) {
	if len(l.corrections) > 0 {
		l.correct(rgb)
		return
	}
	if l.Gain == [3]float64{} {
		panic("calib: a light without gains")
	}
	columns := l.slope.columns(rgb.W(), part)
	for k, p := range rgb.Planes() {
		raster.Bands(p.H, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				scaleRow(p.Row(y), columns, float32(l.Gain[k]*l.slope.row(y, part)))
			}
		})
	}
}

// Over is a part of the photo as [Light.ApplyPart] makes it, worked out where it is read.
func (l Light) Over(c raster.Picture, part Part) raster.Picture { return litPicture{c, l, part} }

type litPicture struct {
	raster.Picture
	light Light
	part  Part
}

func (c litPicture) Read(part *raster.RGB, x0, y0 int) {
	c.Picture.Read(part, x0, y0)
	at := c.part
	at.X, at.Y = at.X+float64(x0)*at.step(), at.Y+float64(y0)*at.step()
	c.light.ApplyPart(part, at)
}

// correct changes pixels by a card's corrections.
func (l Light) correct(rgb *raster.RGB) {
	for _, c := range l.corrections {
		c.Apply(rgb)
	}
}

// gainOfGrey is the factor on neutral grey.
func (l Light) gainOfGrey() (gain [3]float64) {
	const grey = 0.18
	for k, v := range l.At([3]float64{grey, grey, grey}) {
		gain[k] = v / grey
	}
	return gain
}

// scaleRow multiplies a row by gain and, where the light slopes, by that of each column.
func scaleRow(row, columns []float32, gain float32) {
	if columns == nil {
		for i, v := range row {
			row[i] = v * gain
		}
		return
	}
	columns = columns[:len(row)]
	for i, v := range row {
		row[i] = v * float32(gain*columns[i])
	}
}

// At returns what Apply makes of one colour; of a light that slopes, at its centre.
func (l Light) At(rgb [3]float64) [3]float64 {
	if len(l.corrections) > 0 {
		for _, c := range l.corrections {
			rgb = c.At(rgb)
		}
		return rgb
	}
	return [3]float64{rgb[0] * l.Gain[0], rgb[1] * l.Gain[1], rgb[2] * l.Gain[2]}
}

// Disagreement is the mean ΔE00 (D65) between what two lights make of the same tiles,
// such as a card's and control skin's: how far the light is in doubt. A light relative
// to a reference photo is followed by that photo's own before it is compared.
func Disagreement(tiles []TileLight, a, b func(rgb [3]float64) [3]float64) float64 {
	var sum, n float64
	for _, t := range tiles {
		if !t.Valid {
			continue
		}
		c := [3]float64{math.Exp(t.Log[0]), math.Exp(t.Log[1]), math.Exp(t.Log[2])}
		p, q := a(c), b(c)
		sum += cie.DeltaE00(cie.LabD65(p[0], p[1], p[2]), cie.LabD65(q[0], q[1], q[2]))
		n++
	}
	return sum / n
}

// MaxDisagreement is the mean ΔE00 between a card's light and control skin's beyond
// which one of them is in doubt. Warmth, posture and pressure move a* of healthy skin by
// 1 to 3 (Fullerton 1996 Contact Dermatitis 35:1), which is at most 2 ΔE00 at the chroma
// of skin, where S_C is about 1.9.
const MaxDisagreement = 2.0

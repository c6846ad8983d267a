package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"
	"regexp"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// lineStyles is the number of colours that curves of treated regions cycle through.
const lineStyles = 4

// shades stand for the colours of the style sheet while a plot is drawn: a plot is
// turned into the page's own colours afterwards, so that it follows light and dark.
var shades = [...]struct {
	key color.NRGBA
	css string
}{
	{shade(1), "var(--ink-2)"}, {shade(2), "var(--rule)"}, {shade(3), "var(--band)"}, {shade(4), "var(--paper)"},
	{shade(5), "var(--needle)"}, {shade(6), "var(--control)"},
	{shade(7), "var(--line-1)"}, {shade(8), "var(--line-2)"}, {shade(9), "var(--line-3)"}, {shade(10), "var(--line-4)"},
}

// shade is the n-th stand-in: a grey that nothing else draws in.
func shade(n uint8) color.NRGBA { return color.NRGBA{R: 16 + n, G: 32 + n, B: 48 + n, A: 255} }

var (
	ink, rule, bandFill, paper, needle, controlInk = shade(1), shade(2), shade(3), shade(4), shade(5), shade(6)
	fontStyle                                      = regexp.MustCompile(`font-family:[^;"]*;font-variant:[^;"]*;font-weight:[^;"]*;font-style:[^;"]*;`)
	svgHead                                        = regexp.MustCompile(`(?s)^.*?<svg width="[^"]*" height="[^"]*" viewBox="([^"]*)"[^>]*>`)
)

func curveInk(style int) color.NRGBA {
	if style == 0 {
		return controlInk
	}
	return shade(7 + uint8((style-1)%lineStyles))
}

// Sizes of the plots in points, which are CSS pixels at full width: a wide one for
// desks and paper, a narrow one for phones and for folded figures.
const (
	wideW, wideH     = 840, 270
	narrowW, narrowH = 372, 250
	plotFontPt       = 13
	edgePt           = 10 // room for half a number beyond the axes' ends
)

// newFigure draws a chart, for wide pages too if wide is set.
func newFigure(c chart, wide bool) (figure, error) {
	var f figure
	var err error
	if wide {
		if f.Wide, err = drawChart(c, wideW, wideH); err != nil {
			return f, err
		}
	}
	f.Narrow, err = drawChart(c, narrowW, narrowH)
	return f, err
}

// drawable bounds what a plot shows: no measure of skin and no course comes near it,
// and beyond it a drawing loses its steps.
const drawable = 1e9

func canDraw(values ...float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return !(math.Abs(v) <= drawable) })
}

// sane is the chart without what cannot be drawn: such a value is a gap.
func (c chart) sane() chart {
	curves := c.curves
	c.curves = nil
	for _, cv := range curves {
		points := slices.DeleteFunc(slices.Clone(cv.points), func(p point) bool { return !canDraw(p.day) })
		for i, p := range points {
			points[i].known = p.known && canDraw(p.value)
			points[i].bars = p.bars && canDraw(p.low, p.high)
		}
		cv.points = points
		c.curves = append(c.curves, cv)
	}
	if c.band != nil && !canDraw(c.band[0], c.band[1]) {
		c.band = nil
	}
	outside := func(d float64) bool { return !canDraw(d) }
	c.treatments = slices.DeleteFunc(slices.Clone(c.treatments), outside)
	c.refused = slices.DeleteFunc(slices.Clone(c.refused), outside)
	return c
}

func drawChart(c chart, w, h vg.Length) (template.HTML, error) {
	c = c.sane()
	p := newPlot(c, w)
	p.Add(backdrop{c})
	for _, cv := range c.curves {
		if err := addCurve(p, cv); err != nil {
			return "", fmt.Errorf("report: %w", err)
		}
	}
	if len(c.fit) > 1 {
		line, err := plotter.NewLine(c.fit)
		if err != nil {
			return "", fmt.Errorf("report: %w", err)
		}
		line.LineStyle = draw.LineStyle{Color: needle, Width: 1.5, Dashes: []vg.Length{2, 3}}
		p.Add(line)
	}
	fitRange(p, c)
	canvas := vgsvg.New(w, h)
	p.Draw(draw.Crop(draw.New(canvas), 2, -edgePt, 0, -edgePt))
	var buf bytes.Buffer
	if _, err := canvas.WriteTo(&buf); err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	return inline(buf.String()), nil
}

// inline makes a drawing part of the page: its colours and font come from the style
// sheet and it is as wide as its place. All text in it was escaped by the canvas.
func inline(svg string) template.HTML {
	svg = svgHead.ReplaceAllString(svg, `<svg viewBox="$1" aria-hidden="true" focusable="false">`)
	svg = fontStyle.ReplaceAllString(svg, "")
	for _, s := range shades {
		svg = strings.ReplaceAll(svg, fmt.Sprintf("#%02X%02X%02X", s.key.R, s.key.G, s.key.B), s.css)
	}
	return template.HTML(svg)
}

func newPlot(c chart, w vg.Length) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.NRGBA{}
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		text := font.Font{Typeface: "Liberation", Variant: "Sans", Size: plotFontPt}
		axis.Label.TextStyle.Font, axis.Tick.Label.Font = text, text
		axis.Label.TextStyle.Color, axis.Tick.Label.Color = ink, ink
		axis.LineStyle.Color, axis.Tick.LineStyle.Color = rule, rule
		axis.LineStyle.Width, axis.Tick.LineStyle.Width = 1, 1
		axis.Tick.Length = 4
		axis.Label.Padding = 5
		axis.Padding = 6
	}
	p.Y.LineStyle.Width, p.Y.Tick.Length = 0, 0
	p.X.Label.Text, p.Y.Label.Text = c.xLabel, c.yLabel
	p.X.Tick.Marker = dayTicks{days: chartDays(c), width: float64(w)}
	p.Y.Tick.Marker = plot.TickerFunc(evenTicks)
	return p
}

// chartDays are the days that the axis names: those of visits and treatments.
func chartDays(c chart) []float64 {
	var days []float64
	if c.fromZero {
		days = append(days, 0)
	}
	for _, cv := range c.curves {
		for _, p := range cv.points {
			days = append(days, p.day)
		}
	}
	return append(append(days, c.treatments...), c.refused...)
}

// backdrop draws what lies behind the curves: rules, the band of no detectable
// change, the treatments, and a cross for each visit that was refused.
type backdrop struct{ chart }

func (b backdrop) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		c.StrokeLine2(draw.LineStyle{Color: rule, Width: 0.75}, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
	}
	if b.band != nil {
		low, high := y(b.band[0]), y(b.band[1])
		c.FillPolygon(bandFill, []vg.Point{{X: c.Min.X, Y: low}, {X: c.Max.X, Y: low}, {X: c.Max.X, Y: high}, {X: c.Min.X, Y: high}})
	}
	for _, d := range b.treatments {
		if d >= p.X.Min && d <= p.X.Max {
			c.StrokeLine2(draw.LineStyle{Color: needle, Width: 1.25, Dashes: []vg.Length{5, 4}}, x(d), c.Min.Y, x(d), c.Max.Y)
		}
	}
	for _, d := range b.refused {
		cross(c, x(d), c.Min.Y+9)
	}
}

// cross marks a visit whose photos were refused.
func cross(c draw.Canvas, x, y vg.Length) {
	const r = 4
	line := draw.LineStyle{Color: ink, Width: 2}
	c.StrokeLine2(line, x-r, y-r, x+r, y+r)
	c.StrokeLine2(line, x-r, y+r, x+r, y-r)
}

func addCurve(p *plot.Plot, cv curve) error {
	colour := curveInk(cv.style)
	for _, run := range runs(cv.points) {
		line, err := plotter.NewLine(run)
		if err != nil {
			return err
		}
		line.LineStyle = draw.LineStyle{Color: colour, Width: 2}
		if cv.style == 0 {
			line.Dashes = []vg.Length{6, 4}
			line.Width = 1.5
		}
		p.Add(line)
	}
	p.Add(marks{cv, colour})
	return nil
}

// runs are the stretches of visits that count, broken at each that has no value.
func runs(points []point) []plotter.XYs {
	var list []plotter.XYs
	var run plotter.XYs
	for _, p := range points {
		switch {
		case !p.known:
			if len(run) > 1 {
				list = append(list, run)
			}
			run = nil
		case p.counts:
			run = append(run, plotter.XY{X: p.day, Y: p.value})
		}
	}
	if len(run) > 1 {
		list = append(list, run)
	}
	return list
}

// marks draws the visits: interval bars and dots, hollow where a visit does not
// count; control skin has squares.
type marks struct {
	curve
	colour color.NRGBA
}

func (m marks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, q := range m.points {
		if !q.known {
			continue
		}
		if q.bars {
			c.StrokeLine2(draw.LineStyle{Color: m.colour, Width: 1.25}, x(q.day), y(q.low), x(q.day), y(q.high))
		}
		var shape draw.GlyphDrawer = draw.CircleGlyph{}
		if m.style == 0 {
			shape = draw.BoxGlyph{}
		}
		at := vg.Point{X: x(q.day), Y: y(q.value)}
		c.DrawGlyph(draw.GlyphStyle{Color: m.colour, Radius: 4, Shape: shape}, at)
		if !q.counts {
			c.DrawGlyph(draw.GlyphStyle{Color: paper, Radius: 2.6, Shape: shape}, at)
		}
	}
}

// fitRange sets the axes to all that is drawn, with some air.
func fitRange(p *plot.Plot, c chart) {
	minX, maxX, minY, maxY := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, d := range chartDays(c) {
		minX, maxX = min(minX, d), max(maxX, d)
	}
	see := func(v float64) { minY, maxY = min(minY, v), max(maxY, v) }
	for _, cv := range c.curves {
		for _, q := range cv.points {
			if q.known {
				see(q.value)
			}
			if q.known && q.bars {
				see(q.low)
				see(q.high)
			}
		}
	}
	if c.band != nil {
		see(c.band[0])
		see(c.band[1])
	}
	for _, q := range c.fit {
		see(q.Y)
	}
	p.X.Min, p.X.Max = widen(minX, maxX, 0.02)
	p.Y.Min, p.Y.Max = widen(minY, maxY, 0.08)
}

// widen adds a share on either side, and makes a range of a point or of nothing.
func widen(low, high, share float64) (float64, float64) {
	switch {
	case !(high >= low):
		return 0, 1
	case high-low <= 1e-9*max(math.Abs(low), math.Abs(high)):
		d := max(1, 0.1*math.Abs(low))
		return low - d, high + d
	}
	d := share * (high - low)
	return low - d, high + d
}

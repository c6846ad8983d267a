package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Scatter is a plot of points that are no course in time: agreement, errors by group, a
// characteristic. Values that are not finite are left out.
type Scatter struct {
	XLabel, YLabel string // with their units
	Groups         []ScatterGroup
	Lines          [][2]XY  // drawn thin: bounds, identity
	Names          []string // of x = 0, 1, 2, ... where x is a group; nil: numbers
	Narrow         bool     // for a phone
}

// ScatterGroup is one colour of points; joined draws them as a line instead.
type ScatterGroup struct {
	Name   string
	Points []XY
	Joined bool
}

// XY is a point of a [Scatter].
type XY struct{ X, Y float64 }

// Sizes of a scatter in points; on a phone it is narrower, its letters as large.
const scatterW, scatterH, scatterNarrow = 560, 360, 330

// SVG draws the plot in the colours of the style sheet.
func (s Scatter) SVG() (template.HTML, error) {
	width := vg.Length(scatterW)
	if s.Narrow {
		width = scatterNarrow
	}
	p := newPlot(chart{xLabel: s.XLabel, yLabel: s.YLabel}, width)
	p.X.Tick.Marker = plot.TickerFunc(s.xTicks)
	p.Add(backdrop{})
	for _, l := range s.Lines {
		p.Add(segment(l))
	}
	for i, g := range s.Groups {
		if g.Joined {
			var run plotter.XYs
			for _, q := range g.Points {
				run = append(run, plotter.XY(q))
			}
			line, err := plotter.NewLine(run)
			if err != nil {
				return "", fmt.Errorf("report: %w", err)
			}
			line.LineStyle = draw.LineStyle{Color: curveInk(i + 1), Width: 2}
			p.Add(line)
			continue
		}
		p.Add(dots{g.Points, curveInk(i + 1)})
	}
	s.fit(p)
	canvas := vgsvg.New(width, scatterH)
	p.Draw(draw.Crop(draw.New(canvas), 2, -edgePt, 0, -edgePt))
	var buf bytes.Buffer
	if _, err := canvas.WriteTo(&buf); err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	return inline(buf.String()), nil
}

func (s Scatter) xTicks(low, high float64) []plot.Tick {
	if s.Names == nil {
		return evenTicks(low, high)
	}
	ticks := make([]plot.Tick, len(s.Names))
	for i, name := range s.Names {
		ticks[i] = plot.Tick{Value: float64(i), Label: name}
	}
	return ticks
}

// fit sets the axes to what is drawn, with a margin, and never to nothing.
func (s Scatter) fit(p *plot.Plot) {
	x, y := newSpan(), newSpan()
	for _, g := range s.Groups {
		for _, q := range g.Points {
			if canDraw(q.X, q.Y) {
				x.take(q.X)
				y.take(q.Y)
			}
		}
	}
	for _, l := range s.Lines {
		for _, q := range l {
			x.take(q.X)
			y.take(q.Y)
		}
	}
	if s.Names != nil {
		x = span{-0.5, float64(len(s.Names)) - 0.5}
	}
	p.X.Min, p.X.Max = x.bounds()
	p.Y.Min, p.Y.Max = y.bounds()
}

// span is a range of values in the making.
type span struct{ low, high float64 }

func newSpan() span { return span{math.Inf(1), math.Inf(-1)} }

func (s *span) take(v float64) { s.low, s.high = min(s.low, v), max(s.high, v) }

// bounds are the range with a twentieth of air; around nothing, or one value, 1.
func (s span) bounds() (low, high float64) {
	if !(s.high > s.low) {
		middle := s.low
		if math.IsInf(middle, 0) {
			middle = 0
		}
		return middle - 0.5, middle + 0.5
	}
	air := (s.high - s.low) / 20
	return s.low - air, s.high + air
}

// dots draws points, light enough to show where many lie.
type dots struct {
	points []XY
	colour color.Color
}

func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, q := range d.points {
		if canDraw(q.X, q.Y) {
			c.DrawGlyph(draw.GlyphStyle{Color: d.colour, Radius: 3, Shape: draw.CircleGlyph{}}, vg.Point{X: x(q.X), Y: y(q.Y)})
		}
	}
}

// segment is a thin dashed line between two points.
type segment [2]XY

func (s segment) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 1, Dashes: []vg.Length{4, 3}}, x(s[0].X), y(s[0].Y), x(s[1].X), y(s[1].Y))
}

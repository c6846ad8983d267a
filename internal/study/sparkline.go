package study

import (
	"fmt"
	"strings"

	"dermtrace/internal/outcome"
)

// sparkline is the course of a change over the days of the visits, with the band of
// changes that cannot be told from noise.
type sparkline struct {
	days    []int
	changes []float64
	noise   float64
}

// Size of a sparkline in CSS pixels, and its inner margin.
const (
	sparkW, sparkH, sparkPad = 96.0, 26.0, 3.0
)

func (l *sparkline) add(day int, change outcome.Number) {
	if change.Known() {
		l.days, l.changes = append(l.days, day), append(l.changes, float64(change))
	}
}

func (l *sparkline) y(change float64) float64 {
	top := l.noise
	for _, c := range l.changes {
		top = max(top, c, -c)
	}
	if top == 0 {
		top = 1
	}
	return sparkH/2 - change/top*(sparkH/2-sparkPad)
}

func (l *sparkline) x(day int) float64 {
	span := float64(max(1, l.days[len(l.days)-1]-l.days[0]))
	return sparkPad + float64(day-l.days[0])/span*(sparkW-2*sparkPad)
}

// Points of the line, for an SVG polyline.
func (l *sparkline) Points() string {
	var b strings.Builder
	for i, d := range l.days {
		fmt.Fprintf(&b, "%.1f,%.1f ", l.x(d), l.y(l.changes[i]))
	}
	return strings.TrimSpace(b.String())
}

// Band is the top and the height of the band of noise.
func (l *sparkline) Band() [2]string {
	top := l.y(l.noise)
	return [2]string{fmt.Sprintf("%.1f", top), fmt.Sprintf("%.1f", sparkH-2*top)}
}

// End is where the line ends.
func (l *sparkline) End() [2]string {
	n := len(l.days) - 1
	return [2]string{fmt.Sprintf("%.1f", l.x(l.days[n])), fmt.Sprintf("%.1f", l.y(l.changes[n]))}
}

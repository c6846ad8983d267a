package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"dermtrace/internal/outcome"
)

// spotLayer is the drawing of the spots that are followed over the pictures, in frame pixels.
type spotLayer struct {
	Title    string
	ViewBox  string
	FontSize float64
	Marks    []spotMark
	Key      []spotKey
	Columns  []string
	Rows     [][]string
}

// spotMark is one spot: a sign of its fate around it, never over it.
type spotMark struct {
	Fate, Path  string
	Label       string
	X, Y        float64 // of the label
	Look        bool    // asks for a look
	RingX, Ring float64 // a second ring where it does
	RingY       float64
	reach       float64 // of what is drawn, from the centre
}

type spotKey struct{ Fate, Label, Path string }

// Sizes of the signs, as shares of the window's longer side.
const (
	leastSpot = 0.011 // radius of the smallest sign
	spotAir   = 1.35  // a sign's radius over its spot's
	spotFont  = 0.022
	mostSpots = 400 // more are said, not drawn
)

// spotFates are the fates in the order of the key, what needs eyes first.
var spotFates = []string{outcome.SpotNew, outcome.SpotDarkened, outcome.SpotPersisted, outcome.SpotFaded, outcome.SpotGone}

// newSpotLayer draws the record's spots over the window of the aligned pictures. Without
// a window (an older record) there is the table alone; without spots, nothing.
func newSpotLayer(t *texts, x *index) *spotLayer {
	spots := x.rec.Spots
	if len(spots) == 0 {
		return nil
	}
	l := &spotLayer{Columns: []string{t.ColSpot, t.ColFate, t.ColRegion, t.ColDiameter, t.ColSpotFrom, t.ColSpotTo, t.ColNotes}}
	l.Title = fmt.Sprintf(t.SpotsTitle, len(spots), x.visitLabel(t, spots[0].Visit))
	count := map[string]int{}
	for i, s := range spots {
		count[s.Fate]++
		note := ""
		if s.NeedsEyes {
			note = t.SpotLook
		}
		l.Rows = append(l.Rows, []string{strconv.Itoa(i + 1), named(t.fates, s.Fate), s.ROI, withUnit(number(s.DiameterMM, 1), "mm"),
			withUnit(number(s.From, 2), "%"), withUnit(number(s.To, 2), "%"), note})
	}
	for _, fate := range spotFates {
		if count[fate] > 0 {
			l.Key = append(l.Key, spotKey{fate, fmt.Sprintf("%s (%d)", named(t.fates, fate), count[fate]), sign(fate, 10, 10, 5.6)})
		}
	}
	if slices.ContainsFunc(spots, func(s outcome.Spot) bool { return s.NeedsEyes }) {
		l.Key = append(l.Key, spotKey{"ring", t.SpotRing, sign("", 10, 10, 7)})
	}
	if w := x.window(); w != nil {
		l.draw(x, *w)
	}
	return l
}

// window is what the aligned pictures show of the frame; nil where no picture says.
func (x *index) window() *[4]float64 {
	for _, p := range x.rec.Pictures {
		w := p.Window
		if p.Kind == outcome.PictureAligned && w != nil && canDraw(w[:]...) && w[2] >= 1 && w[3] >= 1 {
			return w
		}
	}
	return nil
}

func (l *spotLayer) draw(x *index, w [4]float64) {
	side := max(w[2], w[3])
	l.ViewBox = fmt.Sprintf("%.6g %.6g %.6g %.6g", w[0]-0.5, w[1]-0.5, w[2], w[3])
	l.FontSize = math.Round(1000*spotFont*side) / 1000
	for i, s := range x.rec.Spots {
		if i == mostSpots {
			break
		}
		if !s.X.Known() || !s.Y.Known() || !canDraw(float64(s.X), float64(s.Y)) {
			continue
		}
		r := leastSpot * side
		if d := s.DiameterMM / x.rec.Series.MMPerPx; d.Known() && d > 0 {
			r = min(max(r, spotAir*float64(d)/2), side/4)
		}
		m := spotMark{Fate: s.Fate, Path: sign(s.Fate, float64(s.X), float64(s.Y), r), Label: strconv.Itoa(i + 1), Look: s.NeedsEyes}
		m.RingX, m.RingY, m.Ring = tenth(float64(s.X)), tenth(float64(s.Y)), tenth(1.6*r)
		m.reach = 1.25 * r
		if s.NeedsEyes {
			m.reach = 1.75 * r
		}
		l.Marks = append(l.Marks, m)
	}
	placeLabels(l.Marks, l.FontSize, rect{w[0] - 0.5, w[1] - 0.5, w[0] + w[2] - 0.5, w[1] + w[3] - 0.5})
}

func tenth(v float64) float64 { return math.Round(10*v) / 10 }

// sign is the outline that stands for a fate, told apart by shape alone: a ring for
// what persisted, a broken ring for what faded, a ring struck through for what is
// gone, a diamond for what darkened, a triangle for what is new.
func sign(fate string, x, y, r float64) string {
	at := func(dx, dy float64) string { return fmt.Sprintf("%.1f %.1f", x+dx*r, y+dy*r) }
	arc := func(fx, fy, tx, ty float64) string {
		return fmt.Sprintf("M%sA%.1f %.1f 0 0 1 %s", at(fx, fy), r, r, at(tx, ty))
	}
	ring := arc(-1, 0, 1, 0) + arc(1, 0, -1, 0)
	switch fate {
	case outcome.SpotFaded:
		const c, s = 0.94, 0.342 // gaps of 40° above and below, left and right
		return arc(s, -c, c, -s) + arc(c, s, s, c) + arc(-s, c, -c, s) + arc(-c, -s, -s, -c)
	case outcome.SpotGone:
		return ring + "M" + at(-1.25, 1.25) + "L" + at(1.25, -1.25)
	case outcome.SpotDarkened:
		return "M" + at(0, -1.35) + "L" + at(1.35, 0) + "L" + at(0, 1.35) + "L" + at(-1.35, 0) + "Z"
	case outcome.SpotNew:
		return "M" + at(0, -1.6) + "L" + at(1.5, 0.95) + "L" + at(-1.5, 0.95) + "Z"
	}
	return ring
}

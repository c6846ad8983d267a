package trend

import "dermtrace/internal/outcome"

// Sources of noise, as they stand in outcome.Change.MDCSource.
const (
	SourceRepeatability = "repeatability"
	SourceWitness       = "witness"
	SourceBuiltIn       = "built-in"
)

// MinDF is the least degrees of freedom of a source that is used: below five, Student's
// t is above 2.6 and mostly measures how little is known. Project default.
const MinDF = 5

// Noise says where the error of a change comes from, in order of trust: repeat visits
// of this clinic, the witness half of control skin over this course, built-in figures.
// The zero value has no repeatability study and uses [BuiltIn].
type Noise struct {
	Repeatability []Figure
	BuiltIn       []Figure // nil: those of [BuiltIn]; empty but not nil: none
	SHA256        string   // of the file that Repeatability was read from, for the record
}

// Figure is how much one measure differs between visits of unchanged skin. Its
// variance at a level x is SD² + (CV·x)², two components as in Rocke & Lorenzato 1995
// (Technometrics 37:176): an error that is always there, and one that grows with the
// value. Both are one standard deviation of one visit's value, not of a difference.
type Figure struct {
	Measure  string `json:"measure"`
	Unit     string `json:"unit"`     // a figure in another unit than the definition's is not used
	Contrast string `json:"contrast"` // raw | vs_control; vs_control also serves vs_comparator
	Band     string `json:"band"`     // light | medium | dark; "": all

	Unmatched bool `json:"unmatched,omitempty"` // of texture where no untreated skin shows lamp, focus and camera

	SD       float64 `json:"sd"` // between visits, in Unit
	CV       float64 `json:"cv"` // between visits, relative to the region's value; in a difference to the root mean square of both
	WithinSD float64 `json:"within_sd"`
	WithinCV float64 `json:"within_cv"` // between replicates of a visit; 0 where SD and CV hold it
	DF       float64 `json:"df"`

	N           int    `json:"n"`           // subjects or courses behind it
	Source      string `json:"source"`      // where it was published or measured
	Provisional bool   `json:"provisional"` // not measured with this tool
}

// Bands of skin colour by the individual typology angle: the classes of Chardon 1991
// and Del Bino 2006, two and two: light and lighter above 41°, intermediate and tan,
// brown and dark below 10°.
const (
	BandLight  = "light"
	BandMedium = "medium"
	BandDark   = "dark"
)

// Band is the band of an ITA in degrees.
func Band(itaDeg float64) string {
	switch {
	case itaDeg > 41:
		return BandLight
	case itaDeg > 10:
		return BandMedium
	}
	return BandDark
}

// find is the figure of a change of a track: that of the skin's band, else one for all bands. Of
// several, as where the skin's band is unknown, the one with the largest error at the
// baseline.
func (c *course) find(figures []Figure, t *track, s span) (Figure, bool) {
	unmatched := t.points[s.from].unmatched() || t.points[s.to].unmatched()
	contrast, level := t.contrast, t.points[c.baseline].meanSquare()
	if contrast == outcome.VsComparator {
		contrast = outcome.VsControl
	}
	var best Figure
	found := false
	for _, f := range figures {
		if f.Measure != t.measure || f.Unit != t.def.Unit || f.Contrast != contrast || !(f.DF >= MinDF) {
			continue
		}
		if f.Band != "" && c.band != "" && f.Band != c.band || f.Unmatched && !unmatched {
			continue
		}
		named, better := f.Band != "" && best.Band == "", f.between(level) > best.between(level)
		if !found || named || better && (f.Band != "" || best.Band == "") {
			best, found = f, true
		}
	}
	return best, found
}

// between is the variance between visits at a mean square level.
func (f Figure) between(square float64) float64 {
	return float64(f.SD*f.SD) + float64(f.CV*f.CV*square)
}

func (f Figure) within(square float64) float64 {
	return float64(f.WithinSD*f.WithinSD) + float64(f.WithinCV*f.WithinCV*square)
}

package manifest

import (
	"errors"
	"fmt"

	"dermtrace/internal/geom"
)

// Errors of choosing the reference of a series.
var (
	ErrNoUsablePhoto = errors.New("no photo of the series can be used")
	ErrNamedUnusable = errors.New("named in " + FileName + ", but cannot be used")
)

// Precedes reports whether the visit was before the treatment. On the treatment's own
// date the phase decides, then the times of day where both are known; photos that say
// neither are taken to precede it.
func (v Visit) Precedes(t Treatment) bool {
	if d := v.At.DaysSince(t.At); d != 0 {
		return d < 0
	}
	if v.Phase != "" {
		return v.Phase == "before"
	}
	h, timed := v.At.HoursSince(t.At)
	return !timed || h < 0
}

// TreatmentsBefore lists the treatments that the visit follows, in order of time.
func (s *Series) TreatmentsBefore(v Visit) []Treatment {
	var list []Treatment
	for _, t := range s.Treatments {
		if !v.Precedes(t) {
			list = append(list, t)
		}
	}
	return list
}

// Find returns the visit with this id.
func (s *Series) Find(id string) (Visit, bool) {
	for _, v := range s.Visits {
		if v.ID == id {
			return v, true
		}
	}
	return Visit{}, false
}

// PickBaseline chooses the visit that all others are compared with: the one that the
// user named, else the last usable one before the first treatment, else (no treatment
// is listed, or no earlier photo can be used) the first usable one, with a warning
// where it follows a treatment.
func (s *Series) PickBaseline(usable func(Visit) bool) (Visit, []Warning, error) {
	pick := -1
	for i, v := range s.Visits {
		switch {
		case s.Baseline != "" && v.ID == s.Baseline:
			if !usable(v) {
				return Visit{}, nil, fmt.Errorf("the baseline %s is %w", v.ID, ErrNamedUnusable)
			}
			return v, s.lateBaseline(v), nil
		case s.Baseline != "" || !usable(v):
		case pick < 0 || len(s.Treatments) > 0 && v.Precedes(s.Treatments[0]):
			pick = i
		}
	}
	if pick < 0 {
		return Visit{}, nil, ErrNoUsablePhoto
	}
	return s.Visits[pick], s.lateBaseline(s.Visits[pick]), nil
}

func (s *Series) lateBaseline(v Visit) []Warning {
	if len(s.TreatmentsBefore(v)) == 0 {
		return nil
	}
	return []Warning{{Code: BaselineAfterTreatment, Visit: v.ID,
		Text: "The baseline follows a treatment: what that treatment did is not seen."}}
}

// PickFrame chooses the photo that regions are drawn on and others align to: the one
// that the user named, else the earliest usable. It warns where regions or a scale
// were given without saying on which photo and the earliest cannot be used.
func (s *Series) PickFrame(usable func(file string) bool) (string, []Warning, error) {
	if s.Frame != "" {
		if !usable(s.Frame) {
			return "", nil, fmt.Errorf("the frame %s is %w", s.Frame, ErrNamedUnusable)
		}
		return s.Frame, nil, nil
	}
	skipped := ""
	for _, v := range s.Visits {
		for _, p := range v.Photos {
			switch {
			case p.Use && usable(p.File):
				return p.File, s.frameGuessed(p.File, skipped), nil
			case skipped == "":
				skipped = p.File
			}
		}
	}
	return "", nil, ErrNoUsablePhoto
}

func (s *Series) frameGuessed(file, skipped string) []Warning {
	if skipped == "" || len(s.ROIs) == 0 && s.Scale.MMPerPx == 0 {
		return nil
	}
	return []Warning{{Code: FrameGuessed, File: file, Text: fmt.Sprintf(
		"%s cannot be used, so the regions and the scale are taken to be drawn on %s: if they are not, add frame: to %s.", skipped, file, FileName)}}
}

// CheckFrame holds the regions, the scale and the landmarks against the size of the
// frame photo and returns [Problems] for those that lie outside it, regions and scale wholly.
func (s *Series) CheckFrame(w, h int) error {
	outside := func(g geom.Polygon) bool {
		lo, hi := g.Bounds()
		return hi.X <= -0.5 || hi.Y <= -0.5 || lo.X >= float64(w)-0.5 || lo.Y >= float64(h)-0.5
	}
	mend := fmt.Sprintf("the photo has %d×%d pixels; check that the region was drawn on this photo (frame:) at this size", w, h)
	var p Problems
	for _, roi := range s.ROIs {
		if len(roi.Polygon) > 0 && outside(roi.Polygon) {
			p = append(p, roi.Problem(fmt.Sprintf("the region %q lies outside the frame photo", roi.Name), mend))
		}
	}
	for _, l := range s.Landmarks {
		p = append(p, l.beside("the frame", w, h, func(pair Pair) geom.Point { return pair.Frame })...)
	}
	if s.Scale.MM > 0 && outside(s.Scale.Points[:]) {
		p = append(p, Problem{s.scaleFile, s.lines["scale"], "the two points of the scale lie outside the frame photo", mend})
	}
	if len(p) == 0 {
		return nil
	}
	return p.sorted()
}

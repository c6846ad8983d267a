package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// order sorts the visits by time and refuses those that cannot be told apart.
func (r *reader) order(s *Series) {
	slices.SortStableFunc(s.Visits, func(a, b Visit) int {
		return cmp.Or(a.At.DaysSince(b.At), cmp.Compare(s.rank(a), s.rank(b)), clockOrder(a.At, b.At))
	})
	for i := range s.Visits {
		v := s.Visits[i]
		r.checkPhase(s, v)
		if i == 0 || s.Visits[i-1].At.Date() != v.At.Date() {
			continue
		}
		u := s.Visits[i-1]
		hours, timed := v.At.HoursSince(u.At)
		switch {
		case timed && hours < 0:
			r.failAt(max(u.line, v.line), fmt.Sprintf("%s and %s contradict the phases of these visits", u.At, v.At), "correct at: or phase:")
		case s.rank(u) == s.rank(v) && (!timed || hours < 1./60):
			r.failAt(max(u.line, v.line), fmt.Sprintf("this visit cannot be told from that of line %d: both are of %s", min(u.line, v.line), v.At.Date()),
				"add phase: before and phase: after, or the time of day, as at: "+v.At.Date()+"T16:30")
		}
	}
}

// rank orders the visits of one date: the number of that date's treatments that a
// visit follows. Without any, the phase alone speaks.
func (s *Series) rank(v Visit) int {
	n, treated := 0, false
	for _, t := range s.Treatments {
		if t.At.Date() != v.At.Date() {
			continue
		}
		treated = true
		if !v.Precedes(t) {
			n++
		}
	}
	if !treated && v.Phase == "after" {
		return 1
	}
	return n
}

// clockOrder compares times of day where both are known.
func clockOrder(a, b Moment) int {
	h, timed := a.HoursSince(b)
	switch {
	case !timed:
		return 0
	case h < 0:
		return -1
	case h > 0:
		return 1
	}
	return 0
}

// checkPhase holds the phase against the times of the treatments of that date.
func (r *reader) checkPhase(s *Series, v Visit) {
	if v.Phase == "" {
		return
	}
	sameDate := false
	for _, t := range s.Treatments {
		if t.At.IsZero() || t.At.Date() != v.At.Date() {
			continue
		}
		sameDate = true
		h, timed := v.At.HoursSince(t.At)
		if timed && (v.Phase == "before" && h > 0 || v.Phase == "after" && h < 0) {
			r.failAt(v.line, fmt.Sprintf("phase: %s contradicts the times: the visit is at %s, the treatment at %s", v.Phase, v.At, t.At), "correct at: or phase:")
			return
		}
	}
	if !sameDate {
		s.warn(Warning{Code: PhaseWithoutTreatment, Visit: v.At.Date(),
			Text: fmt.Sprintf("The visit says phase: %s, but no treatment of its date is listed.", v.Phase)})
	}
}

// name gives each visit its id.
func (r *reader) name(s *Series) {
	count := map[string]int{}
	for _, v := range s.Visits {
		count[v.At.Date()]++
	}
	for i := range s.Visits {
		v := &s.Visits[i]
		v.ID = v.At.Date()
		switch {
		case count[v.ID] == 1:
		case v.At.HasTime:
			v.ID += v.At.Civil.Format("T15:04")
		case v.Phase != "":
			v.ID += "-" + v.Phase
		}
		for _, u := range s.Visits[:i] {
			if u.ID == v.ID && s.rank(u) != s.rank(*v) {
				r.failAt(v.line, fmt.Sprintf("the visits of lines %d and %d are both at %s", u.line, v.line, v.ID), "correct at: of one of them")
			}
		}
	}
}

// days counts from the first treatment, or from the first visit.
func days(s *Series) {
	if len(s.Visits) == 0 {
		return
	}
	start := s.Visits[0].At
	if len(s.Treatments) > 0 && !s.Treatments[0].At.IsZero() {
		start = s.Treatments[0].At
	}
	for i := range s.Visits {
		s.Visits[i].Day = s.Visits[i].At.DaysSince(start)
	}
}

// warnTimes says which times were guessed, and which photos name another date.
func warnTimes(s *Series, files inventory) {
	for _, v := range s.Visits {
		switch v.Source {
		case FromName:
			s.warn(Warning{Code: TimeGuessed, Visit: v.ID, Text: "The time of this visit was taken from the file name."})
		case FromEXIF:
			s.warn(Warning{Code: TimeGuessed, Visit: v.ID, Text: "The time of this visit was taken from the camera's clock."})
		}
		for _, p := range v.Photos {
			if m, ok := momentOfName(p.File); ok && m.Date() != v.At.Date() {
				s.warn(Warning{Code: TimeDisagrees, File: p.File, Visit: v.ID, Text: "The date in the file name is not that of the visit."})
			} else if m, ok := momentOfHeader(files.byName[p.File]); ok && m.Date() != v.At.Date() {
				s.warn(Warning{Code: TimeDisagrees, File: p.File, Visit: v.ID, Text: fmt.Sprintf("The camera's clock said %s.", m.Date())})
			}
		}
	}
}

func (s *Series) warn(w Warning) { s.Warnings = append(s.Warnings, w) }

// checkFrame holds the frame against the visits.
func (r *reader) checkFrame(s *Series) {
	if s.Frame == "" {
		return
	}
	for _, v := range s.Visits {
		for _, p := range v.Photos {
			switch {
			case p.File != s.Frame:
			case !p.Use:
				r.failAt(s.lines["frame"], fmt.Sprintf("the frame %q is left out of its visit", s.Frame), "use it, or name the photo that the regions are drawn on")
				return
			default:
				return
			}
		}
	}
	r.failAt(s.lines["frame"], fmt.Sprintf("the frame %q belongs to no visit", s.Frame), "add it to the photos of its visit")
}

// checkBaseline finds the visit that baseline names, by its id or by its date.
func (r *reader) checkBaseline(s *Series) {
	if s.Baseline == "" {
		return
	}
	id, err := s.findVisit(s.Baseline)
	if err == nil {
		s.Baseline = id
		return
	}
	r.failAt(s.lines["baseline"], fmt.Sprintf("baseline: %q %v", shorten(s.Baseline), err), "write "+s.someVisits())
}

// someVisits names the first visits, for messages.
func (s *Series) someVisits() string {
	ids := make([]string, len(s.Visits))
	for i, v := range s.Visits {
		ids[i] = v.ID
	}
	return oneOf(ids[:min(len(ids), maxShown)])
}

var (
	errNoVisit   = errors.New("is no visit")
	errTwoVisits = errors.New("is the date of several visits")
)

// findVisit returns the id of the visit that text names.
func (s *Series) findVisit(text string) (string, error) {
	if slices.ContainsFunc(s.Visits, func(v Visit) bool { return v.ID == text }) {
		return text, nil
	}
	var found []string
	for _, v := range s.Visits {
		if v.At.Date() == text || v.At.String() == strings.Replace(text, " ", "T", 1) || v.At.Date()+"-"+v.Phase == text {
			found = append(found, v.ID)
		}
	}
	switch len(found) {
	case 0:
		return "", errNoVisit
	case 1:
		return found[0], nil
	}
	return "", errTwoVisits
}

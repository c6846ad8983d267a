package manifest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dermtrace/internal/outcome"
)

// told lists the visits of a series as text, one each: id, day, source, photos.
func told(s *Series) []string {
	var list []string
	for _, v := range s.Visits {
		var names []string
		for _, p := range v.Photos {
			names = append(names, p.File)
		}
		list = append(list, fmt.Sprintf("%s day %d %s: %s", v.ID, v.Day, v.Source, strings.Join(names, " ")))
	}
	return list
}

func codes(list []Warning) []string {
	var c []string
	for _, w := range list {
		c = append(c, strings.TrimSpace(w.Code+" "+w.File+w.Visit))
	}
	return c
}

func TestEverythingIsInferred(t *testing.T) {
	files := append(photos("2026-01-12.jpg", "2026-01-10 b.jpg", "2026-01-10 a.jpg", "2026-01-11T0900.jpg", "2026-01-11T0905.jpg"),
		File{Name: "IMG_9.jpg", Taken: time.Date(2026, 1, 14, 10, 0, 0, 0, time.UTC)},
		File{Name: "IMG_8.jpg", Taken: time.Date(2026, 1, 14, 9, 0, 0, 0, time.UTC)})
	s := mustLoad(t, "", files)
	want := []string{
		"2026-01-10 day 0 name: 2026-01-10 a.jpg 2026-01-10 b.jpg",
		"2026-01-11 day 1 name: 2026-01-11T0900.jpg 2026-01-11T0905.jpg",
		"2026-01-12 day 2 name: 2026-01-12.jpg",
		"2026-01-14 day 4 exif: IMG_8.jpg IMG_9.jpg",
	}
	if d := cmp.Diff(want, told(s)); d != "" {
		t.Error(d)
	}
	if at := s.Visits[1].At.String() + " " + s.Visits[3].At.String(); at != "2026-01-11T09:00 2026-01-14T09:00" {
		t.Errorf("times %s", at)
	}
	if d := cmp.Diff([]string{"time_guessed 2026-01-10", "time_guessed 2026-01-11", "time_guessed 2026-01-12", "time_guessed 2026-01-14"}, codes(s.Warnings)); d != "" {
		t.Error(d)
	}
}

// Photos of a treatment's date precede it, unless both times of day are known.
func TestPhotosOfATreatmentsDate(t *testing.T) {
	files := photos("2026-01-10T0900.jpg", "2026-01-10T1700.jpg", "2026-01-11.jpg")
	for at, want := range map[string][]string{
		"2026-01-10":       {"2026-01-10 day 0 name: 2026-01-10T0900.jpg 2026-01-10T1700.jpg", "2026-01-11 day 1 name: 2026-01-11.jpg"},
		"2026-01-10T12:00": {"2026-01-10T09:00 day 0 name: 2026-01-10T0900.jpg", "2026-01-10T17:00 day 0 name: 2026-01-10T1700.jpg", "2026-01-11 day 1 name: 2026-01-11.jpg"},
	} {
		s := mustLoad(t, "treatments: [{at: "+at+"}]", files)
		if d := cmp.Diff(want, told(s)); d != "" {
			t.Errorf("treated %s: %s", at, d)
		}
		b, _, err := s.PickBaseline(always)
		if err != nil || b.ID != s.Visits[0].ID || len(s.TreatmentsBefore(b)) != 0 {
			t.Errorf("treated %s: baseline %s, %v", at, b.ID, err)
		}
		if last := s.Visits[len(s.Visits)-1]; len(s.TreatmentsBefore(last)) != 1 {
			t.Errorf("treated %s: the next day follows %v", at, s.TreatmentsBefore(last))
		}
	}
}

func TestVisitsTakeThePhotosOfTheirDate(t *testing.T) {
	files := photos("2026-01-10 1.jpg", "2026-01-10 2.jpg", "2026-01-11.jpg", "x.jpg", "2026-01-13.jpg")
	s := mustLoad(t, `visits:
  - {at: 2026-01-10, skin_state: [bare]}
  - {at: 2026-01-11, photos: [x.jpg]}
  - {photos: 2026-01-13.jpg}
`, files)
	want := []string{"2026-01-10 day 0 manifest: 2026-01-10 1.jpg 2026-01-10 2.jpg", "2026-01-11 day 1 manifest: x.jpg", "2026-01-13 day 3 name: 2026-01-13.jpg"}
	if d := cmp.Diff(want, told(s)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"photo_unnamed 2026-01-11.jpg", "time_guessed 2026-01-13"}, codes(s.Warnings)); d != "" {
		t.Error(d)
	}
}

func TestDoubtsAboutTime(t *testing.T) {
	files := append(photos("2026-01-11.jpg"), File{Name: "b.jpg", Taken: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
	s := mustLoad(t, "visits:\n  - {at: 2026-01-10, phase: after, photos: [2026-01-11.jpg, b.jpg]}", files)
	want := []string{"phase_without_treatment 2026-01-10", "time_disagrees 2026-01-11.jpg2026-01-10", "time_disagrees b.jpg2026-01-10"}
	if d := cmp.Diff(want, codes(s.Warnings)); d != "" {
		t.Error(d)
	}
}

const course = `treatments: [{at: 2026-01-20}]
visits:
  - {at: 2026-01-01, photos: [a.jpg]}
  - {at: 2026-01-10, photos: [b.jpg]}
  - {at: 2026-01-20, photos: [c.jpg]}
  - {at: 2026-01-30, photos: [d.jpg]}
`

func TestPickBaseline(t *testing.T) {
	files := photos("a.jpg", "b.jpg", "c.jpg", "d.jpg")
	for _, c := range []struct{ extra, unusable, want, doubt string }{
		{"", "", "2026-01-20", ""},
		{"", "2026-01-20", "2026-01-10", ""},
		{"", "2026-01-01 2026-01-10 2026-01-20", "2026-01-30", BaselineAfterTreatment},
		{"", "2026-01-01 2026-01-10 2026-01-20 2026-01-30", "", ""},
		{"baseline: 2026-01-01", "", "2026-01-01", ""},
		{"baseline: 2026-01-30", "", "2026-01-30", BaselineAfterTreatment},
		{"baseline: 2026-01-01", "2026-01-01", "", ""},
	} {
		s := mustLoad(t, course+c.extra, files)
		v, doubts, err := s.PickBaseline(func(v Visit) bool { return !strings.Contains(c.unusable, v.ID) })
		doubt := ""
		if len(doubts) > 0 {
			doubt = doubts[0].Code
		}
		if v.ID != c.want || doubt != c.doubt || (err == nil) != (c.want != "") {
			t.Errorf("%s without %s: %s, %s, %v", c.extra, c.unusable, v.ID, doubt, err)
		}
	}
	s := mustLoad(t, strings.SplitN(course, "\n", 2)[1], files)
	if v, _, err := s.PickBaseline(always); v.ID != "2026-01-01" || err != nil || s.Visits[3].Day != 29 {
		t.Errorf("without treatments the baseline is %s, %v", v.ID, err)
	}
}

func TestPickFrame(t *testing.T) {
	files := photos("a.jpg", "b.jpg", "c.jpg", "d.jpg")
	roi := "rois: [{kind: treated, polygon: [[0, 0], [9, 0], [9, 9]]}]\n"
	for _, c := range []struct{ extra, unusable, want, doubt string }{
		{"", "", "a.jpg", ""},
		{"", "a.jpg", "b.jpg", ""},
		{roi, "a.jpg", "b.jpg", FrameGuessed},
		{roi, "", "a.jpg", ""},
		{roi + "frame: c.jpg", "a.jpg", "c.jpg", ""},
		{"frame: c.jpg", "c.jpg", "", ""},
		{"", "a.jpg b.jpg c.jpg d.jpg", "", ""},
	} {
		s := mustLoad(t, course+c.extra, files)
		f, doubts, err := s.PickFrame(func(f string) bool { return !strings.Contains(c.unusable, f) })
		doubt := ""
		if len(doubts) > 0 {
			doubt = doubts[0].Code
		}
		named := errors.Is(err, ErrNamedUnusable) || errors.Is(err, ErrNoUsablePhoto)
		if f != c.want || doubt != c.doubt || named != (c.want == "") {
			t.Errorf("%s without %s: %s, %s, %v", c.extra, c.unusable, f, doubt, err)
		}
	}
}

func TestRegionsBesideTheFrame(t *testing.T) {
	s := mustLoad(t, `scale: {points: [[900, 0], [950, 0]], mm: 10}
rois:
  - {name: in, kind: treated, polygon: [[-5, -5], [9, 0], [9, 9]]}
  - {name: out, kind: control, polygon: [[800, 0], [900, 0], [900, 9]]}
`, photos("2026-01-10.jpg"))
	want := "series.yaml:1: the two points of the scale lie outside the frame photo; the photo has 640×480 pixels; check that the region was drawn on this photo (frame:) at this size\n" +
		"series.yaml:4: the region \"out\" lies outside the frame photo; the photo has 640×480 pixels; check that the region was drawn on this photo (frame:) at this size"
	if err := s.CheckFrame(640, 480); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if err := s.CheckFrame(2000, 1500); err != nil {
		t.Error(err)
	}
}

// One photo without a date leaves the rest their visits.
func TestAnUndatedPhotoIsLeftOutAndTold(t *testing.T) {
	list := photos("2026-01-10.jpg", "2026-02-30.jpg", "2026-03-01.jpg")
	s, err := Load(folder("", list), list)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Visits) != 2 {
		t.Errorf("%d visits", len(s.Visits))
	}
	w := s.Warnings[slices.IndexFunc(s.Warnings, func(w Warning) bool { return w.Code == outcome.PhotoUndated })]
	if want := "begin its name with the date, as 2026-01-10_2026-02-30.jpg"; w.File != "2026-02-30.jpg" || !strings.Contains(w.Text, want) {
		t.Errorf("%+v", w)
	}
}

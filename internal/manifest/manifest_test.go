package manifest

import (
	"os"
	"testing"
	"testing/fstest"
	"time"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
)

// photos makes files without any header.
func photos(names ...string) []File {
	var list []File
	for _, n := range names {
		list = append(list, File{Name: n})
	}
	return list
}

// folder makes a series folder of a manifest and its photos.
func folder(text string, files []File) fstest.MapFS {
	fsys := fstest.MapFS{}
	if text != "" {
		fsys[FileName] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, f := range files {
		fsys[f.Name] = &fstest.MapFile{Data: []byte("photo")}
	}
	return fsys
}

func mustLoad(t *testing.T, text string, files []File) *Series {
	t.Helper()
	s, err := Load(folder(text, files), files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func always[T any](T) bool { return true }

var courseFiles = photos("2026-01-10.jpg", "2026-01-11.jpg", "2026-01-12.jpg", "2026-01-14.jpg", "2026-02-21.jpg", "2026-04-04.jpg")

func checkCourse(t *testing.T, s *Series) {
	t.Helper()
	if s.Subject != "medium" || s.Site != "cheek" || s.Scale.MMPerPx != 0.03 || len(s.Goals) != 3 || s.Calibration != "auto" {
		t.Errorf("series = %+v", s)
	}
	if len(s.ROIs) != 2 || s.ROIs[0].Kind != outcome.Treated || s.ROIs[0].Polygon.Area() != 920*1050 || s.ROIs[1].Kind != outcome.Control {
		t.Errorf("regions = %+v", s.ROIs)
	}
	if len(s.Treatments) != 2 || s.Treatments[1].At.Date() != "2026-02-21" || s.Treatments[0].NeedleMM != 1.5 || s.Treatments[0].Device != "dermaroller" {
		t.Errorf("treatments = %+v", s.Treatments)
	}
	days := []int{0, 1, 2, 4, 42, 84}
	if len(s.Visits) != len(days) {
		t.Fatalf("visits = %+v", s.Visits)
	}
	for i, v := range s.Visits {
		if v.Day != days[i] || v.ID != v.At.Date() || len(v.Photos) != 1 || v.Photos[0].File != v.ID+".jpg" || !v.Photos[0].Use {
			t.Errorf("visit %d = %+v", i, v)
		}
	}
	b, _, err := s.PickBaseline(always)
	if err != nil || b.ID != "2026-01-10" {
		t.Errorf("baseline = %s, %v", b.ID, err)
	}
	if f, _, err := s.PickFrame(always); err != nil || f != "2026-01-10.jpg" {
		t.Errorf("frame = %s, %v", f, err)
	}
	if len(s.Warnings) != 0 || len(s.Consent) != 1 || s.Consent[0] != "care" {
		t.Errorf("warnings %v, consent %v", s.Warnings, s.Consent)
	}
}

func TestCourse(t *testing.T) {
	text, err := os.ReadFile("testdata/course.yaml")
	if err != nil {
		t.Fatal(err)
	}
	checkCourse(t, mustLoad(t, string(text), courseFiles))
}

func TestSharedCourse(t *testing.T) {
	const dir = "../../../shared/data/phantom_medium"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIPPED: ../shared/data/phantom_medium is absent; testdata/course.yaml stands in for it")
	}
	s, err := Load(os.DirFS(dir), courseFiles)
	if err != nil {
		t.Fatal(err)
	}
	checkCourse(t, s)
}

// The example of the manual: every key at once.
func TestEveryKey(t *testing.T) {
	text, err := os.ReadFile("testdata/every_key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := append(photos("2026-01-10.jpg", "a.jpg", "b.jpg", "c.jpg"),
		File{Name: "d.jpg", Taken: time.Date(2026, 1, 13, 9, 30, 0, 0, time.FixedZone("", 3600)), HasZone: true})
	s := mustLoad(t, string(text), files)
	if s.Side != "left" || s.View != "left oblique" || s.Frame != "2026-01-10.jpg" || s.Baseline != "2026-01-10-before" || s.Camera != "nikon_d5100" || s.Calibration != "card" {
		t.Errorf("series = %+v", s)
	}
	if s.Card != (Card{"classic", "after2014", 41.3}) || s.Notes != "two lines\nof notes ?" {
		t.Errorf("card %+v, notes %q", s.Card, s.Notes)
	}
	if want := (Scale{0.1, [2]geom.Point{{X: 10, Y: 20}, {X: 110, Y: 20}}, 10}); s.Scale != want {
		t.Errorf("scale = %+v", s.Scale)
	}
	if g := s.ROIs[2]; g.Kind != outcome.Grey || g.Reflectance != 0.18 || len(g.Polygon) != 3 {
		t.Errorf("grey = %+v: the repeated last point should be dropped", g)
	}
	if len(s.Consent) != 2 || len(s.Scores) != 2 || s.Scores[0].Scale != "x_clinic_redness" || s.Scores[1].Value != 2 || !s.Scores[1].Blinded || s.Scores[1].Rater != "A" {
		t.Errorf("scores %+v, consent %v", s.Scores, s.Consent)
	}
	ids := []string{"2026-01-10-before", "2026-01-10T16:30", "2026-01-13", "2026-01-14"}
	for i, v := range s.Visits {
		if v.ID != ids[i] {
			t.Errorf("visit %d = %s, want %s", i, v.ID, ids[i])
		}
	}
	if p := s.Visits[3].Photos[0]; p.Use || p.Reason != "wrong side" {
		t.Errorf("photo = %+v", p)
	}
	if v := s.Visits[2]; v.At.String() != "2026-01-13T09:30+01:00" || v.Source != FromEXIF {
		t.Errorf("visit by its header = %+v", v)
	}
	if got := s.Visits[1].SkinState; len(got) != 2 || got[0] != "cleansed" {
		t.Errorf("skin state = %v", got)
	}
	if got := len(s.TreatmentsBefore(s.Visits[1])); got != 1 {
		t.Errorf("the visit after follows %d treatments, want 1", got)
	}
	if got := len(s.TreatmentsBefore(s.Visits[0])); got != 0 {
		t.Errorf("the visit before follows %d treatments, want 0", got)
	}
}

// The words of the manifest are those of the record.
func TestWordsOfTheRecord(t *testing.T) {
	want := []string{outcome.Treated, outcome.Control, outcome.Comparator, outcome.Scar, outcome.Grey, outcome.Exclude}
	for i, k := range roiKinds {
		if k != want[i] {
			t.Errorf("kind %q, the record has %q", k, want[i])
		}
	}
	if outcome.WarningText(TimeGuessed) == "" {
		t.Error("the record does not know time_guessed")
	}
}

package series

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"dermtrace/internal/manifest"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
)

// course is a small simulated course (three visits of 800×600 pixels), photographed
// once for all tests.
var course = sync.OnceValues(func() (fstest.MapFS, error) {
	script, err := phantom.Scenario("acne-scar course")
	if err != nil {
		return nil, err
	}
	script.Visits = script.Visits[:3]
	dir, err := os.MkdirTemp("", "dermtrace-series-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := phantom.Write(context.Background(), dir, script.Scaled(0.4), phantom.Options{}); err != nil {
		return nil, err
	}
	files := fstest.MapFS{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(dir + "/" + path)
		files[path] = &fstest.MapFile{Data: b}
		return err
	})
	return files, err
})

// photos is a copy of the course that a test may change.
func photos(t *testing.T) fstest.MapFS {
	t.Helper()
	files, err := course()
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for name, f := range files {
		out[name] = f
	}
	return out
}

// long leaves a test out of a -short run, in which one test walks the whole pipeline.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: -short; TestWorkersDoNotChangeTheRecord walks the pipeline")
	}
}

// edit replaces a piece of series.yaml, which must be there.
func edit(t *testing.T, files fstest.MapFS, old, now string) {
	t.Helper()
	text := string(files["series.yaml"].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("series.yaml holds no %q:\n%s", old, text)
	}
	files["series.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, now, 1))}
}

func analyze(t *testing.T, files fs.FS) *outcome.Record {
	t.Helper()
	long(t)
	res, err := Analyze(context.Background(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return res.Record
}

func photoOf(t *testing.T, rec *outcome.Record, file string) outcome.Photo {
	t.Helper()
	for _, p := range rec.Photos {
		if p.File == file {
			return p
		}
	}
	t.Fatalf("the record has no photo %s", file)
	return outcome.Photo{}
}

func TestWorkersDoNotChangeTheRecord(t *testing.T) {
	files := photos(t)
	var records [2]bytes.Buffer
	for i, workers := range []int{1, 4} {
		res, err := Analyze(context.Background(), files, Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if err := outcome.Write(&records[i], res.Record); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(records[0].Bytes(), records[1].Bytes()) {
		t.Error("one worker and four give different records")
	}
}

func TestEveryPhotoIsInTheRecordWithItsReason(t *testing.T) {
	long(t)
	files := photos(t)
	files["2026-01-11.jpg"] = &fstest.MapFile{Data: []byte("no picture")}
	rec := analyze(t, files)
	broken := photoOf(t, rec, "2026-01-11.jpg")
	if broken.Used() || len(broken.Quality.Reasons) == 0 || broken.Quality.Reasons[0].Mend == "" {
		t.Errorf("the broken photo is recorded as %+v", broken.Quality)
	}
	if broken.Alignment.Matrix != nil {
		t.Error("a photo that was not opened has a transform")
	}
	if !photoOf(t, rec, "2026-01-14.jpg").Used() {
		t.Error("a broken photo stopped a good one")
	}
}

func TestPhotosSetAsideAreNotMeasured(t *testing.T) {
	files := photos(t)
	edit(t, files, "- file: 2026-01-14.jpg", "- {file: 2026-01-14.jpg, use: false, reason: wrong side}")
	p := photoOf(t, analyze(t, files), "2026-01-14.jpg")
	if p.Used() || p.Quality.Reasons[0].Text != "wrong side" || len(p.ROIs) != 0 {
		t.Errorf("photo = %+v", p)
	}
}

func TestMakeUpBarsEveryNumber(t *testing.T) {
	files := photos(t)
	edit(t, files, "- at: \"2026-01-14\"\n", "- at: \"2026-01-14\"\n    skin_state: [make_up]\n")
	for _, r := range photoOf(t, analyze(t, files), "2026-01-14.jpg").ROIs {
		for name, m := range r.Measures {
			if m.Value.Known() || !slices.Contains(m.Warnings, outcome.SkinState) {
				t.Errorf("%s %s = %v %v on make-up", r.Name, name, m.Value, m.Warnings)
			}
		}
	}
}

func TestWithoutLightNoColourVerdict(t *testing.T) {
	files := photos(t)
	edit(t, files, "subject:", "calibration: none\nsubject:")
	rec := analyze(t, files)
	rows := 0
	for _, c := range rec.Changes {
		family := rec.Definitions[c.Measure].Family
		if c.Contrast != outcome.Raw || family != outcome.Redness && family != outcome.Pigment {
			continue
		}
		rows++
		if c.Status != outcome.NotComparable || !slices.Contains(c.Warnings, outcome.Uncalibrated) {
			t.Errorf("%s at %s: status %q %v without a known light", c.Measure, c.Visit, c.Status, c.Warnings)
		}
	}
	if rows == 0 {
		t.Error("there are no rows to judge")
	}
}

func TestWithoutRegionsTheSkinIsFoundAndSaidSo(t *testing.T) {
	files := photos(t)
	delete(files, "series.yaml")
	delete(files, "truth.json")
	rec := analyze(t, files)
	if !slices.ContainsFunc(rec.Warnings, func(n outcome.Notice) bool { return n.Code == outcome.RegionsGuessed }) {
		t.Errorf("warnings = %v", rec.Warnings)
	}
	for _, p := range rec.Photos {
		for _, r := range p.ROIs {
			if !slices.Contains(r.Measures["erythema_index"].Warnings, outcome.RegionsGuessed) {
				t.Errorf("%s: the number does not carry the warning", p.File)
			}
		}
	}
}

func TestTheRecordNamesItsPictures(t *testing.T) {
	long(t)
	res, err := Analyze(context.Background(), photos(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, p := range res.Pictures {
		drawn[p.Name] = true
	}
	if len(drawn) != len(res.Pictures) {
		t.Error("two pictures have one name")
	}
	if len(res.Record.Pictures) != len(drawn) {
		t.Errorf("%d pictures are named, %d were drawn", len(res.Record.Pictures), len(drawn))
	}
	for _, p := range res.Record.Pictures {
		if !drawn[p.File] || p.Width == 0 {
			t.Errorf("the record names %+v, which was not drawn", p)
		}
	}
}

func TestInterruptedAnalysisReturnsTheContextsError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Analyze(ctx, photos(t), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestAFolderWithoutPhotosIsRefused(t *testing.T) {
	_, err := Analyze(context.Background(), fstest.MapFS{"notes.txt": {Data: []byte("x")}}, Options{})
	var problems manifest.Problems
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "no photos") {
		t.Errorf("error = %v", err)
	}
}

func TestPhotosInFoldersBelowAreFoundWhereTheyAreNamed(t *testing.T) {
	files := photos(t)
	for _, name := range []string{"2026-01-10.jpg", "2026-01-10_2.jpg", "2026-01-11.jpg", "2026-01-14.jpg"} {
		files["raw/"+name] = files[name]
		delete(files, name)
		edit(t, files, "file: "+name, "file: raw/"+name)
		if name == "2026-01-10.jpg" {
			edit(t, files, "frame: "+name, "frame: raw/"+name)
		}
	}
	for _, p := range analyze(t, files).Photos {
		if !p.Used() || !strings.HasPrefix(p.File, "raw/") {
			t.Errorf("%s: %v", p.File, p.Quality.Reasons)
		}
	}
}

func TestPictureNamesAreSafe(t *testing.T) {
	for file, want := range map[string]string{
		"2026-01-10.jpg": "2026-01-10_jpg", "../x y/ü.png": "___x_y___png", "<b>.tif": "_b__tif",
	} {
		if got := stem(file); got != want {
			t.Errorf("stem(%q) = %q, want %q", file, got, want)
		}
	}
}

// The patch test's photos show a colour card: it sets the light and the scale.
func TestACardInTheFrameSetsLightAndScale(t *testing.T) {
	long(t)
	script, err := phantom.Scenario("patch test")
	if err != nil {
		t.Fatal(err)
	}
	script.Visits = script.Visits[:2]
	dir := t.TempDir()
	if err := phantom.Write(t.Context(), dir, script, phantom.Options{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(dir + "/series.yaml")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(text, []byte("scale:"))
	end := at + bytes.IndexByte(text[at:], '\n') + 1
	for text[end] == ' ' {
		end += bytes.IndexByte(text[end:], '\n') + 1
	}
	if err := os.WriteFile(dir+"/series.yaml", append(text[:at:at], text[end:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	rec := analyze(t, os.DirFS(dir))
	if mm := float64(rec.Series.MMPerPx); !(mm > 0.0297 && mm < 0.0303) {
		t.Errorf("the card's scale is %g mm per pixel, the truth 0.03", mm)
	}
	for _, p := range rec.Photos {
		if p.Calibration.Method != "card" || !(p.Calibration.ResidualDE00 < 1.5) {
			t.Errorf("%s: calibration %+v", p.File, p.Calibration)
		}
	}
}

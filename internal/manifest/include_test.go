package manifest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"dermtrace/internal/geom"
)

const drawnText = `frame: 2026-01-10.jpg
scale: {points: [[10, 10], [110, 10]], mm: 10}
rois:
  - {name: cheek, kind: treated, polygon: [[0, 0], [90, 0], [90, 90]]}
  - {name: ring, kind: control, polygons: [[[0, 0], [80, 0], [80, 80], [0, 80]], [[20, 20], [20, 40], [40, 40], [40, 20]], [[25, 25], [35, 25], [35, 35]]]}
`

// drawnFolder is a series whose regions stand in a file of their own.
func drawnFolder(manifest, regions string) fstest.MapFS {
	fsys := folder(manifest, photos("2026-01-10.jpg", "a.jpg"))
	fsys["sub/regions.yaml"] = &fstest.MapFile{Data: []byte(regions)}
	fsys["x.roi"] = &fstest.MapFile{Data: []byte("Iout")}
	fsys["mask.png"] = &fstest.MapFile{Data: []byte("x")}
	return fsys
}

func TestRegionsOfAFile(t *testing.T) {
	files := photos("2026-01-10.jpg")
	s, err := Load(drawnFolder("regions: sub/regions.yaml\ntreatments: [{at: 2026-01-10, rois: [cheek]}]\nrois: [{name: other, kind: exclude, file: mask.png, label: spot}]\n", drawnText), append(files, photos("mask.png")...))
	if err != nil {
		t.Fatal(err)
	}
	if s.RegionsFile != "sub/regions.yaml" || s.Frame != "2026-01-10.jpg" || s.Scale.MMPerPx != 0.1 || len(s.ROIs) != 3 || len(s.Warnings) != 1 {
		t.Errorf("%+v", s)
	}
	if r := s.ROIs[0]; r.File != "mask.png" || r.Label != "spot" || r.Polygon != nil {
		t.Errorf("a painted region: %+v", r)
	}
	ring := s.ROIs[2]
	if want := 6400. - 400 + 50; ring.Polygon.Area() != want {
		t.Errorf("a ring of %v pixels, want %v", ring.Polygon.Area(), want)
	}
	if p := ring.Problem("x", "y"); p.String() != "sub/regions.yaml:5: x; y" {
		t.Error(p)
	}
	want := "sub/regions.yaml:2: the two points of the scale lie outside the frame photo; the photo has 5×5 pixels; check that the region was drawn on this photo (frame:) at this size"
	if err := s.CheckFrame(5, 5); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// Rings come out as they went in.
func TestRings(t *testing.T) {
	box := func(a, b float64) geom.Polygon {
		return geom.Polygon{{X: a, Y: a}, {X: b, Y: a}, {X: b, Y: b}, {X: a, Y: b}}
	}
	for _, rings := range [][]geom.Polygon{{box(0, 9)}, {box(0, 90), reversed(box(10, 20)), box(100, 110)}, {box(0, 90), reversed(box(10, 60)), box(20, 30)}} {
		if d := cmp.Diff(rings, Rings(JoinRings(rings))); d != "" {
			t.Error(d)
		}
	}
	if JoinRings(nil) != nil || Rings(nil) != nil {
		t.Error("nothing makes something")
	}
}

func TestMistakesInRegionFiles(t *testing.T) {
	for _, c := range []struct{ manifest, regions, want string }{
		{"regions: regions.yaml", "", `series.yaml:1: regions: there is no file "regions.yaml" in this folder; put it into the folder, or correct the name`},
		{"regions: sub", "", `series.yaml:1: regions: there is no file "sub" in this folder; put it into the folder, or correct the name`},
		{"regions: ../r.yaml\ntreatments: [{at: 2026-01-10, rois: [treated]}]", "", `series.yaml:1: regions: "../r.yaml" is no path inside the series folder; name a file in this folder, without .. and with / between folders`},
		{"regions: none.yaml\ntreatments: [{at: 2026-01-10, rois: [treated]}]", "", `series.yaml:1: regions: there is no file "none.yaml" in this folder; put it into the folder, or correct the name`},
		{"regions: ../regions.yaml", "", `series.yaml:1: regions: "../regions.yaml" is no path inside the series folder; name a file in this folder, without .. and with / between folders`},
		{"regions: series.yaml", "", `series.yaml:1: regions: names this file itself; name the file that the page of the command regions saved`},
		{"regions: sub/regions.yaml", "rois: [", `sub/regions.yaml:1: this is not YAML: did not find expected node content; check indentation, brackets, colons and quotes on this line and the one before`},
		{"regions: sub/regions.yaml", "visits: []", `sub/regions.yaml:1: a file of regions has no key "visits"; write frame, scale or rois`},
		{"regions: sub/regions.yaml", "regions: x", `sub/regions.yaml:1: a file of regions has no key "regions"; write frame, scale or rois`},
		{"regions: sub/regions.yaml", "frame: nope.jpg", `sub/regions.yaml:1: frame: there is no file "nope.jpg" in this folder; put the photo into the folder, or correct the name`},
		{"regions: sub/regions.yaml", strings.Repeat("# much\n", 200000), `sub/regions.yaml: larger than 1 MiB; draw the regions with fewer points`},
		{"regions: sub/regions.yaml\nscale: {mm_per_px: 0.2}", drawnText, `series.yaml:2: sub/regions.yaml:2 says another scale; delete scale: in one of the two files`},
		{"regions: sub/regions.yaml\nrois:\n  - {name: cheek, kind: treated, polygon: [[0, 0], [9, 0], [9, 9]]}", drawnText,
			`series.yaml:3: the region "cheek" stands in sub/regions.yaml:4 too; delete it in one of the two files`},
		{"regions: sub/regions.yaml\nframe: a.jpg", drawnText, `series.yaml:2: the regions of sub/regions.yaml:1 were drawn on "2026-01-10.jpg"; name the same photo in both files`},
		{"regions: sub/regions.yaml", "rois:\n  - {name: a, kind: scar, polygons: [[[0, 0], [50, 0], [50, 50]], [[0, 40], [60, 20], [60, 40]]]}",
			`sub/regions.yaml:2: the polygons of this region cross each other; draw pieces and holes so that they do not touch, or make two regions of them`},
		{"regions: sub/regions.yaml", "rois:\n  - {name: a, kind: scar, polygons: [[[0, 0], [50, 0], [50, 50]], [[0, 0], [50, 0], [50, 50]]]}",
			`sub/regions.yaml:2: two polygons of this region are the same; delete one of them`},
		{"regions: sub/regions.yaml", "rois:\n  - {name: a, kind: scar, polygons: []}", `sub/regions.yaml:2: polygons must be a list of 1 to 200 polygons; write [[[x, y], [x, y], [x, y]], …], holes too`},
		{"rois:\n  - {name: a, kind: scar, file: a.jpg}", "", `series.yaml:2: regions cannot be read from "a.jpg"; name an ImageJ .roi or .zip, a LabelMe or COCO .json, or a painted .png`},
		{"rois:\n  - {name: a, kind: scar, file: y.roi}", "", `series.yaml:2: file: there is no file "y.roi" in this folder; put it into the folder, or correct the name`},
		{"rois:\n  - {name: a, kind: scar, file: x.roi, polygon: [[0, 0], [9, 0], [9, 9]]}", "", `series.yaml:2: this region is drawn in two ways; keep one of polygon:, polygons: and file:`},
		{"rois:\n  - {name: a, kind: scar, label: x, polygon: [[0, 0], [9, 0], [9, 9]]}", "", `series.yaml:2: label: says which region of a file is meant, and no file is named; add file:, or call the region by name:`},
	} {
		_, err := Load(drawnFolder(c.manifest, c.regions), photos("2026-01-10.jpg"))
		var p Problems
		if err == nil || !errors.As(err, &p) || p[0].String() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.manifest, err, c.want)
		}
	}
}

func TestRegionFilesStayInside(t *testing.T) {
	dir, secret := t.TempDir(), filepath.Join(t.TempDir(), "regions.yaml")
	for _, err := range []error{
		os.WriteFile(secret, []byte("rois: []"), 0o600), os.WriteFile(filepath.Join(dir, "2026-01-10.jpg"), nil, 0o600),
		os.WriteFile(filepath.Join(dir, FileName), []byte("regions: r.yaml"), 0o600), os.Symlink(secret, filepath.Join(dir, "r.yaml")),
	} {
		if err != nil {
			t.Skip("SKIPPED: no symbolic links here: ", err)
		}
	}
	if _, err := Load(os.DirFS(dir), photos("2026-01-10.jpg")); err == nil || !strings.Contains(err.Error(), "leads out of the series folder") {
		t.Errorf("regions elsewhere: %v", err)
	}
}

func TestLandmarks(t *testing.T) {
	files := photos("2026-01-10.jpg", "2026-01-14.jpg")
	s := mustLoad(t, "landmarks:\n  - {file: 2026-01-14.jpg, pairs: [[10, 10, 12.5, 13], [200, 20, 190, 30], [100, 150, 90, 160]]}\n", files)
	got, err := s.LandmarksOf("2026-01-14.jpg", 300, 300)
	want := []Pair{{geom.Point{X: 10, Y: 10}, geom.Point{X: 12.5, Y: 13}}, {geom.Point{X: 200, Y: 20}, geom.Point{X: 190, Y: 30}}, {geom.Point{X: 100, Y: 150}, geom.Point{X: 90, Y: 160}}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	if none, err := s.LandmarksOf("2026-01-10.jpg", 300, 300); none != nil || err != nil {
		t.Errorf("%v, %v", none, err)
	}
	text := `series.yaml:2: pair 3 of the landmarks of "2026-01-14.jpg" lies outside the photo at (90, 160); it has 300×150 pixels; mark the point again`
	if _, err := s.LandmarksOf("2026-01-14.jpg", 300, 150); err == nil || err.Error() != text {
		t.Errorf("got %v\nwant %s", err, text)
	}
	text = `series.yaml:2: pair 2 of the landmarks of "2026-01-14.jpg" lies outside the frame at (200, 20); it has 150×300 pixels; mark the point again`
	if err := s.CheckFrame(150, 300); err == nil || err.Error() != text {
		t.Errorf("got %v\nwant %s", err, text)
	}
}

func TestWordsAboutASeries(t *testing.T) {
	s := mustLoad(t, "overrule: [{file: 2026-01-10.jpg, code: blurred, reason: the only one}]\nexpected_recovery_days: 21\nminor: true\nguardian: A. B.\nsensitive: true\nconsent: [care, marketing]\n", photos("2026-01-10.jpg"))
	if d := cmp.Diff([]Overrule{{"2026-01-10.jpg", "blurred", "the only one"}}, s.Overrules); d != "" {
		t.Error(d)
	}
	if s.ExpectedRecoveryDays != 21 || !s.Minor || s.Guardian != "A. B." || !s.Sensitive || len(s.Consent) != 2 {
		t.Errorf("%+v", s)
	}
}

// What is overruled for a visit is so for each of its photos, those left out included.
func TestAnOverruleOfAVisitIsOneOfEachPhoto(t *testing.T) {
	text := "treatments: [{at: 2026-01-10}]\nvisits:\n  - {at: 2026-01-10, phase: before, photos: [a.jpg, {file: b.jpg, use: false}]}\n  - {at: 2026-01-10, phase: after, photos: [c.jpg]}\n" +
		"overrule:\n  - {visit: 2026-01-10-before, code: skin_state, reason: no matter}\n  - {file: c.jpg, code: skin_state, reason: nor here}\n"
	s := mustLoad(t, text, photos("a.jpg", "b.jpg", "c.jpg"))
	want := []Overrule{{"a.jpg", "skin_state", "no matter"}, {"b.jpg", "skin_state", "no matter"}, {"c.jpg", "skin_state", "nor here"}}
	if d := cmp.Diff(want, s.Overrules); d != "" {
		t.Error(d)
	}
}

var newMistakes = []struct{ text, want string }{
	{"landmarks:\n  - {pairs: [[0, 0, 0, 0]]}", `series.yaml:2: these landmarks have no file; add file: and the name of the photo that is hard to align`},
	{"landmarks:\n  - {file: a.jpg, pairs: [[0, 0, 0, 0]]}", `series.yaml:2: 1 pairs of landmarks are too few; mark at least 3 points in both photos, far apart`},
	{"landmarks:\n  - {file: a.jpg, pairs: [[0, 0, 0, 0], [50, 50, 50, 0], [90, 90, 0, 50]]}", `series.yaml:2: the landmarks lie on one line or on one spot; mark points that are far apart in both directions, as the corners of a triangle`},
	{"landmarks:\n  - {file: a.jpg, pairs: [[0, 0, 5, 5], [50, 0, 5, 5], [0, 50, 5, 5]]}", `series.yaml:2: the landmarks lie on one line or on one spot; mark points that are far apart in both directions, as the corners of a triangle`},
	{"landmarks:\n  - {file: a.jpg, pairs: [[0, 0], [1, 1]]}", `series.yaml:2: a pair of landmarks must be four numbers; write [[frame x, frame y, photo x, photo y], …]`},
	{"landmarks:\n  - {file: a.jpg, pairs: 3}", `series.yaml:2: pairs must be a list; write [[frame x, frame y, photo x, photo y], …]`},
	{"landmarks:\n  - {file: a.jpg, pairs: [[-3, 0, 0, 0]]}", `series.yaml:2: frame x is -3; it must lie between -0.5 and 100000`},
	{"overrule:\n  - {file: a.jpg, code: blurred}", `series.yaml:2: this overrule has no reason; add reason: and say why the photo may be measured all the same`},
	{"overrule:\n  - {file: a.jpg, reason: x}", `series.yaml:2: this overrule has no code; add code: with the finding that is let pass, as the command check names it`},
	{"overrule:\n  - {code: blurred, reason: x}", `series.yaml:2: this overrule has neither file nor visit; add file: and the name of the photo, or visit: for all photos of one`},
	{"overrule:\n  - {file: 2026-01-10.jpg, visit: 2026-01-10, code: glare, reason: x}", `series.yaml:2: this overrule has both file and visit; keep one of them`},
	{"overrule:\n  - {visit: 2026-01-11, code: glare, reason: x}", `series.yaml:2: overrule: "2026-01-11" is no visit; write 2026-01-10`},
	{"overrule:\n  - {visit: 2026-01-10, code: glare, reason: x}\n  - {file: 2026-01-10.jpg, code: glare, reason: y}", `series.yaml:3: glare of "2026-01-10.jpg" is overruled on line 2 too; keep one of them`},
	{"overrule:\n  - {file: a.jpg, code: blured, reason: x}", `series.yaml:2: "blured" is no finding of the quality check; did you mean blurred?`},
	{"overrule:\n  - {file: a.jpg, code: glare, reason: x}\n  - {file: a.jpg, code: glare, reason: y}", `series.yaml:3: glare of "a.jpg" is overruled on line 2 too; keep one of them`},
	{"expected_recovery_days: 0", `series.yaml:1: expected_recovery_days is 0; it must lie between 1 and 60`},
	{"expected_recovery_days: 1.5", `series.yaml:1: expected_recovery_days is 1.5; write whole days, as 7`},
	{"minor: true", `series.yaml:1: the subject is a minor, and no guardian is named; add guardian: and the name of who consented`},
	{"sensitive: yes", `series.yaml:1: sensitive must be true or false, not "yes"; write true or false`},
	{"consent: [guardian]", `series.yaml:1: "guardian" is no consent; write care, research, publication or marketing`},
}

func TestNewMistakesAreNamedToo(t *testing.T) {
	files := photos("2026-01-10.jpg")
	for _, c := range newMistakes {
		_, err := Load(folder(c.text, append(photos("a.jpg"), files...)), files)
		var p Problems
		if err == nil || !errors.As(err, &p) || p[0].String() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// FuzzRegionsFile reads a hostile file of regions beside an honest manifest.
func FuzzRegionsFile(f *testing.F) {
	f.Add([]byte(drawnText))
	f.Add([]byte("rois:\n  - {name: a, kind: grey, reflectance: 0.2, file: x.roi, label: b}"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Load(drawnFolder("regions: sub/regions.yaml\nscale: {mm_per_px: 0.1}\nrois: [{kind: scar, polygon: [[0, 0], [9, 0], [9, 9]]}]", string(text)), photos("2026-01-10.jpg"))
		var p Problems
		switch {
		case err == nil:
			checkLoaded(t, s)
		case !errors.As(err, &p):
			t.Errorf("the error is a %T: %v", err, err)
		}
	})
}

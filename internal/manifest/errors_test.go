package manifest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// What is wrong with a file, and the whole text that the user reads. The folder holds
// 2026-01-10.jpg, 2026-01-14.jpg, a.jpg and b.jpg.
var mistakes = []struct{ text, want string }{
	{`sied: left`,
		`series.yaml:1: a series has no key "sied"; did you mean side?`},
	{`side: lft`,
		`series.yaml:1: "lft" is no side; did you mean left?`},
	{`side: upper`,
		`series.yaml:1: "upper" is no side; write left, right or midline`},
	{`side: [left]`,
		`series.yaml:1: side must be a text; write side: …`},
	{`goals: [smooth texture, fade spot]`,
		`series.yaml:1: "fade spot" is no goal; did you mean fade spots?`},
	{`goals: [even tone, even tone]`,
		`series.yaml:1: goal "even tone" stands twice; keep one of them`},
	{`calibration: manual`,
		`series.yaml:1: "manual" is no calibration; write auto, card, control or none`},
	{`camera: nikon d5100`,
		`series.yaml:1: the colour response of the camera "nikon d5100" is not known here (known: nikon_d5100); did you mean nikon_d5100?`},
	{`camera: iphone`,
		`series.yaml:1: the colour response of the camera "iphone" is not known here (known: nikon_d5100); leave this line out: an average camera is then assumed`},
	{"subject: a\nsubject: b",
		`series.yaml:2: the key subject stands here for the second time, first on line 1; keep one of them`},
	{`- a`,
		`series.yaml:1: the file must have keys; begin with a line as site: cheek`},
	{`a`,
		`series.yaml:1: the file must have keys; begin with a line as site: cheek`},
	{"side: left\nside: right\nview",
		`series.yaml:3: this is not YAML: could not find expected ':'; check indentation, brackets, colons and quotes on this line and the one before`},
	{`subject: {a: 1}`,
		`series.yaml:1: subject must be a text; write subject: …`},
	{`subject: "a\u001bb"`,
		`series.yaml:1: subject holds a control character; delete it`},
	{`notes: "a\u0007"`,
		`series.yaml:1: notes holds a control character; delete it`},
	{`frame: c.jpg`,
		`series.yaml:1: frame: there is no file "c.jpg" in this folder; put the photo into the folder, or correct the name`},
	{`frame: ab.jpg`,
		`series.yaml:1: frame: there is no file "ab.jpg" in this folder; put the photo into the folder, or correct the name`},
	{`frame: 2026-01-15.jpg`,
		`series.yaml:1: frame: there is no file "2026-01-15.jpg" in this folder; put the photo into the folder, or correct the name`},
	{`frame: ../a.jpg`,
		`series.yaml:1: frame: "../a.jpg" is no path inside the series folder; name a file in this folder, without .. and with / between folders`},
	{`frame: /etc/passwd`,
		`series.yaml:1: frame: "/etc/passwd" is no path inside the series folder; name a file in this folder, without .. and with / between folders`},
	{`frame: C:\a.jpg`,
		`series.yaml:1: frame: "C:\\a.jpg" is no path inside the series folder; name a file in this folder, without .. and with / between folders`},
	{`frame: x/../../a.jpg`,
		`series.yaml:1: frame: "x/../../a.jpg" is no path inside the series folder; name a file in this folder, without .. and with / between folders`},
	{"frame: a.jpg\nvisits:\n  - {at: 2026-01-10, photos: [a.jpg]}\nframe: b.jpg",
		`series.yaml:4: the key frame stands here for the second time, first on line 1; keep one of them`},
	{"frame: b.jpg\nvisits:\n  - {at: 2026-01-10, photos: [a.jpg]}\n",
		`series.yaml:1: the frame "b.jpg" belongs to no visit; add it to the photos of its visit`},
	{`baseline: 2026-01-11`,
		`series.yaml:1: baseline: "2026-01-11" is no visit; write 2026-01-10 or 2026-01-14`},
	{"baseline: 2026-01-10\nvisits:\n  - {at: 2026-01-10, phase: before, photos: a.jpg}\n  - {at: 2026-01-10, phase: after, photos: b.jpg}",
		`series.yaml:1: baseline: "2026-01-10" is the date of several visits; write 2026-01-10-before or 2026-01-10-after`},
	{`scale: 0.03`,
		`series.yaml:1: scale must have keys; write {mm_per_px: …, points: …, mm: …}`},
	{`scale: {mm_per_px: 33}`,
		`series.yaml:1: mm_per_px: a pixel cannot be 33 mm wide; if 33 pixels make a millimetre, write 0.0303`},
	{`scale: {mm_per_px: 0,03}`,
		"series.yaml:1: mm_per_px is 0; it must lie between 0.0005 and 5\nseries.yaml:1: scale has no key \"03\"; if it belongs to the number before it, write a point, not a comma, as 1.5"},
	{`scale: {mm_per_px: -1}`,
		`series.yaml:1: mm_per_px is -1; it must lie between 0.0005 and 5`},
	{`scale: {mm_per_px: .nan}`,
		`series.yaml:1: mm_per_px must be a number, not ".nan"; write digits, as 1.5`},
	{`scale: {mm_per_px: 1e9}`,
		`series.yaml:1: mm_per_px is 1e9; it must lie between 0.0005 and 5`},
	{`scale: {mm_per_px: 0.03, mm: 10}`,
		`series.yaml:1: scale must be said in one way; write {mm_per_px: 0.03} or {points: [[x, y], [x, y]], mm: 10}`},
	{`scale: {points: [[0, 0], [1, 0]]}`,
		`series.yaml:1: scale must be said in one way; write {mm_per_px: 0.03} or {points: [[x, y], [x, y]], mm: 10}`},
	{`scale: {points: [[0, 0], [0, 0]], mm: 10}`,
		`series.yaml:1: the two points are the same; give two points whose distance you know, as far apart as you can`},
	{`scale: {points: [[0, 0]], mm: 10}`,
		`series.yaml:1: points must be two points; write [[x, y], [x, y]]`},
	{`scale: {points: [[0, 0], [1, 0]], mm: 10}`,
		`series.yaml:1: these points make a pixel 10 mm wide; check the points and their distance in millimetres`},
	{`scale: {mm_per_px: abc}`,
		`series.yaml:1: mm_per_px must be a number, not "abc"; write digits, as 1.5`},
	{`card: {type: clasic}`,
		`series.yaml:1: "clasic" is no card type; did you mean classic?`},
	{`card: {edition: 2014}`,
		`series.yaml:1: "2014" is no card edition; write before2014 or after2014`},
	{`card: {pitch_mm: 0}`,
		`series.yaml:1: pitch_mm is 0; it must lie between 1 and 200`},
	{"rois:\n  - {name: t, kind: treatd, polygon: [[0, 0], [9, 0], [9, 9]]}",
		`series.yaml:2: "treatd" is no kind of region; did you mean treated?`},
	{"rois:\n  - {name: t, kind: treated, polygon: [[0, 0], [9, 0]]}",
		`series.yaml:2: a polygon of 2 points encloses nothing; give at least 3 points`},
	{"rois:\n  - {name: t, kind: treated, polygon: [[0, 0], [9, 0], [0, 0]]}",
		`series.yaml:2: the polygon encloses less than one pixel; check its points: they lie on one line or on one spot`},
	{"rois:\n  - {name: t, kind: treated, polygon: [[0, 0], [9, 9], [9, 0], [0, 9]]}",
		`series.yaml:2: the polygon crosses itself; give its points in order around the region, or draw two regions`},
	{"rois:\n  - {name: t, kind: treated, polygon: [[0, 0], [9, 0], [x, 9]]}",
		`series.yaml:2: x must be a number, not "x"; write digits, as 1.5`},
	{"rois:\n  - {name: t, kind: treated, polygon: [[0, 0], [9, 0], [9]]}",
		`series.yaml:2: a point must be two numbers; write [x, y] in pixels of the frame photo`},
	{"rois:\n  - {name: t, kind: treated, polygon: 3}",
		`series.yaml:2: a polygon must be a list of points; write [[x, y], [x, y], [x, y]]`},
	{"rois:\n  - {name: t, polygon: [[0, 0], [9, 0], [9, 9]]}",
		`series.yaml:2: this region has no kind; add kind: treated, control, comparator, scar, grey or exclude`},
	{"rois:\n  - {name: t, kind: scar}",
		`series.yaml:2: this region has no polygon; add polygon: [[x, y], [x, y], [x, y]] in pixels of the frame photo, or file: with a drawing of another tool`},
	{"rois:\n  - {name: t, kind: treated, polygon: [[0, 0], [9, 0], [9, 9]]}\n  - {name: t, kind: scar, polygon: [[0, 0], [9, 0], [9, 9]]}",
		`series.yaml:3: the region of line 2 is called "t" too; give each region its own name`},
	{"rois:\n  - {name: t, kind: control, reflectance: 0.18, polygon: [[0, 0], [9, 0], [9, 9]]}",
		`series.yaml:2: a region of kind control has no reflectance; write kind: grey, or leave reflectance out`},
	{"rois:\n  - {kind: grey, reflectance: 18, polygon: [[0, 0], [9, 0], [9, 9]]}",
		`series.yaml:2: reflectance is 18; it must lie between 0.001 and 1`},
	{"rois:\n  - {name: t, kind: treated, polygon: [[0, 0], [9, 0], [9e9, 9]]}",
		`series.yaml:2: x is 9e9; it must lie between -100000 and 100000`},
	{"treatments:\n  - {device: dermaroller}",
		`series.yaml:2: this treatment has no date; add at: 2026-01-10`},
	{"treatments:\n  - {at: 10.01.2026}",
		`series.yaml:2: at: "10.01.2026" is not a date; write the year first, as 2026-01-10 or 2026-01-10T16:30`},
	{"treatments:\n  - {at: 2026-02-30}",
		`series.yaml:2: at: "2026-02-30" is a day or time that does not exist; write the year first, as 2026-01-10 or 2026-01-10T16:30`},
	{"treatments:\n  - {at: 2026-01-10T25:00}",
		`series.yaml:2: at: "2026-01-10T25:00" is a day or time that does not exist; write the year first, as 2026-01-10 or 2026-01-10T16:30`},
	{"treatments:\n  - {at: 2026-01-10, needle_mm: 1500}",
		`series.yaml:2: needle_mm is 1500; it must lie between 0.05 and 10`},
	{"treatments:\n  - {at: 2026-01-10, rois: [t]}",
		`series.yaml:2: the treatment names the region "t", but no regions are drawn; draw it under rois:, or leave rois out here`},
	{"rois:\n  - {name: t, kind: treated, polygon: [[0, 0], [9, 0], [9, 9]]}\ntreatments:\n  - {at: 2026-01-10, rois: [tt]}",
		`series.yaml:4: the treatment names the region "tt", which is not drawn; did you mean t?`},
	{"rois:\n  - {name: t, kind: control, polygon: [[0, 0], [9, 0], [9, 9]]}\ntreatments:\n  - {at: 2026-01-10, rois: [t]}",
		`series.yaml:4: the region "t" is of kind control, which is never treated; change its kind, or take it out of this treatment`},
	{"treatments:\n  - {at: 2026-01-10}\n  - {at: 2026-01-10}",
		`series.yaml:3: this treatment stands on line 2 too; keep one, or tell them apart by time or region`},
	{"visits:\n  - {at: 2026-01-10, phase: befor, photos: [a.jpg]}",
		`series.yaml:2: "befor" is no phase; did you mean before?`},
	{"visits:\n  - {photos: [a.jpg]}",
		`series.yaml:2: this visit has no date, and neither the name nor the headers of "a.jpg" give one; add at: 2026-01-10`},
	{"visits:\n  - {at: 2026-01-11}",
		`series.yaml:2: no photo of this visit was found; name its photos under photos:, or delete the visit`},
	{"visits:\n  - {at: 2026-01-11, photos: []}",
		`series.yaml:2: this visit has no photos; name them under photos:, or delete the visit`},
	{"visits:\n  - {at: 2026-01-10, photos: [a.jpg, a.jpg]}",
		`series.yaml:2: the photo "a.jpg" is already named on line 2; a photo belongs to one visit: delete one of the two`},
	{"visits:\n  - {at: 2026-01-10, photos: [a.jpg]}\n  - {at: 2026-01-11, photos: [a.jpg]}",
		`series.yaml:3: the photo "a.jpg" is already named on line 2; a photo belongs to one visit: delete one of the two`},
	{"visits:\n  - {at: 2026-01-10, photos: [a.jpg]}\n  - {at: 2026-01-10, photos: [b.jpg]}",
		`series.yaml:3: this visit cannot be told from that of line 2: both are of 2026-01-10; add phase: before and phase: after, or the time of day, as at: 2026-01-10T16:30`},
	{"visits:\n  - {at: 2026-01-10T10:00, photos: [a.jpg]}\n  - {at: 2026-01-10T10:00, photos: [b.jpg]}",
		`series.yaml:3: this visit cannot be told from that of line 2: both are of 2026-01-10; add phase: before and phase: after, or the time of day, as at: 2026-01-10T16:30`},
	{"visits:\n  - {at: 2026-01-10T10:00, phase: after, photos: [a.jpg]}\n  - {at: 2026-01-10T12:00, phase: before, photos: [b.jpg]}",
		`series.yaml:3: 2026-01-10T12:00 and 2026-01-10T10:00 contradict the phases of these visits; correct at: or phase:`},
	{"visits:\n  - {at: 2026-01-10T10:00, phase: after, photos: [a.jpg]}\ntreatments: [{at: 2026-01-10T11:00}]",
		`series.yaml:2: phase: after contradicts the times: the visit is at 2026-01-10T10:00, the treatment at 2026-01-10T11:00; correct at: or phase:`},
	{"visits:\n  - {photos: [2026-01-10.jpg, 2026-01-14.jpg]}",
		`series.yaml:2: the photos of this visit were taken on 2026-01-10 and on 2026-01-14; add at: with the date of the visit, or make two visits of it`},
	{"visits:\n  - {at: 2026-01-10, photos: [{use: false}]}",
		`series.yaml:2: this photo has no file; add file: and its name`},
	{"visits:\n  - {at: 2026-01-10, photos: [{file: a.jpg, use: nope}]}",
		`series.yaml:2: use must be true or false, not "nope"; write true or false`},
	{"frame: a.jpg\nvisits:\n  - {at: 2026-01-10, photos: [{file: a.jpg, use: false}]}",
		`series.yaml:1: the frame "a.jpg" is left out of its visit; use it, or name the photo that the regions are drawn on`},
	{"visits:\n  - {at: 2026-01-10, photos: [a.jpg], skin_state: [cream]}",
		`series.yaml:2: "cream" is no skin_state; write bare, cleansed, numbing_cream, moisturiser, sunscreen, make_up, tan, shaved, crust or peeling`},
	{"visits:\n  - {at: 2026-01-10, photos: [a.jpg], skin_state: [moisturizer]}",
		`series.yaml:2: "moisturizer" is no skin_state; did you mean moisturiser?`},
	{"scores:\n  - {at: 2026-01-10, scale: goodman_barron, value: 1}",
		`series.yaml:2: "goodman_barron" is no known scale; did you mean goodman_baron?`},
	{"scores:\n  - {at: 2026-01-10, scale: mine, value: 1}",
		`series.yaml:2: "mine" is no known scale; write one of goodman_baron, goodman_baron_quantitative, ecca, masi, mmasi, gais, vss, posas_observer, posas_patient, scar, cea, fitzpatrick_wrinkle, pain; your own scale begins with x_, an event with event_`},
	{"scores:\n  - {at: 2026-01-10, scale: goodman_baron, value: 5}",
		`series.yaml:2: goodman_baron has no value 5; it goes from 1 to 4`},
	{"scores:\n  - {at: 2026-01-10, scale: goodman_baron}",
		`series.yaml:2: this score has no value; add value: and a number`},
	{"scores:\n  - {scale: goodman_baron, value: 1}",
		`series.yaml:2: this score has no date; add at: 2026-01-10`},
	{"scores:\n  - {at: 2026-01-10, value: 1}",
		`series.yaml:2: this score has no scale; add scale: goodman_baron or another`},
	{"scores:\n  - {at: 2026-01-10, scale: masi, value: 1, blinded: yes}",
		`series.yaml:2: blinded must be true or false, not "yes"; write true or false`},
	{`consent: [everything]`,
		`series.yaml:1: "everything" is no consent; write care, research, publication or marketing`},
	{`side: left ?`,
		`series.yaml:1: this is still a guess; put it right if it is wrong, then delete the ?`},
	{`side: ?`,
		`series.yaml:1: this is still a guess; put it right if it is wrong, then delete the ?`},
	{`side: {a: ?}`,
		`series.yaml:1: this is still a guess; put it right if it is wrong, then delete the ?`},
	{`subject: &a x`,
		`series.yaml:1: anchors (&) and aliases (*) are not used here; write the value out, or put it in quotes if the sign belongs to it`},
	{`subject: *a`,
		`series.yaml:1: this is not YAML: unknown anchor 'a' referenced; check indentation, brackets, colons and quotes on this line and the one before`},
	{`subject: !!str x`,
		`series.yaml:1: tags (!) are not used here; write the bare value, or put it in quotes if the sign belongs to it`},
	{`subject: !foo x`,
		`series.yaml:1: tags (!) are not used here; write the bare value, or put it in quotes if the sign belongs to it`},
	{`a: b: c`,
		`series.yaml:1: this is not YAML: mapping values are not allowed in this context; check indentation, brackets, colons and quotes on this line and the one before`},
	{`goals: [even tone`,
		`series.yaml:1: this is not YAML: did not find expected ',' or ']'; check indentation, brackets, colons and quotes on this line and the one before`},
	{"\tside: left",
		`series.yaml:1: this is not YAML: a tab stands at its beginning; indent with spaces`},
	{"rois:\n  - name: cheek\n\tkind: treated",
		`series.yaml:3: this is not YAML: a tab stands at its beginning; indent with spaces`},
	{"side: left\n---\nside: right",
		`series.yaml:2: a second document begins here; keep one, and delete the line of dashes`},
	{`site: [[[[[[[[[[[[[[x]]]]]]]]]]]]]]`,
		`series.yaml:1: lists and keys are nested too deeply; see the example in the README`},
	{`1: 2`,
		`series.yaml:1: a series has no key "1"; if it belongs to the number before it, write a point, not a comma, as 1.5`},
	{`? a`,
		`series.yaml:1: a series has no key "a"; write subject, site, side, view, goals, frame, baseline, scale, calibration, card, camera, regions, rois, treatments, visits, scores, landmarks, overrule, expected_recovery_days, consent, minor, guardian, sensitive or notes`},
	{"side: left\n...\n}",
		`series.yaml:3: this is not YAML: did not find expected <document start>; check indentation, brackets, colons and quotes on this line and the one before`},
	{"wiev: x\nside: rihgt\nscale: {mm_per_px: a}\ntreatments: [{at: 1.2.26}]",
		"series.yaml:1: a series has no key \"wiev\"; write subject, site, side, view, goals, frame, baseline, scale, calibration, card, camera, regions, rois, treatments, visits, scores, landmarks, overrule, expected_recovery_days, consent, minor, guardian, sensitive or notes\nseries.yaml:2: \"rihgt\" is no side; did you mean right?\nseries.yaml:3: mm_per_px must be a number, not \"a\"; write digits, as 1.5\nseries.yaml:4: at: \"1.2.26\" is not a date; write the year first, as 2026-01-10 or 2026-01-10T16:30"},
	{`notes: [a]`,
		`series.yaml:1: notes must be a text; write notes: …`},
}

func TestEveryMistakeIsNamedWithItsMend(t *testing.T) {
	files := photos("2026-01-10.jpg", "2026-01-14.jpg")
	fsys := func(text string) fs.FS { return folder(text, append(photos("a.jpg", "b.jpg"), files...)) }
	for _, c := range mistakes {
		s, err := Load(fsys(c.text), files)
		if err == nil || err.Error() != c.want || s != nil {
			t.Errorf("%s\n got %v\nwant %s", c.text, err, c.want)
		}
		var p Problems
		if !errors.As(err, &p) {
			t.Errorf("%s: the error is a %T", c.text, err)
		}
	}
}

func TestLoadRefusesFolders(t *testing.T) {
	for _, c := range []struct {
		fsys  fs.FS
		files []File
		want  string
	}{
		{fstest.MapFS{}, nil, "there are no photos in this folder; put the photos of one site into it, or name another folder"},
		{fstest.MapFS{"P1/2026-01-10.jpg": {}}, nil, "there are no photos in this folder; name one of the folders in it, or measure all of them with 'dermtrace batch'"},
		{fstest.MapFS{".hidden": {}, "IMG_1.dng": {}}, nil, `there are no photos in this folder; by its name "IMG_1.dng" is no JPEG, PNG, TIFF, HEIC or WebP, nor is what else is there: export the photos as one of these`},
		{folder("", photos("x/IMG_1.jpg")), photos("x/IMG_1.jpg"), "x/IMG_1.jpg: no date, neither at the start of the file name nor in the photo; begin its name with the date, as 2026-01-10_IMG_1.jpg, or list it under visits: in series.yaml"},
		{fstest.MapFS{"series.yml": {Data: []byte("site: x")}}, nil, "series.yml: the manifest is called series.yaml; rename this file to series.yaml"},
		{folder(strings.Repeat("# much\n", 200000), nil), nil, "series.yaml: larger than 1 MiB; draw the regions with fewer points"},
	} {
		if _, err := Load(c.fsys, c.files); err == nil || err.Error() != c.want {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}

// Many problems are told, but not without end.
func TestProblemsAreBounded(t *testing.T) {
	_, err := Load(folder(strings.Repeat("x: 1\n", 5000), nil), photos("2026-01-10.jpg"))
	if n := strings.Count(err.Error(), "\n") + 1; n != maxShown+1 || !strings.HasSuffix(err.Error(), "\nand 75 more") {
		t.Errorf("%d lines: %v", n, err)
	}
}

func TestHostileFilesAreRefusedQuickly(t *testing.T) {
	files := photos("2026-01-10.jpg")
	points := "[" + strings.Repeat("[1, 2], ", maxPoints) + "[3, 4]]"
	for name, text := range map[string]string{
		"aliases":   "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
		"depth":     strings.Repeat("[", 9000),
		"depth 2":   "site: " + strings.Repeat("{a: ", 5000) + "1" + strings.Repeat("}", 5000),
		"points":    "rois:\n  - {name: a, kind: treated, polygon: " + points + "}",
		"visits":    "visits:\n" + strings.Repeat("  - {at: 2026-01-10}\n", 20000),
		"long word": "side: " + strings.Repeat("left", 100000),
		"long text": "notes: " + strings.Repeat("left", 100000),
		"binary":    "\x00\xff\xfe\x01",
	} {
		start := time.Now()
		if _, err := Load(folder(text, files), files); err == nil {
			t.Errorf("%s was loaded", name)
		} else if len(err.Error()) > 10000 {
			t.Errorf("%s: a message of %d bytes", name, len(err.Error()))
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

// Symbolic links may lead about inside the folder, not out of it.
func TestLinksStayInside(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.jpg")
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.WriteFile(outside, []byte("x"), 0o600), os.Mkdir(in("sub"), 0o700),
		os.WriteFile(in("sub/2026-01-10.jpg"), []byte("x"), 0o600),
		os.Symlink("sub/2026-01-10.jpg", in("2026-01-10.jpg")), os.Symlink("sub", in("again")),
		os.Symlink(outside, in("2026-01-11.jpg")), os.Symlink("../x.jpg", in("2026-01-12.jpg")),
		os.Symlink("2026-01-13.jpg", in("2026-01-13.jpg")), os.Symlink(filepath.Dir(outside), in("out")),
	} {
		if err != nil {
			t.Skip("SKIPPED: no symbolic links here: ", err)
		}
	}
	for name, ok := range map[string]bool{
		"2026-01-10.jpg": true, "again/2026-01-10.jpg": true, "2026-01-11.jpg": false, "2026-01-12.jpg": false,
		"2026-01-13.jpg": false, "out/secret.jpg": false,
	} {
		if err := inside(os.DirFS(dir), name); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := Load(os.DirFS(dir), photos("2026-01-10.jpg", "2026-01-11.jpg"))
	if err != nil || len(s.Visits) != 1 || len(s.Warnings) != 2 || s.Warnings[0].Code != PhotoUnnamed {
		t.Errorf("%+v, %v", s, err)
	}
	if err := os.Symlink(outside, in(FileName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(os.DirFS(dir), photos("2026-01-10.jpg")); err == nil || !strings.Contains(err.Error(), "leads out of the series folder") {
		t.Errorf("a manifest elsewhere: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	for _, name := range []string{"course.yaml", "every_key.yaml", "draft.yaml"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, c := range append(mistakes, newMistakes...) {
		f.Add([]byte(c.text))
	}
	files := append(courseFiles, photos("a.jpg", "b.jpg", "c.jpg", "d.jpg")...)
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Load(folder(string(text), files), files)
		var p Problems
		switch {
		case err == nil && len(s.Visits) == 0:
			t.Error("a series without visits was loaded")
		case err != nil && !errors.As(err, &p):
			t.Errorf("the error is a %T: %v", err, err)
		}
		for _, q := range p {
			if q.File == "" && q.Line > 0 || q.Text == "" || q.Mend == "" || strings.ContainsAny(q.Text+q.Mend, "\x00\x1b\n") {
				t.Errorf("problem %+v", q)
			}
		}
		if err == nil {
			checkLoaded(t, s)
		}
	})
}

// checkLoaded holds of every series that was loaded.
func checkLoaded(t *testing.T, s *Series) {
	t.Helper()
	ids := map[string]bool{}
	for i, v := range s.Visits {
		if ids[v.ID] || v.At.IsZero() || len(v.Photos) == 0 {
			t.Errorf("visit %+v", v)
		}
		ids[v.ID] = true
		if i > 0 && v.At.DaysSince(s.Visits[i-1].At) < 0 {
			t.Errorf("visits out of order: %s after %s", v.ID, s.Visits[i-1].ID)
		}
		for _, p := range v.Photos {
			if !fs.ValidPath(p.File) {
				t.Errorf("path %q", p.File)
			}
		}
	}
	for _, r := range s.ROIs {
		drawn := r.Polygon.Area() >= 1 && (len(Rings(r.Polygon)) > 1 || !r.Polygon.Crosses())
		if r.Name == "" || r.Kind == "" || drawn == (r.File != "") {
			t.Errorf("region %+v", r)
		}
	}
	if _, _, err := s.PickBaseline(always); err != nil {
		t.Error(err)
	}
}

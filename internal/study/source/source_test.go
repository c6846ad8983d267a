package source

import (
	"archive/tar"
	"archive/zip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/manifest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put writes files below dir.
func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
}

// look opens a study and lists its series and other files.
func look(t *testing.T, path, skip string) (*Study, *Found, string) {
	t.Helper()
	st, err := Open(path, Limits{})
	must(t, err)
	t.Cleanup(func() { st.Close() })
	f, err := st.Find(context.Background(), Limits{}, skip)
	must(t, err)
	var list []string
	for _, s := range f.Series {
		list = append(list, s.ID+"="+strings.Join(s.Files, ","))
	}
	for _, o := range f.Others {
		list = append(list, o.File+":"+o.Code)
	}
	return st, f, strings.Join(list, " ")
}

var small = map[string]string{
	"P1/cheek/a.jpg": "a", "P1/cheek/series.yaml": "site: cheek\n", "P1/chin/b.png": "b", "P2/notes.txt": "n",
	"P2/.hidden.jpg": "h", "P2/c.HEIC": "c", "plan.yaml": "x", "old/results.json": "{}", "old/pictures/p.jpg": "p",
	"more.tar.gz": "z", "out/run/found.json": "{}", "skip/d.jpg": "d",
}

const smallFound = "P1/cheek=a.jpg,series.yaml P1/chin=b.png P2=c.HEIC " +
	"P2/.hidden.jpg:hidden P2/notes.txt:no_photo more.tar.gz:archive old:result out:result plan.yaml:plan"

func TestAFolderAZipAndATarHoldTheSame(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, small)
	if _, _, got := look(t, dir, "skip"); got != smallFound {
		t.Errorf("folder: %s\nwant %s", got, smallFound)
	}
	for _, pack := range []func(*testing.T, map[string]string) string{zipped, tarred} {
		st, f, got := look(t, pack(t, small), "skip")
		if got != smallFound {
			t.Errorf("archive: %s\nwant %s", got, smallFound)
		}
		fsys, closer, err := st.OpenSeries(f.Series[0])
		must(t, err)
		b, err := fs.ReadFile(fsys, "a.jpg")
		if err != nil || string(b) != "a" {
			t.Errorf("read %q, %v", b, err)
		}
		must(t, closer.Close())
		must(t, fstest.TestFS(st.FS(), "P1/cheek/a.jpg", "plan.yaml"))
	}
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "study.zip")
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	z := zip.NewWriter(f)
	for name, text := range files {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	must(t, z.Close())
	return path
}

func tarred(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "study.tar")
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	w := tar.NewWriter(f)
	for name, text := range files {
		must(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text))}))
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	must(t, w.Close())
	return path
}

func TestNoEntryLeavesAnArchive(t *testing.T) {
	evil := map[string]string{"../a.jpg": "x", "/etc/b.jpg": "x", "ok/c.jpg": "x", `w\d.jpg`: "x"}
	for _, pack := range []func(*testing.T, map[string]string) string{zipped, tarred} {
		_, f, got := look(t, pack(t, evil), "")
		if len(f.Series) != 1 || f.Series[0].ID != "ok" || len(f.Others) != 3 {
			t.Errorf("found %s", got)
		}
	}
}

func TestABombIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bomb.zip")
	f, err := os.Create(path)
	must(t, err)
	z := zip.NewWriter(f)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "a.jpg", Method: zip.Deflate, UncompressedSize64: 1 << 40, CompressedSize64: 1})
	must(t, err)
	_, err = w.Write([]byte{0})
	must(t, err)
	must(t, z.Close())
	must(t, f.Close())
	if _, err := Open(path, Limits{}); err == nil || !strings.Contains(err.Error(), "expand") {
		t.Errorf("error = %v", err)
	}
}

func TestAFlatFolderBecomesSeries(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{
		"a.jpg": "a", "b.jpg": "b", "c.jpg": "c", "d.jpg": "d", "sub/e.jpg": "e", "series.yaml": "goals: [fade spots]\nsubject: nobody\n",
		"photos.csv": "\xef\xbb\xbffile;subject;site;visit;at;phase;replicate\n" +
			"b.jpg;P1;cheek;V1;2026-01-10T09:31;before;2\na.jpg;P1;cheek;V1;2026-01-10T09:30;before;1\nsub/e.jpg;P1;cheek;V2;2026-02-10;;\nc.jpg;P2;;;;;\n",
	})
	st, f, got := look(t, dir, "")
	want := "P1 cheek=a.jpg,b.jpg,sub/e.jpg P2=c.jpg sub=e.jpg d.jpg:not_named photos.csv:list series.yaml:shared"
	if got != want {
		t.Errorf("found %s\nwant  %s", got, want)
	}
	fsys, closer, err := st.OpenSeries(f.Series[0])
	must(t, err)
	defer closer.Close()
	m, err := manifest.Load(fsys, []manifest.File{{Name: "a.jpg"}, {Name: "b.jpg"}})
	must(t, err)
	if m.Subject != "P1" || m.Site != "cheek" || len(m.Goals) != 1 || len(m.Visits) != 2 || m.Visits[0].Photos[0].File != "a.jpg" || m.Visits[0].Phase != "before" || m.Visits[0].At.String() != "2026-01-10T09:30" {
		t.Errorf("manifest = %+v", m)
	}
	if f.Series[0].VisitName("sub/e.jpg") != "V2" {
		t.Error("the visit's name is lost")
	}
	if _, err := fs.Stat(fsys, "c.jpg"); err == nil {
		t.Error("the series sees another's photo")
	}
}

func TestPhotosCSVIsRefusedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"file,subject\na.jpg,P1 ?\n":             "line 2|?",
		"file,subject\n../a.jpg,P1\n":            "line 2|inside",
		"file,subject\na.jpg,P1\na.jpg,P2\n":     "line 3|already",
		"file,subject,colour\n":                  "line 1|not known",
		"subject\n":                              "line 1|no column",
		"":                                       "line 1|no header",
		"file,subject,replicate\na.jpg,P1,two\n": "line 2|no number",
	} {
		rows, problems := parseFlat([]byte(text))
		if len(problems) == 0 {
			t.Errorf("%q is accepted: %+v", text, rows)
			continue
		}
		words := strings.Split(want, "|")
		p := problems[0]
		if !strings.Contains("line "+string(rune('0'+p.Line)), words[0]) || !strings.Contains(p.Text+p.Mend, words[1]) {
			t.Errorf("%q: %v, want %s", text, p, want)
		}
	}
	if rows, _ := parseFlat([]byte("file,subject\na.jpg,P1\nb.jpg,P1 ?\n")); len(rows) != 0 {
		t.Error("something runs while a guess remains")
	}
}

func TestNamesOfFoldersAreDifferentAndPlain(t *testing.T) {
	list := []Series{{ID: "a/b"}, {ID: "a__b"}, {ID: "a b"}, {ID: "a_b"}, {ID: "A/B"}, {ID: "é"}, {ID: ".."}, {ID: strings.Repeat("x", 300)}, {ID: "."}}
	nameAll(list)
	var seen []string
	for _, s := range list {
		low := strings.ToLower(s.Name)
		if slices.Contains(seen, low) || len(s.Name) > 100 || strings.ContainsAny(s.Name, "/\\: ") || strings.HasPrefix(s.Name, ".") {
			t.Errorf("%q is called %q", s.ID, s.Name)
		}
		seen = append(seen, low)
	}
}

func FuzzParseFlat(f *testing.F) {
	f.Add([]byte("file,subject\na.jpg,P1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, _ := parseFlat(b)
		for _, r := range rows {
			if !fs.ValidPath(r.file) || r.subject == "" {
				t.Errorf("row %+v", r)
			}
		}
	})
}

// Every bound on a study lets through what lies at it and refuses what lies beyond, in a
// folder as in an archive.
func TestEveryBoundOnAStudyHolds(t *testing.T) {
	deep := func(n int) map[string]string { return map[string]string{strings.Repeat("d/", n) + "a.jpg": "x"} }
	many := func(n int) map[string]string {
		files := map[string]string{}
		for i := range n {
			files["P1/"+string(rune('a'+i))+".jpg"] = "x"
		}
		return files
	}
	unpacked := func(t *testing.T, files map[string]string) string {
		dir := t.TempDir()
		put(t, dir, files)
		return dir
	}
	codes := func(path string, lim Limits) (string, error) {
		st, err := Open(path, lim)
		if err != nil {
			return "", err
		}
		defer st.Close()
		f, err := st.Find(context.Background(), lim, "")
		if err != nil {
			return "", err
		}
		var list []string
		for _, o := range f.Others {
			list = append(list, o.Code)
		}
		return strings.Join(list, " "), nil
	}
	for name, pack := range map[string]func(*testing.T, map[string]string) string{"folder": unpacked, "zip": zipped, "tar": tarred} {
		lim := Limits{Depth: 3, Entries: 5}
		if got, err := codes(pack(t, deep(3)), lim); got != "" || err != nil {
			t.Errorf("%s three deep: %s, %v", name, got, err)
		}
		if got, err := codes(pack(t, deep(4)), lim); got != "too_deep" || err != nil {
			t.Errorf("%s four deep: %q, %v", name, got, err)
		}
		if got, err := codes(pack(t, many(4)), lim); got != "" || err != nil { // their folder is the fifth
			t.Errorf("%s of five: %s, %v", name, got, err)
		}
		var too *LimitError
		if _, err := codes(pack(t, many(5)), lim); !errors.As(err, &too) {
			t.Errorf("%s of six: %v", name, err)
		}
	}
}

func TestExpansionOfArchivesIsBounded(t *testing.T) {
	a := newArchive(Limits{})
	for _, c := range []struct {
		total uint64
		size  int64
		ok    bool
	}{{alwaysBytes, 1, true}, {alwaysBytes + 1, 1, false}, {200 * alwaysBytes, 2 * alwaysBytes, true}, {200*alwaysBytes + 1, 2 * alwaysBytes, false}} {
		if err := a.checkExpansion(c.total, c.size); (err == nil) != c.ok {
			t.Errorf("%d bytes to %d: %v", c.size, c.total, err)
		}
	}
}

func TestListsAreBounded(t *testing.T) {
	files := fstest.MapFS{"photos.csv": {Data: make([]byte, 101)}}
	if _, err := readAtMost(files, "photos.csv", 101); err != nil {
		t.Error(err)
	}
	if _, err := readAtMost(files, "photos.csv", 100); err == nil {
		t.Error("a list larger than its bound was read")
	}
	dir := t.TempDir()
	put(t, dir, map[string]string{"a.jpg": "a", "photos.csv": "file,subject\na.jpg,P1\n", "series.yaml": "notes: x\n" + strings.Repeat("#", maxShared)})
	st, f, _ := look(t, dir, "")
	if _, _, err := st.OpenSeries(f.Series[0]); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("a shared manifest larger than its bound: %v", err)
	}
}

// A file that only its name makes an archive is told so.
func TestNoArchiveIsSaid(t *testing.T) {
	for _, name := range []string{"study.zip", "study.tar"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("a photo, perhaps"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Limits{}); !errors.Is(err, errNoArchive) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

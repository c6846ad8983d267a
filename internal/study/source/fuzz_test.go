package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"io"
	"io/fs"
	"strings"
	"testing"
)

// FuzzZip and FuzzTar open archives as studies: no name in them leads out of the study,
// and no file yields more bytes than the archive says.
func FuzzZip(f *testing.F) {
	f.Add(zipBytes(f, "P1/a.jpg", "../b.jpg", "P1/a.jpg/c.jpg", "photos.csv", "plan.yaml"))
	f.Add(zipBytes(f, "photos.csv", "a.jpg"))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) { openStudy(t, b, "zip") })
}

func FuzzTar(f *testing.F) {
	f.Add(tarBytes(f, tar.TypeReg, "P1/a.jpg", "../b.jpg", "P1/a.jpg/c.jpg", "photos.csv"))
	f.Add(tarBytes(f, tar.TypeSymlink, "P1/a.jpg"))
	f.Add(tarBytes(f, tar.TypeGNUSparse, "P1/a.jpg"))
	f.Add(bytes.Repeat([]byte{0}, 1024))
	f.Fuzz(func(t *testing.T, b []byte) { openStudy(t, b, "tar") })
}

const seedText = "file,subject\na.jpg,P1\n"

func zipBytes(f *testing.F, names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, seedText)
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	return b.Bytes()
}

func tarBytes(f *testing.F, kind byte, names ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range names {
		h := &tar.Header{Name: name, Mode: 0o600, Typeflag: kind}
		if kind == tar.TypeReg {
			h.Size = int64(len(seedText))
		}
		if kind == tar.TypeSymlink {
			h.Linkname = "/etc/passwd"
		}
		err := w.WriteHeader(h)
		if err == nil && kind == tar.TypeReg {
			_, err = io.WriteString(w, seedText)
		}
		if err != nil && kind != tar.TypeGNUSparse { // which is read, not written
			f.Fatal(err)
		}
	}
	w.Close() // a header that was refused is no seed less
	return b.Bytes()
}

// openStudy goes through everything that an archive holds.
func openStudy(t *testing.T, b []byte, kind string) {
	lim := Limits{Entries: 1000, Depth: 8}
	a := newArchive(lim)
	if indexers[kind](a, bytes.NewReader(b), int64(len(b))) != nil {
		return
	}
	st := &Study{files: a, left: a.left}
	found, err := st.Find(context.Background(), lim, "")
	if err != nil {
		return
	}
	seen := map[string]bool{}
	for _, s := range found.Series {
		if seen[s.Name] || !fs.ValidPath(s.Name) || strings.Contains(s.Name, "/") {
			t.Errorf("series %q is to be written to %q", s.ID, s.Name)
		}
		seen[s.Name] = true
		fsys, closer, err := st.OpenSeries(s)
		if err != nil {
			continue
		}
		for _, file := range s.Files {
			if !fs.ValidPath(file) {
				t.Errorf("a series holds %q", file)
			}
			readAll(t, fsys, file)
		}
		closer.Close()
	}
}

// readAll reads a file that may be broken, but may not be larger than it says.
func readAll(t *testing.T, fsys fs.FS, file string) {
	f, err := fsys.Open(file)
	if err != nil {
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return
	}
	const most = 1 << 20
	n, _ := io.Copy(io.Discard, io.LimitReader(f, most)) // a broken file may fail at any byte
	if n > info.Size() {
		t.Errorf("%s yields %d bytes, not %d", file, n, info.Size())
	}
}

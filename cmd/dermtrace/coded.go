package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/render"
	"dermtrace/internal/report"
)

// leastKeyBytes is the shortest key that codes may rest on: 128 bits.
const leastKeyBytes = 16

// codingKey reads the key file, or makes one that its owner alone can read.
func codingKey(path, results, output string) ([]byte, error) {
	if path == "" {
		return nil, usage("--coded needs the file of its key", "add --key FILE: it is made if it does not exist; keep it apart from what you share")
	}
	for _, shared := range []string{results, output} {
		if inside(path, shared) {
			return nil, usage("the key lies where the results are", "keep it elsewhere: who has both can decode")
		}
	}
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return nil, withHint(err, "give a key file that you may read")
	}
	if key = bytes.TrimSpace(key); len(key) < leastKeyBytes {
		return nil, withHint(fmt.Errorf("%s: a key of %d bytes is too short", path, len(key)), "leave the file out: one is made")
	}
	return key, nil
}

// inside reports whether the file lies in the folder of the results, or is the output.
func inside(path, shared string) bool {
	abs := func(p string) string {
		if a, err := filepath.Abs(p); err == nil {
			return a
		}
		return p
	}
	path, shared = abs(path), abs(shared)
	return path == shared || strings.HasPrefix(path, shared+string(filepath.Separator))
}

func newKey(path string) ([]byte, error) {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	key := []byte(hex.EncodeToString(b))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, withHint(err, "give a key file in a folder where you may write")
	}
	_, err = f.Write(append(key, '\n'))
	return key, errors.Join(err, f.Close())
}

// codedForm is the record in codes, and its pictures cut to the regions. Where the
// record has no outlines, or they are guessed and so the whole skin, it has no pictures.
func codedForm(rec *outcome.Record, pictures fs.FS, key []byte) (*outcome.Record, fs.FS, error) {
	coded, files := report.Coded(rec, key), memory{}
	c := cutter{rec: rec, pictures: pictures, aligned: map[string]render.Image{}}
	kept := []outcome.Picture{}
	if c.prepare() {
		for _, wanted := range []bool{false, true} { // thumbnails are made of the aligned pictures
			for i, p := range rec.Pictures {
				if (p.Kind == outcome.PictureThumb) != wanted {
					continue
				}
				img, ok, err := c.cut(p)
				if err != nil {
					return nil, nil, err
				}
				if ok {
					one := coded.Pictures[i]
					one.File += img.Ext
					one.Width, one.Height, one.Window = img.Width, img.Height, &[4]float64{c.box.X, c.box.Y, c.box.W, c.box.H}
					files[one.File] = img.Bytes
					kept = append(kept, one)
				}
			}
		}
	}
	coded.Pictures = kept
	return coded, files, nil
}

// cutter cuts the pictures of a record to its regions.
type cutter struct {
	rec            *outcome.Record
	pictures       fs.FS
	view, box      render.View
	regions, holes []geom.Polygon
	aligned        map[string]render.Image // of a photo
}

// prepare finds outlines and window; false where pictures cannot be cut.
func (c *cutter) prepare() bool {
	for _, n := range c.rec.Warnings {
		if n.Code == outcome.RegionsGuessed {
			return false
		}
	}
	for _, o := range c.rec.Series.Outlines {
		g := make(geom.Polygon, len(o.Polygon))
		for i, p := range o.Polygon {
			g[i] = geom.Point{X: p[0], Y: p[1]}
		}
		if o.Kind == outcome.Exclude {
			c.holes = append(c.holes, g)
		} else if len(g) > 2 {
			c.regions = append(c.regions, g)
		}
	}
	for _, p := range c.rec.Pictures {
		if w := p.Window; w != nil && w[2] > 0 && w[3] > 0 {
			c.view = render.View{X: w[0], Y: w[1], W: w[2], H: w[3]}
			return len(c.regions) > 0
		}
	}
	return false
}

// maxPictureBytes bounds a picture file; those made by this program are far smaller.
const maxPictureBytes = 16 << 20

func (c *cutter) cut(p outcome.Picture) (img render.Image, ok bool, err error) {
	if p.Kind == outcome.PictureThumb {
		whole, ok := c.aligned[p.Photo]
		if !ok {
			return img, false, nil
		}
		img, err = render.ThumbOf(whole, 0)
		return img, err == nil, err
	}
	if !fs.ValidPath(p.File) {
		return img, false, nil
	}
	f, err := c.pictures.Open(p.File)
	if err != nil {
		return img, false, nil // the report says how many are missing
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPictureBytes))
	if err != nil {
		return img, false, err
	}
	img, box, err := render.Crop(render.Image{Bytes: b, Ext: filepath.Ext(p.File)}, c.view, c.regions, c.holes)
	if err != nil {
		return img, false, nil // what cannot be cut is left out
	}
	c.box = box
	if p.Kind == outcome.PictureAligned {
		c.aligned[p.Photo] = img
	}
	return img, true, nil
}

// memory is a folder of files in memory.
type memory map[string][]byte

// Open implements [fs.FS].
func (m memory) Open(name string) (fs.File, error) {
	b, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memoryFile{bytes.NewReader(b), name}, nil
}

type memoryFile struct {
	*bytes.Reader
	name string
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Name() string               { return f.name }
func (f *memoryFile) Mode() fs.FileMode          { return 0o400 }
func (f *memoryFile) ModTime() time.Time         { return time.Time{} }
func (f *memoryFile) IsDir() bool                { return false }
func (f *memoryFile) Sys() any                   { return nil }

package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"dermtrace/internal/manifest"
)

// overlay shows the photos of one series of a flat folder, and a manifest in memory.
type overlay struct {
	base  fs.FS
	text  []byte
	files map[string]bool
	dirs  map[string]bool
}

func newOverlay(base fs.FS, text []byte, rows []row) *overlay {
	o := &overlay{base: base, text: text, files: map[string]bool{}, dirs: map[string]bool{".": true}}
	for _, r := range rows {
		o.files[r.file] = true
		for dir := path.Dir(r.file); dir != "."; dir = path.Dir(dir) {
			o.dirs[dir] = true
		}
	}
	return o
}

// Open implements [fs.FS].
func (o *overlay) Open(name string) (fs.File, error) {
	switch {
	case name == manifest.FileName:
		return memoryFile{bytes.NewReader(o.text), memoryInfo(len(o.text))}, nil
	case !o.files[name] && !o.dirs[name]:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return o.base.Open(name)
}

// Stat implements [fs.StatFS].
func (o *overlay) Stat(name string) (fs.FileInfo, error) {
	switch {
	case name == manifest.FileName:
		return memoryInfo(len(o.text)), nil
	case !o.files[name] && !o.dirs[name]:
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fs.Stat(o.base, name)
}

// ReadDir implements [fs.ReadDirFS].
func (o *overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(o.base, name)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(slices.Clone(list), func(e fs.DirEntry) bool {
		full := path.Join(name, e.Name())
		return full == manifest.FileName || !o.files[full] && !o.dirs[full]
	})
	if name == "." {
		list = append(list, fs.FileInfoToDirEntry(memoryInfo(len(o.text))))
		slices.SortFunc(list, func(a, b fs.DirEntry) int { return bytes.Compare([]byte(a.Name()), []byte(b.Name())) })
	}
	return list, nil
}

// memoryInfo describes the manifest by its length.
type memoryInfo int

func (m memoryInfo) Name() string       { return manifest.FileName }
func (m memoryInfo) Size() int64        { return int64(m) }
func (m memoryInfo) Mode() fs.FileMode  { return 0o400 }
func (m memoryInfo) ModTime() time.Time { return time.Time{} }
func (m memoryInfo) IsDir() bool        { return false }
func (m memoryInfo) Sys() any           { return nil }

type memoryFile struct {
	io.Reader
	info memoryInfo
}

func (f memoryFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f memoryFile) Close() error               { return nil }

// fromList are the keys of series.yaml that photos.csv says.
var fromList = []string{"subject", "site", "side", "view", "visits", "frame", "baseline"}

// listedVisit is a visit in the manifest that is made.
type listedVisit struct {
	At     string   `yaml:"at,omitempty"`
	Phase  string   `yaml:"phase,omitempty"`
	Photos []string `yaml:"photos"`
}

// maxShared bounds the manifest that series share, as the manifest of one is bounded.
const maxShared = 1 << 20

// manifestText makes the series.yaml of a series of photos.csv: what the list says, and
// all else (regions, scale, treatments, goals) from NAME.yaml or, for every series, from
// series.yaml beside the list.
func (s Series) manifestText(base fs.FS) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	own := s.Name + ".yaml"
	for _, name := range []string{own, manifest.FileName} {
		text, err := readAtMost(base, name, maxShared)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(doc.Content) == 1 && doc.Content[0].Kind == yaml.MappingNode {
			root = doc.Content[0]
		}
		if name == own {
			return s.merge(root, "frame", "baseline")
		}
		return s.merge(root)
	}
	return s.merge(root)
}

// merge puts what photos.csv says into root; keys of the list that are in keep stay.
func (s Series) merge(root *yaml.Node, keep ...string) ([]byte, error) {
	kept := []*yaml.Node{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := root.Content[i].Value
		if !slices.Contains(fromList, key) || slices.Contains(keep, key) {
			kept = append(kept, root.Content[i], root.Content[i+1])
		}
	}
	root.Content = kept
	first := s.rows[0]
	for _, kv := range [][2]string{{"subject", first.subject}, {"site", first.site}, {"side", first.side}, {"view", first.view}} {
		if kv[1] != "" {
			set(root, kv[0], &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: kv[1], Style: yaml.DoubleQuotedStyle})
		}
	}
	said := slices.ContainsFunc(s.rows, func(r row) bool { return r.visit != "" || r.at != "" || r.phase != "" })
	if said {
		var visits []listedVisit
		for _, group := range visitsOf(s.rows) {
			v := listedVisit{At: group[0].at, Phase: group[0].phase}
			for _, r := range group {
				v.At = min(v.At, r.at) // of one date; a date alone sorts before its times
				v.Photos = append(v.Photos, r.file)
			}
			visits = append(visits, v)
		}
		var node yaml.Node
		if err := node.Encode(visits); err != nil {
			return nil, err
		}
		set(root, "visits", &node)
	}
	return yaml.Marshal(root)
}

func set(root *yaml.Node, key string, value *yaml.Node) {
	root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
}

// VisitName is what photos.csv calls the visit of a file, "" where it does not say.
func (s Series) VisitName(file string) string {
	for _, r := range s.rows {
		if r.file == file {
			return r.visit
		}
	}
	return ""
}

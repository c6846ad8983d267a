package series

import (
	"maps"
	"testing"
	"testing/fstest"

	"dermtrace/internal/manifest"
)

// A copied file is no second photo of its visit; the frame that the user named is the photo, and
// what is not used is none. In another visit it is measured.
func TestCopies(t *testing.T) {
	files := fstest.MapFS{}
	m := &manifest.Series{Frame: "b.jpg"}
	for _, v := range []struct{ visit, file, bytes string }{
		{"1", "a.jpg", "one"}, {"1", "a copy.jpg", "one"}, {"1", "unused.jpg", "one"}, {"2", "a2.jpg", "one"}, {"2", "c.jpg", "two"},
		{"3", "d.jpg", "two"}, {"3", "b.jpg", "two"}, {"3", "e.jpg", "two"}, {"3", "f.jpg", "longer"}, {"3", "missing.jpg", ""},
	} {
		if v.bytes != "" {
			files[v.file] = &fstest.MapFile{Data: []byte(v.bytes)}
		}
		if len(m.Visits) == 0 || m.Visits[len(m.Visits)-1].ID != v.visit {
			m.Visits = append(m.Visits, manifest.Visit{ID: v.visit})
		}
		last := &m.Visits[len(m.Visits)-1]
		last.Photos = append(last.Photos, manifest.PhotoRef{File: v.file, Use: v.file != "unused.jpg"})
	}
	want := map[string]string{"a copy.jpg": "a.jpg", "d.jpg": "b.jpg", "e.jpg": "b.jpg"}
	if got := copiesOf(files, m); !maps.Equal(got, want) {
		t.Errorf("copies %v, want %v", got, want)
	}
}

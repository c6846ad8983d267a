package phantom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"

	"dermtrace/internal/folder"
	"dermtrace/internal/manifest"
)

// small is a course of two visits quick enough for every test.
func small() Script {
	return Script{
		Name: "small", Seed: 3, Width: 320, Height: 240, MMPerPx: 0.05,
		Tone:    Tone{Melanin: 0.06},
		Anatomy: Anatomy{Boxcar: 2, PIH: 2, Spots: 5},
		Regions: []Region{
			{Name: "treated", Kind: "treated", Polygon: [][2]float64{{20, 20}, {150, 20}, {150, 220}, {20, 220}}},
			{Name: "control", Kind: "control", Polygon: [][2]float64{{250, 20}, {310, 20}, {310, 220}, {250, 220}}},
		},
		Visits: []Visit{
			{At: "2026-01-10", Photos: []Photo{{File: "a.jpg"}}},
			{At: "2026-01-11", Skin: []Change{{Region: "treated", Blood: 0.03, Relief: -0.3}},
				Photos: []Photo{{File: "b.jpg", Pose: Pose{Zoom: 1.05, RotateDeg: 3, TiltXDeg: 2, BendPx: 1.5, Lens: 0.01}, Camera: Camera{Noise: 0.7}}}},
		},
	}
}

func photo(t *testing.T, s Script, i int) Render {
	t.Helper()
	r, err := s.Photo(i)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPicturesAreTheSameOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := photo(t, small(), 1)
	for _, n := range []int{2, 5} {
		runtime.GOMAXPROCS(n)
		got := photo(t, small(), 1)
		if !bytes.Equal(got.Encoded, want.Encoded) {
			t.Errorf("GOMAXPROCS %d: other bytes", n)
		}
	}
}

func TestScenariosAreWholeScripts(t *testing.T) {
	for _, name := range Scenarios() {
		s, err := Scenario(name)
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := WriteScript(&buf, s); err != nil {
			t.Fatal(err)
		}
		back, err := ReadScript(bytes.NewReader(buf.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var again bytes.Buffer
		if err := WriteScript(&again, back); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(buf.Bytes(), again.Bytes()) {
			t.Errorf("%s changes when written and read", name)
		}
		if len(s.Claims) == 0 {
			t.Errorf("%s claims no source for its effects", name)
		}
	}
}

func TestWriteMakesAWholeSeries(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	for range 2 { // the second replaces the first
		if err := Write(t.Context(), dir, small(), Options{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"a.jpg", "b.jpg", ManifestFile, ScriptFile, TruthFile} {
		if info, err := os.Stat(filepath.Join(dir, f)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, TruthFile))
	if err != nil {
		t.Fatal(err)
	}
	var truth Truth
	if err := json.Unmarshal(text, &truth); err != nil {
		t.Fatal(err)
	}
	if len(truth.Photos) != 2 || len(truth.Spots) < 5 || len(truth.Scars) < 2 || len(truth.Pores) < 20 {
		t.Errorf("truth has %d photos, %d spots, %d scars, %d pores", len(truth.Photos), len(truth.Spots), len(truth.Scars), len(truth.Pores))
	}
}

// The manifests of all scenarios are read without a problem or a guess, and say what the
// script says.
func TestManifestsAreUnderstood(t *testing.T) {
	for _, name := range Scenarios() {
		s, err := Scenario(name)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := s.manifest(&text); err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{ManifestFile: {Data: text.Bytes()}}
		var files []manifest.File
		for _, sh := range s.shots() {
			files = append(files, manifest.File{Name: sh.photo.File})
			fsys[sh.photo.File] = &fstest.MapFile{}
		}
		series, err := manifest.Load(fsys, files)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(series.Visits) != len(s.Visits) || len(series.ROIs) != len(s.Regions) || len(series.Treatments) != len(s.Treatments) || series.Scale.MMPerPx != s.MMPerPx {
			t.Errorf("%s: the manifest says %d visits, %d regions, %d treatments", name, len(series.Visits), len(series.ROIs), len(series.Treatments))
		}
		for _, w := range series.Warnings {
			t.Errorf("%s: warning %s: %s", name, w.Code, w.Text)
		}
	}
}

func TestWriteRefusesAnOccupiedFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.doc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), dir, small(), Options{}); !errors.Is(err, folder.ErrOccupied) {
		t.Errorf("error %v, want ErrOccupied", err)
	}
	if err := Write(t.Context(), dir, small(), Options{Force: true}); err != nil {
		t.Error(err)
	}
}

// BenchmarkPhoto takes one photo of skin that is already grown.
func BenchmarkPhoto(b *testing.B) {
	for _, scale := range []float64{0.577, 2} { // 1 and 12 megapixels
		s, err := Scenario("acne-scar course")
		if err != nil {
			b.Fatal(err)
		}
		p, err := New(s.Scaled(scale))
		if err != nil {
			b.Fatal(err)
		}
		pixels := p.script.Width * p.script.Height
		b.Run(fmt.Sprintf("%dMP", pixels/1_000_000), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(pixels))
			for b.Loop() {
				if _, err := p.Photo(2); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkGrow grows the skin of a course of 3 megapixels.
func BenchmarkGrow(b *testing.B) {
	s, err := Scenario("acne-scar course")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(s); err != nil {
			b.Fatal(err)
		}
	}
}

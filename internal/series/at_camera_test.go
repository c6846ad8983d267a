package series

import (
	"bytes"
	"context"
	"image/png"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/outcome"
	"dermtrace/internal/photo"
)

func judge(t *testing.T, c *AtCamera, file []byte) Judgement {
	t.Helper()
	p, err := photo.Open(t.Context(), fstest.MapFS{"new.jpg": {Data: file}}, "new.jpg", photo.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Judge(p)
}

func colours(j Judgement) string {
	var list []string
	for _, l := range j.Lights {
		list = append(list, l.Of+" "+l.Colour)
	}
	return strings.Join(list, ", ")
}

func TestAtTheCamera(t *testing.T) {
	long(t)
	files := photos(t)
	camera, err := NewAtCamera(context.Background(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The frame photo itself: only its resolution is below what texture needs.
	same := judge(t, camera, files["2026-01-10.jpg"].Data)
	if got := colours(same); got != "redness green, pigment green, texture red, geometry green" {
		t.Errorf("the frame itself: %s\n%+v", got, same.Lights)
	}
	if !strings.Contains(same.Retake, "closer") {
		t.Errorf("retake %q", same.Retake)
	}
	// Skin of which nothing is there.
	black := repaint(t, files["2026-01-10.jpg"].Data, func(x, y int, _ [3]float64) [3]float64 {
		v := 0.2 + 0.1*float64((x*7919+y*104729)%13)/13
		return [3]float64{v, v, v}
	})
	other := judge(t, camera, black)
	if got := colours(other); got != "redness red, pigment red, texture red, geometry red" {
		t.Errorf("other skin: %s", got)
	}
	if other.Retake != "Retake: frame the same skin as on 2026-01-10, at the same size and angle." {
		t.Errorf("retake %q", other.Retake)
	}
	// Untreated skin hidden: colours lose their light.
	hidden := judge(t, camera, repaint(t, files["2026-01-10.jpg"].Data, func(x, _ int, c [3]float64) [3]float64 {
		if x > 530 {
			return [3]float64{0.001, 0.001, 0.001}
		}
		return c
	}))
	if got := colours(hidden); !strings.HasPrefix(got, "redness red, pigment red") {
		t.Errorf("no untreated skin: %s", got)
	}
}

// The sentence is that of the gravest finding that helps most.
func TestTheRetakeSentence(t *testing.T) {
	l := func(colour, mend string) TrafficLight { return TrafficLight{Colour: colour, mend: mend} }
	for _, tt := range []struct {
		name   string
		lights []TrafficLight
		want   string
	}{
		{"all green", []TrafficLight{l(Green, ""), l(Green, "")}, ""},
		{"red before amber", []TrafficLight{l(Amber, "a"), l(Amber, "a"), l(Red, "r")}, "r"},
		{"what helps most", []TrafficLight{l(Amber, "a"), l(Amber, "b"), l(Amber, "b")}, "b"},
		{"red that no photo mends", []TrafficLight{l(Red, ""), l(Amber, "a")}, "a"},
	} {
		if got := retake(tt.lights); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAnOverruledFindingLetsTheNumberPass(t *testing.T) {
	files := photos(t)
	edit(t, files, "- at: \"2026-01-14\"\n", "- at: \"2026-01-14\"\n    skin_state: [make_up]\n")
	edit(t, files, "subject:", "overrule:\n  - {file: 2026-01-14.jpg, code: skin_state, reason: brow only}\nsubject:")
	rec := analyze(t, files)
	p := photoOf(t, rec, "2026-01-14.jpg")
	if !slices.ContainsFunc(p.Quality.Reasons, func(r outcome.Reason) bool { return r.Code == outcome.SkinState && r.Overruled == "brow only" }) {
		t.Errorf("reasons %+v", p.Quality.Reasons)
	}
	m := numberOf(t, rec, "2026-01-14.jpg", "treated", "hemoglobin")
	if !m.Value.Known() || !slices.Contains(m.Warnings, outcome.Overruled) || slices.Contains(m.Warnings, outcome.SkinState) {
		t.Errorf("the number is %v with %v", m.Value, m.Warnings)
	}
	for _, c := range rec.Changes {
		if c.Visit == "2026-01-14" && c.Measure == "hemoglobin" && c.Status == outcome.NotComparable {
			t.Errorf("%s is not comparable although the finding was overruled: %v", c.Contrast, c.Warnings)
		}
	}
}

func TestGhostIsTransparentAndShowsTheRegions(t *testing.T) {
	files := photos(t)
	g, err := Ghost(context.Background(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(g.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if g.Width != 800 || g.Height != 600 || img.Bounds().Dx() != 800 {
		t.Errorf("%d×%d, want the frame's 800×600", g.Width, g.Height)
	}
	if _, _, _, a := img.At(80, 300).RGBA(); a != 0xffff { // the treated region's left side
		t.Errorf("no outline where the region is: alpha %d", a)
	}
	clear := 0
	for y := range 600 {
		for x := range 800 {
			if _, _, _, a := img.At(x, y).RGBA(); a == 0 {
				clear++
			}
		}
	}
	if share := float64(clear) / (800 * 600); !(share > 0.8 && share < 0.99) {
		t.Errorf("%.2f of the ghost is clear", share)
	}
}

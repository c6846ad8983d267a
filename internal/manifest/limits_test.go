package manifest

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// circle is a polygon of n points that no two edges of cross.
func circle(n int) string {
	var b strings.Builder
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		fmt.Fprintf(&b, "[%.2f, %.2f], ", 1000+900*cos, 1000+900*sin)
	}
	return "[" + b.String() + "]"
}

// circles are regions of 800 points each.
func circles(n int) string {
	text := "rois:\n"
	for i := range n {
		text += fmt.Sprintf("  - {name: a%d, kind: scar, polygon: %s}\n", i, circle(800))
	}
	return text
}

func visitLines(n int) string {
	return "visits:\n" + strings.Repeat("  - {at: 2026-01-10}\n", n)
}

func pairLines(n int) string {
	return "landmarks:\n  - file: 2026-01-10.jpg\n    pairs: [" + strings.Repeat("[1, 1, 2, 2], ", n) + "]"
}

func rings(n int) string {
	return "rois: [{name: a, kind: treated, polygons: [" + strings.Repeat("[[1, 1], [2, 1], [2, 2]], ", n) + "]}]"
}

// nested puts a word at a depth, of which the document and its keys are the first two.
func nested(depth int) string {
	return "site: " + strings.Repeat("[", depth-2) + "x" + strings.Repeat("]", depth-2)
}

func padded(size int) string {
	const text = "site: cheek\n"
	return text + strings.Repeat("#", size-len(text))
}

// Every bound lets through what lies at it and refuses what lies beyond.
func TestEveryBoundHolds(t *testing.T) {
	treated := func(polygon string) string { return "rois: [{name: a, kind: treated, polygon: " + polygon + "}]" }
	for _, c := range []struct {
		name       string
		at, beyond string
		says       string
	}{
		{"size of the file", padded(maxBytes), padded(maxBytes + 1), "larger than 1 MiB"},
		{"depth", nested(maxDepth), nested(maxDepth + 1), "nested too deeply"},
		{"points of one polygon", treated(circle(maxPoints)), treated(circle(maxPoints + 1)), "too many points"},
		{"points of all polygons", circles(maxAll / 800), circles(maxAll/800 + 1), "too many points"},
		{"pieces of a region", rings(maxRings), rings(maxRings + 1), "a list of 1 to 200 polygons"},
		{"visits", visitLines(maxItems), visitLines(maxItems + 1), "more than 10000 visits"},
		{"length of a text", "notes: " + strings.Repeat("x", maxText), "notes: " + strings.Repeat("x", maxText+1), "notes is too long"},
		{"coordinates", treated("[[0, 0], [100000, 0], [5, 5]]"), treated("[[0, 0], [100001, 0], [5, 5]]"), "must lie between -100000 and 100000"},
		{"pairs of landmarks", pairLines(maxPairs), pairLines(maxPairs + 1), "more than 200 pairs"},
		{"size of a pixel", "scale: {mm_per_px: 5}", "scale: {mm_per_px: 5.01}", "mm_per_px"},
		{"smallest pixel", "scale: {mm_per_px: 0.0005}", "scale: {mm_per_px: 0.0004}", "mm_per_px"},
		{"length", "scale: {points: [[0, 0], [5000, 0]], mm: 5000}", "scale: {points: [[0, 0], [5000, 0]], mm: 5001}", "mm is 5001"},
		{"pitch of a card", "card: {type: classic, pitch_mm: 200}", "card: {type: classic, pitch_mm: 201}", "pitch_mm is 201"},
		{"smallest pitch", "card: {type: classic, pitch_mm: 1}", "card: {type: classic, pitch_mm: 0.9}", "pitch_mm is 0.9"},
		{"needles", "treatments: [{at: 2026-01-10, needle_mm: 10}]", "treatments: [{at: 2026-01-10, needle_mm: 11}]", "needle_mm is 11"},
		{"days of recovery", "expected_recovery_days: 60", "expected_recovery_days: 61", "expected_recovery_days is 61"},
	} {
		files := photos("2026-01-10.jpg")
		if _, err := Load(folder(c.at, files), files); err != nil && strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: refused at the bound: %v", c.name, err)
		}
		if _, err := Load(folder(c.beyond, files), files); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: beyond the bound: %v, want %q", c.name, err, c.says)
		}
	}
}

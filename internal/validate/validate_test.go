package validate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dermtrace/internal/outcome"
)

// print shows a report's figures, met or not.
func print(t *testing.T, r *Report) {
	t.Helper()
	for _, f := range r.Figures {
		sign := "≤"
		if f.AtLeast {
			sign = "≥"
		}
		t.Logf("%-7s %-6s %-70s %10.4g %s %-6.4g %-7s n=%d refused=%d", f.Verdict, f.Band, f.Text, float64(f.Value), sign, float64(f.Bound), f.Unit, f.N, f.Refused)
	}
}

// Another hand's phantom is scored as our own is.
func TestAnotherHandsPhantom(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "phantom_medium")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIPPED: ../shared/data/phantom_medium is absent; it stands beside the checkout where the real photos are")
	}
	if testing.Short() {
		t.Skip("SKIPPED: -short")
	}
	r, err := Score(context.Background(), os.DirFS(dir), outcome.Software{})
	if err != nil {
		t.Fatal(err)
	}
	print(t, r)
	if !r.Passed() {
		t.Error("a goal was missed")
	}
}

// quick is one small course of each kind that a fault can show in.
func faultCourses() []course {
	t := tones[2]
	return []course{
		{"tracking", tracking, t, trackingScript(t, 100, false)},
		{"stranger", stranger, t, strangerScript(t, 300)},
		{"pattern", pattern, t, trackingScript(t, 900, false)},
	}
}

// Every deliberate fault turns goals red that are green without it.
func TestFaultsTurnTheBatteryRed(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; six runs of three courses take minutes")
	}
	met := missed(t, Fault{})
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) {
			var red []string
			for question, bad := range missed(t, f) {
				if bad && !met[question] {
					red = append(red, question)
				}
			}
			if len(red) == 0 {
				t.Error("the battery does not notice")
			}
			t.Logf("red: %s", strings.Join(red, "; "))
		})
	}
}

// missed are the goals of the fault's battery, true where one is missed.
func missed(t *testing.T, f Fault) map[string]bool {
	t.Helper()
	var samples []Sample
	for _, c := range faultCourses() {
		list, err := c.run(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, list...)
	}
	out := map[string]bool{}
	for _, g := range figures(samples) {
		out[g.Text] = g.Verdict == Missed
	}
	return out
}

// The quick battery passes.
func TestQuickBattery(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short; the quick battery takes a minute")
	}
	r, err := Run(context.Background(), Options{Quick: true})
	if err != nil {
		t.Fatal(err)
	}
	print(t, r)
	if !r.Passed() {
		t.Error("a goal was missed")
	}
}

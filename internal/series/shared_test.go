package series

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
)

const sharedData = "../../../shared/data"

func sharedFolder(t *testing.T, name string) string {
	t.Helper()
	long(t)
	dir := filepath.Join(sharedData, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED: ../shared/data/%s is absent; it stands beside the checkout where the real photos are", name)
	}
	return dir
}

// mediumTruth is the part of another hand's phantom truth that is held against the record.
type mediumTruth struct {
	Photos []struct {
		File  string        `json:"file"`
		H     [3][3]float64 `json:"H"` // frame pixel → photo pixel
		Blood struct{ Treated, Control float64 }
	}
}

func readMediumTruth(t *testing.T, dir string) mediumTruth {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "truth", "medium.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth mediumTruth
	if err := json.Unmarshal(b, &truth); err != nil {
		t.Fatal(err)
	}
	return truth
}

// Another hand's phantom: every follow-up is aligned within 0.5 px (median over the
// treated region), and redness follows the true blood in rank and sign.
func TestAnotherHandsPhantom(t *testing.T) {
	dir := sharedFolder(t, "phantom_medium")
	truth := readMediumTruth(t, dir)
	res, err := Analyze(context.Background(), os.DirFS(dir), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var blood, hemoglobin, erythema []float64
	for i, p := range res.Record.Photos {
		want := truth.Photos[i]
		if p.File != want.File {
			t.Fatalf("photo %d is %s, want %s", i, p.File, want.File)
		}
		if p.Alignment.Matrix == nil {
			t.Fatalf("%s was not aligned: %s", p.File, p.Alignment.Reason)
		}
		median := alignmentError(*p.Alignment.Matrix, want.H)
		t.Logf("%s: alignment error %.4f px (median), estimated %.4f", p.File, median, float64(p.Alignment.ErrorPx))
		if !(median <= 0.5) {
			t.Errorf("%s: alignment error %g px, want ≤ 0.5", p.File, median)
		}
		treated := region0(t, p, "treated")
		blood = append(blood, want.Blood.Treated)
		hemoglobin = append(hemoglobin, float64(treated["hemoglobin"].Value))
		erythema = append(erythema, float64(treated["erythema_index"].Value))
	}
	for i := 1; i < len(blood); i++ {
		if step := blood[i] - blood[i-1]; math.Abs(step) > 0.001 {
			if !((hemoglobin[i]-hemoglobin[i-1])*step > 0) || !((erythema[i]-erythema[i-1])*step > 0) {
				t.Errorf("photo %d: blood moved by %.4f, haemoglobin by %.3f, erythema index by %.2f",
					i, step, hemoglobin[i]-hemoglobin[i-1], erythema[i]-erythema[i-1])
			}
		}
	}
	t.Logf("blood %.4f\nhaemoglobin %.3f\nerythema index %.2f", blood, hemoglobin, erythema)
}

func region0(t *testing.T, p outcome.Photo, name string) map[string]outcome.Measurement {
	t.Helper()
	for _, r := range p.ROIs {
		if r.Name == name {
			return r.Measures
		}
	}
	t.Fatalf("%s has no region %q", p.File, name)
	return nil
}

// alignmentError is the median distance over a grid on the treated region of that phantom.
func alignmentError(got [9]float64, want [3][3]float64) float64 {
	g := geom.Transform(got)
	w := geom.Transform{want[0][0], want[0][1], want[0][2], want[1][0], want[1][1], want[1][2], want[2][0], want[2][1], want[2][2]}
	var d []float64
	for x := 200.0; x <= 1120; x += 40 {
		for y := 225.0; y <= 1275; y += 50 {
			p := geom.Point{X: x, Y: y}
			d = append(d, g.Apply(p).Sub(w.Apply(p)).Norm())
		}
	}
	slices.Sort(d)
	return d[len(d)/2]
}

// Real wounds under uncontrolled light: the series run to the end, and every photo is
// either aligned or refused with a reason, never given the identity.
func TestWoundSeriesRunToTheEnd(t *testing.T) {
	root := sharedFolder(t, "wound_series")
	for _, name := range []string{"A_ankle_light_vertical", "K_sole_two_wounds", "L_ankle_brown_skin"} {
		t.Run(name, func(t *testing.T) {
			res, err := Analyze(context.Background(), datedCopy(t, filepath.Join(root, name, "images")), Options{})
			if err != nil {
				t.Fatal(err)
			}
			aligned := 0
			for _, p := range res.Record.Photos {
				switch a := p.Alignment; {
				case a.Status == outcome.AlignFailed && a.Reason == "":
					t.Errorf("%s was refused without a reason", p.File)
				case a.Status != outcome.AlignFailed && a.Status != outcome.AlignFrame:
					aligned++
					if geom.Transform(*a.Matrix) == geom.Identity() {
						t.Errorf("%s was given the identity", p.File)
					}
				}
			}
			t.Logf("%d of %d follow-ups aligned, the rest refused with reasons", aligned, len(res.Record.Photos)-1)
		})
	}
}

// datedCopy gives photos that carry no date one each: their true order is unknown.
func datedCopy(t *testing.T, dir string) fs.FS {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for i, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fsys[fmt.Sprintf("2026-01-%02d_%s", i+1, strings.ToLower(e.Name()))] = &fstest.MapFile{Data: b}
	}
	return fsys
}

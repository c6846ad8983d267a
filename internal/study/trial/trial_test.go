package trial

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"strings"
	"testing"
	"testing/fstest"
)

// A table of two raters, two categories: 20 and 15 in agreement, 5 and 10 not; kappa 0.4
// (the example of Cohen's kappa in textbooks).
func TestKappaOfTwoCategories(t *testing.T) {
	var a, b []float64
	add := func(n int, x, y float64) {
		for range n {
			a, b = append(a, x), append(b, y)
		}
	}
	add(20, 1, 1)
	add(5, 1, 0)
	add(10, 0, 1)
	add(15, 0, 0)
	if k, err := WeightedKappa(a, b); err != nil || !(math.Abs(k-0.4) < 1e-12) {
		t.Errorf("kappa = %v, %v; want 0.4", k, err)
	}
}

// By hand: of four categories, three pairs agree and one is two apart. Σo = 4; Σe = 1/4 of
// the sum over all 16 combinations.
func TestKappaWithWeights(t *testing.T) {
	a, b := []float64{0, 1, 2, 3}, []float64{0, 1, 2, 1}
	k, err := WeightedKappa(a, b)
	if want := 1 - 4/((0+1+4+1+1+0+1+0+4+1+0+1+9+4+1+4)/4.0); err != nil || !(math.Abs(k-want) < 1e-12) {
		t.Errorf("kappa = %v, want %v", k, want)
	}
	if _, err := WeightedKappa([]float64{1, 1}, []float64{1, 1}); err == nil {
		t.Error("ratings that never vary have a kappa")
	}
}

func TestBlindAndUnblind(t *testing.T) {
	results := fstest.MapFS{}
	var pairs []Pair
	for i := range 40 {
		before, after := fmt.Sprintf("s%d/b.jpg", i), fmt.Sprintf("s%d/a.jpg", i)
		results[before], results[after] = &fstest.MapFile{Data: toneJPEG(t, 90)}, &fstest.MapFile{Data: toneJPEG(t, 40)}
		pairs = append(pairs, Pair{Series: fmt.Sprintf("s%d", i), Before: "2026-01-01", After: "2026-03-01", BeforePicture: before, AfterPicture: after})
	}
	pack := map[string]string{}
	key, err := Blind(results, pairs, 7, func(name string, b []byte) error { pack[name] = string(b); return nil })
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range pack {
		if strings.Contains(text, "2026-") || strings.Contains(text, "s17") || strings.Contains(name, "s17") {
			t.Errorf("%s tells what the pair is", name)
		}
	}
	sheet, left := "pair,rater,score\n", 0
	for i := 1; i <= 40; i++ {
		score := 2 // right better
		if pack[fmt.Sprintf("pairs/%04d_left.jpg", i)] == string(toneJPEG(t, 40)) {
			left++
			score = -2
		}
		sheet += fmt.Sprintf("%d,A,%d\n%04d,B,%d\n", i, score, i, score/(1+i%2))
	}
	if left < 10 || left > 30 {
		t.Errorf("the after picture is left %d times of 40", left)
	}
	u, err := Unblind([]byte(sheet), key, []byte(pack[SealFile]))
	if err != nil {
		t.Fatal(err)
	}
	if u.Pairs != 40 || u.After != 80 || u.Before != 0 || !(math.Abs(u.Mean-1.75) < 1e-12) {
		t.Errorf("unblinded = %d pairs, %d after, %d before, mean %v", u.Pairs, u.After, u.Before, u.Mean)
	}
	if _, err := Unblind([]byte(sheet), append(key, ' '), []byte(pack[SealFile])); err != ErrBroken {
		t.Errorf("a changed key: %v", err)
	}
	for _, bad := range []string{"pair,rater,score\n99,A,1\n", "pair,rater,score\n1,A,9\n", "pair,rater,score\n1,A,1\n1,A,1\n", "a,b\n"} {
		if _, err := Unblind([]byte(bad), key, []byte(pack[SealFile])); err == nil {
			t.Errorf("the sheet %q is accepted", bad)
		}
	}
}

// toneJPEG is a picture of one tone of skin.
func toneJPEG(t *testing.T, red uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 32, 24))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{2 * red, red, red / 2, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAgreementOfRaters(t *testing.T) {
	var rows [][]float64
	for i := range 20 {
		v := float64(i%7 - 3)
		rows = append(rows, []float64{v, v})
	}
	a, err := agree([]string{"A", "B"}, rows, 1)
	if err != nil || a.Kappa != 1 || !(math.Abs(a.ICC.Value-1) < 1e-9) {
		t.Errorf("raters who agree: %+v, %v", a, err)
	}
}

func TestPlan(t *testing.T) {
	p, err := ParsePlan([]byte("primary: {measure: roughness, contrast: vs_control, day: 180, within: 14}\nexclusions: [{subject: P3, reason: moved}]\n"))
	if err != nil || p.Alpha != 0.05 || p.Sides != 2 || p.Excluded("P3") != "moved" || p.Excluded("P4") != "" {
		t.Errorf("plan = %+v, %v", p, err)
	}
	for _, bad := range []string{"", "primary: {measure: x, contrast: y}", "primary: {measure: x, contrast: raw}\nalpha: 2", "primry: {}", "primary: {measure: x, contrast: raw}\nsides: 3",
		"primary: {measure: x, contrast: raw, within: -1}", "primary: {measure: x, contrast: raw}\nvisits: [{day: 40000}]",
		"primary: {measure: x, contrast: raw}\nviews: [{}]", "primary: {measure: x, contrast: raw}\nviews: [{side: left}, {side: left}]",
		"primary: {measure: x, contrast: raw}\nvisits: [" + strings.Repeat("{day: 1},", maxPlanned+1) + "]"} {
		if _, err := ParsePlan([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	left := View{Site: "cheek", Side: "left", View: "oblique"}
	if !(View{Side: "left"}).Is(left) || (View{Side: "right"}).Is(left) || (View{Side: "left", Site: "chin"}).Is(left) {
		t.Error("a planned view is not what it says")
	}
}

func TestAllocation(t *testing.T) {
	a, err := ParseAllocation([]byte("subject,side,arm\nP1,left,roller\nP1,right,sham\nP2,,sham\n"))
	if err != nil || a.Arm("P1", "right") != "sham" || a.Arm("P2", "left") != "sham" || a.Arm("P3", "") != "" {
		t.Errorf("allocation = %v, %v", a, err)
	}
	for _, bad := range []string{"subject\nP1\n", "subject,arm\nP1,a\nP1,b\n", ""} {
		if _, err := ParseAllocation([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// What is wrong with a plan is told in the words of the plan.
func TestPlansAreRefusedPlainly(t *testing.T) {
	const primary = "primary: {measure: roughness, contrast: raw}\n"
	for text, want := range map[string]string{
		"primari: 1\n":                    `plan.yaml: line 1: there is no key "primari" here`,
		primary + "sides: two\n":          `plan.yaml: line 2: the value "two" is not of the right kind`,
		"primary: {measure: roughness}\n": `plan.yaml: primary: the contrast "" is none of raw, vs_control, vs_comparator`,
		primary + "visits: [{name: V1, day: 1}, {name: V1, day: 2}]\n": `plan.yaml: two visits are called "V1"`,
		primary + "views: [{}]\n":                                      "plan.yaml: a planned view needs site, side or view",
	} {
		if _, err := ParsePlan([]byte(text)); !errors.Is(err, ErrPlan) || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

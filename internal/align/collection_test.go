package align_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"

	"dermtrace/internal/align"
	"dermtrace/internal/geom"
	"dermtrace/internal/raster"
)

// meanError is the mean distance from the truth over a grid of the frame that the photo shows.
func meanError(r align.Result, a, b *raster.RGB, truth func(geom.Point) geom.Point) float64 {
	e := trueErrors(r, a.W(), a.H(), b, truth)
	sum := 0.0
	for _, v := range e {
		sum += v / float64(len(e))
	}
	return sum
}

// graf1 to graf3 is a painted wall seen from 40 degrees aside (OpenCV's H1to3p).
func TestWallSeenFromTheSide(t *testing.T) {
	dir := shared(t, "registration/opencv")
	a, b := open(t, filepath.Join(dir, "graf1.png")), open(t, filepath.Join(dir, "graf3.png"))
	truth := geom.Transform{0.76285898, -0.29922929, 225.67123, 0.33443473, 1.0143901, -76.999973, 3.4663091e-04, -1.4364524e-05, 1}
	r := align.NewFrame(a, align.Options{}).Align(b)
	e := meanError(r, a, b, truth.Apply)
	t.Logf("%s %s: mean error %.3f px, estimated median %.3f px", r.Status, r.Model, e, r.ErrorPx)
	if !(e <= 2) {
		t.Errorf("mean error %.3f px, want at most 2", e)
	}
}

// The corners of warped.jpg lie in original.jpg at these shares of its size.
func TestWarpedPhoto(t *testing.T) {
	dir := shared(t, "registration/warped")
	a, b := open(t, filepath.Join(dir, "warped.jpg")), open(t, filepath.Join(dir, "original.jpg"))
	r := align.NewFrame(a, align.Options{}).Align(b)
	w, h := float64(a.W()), float64(a.H())
	worst := 0.0
	for _, c := range []struct{ x, y, u, v float64 }{{0, 0, 0.15, 0.35}, {w, 0, 0.95, 0.15}, {w, h, 0.9, 0.7}, {0, h, 0.25, 0.7}} {
		q := r.Apply(geom.Point{X: c.x, Y: c.y})
		worst = max(worst, math.Abs(q.X/float64(b.W())-c.u), math.Abs(q.Y/float64(b.H())-c.v))
	}
	t.Logf("%s %s: worst corner off by %.5f of the size", r.Status, r.Model, worst)
	if !(worst <= 0.005) {
		t.Errorf("worst corner off by %.5f of the size, want at most 0.005", worst)
	}
}

func TestRisingNoise(t *testing.T) {
	dir := shared(t, "registration/kaze_iguazu_noise")
	a := open(t, filepath.Join(dir, "img1.png"))
	f := align.NewFrame(a, align.Options{})
	for _, name := range []string{"img2.png", "img4.png", "img6.png"} {
		b := open(t, filepath.Join(dir, name))
		r := f.Align(b)
		e := meanError(r, a, b, still)
		t.Logf("%s: %s %s: mean error %.3f px, estimated median %.3f px", name, r.Status, r.Model, e, r.ErrorPx)
		if !(e <= 0.1) {
			t.Errorf("%s: mean error %.3f px, want at most 0.1", name, e)
		}
	}
}

// The fox pair turns by a right angle and tilts far: right or refused.
func TestFoxIsRightOrRefused(t *testing.T) {
	dir := shared(t, "registration/affnet")
	a, b := open(t, filepath.Join(dir, "fox1.png")), open(t, filepath.Join(dir, "fox2.png"))
	truth := geom.Transform{-1.39944, -4.86818, -1653, 3.74922, -40.7447, 2368.02, 6.58821e-05, -0.016356, -6.58091}.Normalized()
	r := align.NewFrame(a, align.Options{}).Align(b)
	t.Logf("%s: %s", r.Status, r.Reason)
	if r.Status == align.StatusFailed {
		refused(t, r)
		return
	}
	if e := trueErrors(r, a.W(), a.H(), b, truth.Apply).quantile(0.5); !(e <= 5) {
		t.Errorf("%s with a median error of %.1f px", r.Status, e)
	}
}

// Stained tissue with landmarks, beside the affine transform that fits the landmarks best, which no
// one knows who does not have them, and beside that which fits all the others best.
func TestStainedTissue(t *testing.T) {
	dir := shared(t, "registration/birl/data-images")
	for _, pair := range [][2]string{
		{"rat-kidney_/scale-5pc/Rat-Kidney_HE", "rat-kidney_/scale-5pc/Rat-Kidney_PanCytokeratin"},
		{"lesions_/scale-5pc/Izd2-29-041-w35_HE", "lesions_/scale-5pc/Izd2-29-041-w35_proSPC"},
	} {
		a, b := open(t, filepath.Join(dir, pair[0]+".jpg")), open(t, filepath.Join(dir, pair[1]+".jpg"))
		p, q := landmarks(t, filepath.Join(dir, pair[0]+".csv")), landmarks(t, filepath.Join(dir, pair[1]+".csv"))
		r := align.NewFrame(a, align.Options{}).Align(b)
		var before, affine, others, after errorsPx
		fitted := bestAffine(p, q)
		for i := range min(len(p), len(q)) {
			before = append(before, p[i].Sub(q[i]).Norm())
			affine = append(affine, fitted.Apply(p[i]).Sub(q[i]).Norm())
			others = append(others, bestAffine(slices.Concat(p[:i], p[i+1:]), slices.Concat(q[:i], q[i+1:])).Apply(p[i]).Sub(q[i]).Norm())
			after = append(after, r.Apply(p[i]).Sub(q[i]).Norm())
		}
		t.Logf("%s: %s %s: landmarks %.1f px apart, best affine fit to them %.1f px, to all others %.1f px, after alignment %.1f px, estimated %.1f px %s", filepath.Base(pair[0]), r.Status, r.Model, before.quantile(0.5), affine.quantile(0.5), others.quantile(0.5), after.quantile(0.5), r.ErrorPx, r.Reason)
		if r.Status != align.StatusFailed && !(after.quantile(0.5) <= before.quantile(0.5)) {
			t.Errorf("%s: landmarks %.1f px apart, after alignment %.1f px", pair[0], before.quantile(0.5), after.quantile(0.5))
		}
	}
}

// bestAffine is the least-squares affine transform from p to q.
func bestAffine(p, q []geom.Point) geom.Transform {
	n := min(len(p), len(q))
	a, b := mat.NewDense(n, 3, nil), mat.NewDense(n, 2, nil)
	for i := range n {
		a.SetRow(i, []float64{p[i].X, p[i].Y, 1})
		b.SetRow(i, []float64{q[i].X, q[i].Y})
	}
	var x mat.Dense
	if err := x.Solve(a, b); err != nil {
		panic(err)
	}
	return geom.Transform{x.At(0, 0), x.At(1, 0), x.At(2, 0), x.At(0, 1), x.At(1, 1), x.At(2, 1), 0, 0, 1}
}

func landmarks(t *testing.T, path string) (out []geom.Point) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		x, err1 := strconv.ParseFloat(r[1], 64)
		y, err2 := strconv.ParseFloat(r[2], 64)
		if err1 != nil || err2 != nil {
			t.Fatalf("%s: bad row %v", path, r)
		}
		out = append(out, geom.Point{X: x, Y: y})
	}
	return out
}

// A visit is one photo of the wound collection with the expert's outline of the wound.
type visit struct {
	patient, name string
	rgb           *raster.RGB
	wound         *raster.Plane
}

func visits(t *testing.T) (out []visit) {
	dir := shared(t, "wound_series")
	for _, patient := range []string{"A_ankle_light_vertical", "K_sole_two_wounds", "L_ankle_brown_skin"} {
		files, err := os.ReadDir(filepath.Join(dir, patient, "images"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			out = append(out, visit{
				patient, f.Name(), open(t, filepath.Join(dir, patient, "images", f.Name())),
				open(t, filepath.Join(dir, patient, "masks", f.Name())).R,
			})
		}
	}
	return out
}

// dice is the overlap of two outlines, 2|A∩B|/(|A|+|B|), the second brought to the first.
func dice(a, b *raster.Plane, photoFromFrame func(geom.Point) geom.Point) float64 {
	var both, sum float64
	for y := range a.H {
		for x := range a.W {
			q := photoFromFrame(geom.Point{X: float64(x), Y: float64(y)})
			i, j := int(math.Round(q.X)), int(math.Round(q.Y))
			in := i >= 0 && j >= 0 && i < b.W && j < b.H && b.At(i, j) > 0.5
			if a.At(x, y) > 0.5 {
				sum++
				if in {
					both++
				}
			}
			if in {
				sum++
			}
		}
	}
	return 2 * both / sum
}

// Real follow-ups of wounds on feet, at uncontrolled light and pose, with black bars at the same
// place in all: whatever is called ok keeps the wound where it is, and no patient is taken for
// another. Without -long a few pairs stand for all 702.
func TestWounds(t *testing.T) {
	vs := visits(t)
	step := 13
	if *long {
		step = 1
	}
	var n, aligned, ok, strangers int
	var before, after, top float64
	for i := 0; i < len(vs); i += step {
		f := align.NewFrame(vs[i].rgb, align.Options{})
		for j := i % step; j < len(vs); j += (step + 1) / 2 {
			if i == j {
				continue
			}
			r := f.Align(vs[j].rgb)
			if vs[i].patient != vs[j].patient {
				strangers++
				top = max(top, r.Figures.Z)
				refused(t, r)
				continue
			}
			n++
			if r.Status == align.StatusFailed {
				continue
			}
			d0, d1 := dice(vs[i].wound, vs[j].wound, still), dice(vs[i].wound, vs[j].wound, r.Apply)
			aligned, before, after = aligned+1, before+d0, after+d1
			if r.Status == align.StatusOK {
				ok++
				if !(d1 >= d0-0.05) {
					t.Errorf("%s %s-%s: ok, but the overlap fell from %.3f to %.3f", vs[i].patient, vs[i].name, vs[j].name, d0, d1)
				}
			}
		}
	}
	t.Logf("of %d pairs of a patient %d were aligned, %d of them ok; mean overlap of the wounds %.3f before, %.3f after", n, aligned, ok, before/float64(aligned), after/float64(aligned))
	t.Logf("%d pairs of different patients: highest z %.1f", strangers, top)
	if !(after > before) {
		t.Errorf("the mean overlap fell from %.3f to %.3f", before/float64(aligned), after/float64(aligned))
	}
}

func TestFacesAreNotWounds(t *testing.T) {
	needsLong(t)
	vs := visits(t)
	top := 0.0
	for _, face := range []string{"astronaut.png", "biden.jpg", "obama.jpg", "obama3.jpg", "retina.jpg"} {
		f := align.NewFrame(open(t, shared(t, "faces/"+face)), align.Options{})
		for _, v := range vs {
			r := f.Align(v.rgb)
			top = max(top, r.Figures.Z)
			refused(t, r)
		}
	}
	t.Logf("highest z %.1f", top)
}

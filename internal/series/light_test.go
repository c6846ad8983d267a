package series

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dermtrace/internal/cie"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/roi"
)

// Photos of one skin for the tests of light: a card, treated skin, untreated skin to the
// left and the right of it.
const (
	litBase    = "2026-01-10.jpg" // the frame
	litFlush   = "2026-01-11.jpg" // the treated skin is red; the light is the frame's
	litCast    = "2026-01-12.jpg" // the same skin; cast and exposure off by 10 %, a gradient of 25 %
	litControl = "2026-01-13.jpg" // as litFlush, but untreated skin is flushed too
)

// litScript tells the course; its regions are px of a frame of 2000×1500.
func litScript(melanin float64) phantom.Script {
	box := func(x0, y0, x1, y1 float64) [][2]float64 { return [][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }
	flush := phantom.Change{Region: "treated", Blood: 0.02}
	cast := phantom.Photo{File: litCast, Pose: phantom.Pose{Zoom: 1.02, RotateDeg: 2, ShiftPx: [2]float64{20, -15}},
		Light:  phantom.Light{Gradient: 0.25},
		Camera: phantom.Camera{Noise: 0.7, ExposureEV: math.Log2(0.9), WB: [3]float64{1.1, 1, 0.9}}}
	plain := func(file string) phantom.Photo { return phantom.Photo{File: file, Camera: phantom.Camera{Noise: 0.7}} }
	visit := func(p phantom.Photo, skin ...phantom.Change) phantom.Visit {
		return phantom.Visit{At: strings.TrimSuffix(p.File, ".jpg"), Photos: []phantom.Photo{p}, Skin: skin}
	}
	return phantom.Script{
		Name: "light", Seed: 5, Tone: phantom.Tone{Melanin: melanin},
		Card: &phantom.Card{At: [2]float64{30, 36}, PitchMM: 3.6},
		Regions: []phantom.Region{
			{Name: "treated", Kind: "treated", Polygon: box(560, 180, 1440, 840)},
			{Name: "left", Kind: "control", Polygon: box(60, 100, 440, 1400)},
			{Name: "right", Kind: "control", Polygon: box(1560, 100, 1940, 1400)},
		},
		Visits: []phantom.Visit{
			visit(plain(litBase)), visit(plain(litFlush), flush), visit(cast, flush),
			visit(plain(litControl), flush, phantom.Change{Region: "left", Blood: 0.03}, phantom.Change{Region: "right", Blood: 0.03}),
		},
	}
}

// litPhotos renders a script on photos of 800×600 pixels.
func litPhotos(t *testing.T, melanin float64) fstest.MapFS {
	return rendered(t, litScript(melanin).Scaled(0.4))
}

func rendered(t *testing.T, s phantom.Script) fstest.MapFS {
	t.Helper()
	long(t)
	dir := t.TempDir()
	if err := phantom.Write(context.Background(), dir, s, phantom.Options{}); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	names, err := fs.Glob(os.DirFS(dir), "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(dir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: b}
	}
	return files
}

// with is a copy of the files whose series.yaml has another first line.
func with(files fstest.MapFS, head string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, f := range files {
		out[name] = f
	}
	out["series.yaml"] = &fstest.MapFile{Data: []byte(head + "\n" + string(files["series.yaml"].Data))}
	return out
}

// without takes a region out of series.yaml.
func without(t *testing.T, files fstest.MapFS, name string) fstest.MapFS {
	t.Helper()
	out := with(files, "")
	lines := strings.SplitAfter(string(files["series.yaml"].Data), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "  - name: "+name) })
	if at < 0 {
		t.Fatalf("no region %s in\n%s", name, strings.Join(lines, ""))
	}
	end := at + 1
	for strings.HasPrefix(lines[end], "    ") {
		end++
	}
	out["series.yaml"] = &fstest.MapFile{Data: []byte(strings.Join(slices.Delete(lines, at, end), ""))}
	return out
}

func numberOf(t *testing.T, rec *outcome.Record, file, region, measure string) outcome.Measurement {
	t.Helper()
	for _, r := range photoOf(t, rec, file).ROIs {
		if r.Name == region {
			return r.Measures[measure]
		}
	}
	t.Fatalf("%s has no region %s", file, region)
	return outcome.Measurement{}
}

// shift is how much a measure of the treated skin, which is the same on both photos,
// differs between the photo with cast and gradient and the one without.
func shift(t *testing.T, rec *outcome.Record, measure string) float64 {
	t.Helper()
	return float64(numberOf(t, rec, litCast, "treated", measure).Value - numberOf(t, rec, litFlush, "treated", measure).Value)
}

// Cast and exposure off by 10 % and a gradient of 25 % move the erythema index of the
// same skin by at most 0.2 units, and what depends on the strength of light by little.
func TestLightIsCorrected(t *testing.T) {
	const tolerance = 0.2 // erythema units
	for _, melanin := range []float64{0.025, 0.10, 0.25} {
		script := litScript(melanin)
		script.Visits = script.Visits[:3]
		files := rendered(t, script.Scaled(0.4))
		for _, method := range []string{"card", "control"} {
			rec := analyze(t, with(files, "calibration: "+method))
			k := photoOf(t, rec, litCast).Calibration
			ei, l := shift(t, rec, "erythema_index"), shift(t, rec, "l_star")
			t.Logf("melanin %g, %s: erythema index off by %+.3f, L* by %+.2f; gradient %v, removed %v", melanin, method, ei, l, k.Gradient, k.GradientRemoved)
			if k.Method != method || !(math.Abs(ei) <= tolerance) {
				t.Errorf("melanin %g, %s: method %s, erythema index off by %.3f", melanin, method, k.Method, ei)
			}
			if m := numberOf(t, rec, litCast, "treated", "erythema_index"); m.LightSE == nil || !(*m.LightSE > 0 && *m.LightSE < 1) {
				t.Errorf("melanin %g, %s: the light's error %v is not carried to the number", melanin, method, m.LightSE)
			}
			if method == "control" && (!k.GradientRemoved || !(math.Abs(l) <= 0.7)) { // 2 % of light, the slope's bound
				t.Errorf("melanin %g: gradient removed %v, L* off by %.2f", melanin, k.GradientRemoved, l)
			}
		}
	}
}

// What untreated skin on one side says of a gradient is carried to treated skin on the other
// side where that shows the same by itself, and warned of where it does not.
func TestAGradientBesideTheControl(t *testing.T) {
	files := without(t, with(litPhotos(t, 0.05), "calibration: control"), "right")
	rec := analyze(t, files)
	k := photoOf(t, rec, litCast).Calibration
	if l := shift(t, rec, "l_star"); !k.GradientRemoved || !(math.Abs(l) <= 0.7) { // 2 % of light, the slope's bound
		t.Errorf("gradient %v, removed %v, L* off by %.2f", k.Gradient, k.GradientRemoved, l)
	}
	shot := files[litCast].Data
	for _, ramp := range []float64{-0.3, 0.3} { // ln over the treated skin
		files[litCast] = &fstest.MapFile{Data: repaint(t, shot, func(x, y int, c [3]float64) [3]float64 {
			if x < 200 || x >= 600 || y < 50 || y >= 360 { // the treated region and what is around it
				return c
			}
			k := math.Exp(ramp * (float64(x-200)/400 - 0.5))
			return [3]float64{k * c[0], k * c[1], k * c[2]}
		})}
		rec := analyze(t, files)
		k := photoOf(t, rec, litCast).Calibration
		if k.GradientRemoved || k.Gradient == nil || !(*k.Gradient > 0.05) {
			t.Errorf("treated skin with a ramp of %v: gradient %v, removed %v", ramp, k.Gradient, k.GradientRemoved)
		}
		if m := numberOf(t, rec, litCast, "treated", "l_star"); !slices.Contains(m.Warnings, outcome.LightGradient) {
			t.Errorf("L* carries %v", m.Warnings)
		}
		if m := numberOf(t, rec, litCast, "treated", "erythema_index"); slices.Contains(m.Warnings, outcome.LightGradient) {
			t.Errorf("a ratio of colours carries %v", m.Warnings)
		}
	}
}

// What treated skin does, be it brighter by a quarter from its one end to the other, says
// nothing of the light.
func TestTreatedSkinNeverTellsAGradient(t *testing.T) {
	script := litScript(0.05)
	script.Visits = script.Visits[:2]
	files := with(rendered(t, script.Scaled(0.4)), "calibration: control")
	shot := files[litFlush].Data
	painted := func(change func(x, y int, c [3]float64) [3]float64) outcome.Calibration {
		files[litFlush] = &fstest.MapFile{Data: repaint(t, shot, change)}
		return photoOf(t, analyze(t, files), litFlush).Calibration
	}
	before := painted(func(_, _ int, c [3]float64) [3]float64 { return c }) // what painting does to codes is in both
	after := painted(func(x, y int, c [3]float64) [3]float64 {
		if x < 224 || x >= 576 || y < 72 || y >= 336 { // the treated region
			return c
		}
		k := math.Exp(math.Log(1.25) * (float64(x-224)/352 - 0.5))
		return [3]float64{k * c[0], k * c[1], k * c[2]}
	})
	if before.GradientRemoved || after.GradientRemoved || !(*after.Gradient <= 0.01) {
		t.Errorf("gradient %v before, %v after", *before.Gradient, *after.Gradient)
	}
	for k, g := range before.Gain {
		if d := math.Log(float64(after.Gain[k] / g)); !(math.Abs(d) <= 0.002) { // tiles that moved by a tenth of a pixel with the alignment
			t.Errorf("channel %d: gain %v before, %v after", k, g, after.Gain[k])
		}
	}
}

func TestCardAndControlSkinAreHeldAgainstEachOther(t *testing.T) {
	rec := analyze(t, litPhotos(t, 0.05))
	for _, tt := range []struct {
		file     string
		disagree bool
	}{{litFlush, false}, {litCast, false}, {litControl, true}} {
		p := photoOf(t, rec, tt.file)
		d := p.Calibration.ControlDE00
		if p.Calibration.Method != "card" || d == nil || (*d > 2) != tt.disagree {
			t.Errorf("%s: %+v, control %v", tt.file, p.Calibration, d)
			continue
		}
		m := numberOf(t, rec, tt.file, "treated", "hemoglobin")
		if slices.Contains(m.Warnings, outcome.LightsDisagree) != tt.disagree {
			t.Errorf("%s: %.2f ΔE00, warnings %v", tt.file, *d, m.Warnings)
		}
	}
}

// A square of an even grey in a frame of 800×600: the card's fifth neutral patch, whose
// pitch is 48 px. The card itself is excluded from the search.
const greySeries = `calibration: auto
frame: 2026-01-10.jpg
scale: {mm_per_px: 0.075}
rois:
  - {name: treated, kind: treated, polygon: [[224, 72], [576, 72], [576, 336], [224, 336]]}
  - {name: grey, kind: grey, reflectance: 0.198, polygon: [[412, 540], [436, 540], [436, 564], [412, 564]]}
  - {name: card, kind: exclude, polygon: [[240, 370], [560, 370], [560, 590], [240, 590]]}
visits:
  - {at: 2026-01-10, photos: [2026-01-10.jpg]}
  - {at: 2026-01-11, photos: [2026-01-11.jpg]}
  - {at: 2026-01-12, photos: [2026-01-12.jpg]}
`

// greyPhotos are those of litScript without untreated skin, as JPEG and without loss.
func greyPhotos(t *testing.T) (coded, lossless fstest.MapFS) {
	t.Helper()
	long(t)
	script := litScript(0.05)
	script.Visits = script.Visits[:3]
	p, err := phantom.New(script.Scaled(0.4))
	if err != nil {
		t.Fatal(err)
	}
	coded = fstest.MapFS{"series.yaml": {Data: []byte(greySeries)}}
	lossless = fstest.MapFS{"series.yaml": {Data: []byte(greySeries)}}
	for i := range p.Photos() {
		r, err := p.Photo(i)
		if err != nil {
			t.Fatal(err)
		}
		coded[r.File] = &fstest.MapFile{Data: r.Encoded}
		lossless[r.File] = &fstest.MapFile{Data: codes8(t, r.Pixels.W(), r.Pixels.H(), func(x, y int) [3]float64 {
			return [3]float64{float64(r.Pixels.R.At(x, y)), float64(r.Pixels.G.At(x, y)), float64(r.Pixels.B.At(x, y))}
		})}
	}
	return coded, lossless
}

// A grey square sets the light as well as its file tells the square's colour: JPEG
// rounds the mean of an even square (see [calib.FromGrey]), and the error that is
// carried to the number says so.
func TestGreyReferenceSetsTheLight(t *testing.T) {
	const (
		tolerance = 0.1  // erythema units: the square's mean is sure to 0.03, the skin's to less
		jpegStep  = 0.34 // of one square; both photos have one
	)
	coded, lossless := greyPhotos(t)
	for name, files := range map[string]fstest.MapFS{"lossless": lossless, "JPEG": coded} {
		rec := analyze(t, files)
		k := photoOf(t, rec, litCast).Calibration
		ei := shift(t, rec, "erythema_index")
		m := numberOf(t, rec, litCast, "treated", "erythema_index")
		t.Logf("%s: erythema index off by %+.3f, by the light %.3f", name, ei, *m.LightSE)
		bound := tolerance
		if name == "JPEG" {
			bound += math.Sqrt2 * jpegStep
		}
		if k.Method != "grey" || k.Reason == "" || !(math.Abs(ei) <= bound) {
			t.Errorf("%s: method %q because %q, erythema index off by %.3f", name, k.Method, k.Reason, ei)
		}
		if !(math.Abs(ei) <= 2*float64(*m.LightSE)) {
			t.Errorf("%s: erythema index off by %.3f, its error by the light is %.3f", name, ei, *m.LightSE)
		}
		if m := numberOf(t, rec, litCast, "treated", "hemoglobin"); !slices.Contains(m.Warnings, outcome.GreyLight) {
			t.Errorf("%s: warnings %v", name, m.Warnings)
		}
	}
	// Where the grey was, another photo shows skin.
	coded[litFlush] = &fstest.MapFile{Data: repaint(t, coded[litFlush].Data, func(x, y int, c [3]float64) [3]float64 {
		if x > 240 && y > 370 && x < 560 && y < 590 {
			return [3]float64{0.4, 0.2, 0.13}
		}
		return c
	})}
	p := photoOf(t, analyze(t, coded), litFlush)
	if p.Calibration.Method != "none" || !strings.Contains(p.Calibration.Reason, "does not show what it showed") {
		t.Errorf("skin was taken for grey: %+v", p.Calibration)
	}
}

// codes8 is a PNG of 8 bits of linear light.
func codes8(t *testing.T, w, h int, light func(x, y int) [3]float64) []byte {
	t.Helper()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	code := func(v float64) uint8 { return uint8(math.Round(255 * cie.Encode(math.Max(0, math.Min(v, 1))))) }
	for y := range h {
		for x := range w {
			c := light(x, y)
			out.SetRGBA(x, y, color.RGBA{code(c[0]), code(c[1]), code(c[2]), 255})
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, out); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// repaint changes the linear light of a photo's pixels and writes it without loss.
func repaint(t *testing.T, file []byte, paint func(x, y int, c [3]float64) [3]float64) []byte {
	t.Helper()
	src, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	table := cie.DecodeTable(256)
	return codes8(t, src.Bounds().Dx(), src.Bounds().Dy(), func(x, y int) [3]float64 {
		r, g, b, _ := src.At(x, y).RGBA()
		return paint(x, y, [3]float64{float64(table[r>>8]), float64(table[g>>8]), float64(table[b>>8])})
	})
}

// Each tile of untreated skin drifts by itself: those that set the light one way, the
// others the other way. The light takes the drift of its own tiles for a change of
// light; what is measured must be the others, which then show both. Pixels that served
// as both would show nothing.
func TestDriftOfControlSkinShowsInItsWitness(t *testing.T) {
	files := without(t, with(litPhotos(t, 0.05), "calibration: control"), "right")
	edit(t, files, "frame: "+litBase, "frame: "+litBase) // the frame has no pose: tiles are the same pixels
	outline := geom.Polygon{{X: 24, Y: 40}, {X: 176, Y: 40}, {X: 176, Y: 560}, {X: 24, Y: 560}}
	light, witness, err := roi.Tiles(outline, 0)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	drift := make([]float64, 800*600)
	mean := func(tiles []roi.Tile, sign float64) (sum float64) {
		for _, tile := range tiles {
			d := sign * (0.02 + 0.02*rng.Float64()) // ln of green
			m := roi.Fill(tile.Polygon, 800, 600)
			for y := m.Y0; y < m.Y0+m.H; y++ {
				m.Runs(y, func(x0, x1 int) {
					for x := x0; x < x1; x++ {
						drift[800*y+x] = d
					}
				})
			}
			sum += d / float64(len(tiles))
		}
		return sum
	}
	want := 100 / math.Ln10 * (mean(light, 1) - mean(witness, -1)) // less green is more red
	before := analyze(t, files)
	files[litFlush] = &fstest.MapFile{Data: repaint(t, files[litFlush].Data, func(x, y int, c [3]float64) [3]float64 {
		c[1] *= math.Exp(drift[800*y+x])
		return c
	})}
	after := analyze(t, files)
	seen := float64(numberOf(t, after, litFlush, "left", "erythema_index").Value - numberOf(t, before, litFlush, "left", "erythema_index").Value)
	t.Logf("drift %.2f erythema units, witness shows %.2f", want, seen)
	if !(math.Abs(seen-want) <= 0.1*want) {
		t.Errorf("the witness half shows a drift of %.2f, it is %.2f", seen, want)
	}
}

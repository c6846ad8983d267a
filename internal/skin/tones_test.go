package skin_test

import (
	"fmt"
	"math"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/phantom"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
)

// A course of one tone: a flush that settles, then melanin from ×0.8 to ×1.5, on small
// photos with noise, by the project's own simulator.
var (
	flushes = []float64{0.03, 0.016, 0.006}
	factors = []float64{0.8, 1.15, 1.3, 1.5}
)

const tonePx, toneMM = 420, 1.0 / 12

func toneScript(tone phantom.Tone, sensor string, glare float64) phantom.Script {
	s := phantom.Script{Name: "tone", Seed: 9, Width: tonePx, Height: tonePx, MMPerPx: toneMM, Tone: tone, Sensor: sensor,
		Anatomy: phantom.Anatomy{HairsPerCM: -1, Naevi: -1, Spots: 6, Vessels: -1},
		Regions: []phantom.Region{
			{Name: "treated", Kind: "treated", Polygon: [][2]float64{{20, 20}, {270, 20}, {270, 400}, {20, 400}}},
			{Name: "control", Kind: "control", Polygon: [][2]float64{{330, 20}, {400, 20}, {400, 400}, {330, 400}}},
		}}
	day := 0
	visit := func(change ...phantom.Change) {
		photo := phantom.Photo{File: fmt.Sprintf("%d.jpg", day), Light: phantom.Light{Glare: glare}, Camera: phantom.Camera{Noise: 1}}
		s.Visits = append(s.Visits, phantom.Visit{At: fmt.Sprintf("2026-01-%02d", 10+day), Skin: change, Photos: []phantom.Photo{photo}})
		day++
	}
	visit()
	for _, b := range flushes {
		visit(phantom.Change{Region: "treated", Blood: b})
	}
	for _, k := range factors {
		visit(phantom.Change{Region: "treated", Melanin: (k - 1) * tone.Melanin})
	}
	return s
}

// toneVisit is what is true of a visit's treated skin against control and what is read.
type toneVisit struct {
	melanin, blood         float64
	readMelanin, readBlood float64
}

func toneCourse(t *testing.T, s phantom.Script) []toneVisit {
	t.Helper()
	p, err := phantom.New(s)
	if err != nil {
		t.Fatal(err)
	}
	settled := model
	masks := map[string]*roi.Mask{}
	for _, r := range s.Regions {
		var g geom.Polygon
		for _, c := range r.Polygon {
			g = append(g, geom.Point{X: c[0], Y: c[1]})
		}
		masks[r.Name] = roi.Fill(g, tonePx, tonePx)
	}
	var visits []toneVisit
	for i := range p.Photos() {
		photo, err := p.Photo(i)
		if err != nil {
			t.Fatal(err)
		}
		sheet := func(region string) *skin.Sheet {
			return skin.Prepare(skin.Region{RGB: photo.Pixels, Mask: masks[region], PxPerMM: 1 / toneMM, Model: settled})
		}
		if i == 0 {
			settled = skin.Settle(settled, true, sheet("treated"), sheet("control"))
		}
		value := func(region, name string) float64 {
			return float64(skin.Measure(sheet(region), skin.Freeze())[name].Value)
		}
		truth := photo.Truth.Regions
		visits = append(visits, toneVisit{
			melanin: truth["treated"].Melanin, blood: 100 * (truth["treated"].Blood - truth["control"].Blood),
			readMelanin: value("treated", "melanin"), readBlood: value("treated", "hemoglobin") - value("control", "hemoglobin"),
		})
	}
	return visits
}

// toneFigures are the figures that a course is judged by.
type toneFigures struct {
	bloodR, bloodSlope, bloodResidual float64 // of haemoglobin against true blood
	flushMelanin                      float64 // of the strongest flush, relative
	melaninR, melaninSlope            float64 // of ln melanin against its truth
	melaninBlood                      float64 // points of blood that melanin is read as, at most
}

func judge(v []toneVisit) (f toneFigures) {
	var x, y, lx, ly []float64
	for i, s := range v {
		if i <= len(flushes) {
			x, y = append(x, s.blood-v[0].blood), append(y, s.readBlood-v[0].readBlood)
			continue
		}
		f.melaninBlood = max(f.melaninBlood, math.Abs(s.readBlood-v[0].readBlood))
	}
	for _, s := range append([]toneVisit{v[0]}, v[len(flushes)+1:]...) {
		lx, ly = append(lx, math.Log(s.melanin)), append(ly, math.Log(s.readMelanin))
	}
	f.bloodR, f.bloodSlope, f.bloodResidual = line(x, y)
	f.melaninR, f.melaninSlope, _ = line(lx, ly)
	f.flushMelanin = v[1].readMelanin/v[0].readMelanin - 1
	return f
}

// The figures that the tool states for itself, on light, medium and dark skin.
func TestTonesOfSkin(t *testing.T) {
	for _, c := range []struct {
		name                             string
		melanin, leak, melaninR, mistook float64
	}{
		{"light", 0.03, 0.05, 0.99, 0.2},
		{"medium", 0.07, 0.05, 0.99, 0.2},
		{"dark", 0.25, 0.15, 0.98, 0.8},
	} {
		tone := phantom.Tone{Melanin: c.melanin, Blood: 0.0125, Surface: chromo.DefaultSurface}
		f := judge(toneCourse(t, toneScript(tone, "", -1)))
		t.Logf("%-6s %+.4f", c.name, f)
		near(t, c.name+": r of blood", f.bloodR, 1, 0.01)
		near(t, c.name+": slope of blood", f.bloodSlope, 1.1, 0.5)
		near(t, c.name+": residual of blood", f.bloodResidual, 0, 0.25)
		near(t, c.name+": melanin of a flush", f.flushMelanin, 0, c.leak)
		near(t, c.name+": r of melanin", f.melaninR, 1, 1-c.melaninR)
		near(t, c.name+": log slope of melanin", f.melaninSlope, 1.05, 0.35)
		near(t, c.name+": blood of melanin", f.melaninBlood, 0, c.mistook)
	}
}

// Other optics than the model's: a flush reads as at most a quarter of the melanin, and the
// number says that the camera is not known. What misses that is logged with its figure.
func TestTonesUnderOtherOptics(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: other optics in short tests")
	}
	for _, c := range []struct {
		name   string
		tone   phantom.Tone
		sensor string
		glare  float64
		bound  float64
	}{
		{"oxygenation 0.6, light", phantom.Tone{Melanin: 0.03, Surface: 0.0125, Oxygenation: 0.6}, "", -1, 0.25},
		{"surface 0.03, medium", phantom.Tone{Melanin: 0.07, Surface: 0.03}, "", -1, 0.25},
		{"surface 0.03, dark", phantom.Tone{Melanin: 0.25, Surface: 0.03}, "", -1, 0.25},
		{"shine, medium", phantom.Tone{Melanin: 0.07, Surface: 0.02}, "", 1, 0.25},
		{"unknown camera, light", phantom.Tone{Melanin: 0.025, Surface: 0.0125}, "nikon_d5100", -1, 0.25},
		{"unknown camera, dark", phantom.Tone{Melanin: 0.25, Surface: 0.0125}, "nikon_d5100", -1, 0.25},
		{"unknown camera, medium", phantom.Tone{Melanin: 0.07, Surface: 0.0125}, "nikon_d5100", -1, math.Inf(1)},
	} {
		c.tone.Blood = 0.0125
		s := toneScript(c.tone, c.sensor, c.glare)
		s.Visits = s.Visits[:2]
		v := toneCourse(t, s)
		leak := v[1].readMelanin/v[0].readMelanin - 1
		t.Logf("%-24s melanin %.1f %% read %.1f; a flush of 3 reads as %+.0f %% melanin and %.1f blood", c.name, 100*v[0].melanin, v[0].readMelanin, 100*leak, v[1].readBlood-v[0].readBlood)
		near(t, c.name, leak, 0, c.bound)
	}
}

func TestAnUnknownCameraIsSaid(t *testing.T) {
	sheet := sheetOf(plain.photo(), square(0, 0, 120, 120), patchPxPerMM)
	if w := skin.Measure(sheet, skin.Freeze())["melanin"].Warnings; len(w) != 1 || w[0] != outcome.UnknownCamera {
		t.Errorf("warned of %v", w)
	}
	known := skin.Prepare(skin.Region{RGB: plain.photo(), Mask: square(0, 0, 120, 120), Model: chromo.NewModel(chromo.Options{Matched: true})})
	if w := skin.Measure(known, skin.Freeze())["melanin"].Warnings; len(w) != 0 {
		t.Errorf("a camera that a card stood in for is doubted: %v", w)
	}
}

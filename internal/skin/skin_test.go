package skin_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"dermtrace/internal/chromo"
	"dermtrace/internal/geom"
	"dermtrace/internal/optics"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/roi"
	"dermtrace/internal/skin"
)

var model = chromo.NewModel(chromo.Options{})

// patch is a photo of skin with a relief of waves and pigment spots 1.6 mm wide.
type patch struct {
	melanin, blood, relief, spots float64
}

const patchPx, patchPxPerMM = 600, 30.0

func (p patch) photo() *raster.RGB {
	rgb := raster.NewRGB(patchPx, patchPx)
	table := optics.Skin{Surface: chromo.DefaultSurface}.Table(optics.SRGB())
	for y := range patchPx {
		for x := range patchPx {
			u, v := float64(x)/patchPxPerMM, float64(y)/patchPxPerMM
			pit := math.Exp(-(math.Pow(math.Mod(u, 2)-1, 2) + math.Pow(math.Mod(v, 2)-1, 2)) / 0.03)
			light := math.Exp(p.relief * (-8*pit + math.Sin(2*math.Pi*(1.1*u+0.7*v)) + math.Sin(2*math.Pi*(1.4*v-0.5*u)) + math.Sin(2*math.Pi*0.4*u)))
			melanin := p.melanin
			if math.Hypot(math.Mod(u, 5)-2.5, math.Mod(v, 5)-2.5) < 0.8 {
				melanin *= 1 + p.spots
			}
			r, g, b := table.RGB(float32(melanin), float32(p.blood))
			rgb.R.Set(x, y, float32(light)*r)
			rgb.G.Set(x, y, float32(light)*g)
			rgb.B.Set(x, y, float32(light)*b)
		}
	}
	return rgb
}

var plain = patch{melanin: 0.06, blood: 0.012, relief: 0.04, spots: 0.7}

// around is the skin that the patch is held against as if it were a scar.
var around = patch{melanin: 0.05, blood: 0.01, relief: 0.025, spots: 0}

func square(x0, y0, x1, y1 float64) *roi.Mask {
	box := geom.Polygon{{X: x0 - 0.5, Y: y0 - 0.5}, {X: x1 - 0.5, Y: y0 - 0.5}, {X: x1 - 0.5, Y: y1 - 0.5}, {X: x0 - 0.5, Y: y1 - 0.5}}
	return roi.Rasterize([]geom.Polygon{box}, nil, 4000, 4000)
}

func sheetOf(rgb *raster.RGB, mask *roi.Mask, pxPerMM float64) *skin.Sheet {
	return skin.Prepare(skin.Region{RGB: rgb, Mask: mask, PxPerMM: pxPerMM, Model: model})
}

func measured(p patch) map[string]outcome.Measurement {
	base := sheetOf(plain.photo(), square(0, 0, patchPx, patchPx), patchPxPerMM)
	sheet := sheetOf(p.photo(), square(0, 0, patchPx, patchPx), patchPxPerMM)
	sheet.ReadRelief(skin.Unevenness(base)) // as a series does
	sheet.Beside(sheetOf(around.photo(), square(0, 0, patchPx, patchPx), patchPxPerMM))
	return skin.Measure(sheet, skin.Freeze(base))
}

// phantomTests says, for each index, which simulated change must move it and which way;
// an index without one has no business in the table.
var phantomTests = map[string]struct {
	change patch
	rises  bool
}{
	"hemoglobin":       {patch{0.06, 0.03, 0.04, 0.7}, true},
	"erythema_index":   {patch{0.06, 0.03, 0.04, 0.7}, true},
	"a_star":           {patch{0.06, 0.03, 0.04, 0.7}, true},
	"red_area":         {patch{0.06, 0.03, 0.04, 0.7}, true},
	"red_burden":       {patch{0.06, 0.03, 0.04, 0.7}, true},
	"melanin":          {patch{0.09, 0.012, 0.04, 0.7}, true},
	"melanin_index":    {patch{0.09, 0.012, 0.04, 0.7}, true},
	"ita":              {patch{0.09, 0.012, 0.04, 0.7}, false},
	"l_star":           {patch{0.09, 0.012, 0.04, 0.7}, false},
	"pigmented_area":   {patch{0.06, 0.012, 0.04, 0.05}, false},
	"spot_count":       {patch{0.06, 0.012, 0.04, 0.05}, false},
	"spot_burden":      {patch{0.06, 0.012, 0.04, 0.5}, false},
	"mmasi_like":       {patch{0.06, 0.012, 0.04, 0.5}, false},
	"scar_melanin":     {patch{0.09, 0.012, 0.04, 0.7}, true},
	"scar_hemoglobin":  {patch{0.06, 0.03, 0.04, 0.7}, true},
	"scar_relief":      {patch{0.06, 0.012, 0.03, 0.7}, false},
	"relief_ratio":     {patch{0.06, 0.012, 0.03, 0.7}, false},
	"scar_area":        {patch{0.052, 0.0105, 0.04, 0}, false},
	"evenness":         {patch{0.06, 0.012, 0.04, 0.5}, false},
	"evenness_coarse":  {patch{0.06, 0.012, 0.04, 0.5}, false},
	"roughness":        {patch{0.06, 0.012, 0.03, 0.7}, false},
	"texture_variance": {patch{0.06, 0.012, 0.03, 0.7}, false},
	"texture_fine":     {patch{0.06, 0.012, 0.03, 0.7}, false},
	"texture_coarse":   {patch{0.06, 0.012, 0.03, 0.7}, false},
	"line_density":     {patch{0.06, 0.012, 0.015, 0.7}, false},
	"line_depth":       {patch{0.06, 0.012, 0.03, 0.7}, false},
	"line_width":       {patch{0.06, 0.012, 0.02, 0.7}, true}, // the narrowest lines go first
	"pore_density":     {patch{0.06, 0.012, 0.01, 0.7}, false},
	"pore_size":        {patch{0.06, 0.012, 0.03, 0.7}, false},
	"glcm_contrast":    {patch{0.06, 0.012, 0.03, 0.7}, false},
	"glcm_homogeneity": {patch{0.06, 0.012, 0.03, 0.7}, true},
	"glcm_entropy":     {patch{0.06, 0.012, 0.03, 0.7}, false},
	"glcm_correlation": {patch{0.06, 0.012, 0.03, 0.7}, false},
}

func TestEveryIndexMovesWithItsCause(t *testing.T) {
	base := measured(plain)
	done := map[patch]map[string]outcome.Measurement{}
	for _, index := range skin.Indices() {
		if index.Needs.Hair {
			continue // TestHairMovesWithItsCause
		}
		c, ok := phantomTests[index.Name]
		if !ok {
			t.Errorf("%s has no phantom test", index.Name)
			continue
		}
		if done[c.change] == nil {
			done[c.change] = measured(c.change)
		}
		from, to := base[index.Name], done[c.change][index.Name]
		if rose := to.Value > from.Value; !to.Value.Known() || !from.Value.Known() || to.Value == from.Value || rose != c.rises {
			t.Errorf("%s went from %v to %v %v", index.Name, from.Value, to.Value, to.Warnings)
		}
		if from.Unit != index.Unit || from.N <= 0 {
			t.Errorf("%s is measured as %+v, defined in %q", index.Name, from, index.Unit)
		}
	}
}

func TestTheTableIsComplete(t *testing.T) {
	primary := map[string]int{}
	seen := map[string]bool{}
	for _, index := range skin.Indices() {
		if index.Unit == "" || index.Reference == "" || index.Meaning == "" || index.Version < 1 || index.Clock == "" || seen[index.Name] {
			t.Errorf("%s is not fully defined: %+v", index.Name, index.Definition)
		}
		if !slices.Contains([]string{outcome.Ratio, outcome.Interval, outcome.Count, outcome.Proportion}, index.Scale) {
			t.Errorf("%s has the scale %q", index.Name, index.Scale)
		}
		for goal, direction := range index.GoalDirection {
			if direction != "up" && direction != "down" {
				t.Errorf("%s: goal %q has the direction %q", index.Name, goal, direction)
			}
		}
		if index.Primary {
			primary[index.Family]++
		}
		seen[index.Name] = true
	}
	for _, name := range []string{"melanin", "ita", "l_star"} {
		if len(skin.Definitions()[name].GoalDirection) != 0 {
			t.Errorf("%s must have no direction", name)
		}
	}
	for _, family := range []string{outcome.Redness, outcome.Pigment, outcome.Texture} {
		if primary[family] != 1 {
			t.Errorf("%s has %d primary measures", family, primary[family])
		}
	}
}

// Skin that is only red, only darker or only smoother changes only that.
func TestFamiliesDoNotLeak(t *testing.T) {
	base := measured(plain)
	ratio := func(p patch, name string) float64 { return float64(measured(p)[name].Value / base[name].Value) }
	near(t, "melanin of a flush", ratio(patch{0.06, 0.042, 0.04, 0.7}, "melanin"), 1, 0.02)
	// The rims of these spots are sharper than light can draw in skin, and linear light is free
	// of pigment to first order only.
	near(t, "roughness of a flush", ratio(patch{0.06, 0.042, 0.04, 0.7}, "roughness"), 1, 0.015)
	near(t, "blood of pigment", ratio(patch{0.09, 0.012, 0.04, 0.7}, "hemoglobin"), 1, 0.02)
	near(t, "roughness of pigment", ratio(patch{0.09, 0.012, 0.04, 0.7}, "roughness"), 1, 0.02)
	near(t, "blood of smoothness", ratio(patch{0.06, 0.012, 0.02, 0.7}, "hemoglobin"), 1, 0.005)
	near(t, "melanin of smoothness", ratio(patch{0.06, 0.012, 0.02, 0.7}, "melanin"), 1, 0.005)
}

// What lies outside the mask has no say: masking equals cropping, to the bit.
func TestMaskingEqualsCropping(t *testing.T) {
	whole := plain.photo()
	const a, b = 100, 460
	crop := whole.Crop(a, a, b, b)
	for i := range whole.R.Pix {
		if x, y := i%patchPx, i/patchPx; x < a || y < a || x >= b || y >= b {
			whole.R.Pix[i], whole.G.Pix[i], whole.B.Pix[i] = float32(math.NaN()), 0, 7
		}
	}
	masked, cropped := sheetOf(whole, square(a, a, b, b), patchPxPerMM), sheetOf(crop, square(0, 0, b-a, b-a), patchPxPerMM)
	ref := skin.Freeze(cropped)
	got, want := written(t, skin.Measure(masked, ref)), written(t, skin.Measure(cropped, ref))
	if got != want {
		t.Errorf("masked %s\ncropped %s", got, want)
	}
}

func written(t *testing.T, m map[string]outcome.Measurement) string {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAnEmptyMaskGivesNoValue(t *testing.T) {
	rgb := plain.photo()
	ref := skin.Freeze(sheetOf(rgb, square(0, 0, 300, 300), patchPxPerMM))
	for what, mask := range map[string]*roi.Mask{"empty": {}, "outside the photo": square(700, 700, 900, 900)} {
		for name, m := range skin.Measure(sheetOf(rgb, mask, patchPxPerMM), ref) {
			if m.Value.Known() || len(m.Warnings) == 0 {
				t.Errorf("%s: %s = %+v", what, name, m)
			}
		}
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	rgb := plain.photo()
	for _, c := range []struct {
		pxPerMM float64
		measure string
		warning string
	}{
		{0, "roughness", outcome.ScaleUnknown}, {12, "roughness", outcome.ScaleTooCoarse}, {12, "glcm_contrast", outcome.ScaleTooCoarse},
		{0, "spot_burden", outcome.ScaleUnknown}, {4, "spot_count", outcome.ScaleTooCoarse}, {0, "evenness", outcome.ScaleUnknown},
		{math.NaN(), "roughness", outcome.ScaleUnknown},
	} {
		sheet := sheetOf(rgb, square(0, 0, patchPx, patchPx), c.pxPerMM)
		m := skin.Measure(sheet, skin.Freeze(sheet))
		if got := m[c.measure]; got.Value.Known() || !slices.Contains(got.Warnings, c.warning) {
			t.Errorf("%s at %v px/mm: %+v, want %s", c.measure, c.pxPerMM, got, c.warning)
		}
		if !m["hemoglobin"].Value.Known() {
			t.Errorf("haemoglobin needs no scale: %+v", m["hemoglobin"])
		}
	}
	if m := skin.Measure(sheetOf(rgb, square(0, 0, 300, 300), 30), skin.Freeze()); m["red_area"].Value.Known() || m["spot_burden"].Value.Known() {
		t.Error("measured against a baseline that does not exist")
	}
}

func TestDoubtTravelsWithTheNumber(t *testing.T) {
	rgb := plain.photo()
	for i := range rgb.R.Pix {
		if i%patchPx < 40 {
			rgb.R.Pix[i], rgb.G.Pix[i], rgb.B.Pix[i] = 1, 1, 0.2
		}
	}
	sheet := sheetOf(rgb, square(0, 0, patchPx, patchPx), patchPxPerMM)
	m := skin.Measure(sheet, skin.Freeze(sheet))
	if w := m["hemoglobin"].Warnings; !slices.Contains(w, outcome.Clipped) || !slices.Contains(w, outcome.OutsideModel) {
		t.Errorf("clipped, foreign skin is measured with %v", w)
	}
	if w := m["roughness"].Warnings; !slices.Contains(w, outcome.Clipped) {
		t.Errorf("clipped skin's roughness is measured with %v", w)
	}
	tiny := sheetOf(plain.photo(), square(0, 0, 15, 15), patchPxPerMM)
	if w := skin.Measure(tiny, skin.Freeze(tiny))["melanin"].Warnings; !slices.Contains(w, outcome.RegionTiny) {
		t.Errorf("a tiny region is measured with %v", w)
	}
}

// Two photos of the same spots from two places: each is found again and unchanged.
func TestSpotsOfTwoSheetsMatch(t *testing.T) {
	rgb := plain.photo()
	whole := sheetOf(rgb, square(0, 0, patchPx, patchPx), patchPxPerMM)
	part := sheetOf(rgb.Crop(37, 11, patchPx, patchPx), square(0, 0, patchPx-37, patchPx-11), patchPxPerMM)
	const frameMMPerPx = 1 / patchPxPerMM
	at := func(t geom.Transform) skin.Placing {
		return skin.Placing{FrameFromRGB: t, MMPerPx: frameMMPerPx}
	}
	before := whole.SpotMap(at(geom.Identity()))
	bent := at(geom.Identity()) // by as much as the crop
	bent.Bend = func(p geom.Point) geom.Point { return geom.Point{X: p.X - 37, Y: p.Y - 11} }
	for name, after := range map[string]*skin.SpotMap{"moved": part.SpotMap(at(geom.Translation(37, 11))), "bent": part.SpotMap(bent)} {
		followed(t, name, skin.Freeze(whole), before, after)
	}
	if sheetOf(rgb, square(0, 0, patchPx, patchPx), 0).SpotMap(at(geom.Identity())) != nil || whole.SpotMap(skin.Placing{FrameFromRGB: geom.Identity()}) != nil {
		t.Error("spots were found without a scale")
	}
}

// followed checks that unchanged spots are found again.
func followed(t *testing.T, name string, ref skin.Reference, before, after *skin.SpotMap) {
	t.Helper()
	const frameMMPerPx = 1 / patchPxPerMM
	if before == nil || after == nil {
		t.Fatal("the sheets have no spots to match")
	}
	base := before.Alone(ref)
	f := skin.MatchSpots(before, after, base)
	near(t, name+": spots", float64(len(f.Spots)), 16, 0)
	near(t, name+": total change", float64(f.Tally.Change), 0, 0.01)
	near(t, name+": burden", float64(f.Sums.Burden.Value/base.Burden.Value), 1, 0.01)
	near(t, name+": count", float64(f.Sums.Count.Value), float64(base.Count.Value), 0)
	near(t, name+": appeared and receded", float64(f.Tally.Appeared+f.Tally.Receded), 0, 0)
	for _, s := range f.Spots {
		if s.Fate != outcome.SpotPersisted {
			t.Errorf("%+v", s)
		}
		near(t, "x", math.Mod(float64(s.X)*frameMMPerPx, 5), 2.5, 0.1)
		near(t, "y", math.Mod(float64(s.Y)*frameMMPerPx, 5), 2.5, 0.1)
		near(t, "contrast", float64(s.To/s.From), 1, 0.05)
	}
}

package skin_test

import (
	"math"
	"slices"
	"testing"

	"dermtrace/internal/geom"
	"dermtrace/internal/outcome"
	"dermtrace/internal/raster"
	"dermtrace/internal/skin"
	"dermtrace/internal/skin/hair"
)

// hairy is the plain patch with n parallel dark hairs, each a soft line.
type hairy struct {
	n               int
	lengthMM, widMM float64
	pxPerMM         float64
}

func (h hairy) measured(t *testing.T, ref *skin.Reference) (map[string]outcome.Measurement, *skin.Sheet) {
	t.Helper()
	rgb := plain.photo()
	for k := range h.n {
		x, y := 0.1+0.8*math.Mod(float64(k)*0.618034, 1), 0.1+0.8*(float64(k)+0.5)/float64(h.n)
		h.draw(rgb, x*patchPx, y*patchPx)
	}
	all := square(0, 0, patchPx, patchPx)
	sheet := skin.Prepare(skin.Region{RGB: rgb, Mask: all, PxPerMM: h.pxPerMM, Model: model, Hair: all})
	if !ref.HairKnown {
		*ref = skin.Freeze(sheet)
	}
	return skin.Measure(sheet, *ref), sheet
}

// draw darkens a line through (x, y), covering pixels by how much of each it covers.
func (h hairy) draw(rgb *raster.RGB, x, y float64) {
	half, long := h.widMM*h.pxPerMM/2, h.lengthMM*h.pxPerMM/2
	s, c := math.Sincos(1.2)
	for v := int(y - long - 2); v <= int(y+long+2); v++ {
		for u := int(x - long - 2); u <= int(x+long+2); u++ {
			along, across := (float64(u)-x)*c+(float64(v)-y)*s, math.Abs((float64(v)-y)*c-(float64(u)-x)*s)
			a := max(0, min(1, min(across+0.5, half)-max(across-0.5, -half)))
			if a == 0 || math.Abs(along) > long || u < 0 || v < 0 || u >= patchPx || v >= patchPx {
				continue
			}
			for _, p := range rgb.Planes() {
				p.Set(u, v, float32((1-a)*float64(p.At(u, v))+a*0.03))
			}
		}
	}
}

func TestHairMovesWithItsCause(t *testing.T) {
	base := hairy{n: 14, lengthMM: 1.6, widMM: 0.07, pxPerMM: 60}
	var ref skin.Reference
	from, before := base.measured(t, &ref)
	more, longer, thicker := base, base, base
	more.n, longer.lengthMM, thicker.widMM = 20, 2.2, 0.1
	for name, changed := range map[string]hairy{"hair_count": more, "hair_density": more, "hair_length": longer, "hair_thickness": thicker} {
		to, _ := changed.measured(t, &ref)
		if !(to[name].Value > 1.1*from[name].Value) {
			t.Errorf("%s went from %+v to %+v", name, from[name], to[name])
		}
	}
	near(t, "count", float64(from["hair_count"].Value), 14, 0.5)
	for name, m := range from {
		texture := skin.Definitions()[name].Family == outcome.Texture
		if said := slices.Contains(m.Warnings, outcome.HairCovers); m.Value.Known() && said != texture {
			t.Errorf("%s says that hair covers skin: %v", name, said)
		}
	}
	near(t, "thickness", float64(from["hair_thickness"].Value), 70, 10)
	_, after := more.measured(t, &ref)
	a, err := before.Objects(geom.Scaling(1/base.pxPerMM), ref)
	if err != nil || a.Hairs == nil || hair.Match(a.Hairs, a.Hairs) != (outcome.Tally{Persisted: 14}) {
		t.Errorf("a visit's hair does not match itself: %v", err)
	}
	if b, err := after.Objects(geom.Identity(), skin.Reference{}); err != nil || b.Hairs != nil {
		t.Errorf("hair is matched without a baseline: %v", err)
	}
}

// Hair is measured where it is asked for alone, and refused where pixels are too coarse.
func TestHairIsAskedFor(t *testing.T) {
	if _, ok := measured(plain)["hair_count"]; ok {
		t.Error("hair was measured though nobody asked")
	}
	var ref skin.Reference
	m, _ := hairy{n: 3, lengthMM: 2, widMM: 0.07, pxPerMM: 18}.measured(t, &ref)
	for _, index := range skin.Indices() {
		if got := m[index.Name]; index.Needs.Hair && (got.Value.Known() || len(got.Warnings) != 1 || got.Warnings[0] != outcome.ScaleTooCoarse || got.Unit != index.Unit) {
			t.Errorf("%s at 18 px/mm: %+v", index.Name, got)
		}
	}
}

// Terminal hair that lies elsewhere in every photo is no texture, and the share it covers
// is said.
func TestHairIsLeftOutOfTexture(t *testing.T) {
	roughness := func(rgb *raster.RGB) (float64, float64) {
		s := sheetOf(rgb, square(0, 0, patchPx, patchPx), patchPxPerMM)
		return float64(skin.Measure(s, skin.Freeze(s))["roughness"].Value), s.Masked
	}
	bald, none := roughness(plain.photo())
	if none != 0 {
		t.Errorf("%.3f of skin without hair is masked", none)
	}
	rgb := plain.photo()
	for k := range 14 {
		hairy{lengthMM: 4, widMM: 0.08, pxPerMM: patchPxPerMM}.draw(rgb, patchPx*(0.15+0.05*float64(k)), patchPx*(0.2+0.6*math.Mod(float64(k)*0.618034, 1)))
	}
	got, covered := roughness(rgb)
	near(t, "share under hair", covered, 14*4*(0.08+2*0.12)/400, 0.02)
	near(t, "roughness beside hair", got/bald, 1, 0.02)
}

package chromo

import (
	"math"

	"dermtrace/internal/optics"
)

const (
	// rawPaler is by how much, in ln, developed skin must be short of the blood at rest more
	// than raw skin is off it to be raw: raw colours are pale (project default; by less than
	// half developed skin is short of it itself, and the darkest raw skin is not told).
	rawPaler = 0.25
	// The light on a photo that was exposed for skin, against a white that just fills the
	// encoding, as the standard deviation of its logarithm (project default).
	exposureSpread = 0.35
	// Nobody who names no camera photographs raw, unless the skin is then as ordinary as
	// this, which none of 30 developed photos of faces and wounds is, and likelier by so much,
	// in standard deviations squared: more than light skin that is shiny and dimly lit (project
	// defaults).
	rawStrangeness, rawMargin = 2.0, 5.0
)

// asWritten is the model of photos as they were written: developed towards sRGB, as nearly
// all are, or white balanced and otherwise raw. Raw colours are paler: read as developed
// the baseline's skin is without blood, and the lightest without melanin. Where no camera
// is named, one real sensor stands for all.
func (m *Model) asWritten(u, v, g float32) *Model {
	opt, camera := m.options, optics.NikonD5100()
	opt.raw = true
	if opt.Camera != nil {
		camera = opt.Camera.Raw()
		opt.Camera = &camera
	}
	developed := m.strangeness(u, v, g)
	if opt.Camera == nil && developed <= rawMargin {
		return m // nothing is likelier by more
	}
	raw := tabulated(opt, camera)
	if opt.Camera != nil {
		if raw.inverse.at(u, v).beyond < inside && m.short(u, v)-math.Abs(raw.short(u, v)) > rawPaler {
			return raw
		}
		return m
	}
	if m.inverse.at(u, v).melanin < leastSkin { // shine makes skin paler too
		shiny := m.withSurface(m.surfaced(u, v, often, Tint{}.against()).surface)
		developed = min(developed, shiny.strangeness(u, v, g))
	}
	if found := raw.strangeness(u, v, g); found < rawStrangeness && found+rawMargin < developed {
		return raw
	}
	return m
}

// short is by how much a colour is short of the blood of skin at rest, in ln.
func (m *Model) short(u, v float32) float64 {
	return math.Log(restingBlood / max(float64(m.inverse.at(u, v).blood), Floor))
}

// strangeness is how far a colour is from ordinary skin in ordinary light, in standard
// deviations squared.
func (m *Model) strangeness(u, v, g float32) float64 {
	a := m.inverse.at(u, v)
	lit := float64(g-a.base) / exposureSpread
	return oddity(float64(a.melanin), float64(a.blood)) + lit*lit
}

// RawFound reports whether the photos turned out to be raw.
func (m *Model) RawFound() bool { return m.options.raw }

package chromo

import (
	"math"

	"dermtrace/internal/optics"
)

const (
	// The light on a photo that was exposed for skin, against a white that just fills the
	// encoding, as the standard deviation of its logarithm (project default).
	exposureSpread = 0.35
	// By how much raw skin must be likelier than developed skin, in standard deviations squared,
	// when a camera is named: more than developed skin with the blood of rest ever is, of any
	// tone and shine (1.38, drawn with the optics formula).
	rawMargin = 1.4
	// Nobody who names no camera photographs raw, unless the skin is then as ordinary as
	// this, which none of 30 developed photos of faces and wounds is, and likelier by so much:
	// more than light skin that is shiny and dimly lit (project defaults).
	rawStrangeness, unnamedMargin = 2.0, 5.0
)

// asWritten is the model of photos as they were written: developed towards sRGB, as nearly
// all are, or white balanced and otherwise raw. Raw colours are paler: read as developed
// the baseline's skin is without blood, and the lightest without melanin. Where no camera
// is named, one real sensor stands for all.
func (m *Model) asWritten(u, v, g float32) *Model {
	opt, camera := m.options, optics.NikonD5100()
	most, margin := rawStrangeness, unnamedMargin
	if opt.Camera != nil {
		camera = opt.Camera.Raw()
		opt.Camera = &camera
		most, margin = math.Inf(1), rawMargin
	}
	developed := m.strangeness(u, v, g)
	if developed <= margin {
		return m // nothing is likelier by more
	}
	opt.raw = true
	raw := tabulated(opt, camera)
	found := raw.strangeness(u, v, g)
	if found >= most || found+margin >= developed {
		return m
	}
	if m.inverse.at(u, v).melanin < leastSkin { // shine makes skin paler too
		shiny := m.withSurface(m.surfaced(u, v, often, Tint{}.against()).surface)
		developed = min(developed, shiny.strangeness(u, v, g))
	}
	if found+margin < developed {
		return raw
	}
	return m
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

package chromo

import "dermtrace/internal/optics"

const (
	// The light on a photo that was exposed for skin, against a white that just fills the
	// encoding, as the standard deviation of its logarithm (project default).
	exposureSpread = 0.35
	// Photos are developed unless raw is likelier by this much, in standard deviations
	// squared (project default).
	rawMargin = 1.0
	// Nobody who names no camera photographs raw, unless the skin is then as ordinary as
	// this, which none of 30 developed photos of faces and wounds is (project default).
	rawStrangeness = 2.0
)

// asWritten is the model of photos as they were written: developed towards sRGB, as nearly
// all are, or white balanced and otherwise raw. The same skin read the other way is paler
// or browner than at rest and lit by less or more light than a photo is exposed for: the
// reading that makes the baseline ordinary skin in ordinary light holds. Where no camera is
// named, one real sensor stands for all.
func (m *Model) asWritten(u, v, g float32) *Model {
	developed := m.strangeness(u, v, g)
	if developed <= rawMargin {
		return m // nothing is likelier by more
	}
	opt, camera := m.options, optics.NikonD5100()
	opt.raw = true
	if opt.Camera != nil {
		camera = opt.Camera.Raw()
		opt.Camera = &camera
	}
	raw := tabulated(opt, camera)
	found := raw.strangeness(u, v, g)
	if found+rawMargin < developed && (opt.Camera != nil || found < rawStrangeness) {
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

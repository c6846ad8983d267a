package calib

import "dermtrace/internal/optics"

// Camera is the camera that saw the card, known by what it saw, with the colours corrected as
// the card corrects them: a correction brings patches to their colours, and skin, whose
// pigments are others, near its own. named is the only one there may be; nil: any that is
// known. ok is false where none sees a card so: of photos whose tones a converter has bent, as
// most are, no camera leaves less than a fifth, and skin is read as the observer sees it.
func (c Card) Camera(named *optics.Camera) (camera optics.Camera, ok bool) {
	var seen [24][3]float64
	for n, p := range c.Patches {
		if p.Used {
			seen[n] = p.RGB
		}
	}
	known := optics.Cameras()
	if named != nil {
		known = []optics.Camera{*named}
	}
	camera, ok = optics.OfCard(seen, known)
	return camera.Through(c.Correction.At), ok
}

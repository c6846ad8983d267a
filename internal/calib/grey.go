package calib

import (
	"fmt"
	"math"
)

// FromGrey returns the gains that make a grey or white region neutral and as light as
// its reflectance in (0, 1]: white balance and exposure, nothing about saturation.
// What remains is unknown (one colour fits itself), so ResidualDE00 is NaN.
//
// An even region is coded alike all over, so that its mean keeps what coding did to it.
// JPEG rounds mean chroma to an eighth of its first divisor, 3 at quality 92, and it is read
// in halves of a code: a quarter of a code of Cr is 0.6 codes of red less green, or 0.4
// units of the erythema index on an 18 % grey at most and 0.25 in the root mean square. In
// a file without loss those units stay below 0.05, and 24 patches of a card or skin, whose
// chroma varies, average them out.
func FromGrey(region TileLight, reflectance float64) (Light, error) {
	if !(reflectance > 0 && reflectance <= 1) {
		return Light{}, fmt.Errorf("calib: a reflectance of %v is not within 0 and 1", reflectance)
	}
	if !region.Valid {
		return Light{}, fmt.Errorf("calib: the grey region is too small, too dark or clipped")
	}
	l := Light{Method: MethodGrey, Tiles: 1, ResidualDE00: math.NaN()}
	for k := range 3 {
		light := math.Exp(region.Log[k])
		l.Gain[k] = reflectance / light
		// The region's own spread bounds how far its mean may be off: unevenness of light
		// over it does not average out as noise does. Rounding to codes is the same all over
		// an even region and does not either: its variance is 1/12 of a code's square.
		step := codeStep(light)
		l.LogGainCov[k][k] = region.SD[k]*region.SD[k] + step*step/12
	}
	return l, nil
}

package calib

import (
	"fmt"
	"math"
)

// FromGrey returns the gains that make a grey or white region neutral and as light as
// its reflectance in (0, 1]: white balance and exposure, nothing about saturation.
// What remains is unknown (one colour fits itself), so ResidualDE00 is NaN.
func FromGrey(region TileLight, reflectance float64) (Light, error) {
	if !(reflectance > 0 && reflectance <= 1) {
		return Light{}, fmt.Errorf("calib: a reflectance of %v is not within 0 and 1", reflectance)
	}
	if !region.Valid {
		return Light{}, fmt.Errorf("calib: the grey region is too small, too dark or clipped")
	}
	l := Light{Method: MethodGrey, Tiles: 1, ResidualDE00: math.NaN()}
	for k := range 3 {
		l.Gain[k] = reflectance / math.Exp(region.Log[k])
		// The region's own spread bounds how far its mean may be off: unevenness of light
		// over it does not average out as noise does.
		l.LogGainCov[k][k] = region.SD[k] * region.SD[k]
	}
	return l, nil
}

package cie

// Chromaticity returns x = X/(X+Y+Z), y = Y/(X+Y+Z).
func Chromaticity(xyz [3]float64) (x, y float64) {
	s := xyz[0] + xyz[1] + xyz[2]
	return xyz[0] / s, xyz[1] / s
}

// UV returns the CIE 1976 chromaticity u' = 4X/(X+15Y+3Z), v' = 9Y/(X+15Y+3Z), in
// which equal distances look roughly equal.
func UV(xyz [3]float64) (u, v float64) {
	s := xyz[0] + 15*xyz[1] + 3*xyz[2]
	return 4 * xyz[0] / s, 9 * xyz[1] / s
}

// CCT is the correlated colour temperature in kelvin of a chromaticity near the
// daylight locus (McCamy 1992, Color Res Appl 17:142). It means nothing for light
// that is clearly coloured.
func CCT(x, y float64) float64 {
	n := (x - 0.3320) / (0.1858 - y)
	return ((449*n+3525)*n+6823.3)*n + 5520.33
}

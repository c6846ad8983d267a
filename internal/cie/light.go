package cie

// UV returns the CIE 1976 chromaticity u' = 4X/(X+15Y+3Z), v' = 9Y/(X+15Y+3Z), in
// which equal distances look roughly equal.
func UV(xyz [3]float64) (u, v float64) {
	s := xyz[0] + 15*xyz[1] + 3*xyz[2]
	return 4 * xyz[0] / s, 9 * xyz[1] / s
}

package cie

import "fmt"

// Edition tells the two printings of the ColorChecker Classic apart. Using the wrong
// one is a bias of up to 2 ΔE00, so whoever owns the card must say which it is.
type Edition string

// Editions of the card, by its date of manufacture.
const (
	Before2014 Edition = "before2014" // GretagMacbeth and X-Rite, 2005 formulation
	After2014  Edition = "after2014"  // X-Rite and Calibrite, from November 2014
)

// Patch is one field of a chart and its CIELAB (D50, 2° observer).
type Patch struct {
	Name string
	Lab  Lab
}

// Patches of a ColorChecker Classic in reading order: row by row from dark skin.
const Patches = 24

// ColorChecker returns the reference values of a ColorChecker Classic, D50, 2°
// observer. Sources: X-Rite, "New color specifications for ColorChecker SG and
// Classic charts" (2014, i1Pro 2, M0) and the GretagMacbeth 2005 set as published by
// BabelColor. The b* of blue sky before 2014 is −21.925; copies that carry −21.905 took
// it from the next row. Cyan (after) lies outside sRGB: fit in XYZ.
func ColorChecker(e Edition) ([Patches]Patch, error) {
	switch e {
	case Before2014:
		return colorCheckerBefore2014, nil
	case After2014:
		return colorCheckerAfter2014, nil
	}
	return [Patches]Patch{}, fmt.Errorf("unknown card edition %q: it is %q or %q", e, Before2014, After2014)
}

var colorCheckerBefore2014 = [Patches]Patch{
	{"dark skin", Lab{37.986, 13.555, 14.059}},
	{"light skin", Lab{65.711, 18.13, 17.81}},
	{"blue sky", Lab{49.927, -4.88, -21.925}},
	{"foliage", Lab{43.139, -13.095, 21.905}},
	{"blue flower", Lab{55.112, 8.844, -25.399}},
	{"bluish green", Lab{70.719, -33.397, -0.199}},
	{"orange", Lab{62.661, 36.067, 57.096}},
	{"purplish blue", Lab{40.02, 10.41, -45.964}},
	{"moderate red", Lab{51.124, 48.239, 16.248}},
	{"purple", Lab{30.325, 22.976, -21.587}},
	{"yellow green", Lab{72.532, -23.709, 57.255}},
	{"orange yellow", Lab{71.941, 19.363, 67.857}},
	{"blue", Lab{28.778, 14.179, -50.297}},
	{"green", Lab{55.261, -38.342, 31.37}},
	{"red", Lab{42.101, 53.378, 28.19}},
	{"yellow", Lab{81.733, 4.039, 79.819}},
	{"magenta", Lab{51.935, 49.986, -14.574}},
	{"cyan", Lab{51.038, -28.631, -28.638}},
	{"white 9.5", Lab{96.539, -0.425, 1.186}},
	{"neutral 8", Lab{81.257, -0.638, -0.335}},
	{"neutral 6.5", Lab{66.766, -0.734, -0.504}},
	{"neutral 5", Lab{50.867, -0.153, -0.27}},
	{"neutral 3.5", Lab{35.656, -0.421, -1.231}},
	{"black 2", Lab{20.461, -0.079, -0.973}},
}

var colorCheckerAfter2014 = [Patches]Patch{
	{"dark skin", Lab{37.54, 14.37, 14.92}},
	{"light skin", Lab{64.66, 19.27, 17.5}},
	{"blue sky", Lab{49.32, -3.82, -22.54}},
	{"foliage", Lab{43.46, -12.74, 22.72}},
	{"blue flower", Lab{54.94, 9.61, -24.79}},
	{"bluish green", Lab{70.48, -32.26, -0.37}},
	{"orange", Lab{62.73, 35.83, 56.5}},
	{"purplish blue", Lab{39.43, 10.75, -45.17}},
	{"moderate red", Lab{50.57, 48.64, 16.67}},
	{"purple", Lab{30.1, 22.54, -20.87}},
	{"yellow green", Lab{71.77, -24.13, 58.19}},
	{"orange yellow", Lab{71.51, 18.24, 67.37}},
	{"blue", Lab{28.37, 15.42, -49.8}},
	{"green", Lab{54.38, -39.72, 32.27}},
	{"red", Lab{42.43, 51.05, 28.62}},
	{"yellow", Lab{81.8, 2.67, 80.41}},
	{"magenta", Lab{50.63, 51.28, -14.12}},
	{"cyan", Lab{49.57, -29.71, -28.32}},
	{"white 9.5", Lab{95.19, -1.03, 2.93}},
	{"neutral 8", Lab{81.29, -0.57, 0.44}},
	{"neutral 6.5", Lab{66.89, -0.75, -0.06}},
	{"neutral 5", Lab{50.76, -0.13, 0.14}},
	{"neutral 3.5", Lab{35.63, -0.46, -0.48}},
	{"black 2", Lab{20.64, 0.07, -0.46}},
}

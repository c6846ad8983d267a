package manifest

import (
	"strings"

	"dermtrace/internal/outcome"
)

// The closed lists of series.yaml. The order is the order in which messages name them.
var (
	sides        = []string{"left", "right", "midline"}
	goals        = []string{"smooth texture", "fade spots", "reduce redness", "even tone", "match surround", "grow hair"}
	calibrations = []string{"auto", "card", "control", "none"}
	cardTypes    = []string{"classic", "passport", "mini", "nano"}
	cardEditions = []string{"before2014", "after2014"}
	cameras      = []string{"nikon_d5100"} // those whose spectral sensitivities the program holds
	roiKinds     = []string{"treated", "control", "comparator", "scar", "grey", "exclude"}
	phases       = []string{"before", "after"}
	consents     = []string{"care", "research", "publication", "marketing"}
	skinStates   = []string{"bare", "cleansed", "numbing_cream", "moisturiser", "sunscreen", "make_up",
		"tan", "shaved", "crust", "peeling"}
	regionFiles = []string{".roi", ".zip", ".json", ".png"}
)

// findings are the codes of the quality gates, which a user may overrule; but for no_colour:
// no reason gives a picture its colours.
var findings = []string{
	outcome.Exposure, outcome.Clipped, outcome.Glare, outcome.Noisy, outcome.Blurred, outcome.MotionBlur,
	outcome.JPEGLoss, outcome.SmallPicture, outcome.ScaleTooCoarse, outcome.RegionTiny, outcome.SkinState,
	outcome.DistanceChange, outcome.TiltChange, outcome.ColourTemperature, outcome.LightDirection,
	outcome.MixedCameras, outcome.MixedProfiles, outcome.ProfileUnsupported,
}

// notTreated are the kinds of region that no treatment can name.
var notTreated = []string{"control", "grey", "exclude"}

// grade is a clinician's scale and the values it has.
type grade struct {
	name   string
	lo, hi float64
}

// grades are the scales known by name. A clinic's own scale begins with x_, an event
// with event_ and counts how often it happened.
var grades = []grade{
	{"goodman_baron", 1, 4},               // qualitative, Goodman & Baron 2006 Dermatol Surg 32:1458
	{"goodman_baron_quantitative", 0, 84}, // Goodman & Baron 2006 J Cosmet Dermatol 5:48
	{"ecca", 0, 540},                      // Dreno 2007 Dermatology 214:46
	{"masi", 0, 48},                       // Kimbrough-Green 1994 Arch Dermatol 130:727
	{"mmasi", 0, 24},                      // Pandya 2011 J Am Acad Dermatol 64:78
	{"gais", 1, 5},                        // Narins 2003 Dermatol Surg 29:588
	{"vss", 0, 13},                        // Sullivan 1990 J Burn Care Rehabil 11:256
	{"posas_observer", 6, 60},             // POSAS 2.0, Draaijers 2004 Plast Reconstr Surg 113:1960
	{"posas_patient", 6, 60},
	{"scar", 0, 15},               // Kantor 2016 Br J Dermatol 175:1394
	{"cea", 0, 4},                 // clinician's erythema assessment, Tan 2014 J Am Acad Dermatol 71:760
	{"fitzpatrick_wrinkle", 1, 9}, // Fitzpatrick 1996 Arch Dermatol 132:395
	{"pain", 0, 10},               // numeric rating scale
}

const (
	ownScale   = "x_"
	eventScale = "event_"
)

// findGrade looks a scale up; free is true for a clinic's own scale or an event.
func findGrade(name string) (g grade, free, ok bool) {
	for _, g := range grades {
		if g.name == name {
			return g, false, true
		}
	}
	for _, prefix := range []string{ownScale, eventScale} {
		if len(name) > len(prefix) && strings.HasPrefix(name, prefix) {
			return grade{name: name}, true, true
		}
	}
	return grade{}, false, false
}

func gradeNames() []string {
	names := make([]string, len(grades))
	for i, g := range grades {
		names[i] = g.name
	}
	return names
}

package photo

import "slices"

// Codes of the warnings in [Meta.Warnings]; the list is closed. [WarningText] has
// their texts.
const (
	// ProfileAssumed and ProfileUnsupported travel with every colour number.
	ProfileAssumed     = "profile_assumed"     // no profile in the file: sRGB assumed
	ProfileUnsupported = "profile_unsupported" // a profile that could not be used: sRGB assumed
	ProfileApproximate = "profile_approximate" // a table-based profile: its matrix part was used

	FirstOfSeveral   = "first_of_several"   // more pictures in the file, the first was taken
	Transparent      = "transparent"        // some pixels are transparent: their alpha was ignored
	HighDynamicRange = "high_dynamic_range" // HLG or PQ coding: not light on a known scale
	DepthReduced     = "depth_reduced"      // the decoder gave 8 of more bits
	ExifUnreadable   = "exif_unreadable"    // capture facts are there but damaged
)

// WarningText is what a person reads for a warning code, "" for an unknown one.
func WarningText(code string) string {
	switch code {
	case ProfileAssumed:
		return "The file names no colour profile; sRGB was assumed."
	case ProfileUnsupported:
		return "The file's colour profile could not be used; sRGB was assumed and colours may be wrong."
	case ProfileApproximate:
		return "The file's colour profile is table-based; its simpler matrix part was used and colours may be a little off."
	case FirstOfSeveral:
		return "The file holds several pictures; the first was measured."
	case Transparent:
		return "Some pixels are transparent; their stored colour was measured as if they were not."
	case HighDynamicRange:
		return "The picture is coded for high dynamic range; its light is not on a known scale and colours may be wrong."
	case DepthReduced:
		return "The picture has more than 8 bits per channel, of which the decoder gives 8."
	case ExifUnreadable:
		return "The capture data (EXIF) are damaged; what could be read was used."
	}
	return ""
}

// add appends codes that are not in the list yet.
func add(list []string, codes ...string) []string {
	for _, c := range codes {
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

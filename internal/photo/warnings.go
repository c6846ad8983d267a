package photo

import (
	"slices"

	"dermtrace/internal/outcome"
)

// Codes of the warnings in [Meta.Warnings]; the list is closed. Their texts are
// [outcome.WarningText].
const (
	// ProfileAssumed and ProfileUnsupported travel with every colour number.
	ProfileAssumed     = outcome.ProfileAssumed     // no profile in the file: sRGB assumed
	ProfileUnsupported = outcome.ProfileUnsupported // a profile that could not be used: sRGB assumed
	ProfileApproximate = outcome.ProfileApproximate // a table-based profile: its matrix part was used

	FirstOfSeveral   = outcome.FirstOfSeveral   // more pictures in the file, the first was taken
	Transparent      = outcome.Transparent      // some pixels are transparent: their alpha was ignored
	HighDynamicRange = outcome.HighDynamicRange // HLG or PQ coding: not light on a known scale
	DepthReduced     = outcome.DepthReduced     // the decoder gave 8 of more bits
	ExifUnreadable   = outcome.ExifUnreadable   // capture facts are there but damaged
)

// add appends codes that are not in the list yet.
func add(list []string, codes ...string) []string {
	for _, c := range codes {
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

package quality

import (
	"strings"

	"dermtrace/internal/outcome"
)

// stateSpoils says what each skin state of the manifest's closed list bars; bare and
// cleansed bar nothing. Reasons: cream that numbs and rubbing change blood flow; gloss
// and powder hide relief and add glare; a tan is pigment; crusts and scales are
// neither skin colour nor relief; make-up hides all.
var stateSpoils = []struct {
	state  string
	spoils []string
	mend   string
}{
	{"numbing_cream", []string{Redness}, "Photograph before numbing cream."},
	{"moisturiser", []string{Texture}, "Cleanse the skin and wait until it is dry."},
	{"sunscreen", []string{Redness, Pigment, Texture}, "Cleanse the skin and wait until it is dry."},
	{"make_up", []string{Redness, Pigment, Texture}, "Remove the make-up and wait 20 minutes."},
	{"tan", []string{Pigment}, "Wait until the tan has faded, or compare with control skin that tanned alike."},
	{"shaved", []string{Redness, Texture}, "Photograph a day after shaving."},
	{"crust", []string{Redness, Pigment, Texture}, "Photograph again when the crusts are gone."},
	{"peeling", []string{Pigment, Texture}, "Photograph again when the peeling is over."},
}

// SkinStateReasons says what the words of the manifest's skin_state bar.
func SkinStateReasons(states []string) []outcome.Reason {
	var out []outcome.Reason
	for _, s := range stateSpoils {
		for _, state := range states {
			if state == s.state {
				out = append(out, outcome.Reason{
					Code: outcome.SkinState, Spoils: s.spoils,
					Text: "The skin state was noted as " + strings.ReplaceAll(s.state, "_", " ") + ".", Mend: s.mend,
				})
			}
		}
	}
	return out
}

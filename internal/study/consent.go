package study

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"dermtrace/internal/outcome"
)

// Purposes that a subject may consent to. Care needs no word of its own: the photos were
// taken for it.
const purposeCare = "care"

var purposes = []string{purposeCare, "research", "publication", "marketing"}

// ErrPurpose is returned for a purpose that no consent can name.
var ErrPurpose = errors.New("a purpose is one of " + strings.Join(purposes, ", "))

// CheckPurpose refuses words that are no purpose; "" is the care of one's own patients.
func CheckPurpose(purpose string) error {
	if purpose != "" && !slices.Contains(purposes, purpose) {
		return fmt.Errorf("%w, not '%s'", ErrPurpose, purpose)
	}
	return nil
}

// Covers reports whether a consent covers a purpose.
func Covers(consent []string, purpose string) bool {
	return purpose == "" || purpose == purposeCare || slices.Contains(consent, purpose)
}

// consents is what every subject consented to in all of its series: where two differ, the
// narrower holds.
type consents map[string][]string

func (c consents) add(subject string, scopes []string) {
	if old, seen := c[subject]; seen {
		scopes = slices.DeleteFunc(slices.Clone(old), func(s string) bool { return !slices.Contains(scopes, s) })
	}
	c[subject] = scopes
}

func (c consents) covers(subject, purpose string) bool { return Covers(c[subject], purpose) }

// consentsOf gathers the consents in a result folder.
func consentsOf(out string) (consents, error) {
	c := consents{}
	for m, err := range Records(out) {
		if err != nil {
			return nil, err
		}
		c.add(subjectOf(m.Record, m.Folder), m.Record.Series.Consent)
	}
	return c, nil
}

// subjectOf is whose a record is; a nameless one is its own folder's alone.
func subjectOf(rec *outcome.Record, folder string) string {
	if rec.Series.Subject != "" {
		return "subject " + rec.Series.Subject
	}
	return "folder " + folder
}

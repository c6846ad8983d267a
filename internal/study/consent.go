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

// consent is what a subject agreed to.
type consent struct {
	scopes          []string
	minor, guardian bool
}

func consentOf(s outcome.Series) consent { return consent{s.Consent, s.Minor, s.Guardian} }

// covers holds a minor's scopes only where a guardian gave them.
func (c consent) covers(purpose string) bool {
	if c.minor && !c.guardian {
		return false
	}
	return purpose == "" || purpose == purposeCare || slices.Contains(c.scopes, purpose)
}

// Covers reports whether the consent behind a record covers a purpose. Nothing of a minor
// may be shown for whom no guardian consented.
func Covers(s outcome.Series, purpose string) bool { return consentOf(s).covers(purpose) }

// consents is what every subject consented to in all of its series: where two differ, the
// narrower holds, and who is a minor in one is a minor in all.
type consents map[string]consent

func (c consents) add(subject string, more consent) {
	if old, seen := c[subject]; seen {
		more.scopes = slices.DeleteFunc(slices.Clone(old.scopes), func(s string) bool { return !slices.Contains(more.scopes, s) })
		more.minor, more.guardian = more.minor || old.minor, more.guardian || old.guardian
	}
	c[subject] = more
}

func (c consents) covers(subject, purpose string) bool { return c[subject].covers(purpose) }

// Consenting reads the consents in a result folder and reports of each record whether it
// may be shown for a purpose: what the narrowest consent of its subject covers.
func Consenting(out, purpose string) func(Measured) bool {
	c := consents{}
	for m, err := range Records(out) {
		if err == nil { // who shows the records says which cannot be read
			c.add(subjectOf(m.Record, m.Folder), consentOf(m.Record.Series))
		}
	}
	return func(m Measured) bool { return c.covers(subjectOf(m.Record, m.Folder), purpose) }
}

// subjectOf is whose a record is; a nameless one is its own folder's alone.
func subjectOf(rec *outcome.Record, folder string) string {
	if rec.Series.Subject != "" {
		return "subject " + rec.Series.Subject
	}
	return "folder " + folder
}

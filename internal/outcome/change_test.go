package outcome

import "testing"

// What is beyond noise and not found is said to be so, with its reason.
func TestVerdictsClaimNoMoreThanIsFound(t *testing.T) {
	found := Change{Status: Increased, Primary: true, Against: AgainstBaseline, Clock: Mature, PHolm: 0.01}
	chance, early, alone, still := found, found, found, found
	chance.PHolm, early.Clock, alone.Warnings, still.Status = 0.15, Outside, []string{Unconfirmed}, NoChange
	for want, c := range map[string]Change{"increased": found, "increased, outside its time window": early, NoChange: still} {
		if got := c.Verdict(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, c := range []Change{chance, alone} {
		if got := c.Verdict(); got != "increased, not certain" {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

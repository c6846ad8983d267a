package photo

import (
	"os/exec"
	"strings"
	"testing"
)

// With or without the build tag, the package that loads system libraries is not linked.
func TestNoSystemLibraryCanBeLoaded(t *testing.T) {
	for _, tags := range []string{"", "nodynamic"} {
		out, err := exec.Command("go", "list", "-deps", "-tags="+tags, ".").CombinedOutput()
		if err != nil {
			t.Skipf("SKIPPED: go list: %v: %s", err, out)
		}
		if strings.Contains(string(out), "ebitengine/purego") {
			t.Errorf("with tags %q, purego is linked", tags)
		}
	}
}

//go:build !nodynamic

package photo

import (
	"errors"
	"strings"
	"testing"
)

// A build without the tag reads the header of a HEIC file, and refuses its pixels with
// the way out.
func TestHEICIsRefusedWithoutTheTag(t *testing.T) {
	data := testdata(t, "p3.heic")
	m, err := Stat(t.Context(), fileOf("a.heic", data), "a.heic", Limits{})
	if err != nil || m.Width != 48 || m.Height != 32 || m.Profile != nameP3 {
		t.Errorf("%+v, %v", m, err)
	}
	_, err = Open(t.Context(), fileOf("a.heic", data), "a.heic", Limits{})
	var u *UnsupportedError
	if !errors.As(err, &u) || !strings.Contains(u.Mend, "-tags nodynamic") {
		t.Errorf("%T %v", err, err)
	}
}

package main

import (
	"bytes"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// What the system refuses is told with its mend, and a command can be typed as it is said.
func TestMends(t *testing.T) {
	for cause, mend := range map[error]string{
		fs.ErrPermission: "let this account", syscall.ENOSPC: "make room", syscall.EROFS: "another place", syscall.ENOTDIR: "another place",
	} {
		var said bytes.Buffer
		(&terminal{err: &said}).fail(&fs.PathError{Op: "open", Path: "out/report.html", Err: cause})
		if text := said.String(); !strings.Contains(text, "out/report.html: "+cause.Error()) || !strings.Contains(text, "\nhint: ") || !strings.Contains(text, mend) {
			t.Errorf("%v: said %q", cause, text)
		}
	}
	if got := typed("Fräulein Müller") + " " + typed("P001"); got != `"Fräulein Müller" P001` {
		t.Errorf("typed %s", got)
	}
}

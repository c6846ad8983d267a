package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if code, done := asProgram(); done {
		os.Exit(code)
	}
	testscript.Main(m, map[string]func(){
		"dermtrace": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the program as a user does: testdata/*.txt.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}

// confinement names the variable that makes this test binary be the program, under a
// restriction of the operating system: see confine.
const confinement = "DERMTRACE_TEST_AS_PROGRAM"

// asProgram runs the program when a test started this binary for that.
func asProgram() (code int, done bool) {
	how, set := os.LookupEnv(confinement)
	if !set {
		return 0, false
	}
	confine(how)
	main()
	return 0, true
}

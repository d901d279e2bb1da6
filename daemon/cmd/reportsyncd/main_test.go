package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be reportsyncd when it is called by that name, so that scripts and tests start real
// processes of this very code.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"reportsyncd": main})
}

// Package systemd_test holds the service file to what systemd itself says of it.
package systemd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// unit is the service file under test.
const unit = "reportsyncd.service"

func TestVerifyFindsNothing(t *testing.T) {
	t.Parallel()
	analyze := testenv.SystemdAnalyze(t)
	out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", installed(t, nil)).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v, said:\n%s\nwant nothing", err, out)
	}
}

func TestVerifySeesAMistake(t *testing.T) {
	t.Parallel()
	analyze := testenv.SystemdAnalyze(t)
	file := installed(t, func(text []byte) []byte {
		return bytes.Replace(text, []byte("WatchdogSec="), []byte("WatchdogSeconds="), 1)
	})
	out, _ := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", file).CombinedOutput()
	if !bytes.Contains(out, []byte("WatchdogSeconds")) {
		t.Errorf("systemd-analyze verify said %q of an unknown key, so its silence proves nothing", out)
	}
}

func TestExposureIsUnderTwo(t *testing.T) {
	t.Parallel()
	analyze := testenv.SystemdAnalyze(t)
	for _, test := range []struct {
		name      string
		threshold string // tenths; the exit code says whether the exposure is above it
		above     bool
	}{
		{"under two", "19", false},
		{"not nothing", "1", true}, // a threshold that nothing is above would prove nothing
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			security := exec.CommandContext(t.Context(), analyze,
				"security", "--offline=true", "--no-pager", "--threshold="+test.threshold, unit)
			out, err := security.CombinedOutput()
			if !bytes.Contains(out, []byte("Overall exposure level for "+unit)) {
				t.Fatalf("systemd-analyze security gave no rating: %v\n%s", err, out)
			}
			if above := err != nil; above != test.above {
				t.Errorf("exposure above %s tenths: %t, want %t\n%s", test.threshold, above, test.above, out)
			}
		})
	}
}

// installed returns a copy of the unit whose program exists, as it does where the package is installed: verify
// looks for it. A change, if any, is made to the text first.
func installed(t *testing.T, change func([]byte) []byte) string {
	t.Helper()
	text, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		text = change(text)
	}
	folder := t.TempDir()
	program := filepath.Join(folder, "reportsyncd")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	start := []byte("ExecStart=/usr/bin/reportsyncd ")
	if n := bytes.Count(text, start); n != 1 {
		t.Fatalf("the unit has %q %d times, want once", start, n)
	}
	file := filepath.Join(folder, unit)
	text = bytes.Replace(text, start, []byte("ExecStart="+program+" "), 1)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

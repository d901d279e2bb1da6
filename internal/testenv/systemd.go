package testenv

import (
	"os/exec"
	"testing"
)

// SystemdAnalyze returns the path of systemd-analyze, or skips t where it is not installed.
func SystemdAnalyze(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("needs systemd-analyze, which is not on PATH; on Debian: apt-get install systemd")
	}
	return path
}

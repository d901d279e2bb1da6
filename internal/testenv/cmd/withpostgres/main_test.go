package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

func TestRunPassesTheExitCodeOn(t *testing.T) {
	t.Setenv(testenv.DatabaseURL, "postgres://somebody@127.0.0.1/elsewhere")
	tests := []struct {
		name string
		args []string
		want int
	}{
		{"success", []string{"true"}, 0},
		{"failure", []string{"sh", "-c", "exit 7"}, 7},
		{"killed", []string{"sh", "-c", "kill -9 $$"}, 1},
		{"no such command", []string{"/no/such/command"}, 1},
		{"no command", nil, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := run(test.args); got != test.want {
				t.Errorf("run(%q) = %d, want %d", test.args, got, test.want)
			}
		})
	}
}

func TestRunKeepsTheGivenDatabase(t *testing.T) {
	const given = "postgres://somebody@127.0.0.1/elsewhere"
	t.Setenv(testenv.DatabaseURL, given)
	if got := databaseOfCommand(t); got != given {
		t.Errorf("the command's database is %q, want %q", got, given)
	}
}

func TestRunStartsACluster(t *testing.T) {
	testenv.Postgres(t) // skips where PostgreSQL is not installed
	t.Setenv(testenv.DatabaseURL, "")
	got := databaseOfCommand(t)
	if !strings.HasPrefix(got, "postgres://reportsync:") {
		t.Errorf("the command's database is %q, want a private cluster's", got)
	}
}

// databaseOfCommand runs a command that writes down the database it is given.
func databaseOfCommand(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "database")
	if code := run([]string{"sh", "-c", `printf %s "$` + testenv.DatabaseURL + `" >"$0"`, file}); code != 0 {
		t.Fatalf("the command ended with %d", code)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

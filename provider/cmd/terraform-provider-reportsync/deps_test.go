package main

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/reportsync/terraform-provider-reportsync"

// daemonsOwn are the packages that only the daemon, or a test, may stand on.
var daemonsOwn = []string{
	module + "/daemon",
	module + "/internal/orgsim",
	module + "/internal/testenv",
	"github.com/danielgtaylor/huma",
	"github.com/jackc/pgx",
	"github.com/pressly/goose",
	"github.com/riverqueue/river",
	"github.com/tink-crypto/tink-go",
	"gocloud.dev",
	"modernc.org/sqlite",
}

// TestLinksNothingOfTheDaemon proves that the provider only talks to the daemon.
func TestLinksNothingOfTheDaemon(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := strings.Fields(string(out))
	self := false
	for _, p := range packages {
		self = self || p == module+"/provider"
		for _, banned := range daemonsOwn {
			if p == banned || strings.HasPrefix(p, banned+"/") {
				t.Errorf("the provider binary links %s", p)
			}
		}
	}
	if !self {
		t.Errorf("go list named %d packages, but not the provider itself: the test looks at something else", len(packages))
	}
}

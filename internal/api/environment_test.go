package api_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestReadTokenFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if token, err := api.ReadTokenFile(write("good", "rst_1_x\n")); err != nil || token.Reveal() != "rst_1_x" {
		t.Errorf("read %q, %v", token.Reveal(), err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "missing"): "missing",
		write("empty", " \n"):         "empty",
	} {
		token, err := api.ReadTokenFile(path)
		if reportsync.CodeOf(err) != reportsync.CodeUnauthorized || !strings.Contains(err.Error(), want) || token != "" {
			t.Errorf("%s: read %q, %v", path, token.Reveal(), err)
		}
	}
}

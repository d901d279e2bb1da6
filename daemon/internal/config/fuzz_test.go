package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Whatever a file holds, it gives complete settings or an error that names the file.
func FuzzLoad(f *testing.F) {
	fixtures, err := filepath.Glob("testdata/*/*.hcl")
	if err != nil {
		f.Fatal(err)
	}
	for _, fixture := range append(fixtures, "testdata/full.hcl") {
		text, err := os.ReadFile(fixture)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("listen = null\nlog {\n level = null\n}\nfile_roots = [null]\n"))
	path := filepath.Join(f.TempDir(), "reportsyncd.hcl")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(path, environment("HOME", "/home/ada"))
		if err != nil {
			if reportsync.CodeOf(err) != reportsync.CodeInvalid || !strings.Contains(err.Error(), "reportsyncd.hcl") {
				t.Errorf("error %v, want one of the settings", err)
			}
			return
		}
		for name, value := range map[string]string{"state_dir": cfg.StateDir, "encryption_key_file": cfg.EncryptionKeyFile} {
			if !filepath.IsAbs(value) {
				t.Errorf("%s is %q, want a full path", name, value)
			}
		}
		if cfg.Listen == "" || cfg.DatabaseURL == "" || len(cfg.FileRoots) == 0 || cfg.RetentionDays < 1 {
			t.Errorf("incomplete settings: %+v", cfg)
		}
	})
}

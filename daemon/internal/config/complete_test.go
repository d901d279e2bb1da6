package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
)

func TestDefault(t *testing.T) {
	t.Parallel()
	got, err := config.Default(environment("HOME", "/home/ada"))
	if err != nil {
		t.Fatal(err)
	}
	state := "/home/ada/.local/state/reportsync"
	want := config.Config{
		Listen:            "127.0.0.1:8627",
		StateDir:          state,
		DatabaseURL:       "sqlite://" + state + "/reportsync.db",
		ArtifactsURL:      "file://" + state + "/artifacts",
		ScratchDir:        state + "/scratch",
		EncryptionKeyFile: state + "/encryption.key",
		CreateKey:         true,
		FileRoots:         []string{state + "/reports"},
		Log:               config.Log{Level: hclog.Info, Format: config.FormatText},
		RetentionDays:     90,
		ParallelRuns:      8,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestStateDir(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  config.Getenv
		want string
	}{
		{"systemd first", environment("STATE_DIRECTORY", "/var/lib/reportsync:/var/lib/other", "XDG_STATE_HOME", "/xdg", "HOME", "/home/ada"), "/var/lib/reportsync"},
		{"then XDG", environment("XDG_STATE_HOME", "/xdg", "HOME", "/home/ada"), "/xdg/reportsync"},
		{"relative XDG ignored", environment("XDG_STATE_HOME", "xdg", "HOME", "/home/ada"), "/home/ada/.local/state/reportsync"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Default(test.env)
			if err != nil {
				t.Fatal(err)
			}
			if got.StateDir != test.want {
				t.Errorf("state_dir %q, want %q", got.StateDir, test.want)
			}
		})
	}
	if _, err := config.Default(environment()); err == nil || !strings.Contains(err.Error(), "state_dir") {
		t.Errorf("error %v, want one that offers state_dir", err)
	}
}

// A key that systemd hands over is used and never made.
func TestKeyFromCredential(t *testing.T) {
	t.Parallel()
	credentials := t.TempDir()
	key := filepath.Join(credentials, "encryption_key")
	env := environment("HOME", "/home/ada", "CREDENTIALS_DIRECTORY", credentials)

	without, err := config.Default(env)
	if err != nil {
		t.Fatal(err)
	}
	if without.EncryptionKeyFile == key || !without.CreateKey {
		t.Errorf("without the credential: key %s, made %t", without.EncryptionKeyFile, without.CreateKey)
	}
	if err := os.WriteFile(key, []byte("AAAA"), 0o600); err != nil {
		t.Fatal(err)
	}
	with, err := config.Default(env)
	if err != nil {
		t.Fatal(err)
	}
	if with.EncryptionKeyFile != key || with.CreateKey {
		t.Errorf("with the credential: key %s, made %t; want %s, not made", with.EncryptionKeyFile, with.CreateKey, key)
	}
}

// Paths in URLs are meant from the file's folder too.
func TestRelativePathsInURLs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "reportsyncd.hcl")
	text := "database_url = \"sqlite://data/reportsync.db\"\nartifacts_url = \"file://data/../evidence\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.Load(path, environment("HOME", "/home/ada"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "sqlite://" + filepath.Join(dir, "data/reportsync.db"); got.DatabaseURL != want {
		t.Errorf("database_url %q, want %q", got.DatabaseURL, want)
	}
	if want := "file://" + filepath.Join(dir, "evidence"); got.ArtifactsURL != want {
		t.Errorf("artifacts_url %q, want %q", got.ArtifactsURL, want)
	}
}

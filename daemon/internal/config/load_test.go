package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// environment is a fixed set of variables, given as names and values in turn.
func environment(pairs ...string) config.Getenv {
	vars := map[string]string{}
	for pair := range slices.Chunk(pairs, 2) {
		vars[pair[0]] = pair[1]
	}
	return func(name string) string { return vars[name] }
}

func TestLoadFull(t *testing.T) {
	t.Parallel()
	got, err := config.Load("testdata/full.hcl", environment())
	if err != nil {
		t.Fatal(err)
	}
	beside, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Listen:            "0.0.0.0:8627",
		StateDir:          "/var/lib/reportsync",
		DatabaseURL:       "postgres://reportsync:secret@db.example.com/reportsync?sslmode=verify-full",
		ArtifactsURL:      "s3://acme-reportsync?region=eu-central-1&prefix=prod/",
		ScratchDir:        filepath.Join(filepath.Dir(beside), "scratch"),
		EncryptionKeyFile: filepath.Join(beside, "keys/encryption.key"),
		FileRoots:         []string{"/srv/reports", filepath.Join(beside, "exports")},
		Log:               config.Log{Level: hclog.Debug, Format: config.FormatJSON},
		TLS:               &config.TLS{CertFile: "/etc/reportsync/cert.pem", KeyFile: filepath.Join(beside, "key.pem")},
		RetentionDays:     30,
		ParallelRuns:      16,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

// Each fixture holds one kind of mistake; the error names its place and the way out.
func TestLoadMistakes(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"unknown_setting":   {":2,1: ", `"statedir"`, `Did you mean "state_dir"?`},
		"unknown_block":     {":1,1: ", `"logs"`, `Did you mean "log"?`},
		"syntax":            {":1,"},
		"wrong_type":        {":1,15: ", "list of string"},
		"listen_no_port":    {":1,10: listen: ", "host:port"},
		"listen_port_range": {":1,10: listen: ", `"70000"`, "65535"},
		"listen_in_clear":   {":1,10: listen: ", "tls", "127.0.0.1:8627", "insecure_listen"},
		"log_level":         {":2,11: log.level: ", `did you mean "warn"?`},
		"log_format":        {":2,12: log.format: ", `did you mean "json"?`},
		"log_twice":         {":2,1: ", "Duplicate log block"},
		"database_scheme":   {":1,16: database_url: ", `did you mean "postgres"?`},
		"database_no_url":   {":1,16: database_url: ", "sqlite:///"},
		"artifacts_scheme":  {":1,17: artifacts_url: ", `did you mean "azblob"?`},
		"artifacts_secret":  {":1,17: artifacts_url: ", "must not hold a user name or password"},
		"artifacts_http":    {":2,17: artifacts_url: ", "https for the endpoint http://minio.example.com:9000"},
		"scratch_empty":     {":1,15: scratch_dir: ", "leave it out"},
		"state_dir_empty":   {":1,13: state_dir: ", "leave it out"},
		"file_roots_empty":  {":1,14: file_roots: ", "at least one folder"},
		"retention_range":   {":1,18: retention_days: ", "between 1 and 3650"},
		"parallel_range":    {":1,17: parallel_runs: ", "between 1 and 256"},
		"tls_half":          {":1,", `"key_file" is required`},
		"tls_empty":         {":3,15: tls.key_file: "},
		"several":           {":1,18: listen: ", ":2,18: retention_days: ", ":5,11: log.level: "},
	}
	fixtures, err := filepath.Glob("testdata/mistakes/*.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if len(fixtures) != len(tests) {
		t.Errorf("%d fixtures, %d of them tested", len(fixtures), len(tests))
	}
	for name, wants := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(filepath.Join("testdata/mistakes", name+".hcl"), environment("HOME", "/home/ada"))
			if err == nil {
				t.Fatal("was accepted")
			}
			if code := reportsync.CodeOf(err); code != reportsync.CodeInvalid {
				t.Errorf("code %s, want %s", code, reportsync.CodeInvalid)
			}
			for _, want := range append(wants, name+".hcl") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("misses %q in:\n%s", want, err)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("shows the password:\n%s", err)
			}
		})
	}
}

func TestLoadMissingFile(t *testing.T) {
	t.Parallel()
	_, err := config.Load(filepath.Join(t.TempDir(), "reportsyncd.hcl"), environment())
	if err == nil || !strings.Contains(err.Error(), "reportsyncd.hcl") || !strings.Contains(err.Error(), "--config") {
		t.Errorf("error %v, want one that names the file and the flag", err)
	}
}

// Plain http is served to others only when somebody says so.
func TestListenBeyondThisMachine(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"insecure":  `listen = ":8627"` + "\ninsecure_listen = true\n",
		"tls":       `listen = "[::]:8627"` + "\ntls {\n cert_file = \"c\"\n key_file = \"k\"\n}\n",
		"loopback6": `listen = "[::1]:0"` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "reportsyncd.hcl")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := config.Load(path, environment("HOME", "/home/ada")); err != nil {
				t.Error(err)
			}
		})
	}
}

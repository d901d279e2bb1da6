package store_test

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestLoadOrCreateKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	key, created, err := store.LoadOrCreateKey(path)
	if err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	if info := must(os.Stat(path))(t); info.Mode().Perm() != 0o600 {
		t.Errorf("the key file has mode %#o", info.Mode().Perm())
	}
	again, created, err := store.LoadOrCreateKey(path)
	if err != nil || created {
		t.Fatalf("the second time: created %v, %v", created, err)
	}
	// That both are one key shows in a database.
	url := "sqlite://" + filepath.Join(t.TempDir(), "test.db")
	for _, k := range []*store.Keyring{key, again, must(store.LoadKey(path))(t)} {
		s := must(store.Open(t.Context(), store.Options{URL: url, Key: k}))(t)
		noError(t, s.Close())
	}
	if _, _, err := store.LoadOrCreateKey(filepath.Join(path, "below a file")); err == nil {
		t.Error("made a key below a file")
	}
}

func TestLoadKey(t *testing.T) {
	t.Parallel()
	good := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	for name, test := range map[string]struct {
		content string
		mode    fs.FileMode
		naming  string // empty where the key is good
	}{
		"good":             {good + "\n", 0o600, ""},
		"without line end": {good, 0o400, ""},
		"for the group":    {good, 0o640, "can be read by others (mode 0640)"},
		"for all":          {good, 0o604, "chmod 600"},
		"empty":            {"\n", 0o600, "is empty"},
		"no base64":        {"not base64!", 0o600, "holds no base64"},
		"short":            {"c2hvcnQ=", 0o600, "holds 5 bytes, not 32"},
		"two lines":        {good + "\n" + good, 0o600, "holds no base64"},
		"huge":             {strings.Repeat(good, 100), 0o600, "bytes long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "key")
			noError(t, os.WriteFile(path, []byte(test.content), test.mode))
			_, err := store.LoadKey(path)
			if test.naming == "" {
				noError(t, err)
				return
			}
			message := wantCode(t, err, reportsync.CodeInvalid, path, test.naming)
			if strings.Contains(message, good) {
				t.Errorf("the error shows the key: %s", message)
			}
		})
	}
	if _, err := store.LoadKey(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	wantCode(t, func() error { _, err := store.LoadKey(t.TempDir()); return err }(), reportsync.CodeInvalid, "is no regular file")
}

// systemd hands credentials over readable by the group of its own choice.
func TestLoadKeyFromCredentials(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	for path, good := range map[string]bool{filepath.Join(dir, "encryption_key"): true, filepath.Join(t.TempDir(), "elsewhere"): false} {
		noError(t, os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))), 0o440))
		_, err := store.LoadKey(path)
		if (err == nil) != good {
			t.Errorf("%s: %v", path, err)
		}
	}
}

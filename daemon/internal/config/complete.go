package config

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// These stand in the state folder where nothing else is named.
	databaseFile    = "reportsync.db"
	keyFile         = "encryption.key"
	reportsFolder   = "reports"
	artifactsFolder = "artifacts"
	scratchFolder   = "scratch"

	// keyCredential is the systemd credential that holds the encryption key (LoadCredential=).
	keyCredential = "encryption_key"
)

// complete fills in what a checked file leaves out. Relative paths are meant from dir.
func complete(f file, dir string, getenv Getenv) (Config, error) {
	c := Config{
		Listen:        value(f.Listen, DefaultListen),
		RetentionDays: value(f.RetentionDays, DefaultRetentionDays),
		ParallelRuns:  value(f.ParallelRuns, DefaultParallelRuns),
		Log:           Log{Level: level(nil), Format: FormatText},
	}
	if f.Log != nil {
		c.Log = Log{Level: level(f.Log.Level), Format: Format(value(f.Log.Format, string(FormatText)))}
	}
	if f.TLS != nil {
		c.TLS = &TLS{CertFile: absolute(dir, f.TLS.CertFile), KeyFile: absolute(dir, f.TLS.KeyFile)}
	}
	var err error
	if c.StateDir, err = stateDir(f.StateDir, dir, getenv); err != nil {
		return Config{}, err
	}
	c.DatabaseURL = databaseURL(f.DatabaseURL, dir, c.StateDir)
	c.ArtifactsURL = artifactsURL(f.ArtifactsURL, dir, c.StateDir)
	c.ScratchDir = filepath.Join(c.StateDir, scratchFolder)
	if f.ScratchDir != nil {
		c.ScratchDir = absolute(dir, *f.ScratchDir)
	}
	c.EncryptionKeyFile, c.CreateKey = keyPlace(f.EncryptionKeyFile, dir, c.StateDir, getenv)
	c.FileRoots = []string{DefaultFileRoot(c.StateDir)}
	if f.FileRoots != nil {
		c.FileRoots = nil
		for _, root := range *f.FileRoots {
			c.FileRoots = append(c.FileRoots, absolute(dir, root))
		}
	}
	return c, nil
}

// DefaultFileRoot is the folder that file:// sources may read where none is named; the daemon makes it.
func DefaultFileRoot(stateDir string) string { return filepath.Join(stateDir, reportsFolder) }

// stateDir follows systemd's $STATE_DIRECTORY, then the XDG base directory specification.
func stateDir(given *string, dir string, getenv Getenv) (string, error) {
	if given != nil {
		return absolute(dir, *given), nil
	}
	// systemd lists several folders with colons; ours is the first (systemd.exec(5)).
	if first, _, _ := strings.Cut(getenv("STATE_DIRECTORY"), ":"); first != "" {
		return filepath.Clean(first), nil
	}
	// A relative XDG path is to be ignored, says the specification.
	if xdg := getenv("XDG_STATE_HOME"); filepath.IsAbs(xdg) {
		return filepath.Join(xdg, "reportsync"), nil
	}
	home := getenv("HOME")
	if home == "" {
		return "", reportsync.Errorf(reportsync.CodeInvalid, "no folder to keep the daemon's state in: neither $STATE_DIRECTORY, $XDG_STATE_HOME nor $HOME is set").
			WithHint("set state_dir in the configuration file")
	}
	return filepath.Join(home, ".local", "state", "reportsync"), nil
}

// databaseURL makes the path of an SQLite file absolute; a PostgreSQL URL stays as it is.
func databaseURL(given *string, dir, stateDir string) string {
	if given == nil {
		return "sqlite://" + filepath.Join(stateDir, databaseFile)
	}
	if path, ok := strings.CutPrefix(*given, "sqlite://"); ok {
		return "sqlite://" + absolute(dir, path)
	}
	return *given
}

// artifactsURL makes the path of a folder absolute; the URL of another bucket stays as it is.
func artifactsURL(given *string, dir, stateDir string) string {
	if given == nil {
		return artifact.SchemeFile + filepath.Join(stateDir, artifactsFolder)
	}
	if path, ok := strings.CutPrefix(*given, artifact.SchemeFile); ok {
		return artifact.SchemeFile + absolute(dir, path)
	}
	return *given
}

// keyPlace returns where the encryption key is, and whether the daemon makes it: a key that an operator provides is
// never replaced by one of ours.
func keyPlace(given *string, dir, stateDir string, getenv Getenv) (path string, create bool) {
	if given != nil {
		return absolute(dir, *given), false
	}
	if credentials := getenv("CREDENTIALS_DIRECTORY"); credentials != "" {
		credential := filepath.Join(credentials, keyCredential)
		if _, err := os.Stat(credential); err == nil {
			return credential, false
		}
	}
	return filepath.Join(stateDir, keyFile), true
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(cmp.Or(dir, "/"), path)
}

func value[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

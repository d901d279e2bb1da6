package store

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maxKeyFileBytes is more than any key file needs: a wrong path may lead to a file of any size.
const maxKeyFileBytes = 1024

// LoadKey reads a key file: 32 random bytes in base64 on one line. Others than its owner must not be able to read it,
// except where systemd hands it over as a credential ($CREDENTIALS_DIRECTORY), whose access systemd guards. Errors are a
// [reportsync.Error] that names the file and the way out, or wrap [fs.ErrNotExist].
func LoadKey(path string) (*Keyring, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at the key file: %w", err)
	}
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		return nil, reportsync.Errorf(reportsync.CodeInvalid, "the key file %s is no regular file", path)
	case mode.Perm()&0o077 != 0 && !isCredential(path):
		return nil, reportsync.Errorf(reportsync.CodeInvalid, "the key file %s can be read by others (mode %#o)", path, mode.Perm()).
			WithHint("chmod 600 %s", path)
	case info.Size() > maxKeyFileBytes:
		return nil, badKey(path, fmt.Sprintf("is %d bytes long", info.Size()))
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	return parseKey(path, string(content))
}

func parseKey(path, content string) (*Keyring, error) {
	content = strings.TrimSpace(content)
	if content == "" {
		return nil, badKey(path, "is empty")
	}
	key, err := base64.StdEncoding.DecodeString(content)
	switch {
	case err != nil:
		return nil, badKey(path, "holds no base64")
	case len(key) != keyBytes:
		return nil, badKey(path, fmt.Sprintf("holds %d bytes, not %d", len(key), keyBytes))
	}
	return newKeyring(key)
}

func badKey(path, what string) error {
	return reportsync.Errorf(reportsync.CodeInvalid, "the key file %s %s", path, what).
		WithHint("put the key back that the database was sealed with; for a new database, \"openssl rand -base64 32\" makes one")
}

// isCredential reports whether systemd put the file there for this process.
func isCredential(path string) bool {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// LoadOrCreateKey reads a key file, making it first, readable by its owner only, where there is none. It reports
// whether it did.
func LoadOrCreateKey(path string) (*Keyring, bool, error) {
	ring, err := LoadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return ring, false, err
	}
	key := make([]byte, keyBytes)
	rand.Read(key) // never fails: it ends the program where there is no randomness
	err = createKey(path, base64.StdEncoding.EncodeToString(key)+"\n")
	if errors.Is(err, fs.ErrExist) { // another process was quicker
		ring, err := LoadKey(path)
		return ring, false, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("make the key file: %w", err)
	}
	ring, err = newKeyring(key)
	return ring, true, err
}

// createKey writes a new file, which gets its name only when its content is safe: a key that is lost with the power,
// while what it sealed is not, would cost all secrets, and half a key would keep the daemon from ever starting.
func createKey(path, content string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // made 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil { // never over a file that stands there
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in a folder survive a power loss.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// MinVersion is the oldest PostgreSQL major version that reportsync supports.
const MinVersion = 15

// ErrNotInstalled says that this machine has no usable PostgreSQL server binaries.
var ErrNotInstalled = errors.New("no PostgreSQL server of version 15 or later is installed" +
	" (initdb, pg_ctl and postgres on PATH or below /usr/lib/postgresql; on Debian: apt-get install postgresql)")

// Binaries is one installed PostgreSQL server.
type Binaries struct {
	// Dir is the absolute folder that holds initdb, pg_ctl and postgres.
	Dir string
	// Version is the major version, 15 or later.
	Version int
}

// installFolders are where packages keep the server binaries off PATH: Debian, PGDG's RPMs, Homebrew.
var installFolders = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
}

// Find returns the server on PATH if it is recent enough, else the newest one in the places where packages
// put them. The error is ErrNotInstalled when there is none.
func Find(ctx context.Context) (Binaries, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		// PATH often holds a link; the tools that belong together stand beside its target.
		if target, err := filepath.EvalSymlinks(path); err == nil {
			if b, err := probe(ctx, filepath.Dir(target)); err == nil {
				return b, nil
			}
		}
	}
	var found []Binaries
	for _, pattern := range installFolders {
		folders, err := filepath.Glob(pattern)
		if err != nil {
			return Binaries{}, fmt.Errorf("look in %s: %w", pattern, err)
		}
		for _, dir := range folders {
			if b, err := probe(ctx, dir); err == nil {
				found = append(found, b)
			}
		}
	}
	if len(found) == 0 {
		return Binaries{}, ErrNotInstalled
	}
	return slices.MaxFunc(found, func(a, b Binaries) int { return a.Version - b.Version }), nil
}

// majorVersion reads "postgres (PostgreSQL) 15.18 (Debian …)" and "postgres (PostgreSQL) 18beta1".
var majorVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// probe checks that dir holds a whole server of a supported version.
func probe(ctx context.Context, dir string) (Binaries, error) {
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return Binaries{}, fmt.Errorf("find %s: %w", name, err)
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("ask %s for its version: %w", dir, err)
	}
	match := majorVersion.FindSubmatch(out)
	if match == nil {
		return Binaries{}, fmt.Errorf("read PostgreSQL version %q", out)
	}
	version, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return Binaries{}, fmt.Errorf("read PostgreSQL version %q: %w", out, err)
	}
	if version < MinVersion {
		return Binaries{}, fmt.Errorf("PostgreSQL in %s has version %d, at least %d is needed", dir, version, MinVersion)
	}
	return Binaries{Dir: dir, Version: version}, nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Settings of every connection (SQLite documentation: PRAGMA statements).
var pragmas = []string{
	"busy_timeout(10000)", // milliseconds, for backups that hold the file for a moment
	"journal_mode(WAL)",   // readers and the writer don't wait for each other
	// NORMAL would leave the last transactions to a power loss, and with them the answer that a row is done by or the
	// id of a Bulk job that Salesforce goes on with (invariants 1 and 5).
	"synchronous(FULL)",
	"foreign_keys(ON)",
	"journal_size_limit(67108864)", // bytes: a big run must not leave a big log for good
}

// openSQLite opens the file of the URL, kept from other daemons by a lock file beside it.
func (s *Store) openSQLite(ctx context.Context, u *url.URL) error {
	s.dialect = SQLite
	file, err := sqliteFile(u)
	if err != nil {
		return err
	}
	s.where = "the database " + file
	if err := s.lockFile(file); err != nil {
		return err
	}
	s.writer, err = sql.Open("sqlite", sqliteDSN(file, "immediate"))
	if err != nil {
		return fmt.Errorf("open %s: %w", s.where, err)
	}
	s.closers = append(s.closers, s.writer.Close)
	// SQLite has one writer at a time: here it queues in Go, where waiting ends with the context.
	s.writer.SetMaxOpenConns(1)
	s.readers, err = sql.Open("sqlite", sqliteDSN(file, "deferred")+"&_pragma=query_only(ON)")
	if err != nil {
		return fmt.Errorf("open %s: %w", s.where, err)
	}
	s.closers = append(s.closers, s.readers.Close)
	connections := max(4, runtime.GOMAXPROCS(0))
	s.readers.SetMaxOpenConns(connections)
	s.readers.SetMaxIdleConns(connections)
	if err := s.writer.PingContext(ctx); err != nil { // first, since it turns the file to WAL
		return fmt.Errorf("open %s: %w", s.where, err)
	}
	return nil
}

func sqliteDSN(file, begin string) string {
	query := url.Values{"_txlock": {begin}, "_pragma": pragmas}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: file, RawQuery: query.Encode()}).String()
}

// sqliteFile returns the full path that the URL names, made where there is no such file. Links are resolved, so that two
// names of one file share its lock.
func sqliteFile(u *url.URL) (string, error) {
	file := u.Host + u.Path
	if file == "" || strings.HasSuffix(file, "/") || u.RawQuery != "" || u.User != nil || u.Opaque != "" {
		return "", reportsync.Errorf(reportsync.CodeInvalid, "the database URL %s names no file", u.Redacted()).
			WithHint("use sqlite:///path/to/file, without options")
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("find the database file: %w", err)
	}
	// The log files beside it get the permissions of the file itself.
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // G703: the operator names the file
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", reportsync.Errorf(reportsync.CodeInvalid, "the database %s can't be made: there is no folder %s", file, filepath.Dir(file))
	case err != nil:
		return "", fmt.Errorf("open the database file: %w", err)
	}
	if err := f.Close(); err != nil {
		return "", fmt.Errorf("close the database file: %w", err)
	}
	file, err = filepath.EvalSymlinks(file)
	if err != nil {
		return "", fmt.Errorf("resolve the database file: %w", err)
	}
	return file, nil
}

// lockFile takes the lock beside the file and writes this process's id into it. The lock goes with the process, however
// that ends; the file stays.
func (s *Store) lockFile(file string) error {
	path := file + ".lock"
	l := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	locked, err := l.TryLock()
	if err != nil {
		return fmt.Errorf("lock %s: %w", s.where, err)
	}
	if !locked {
		holder := "another reportsyncd"
		if pid, err := os.ReadFile(path); err == nil && len(pid) > 0 {
			holder = "the process " + strings.TrimSpace(string(pid))
		}
		return reportsync.Errorf(reportsync.CodeConflict, "%s is in use by %s", s.where, holder).
			WithHint("stop that one, or give this one a state_dir of its own; daemons that are to work side by side share a PostgreSQL database")
	}
	s.closers = append(s.closers, l.Close)
	if err := os.WriteFile(path, fmt.Appendf(nil, "%d\n", os.Getpid()), 0o600); err != nil {
		return fmt.Errorf("write the lock file: %w", err)
	}
	return nil
}

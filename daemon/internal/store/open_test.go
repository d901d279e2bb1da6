package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

func TestOpenAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		before := b.integration("kept")
		noError(t, b.Close())
		noError(t, b.Close())
		again := b.open()
		got := must(again.Integration(t.Context(), before.ID))(t)
		if got.Name != before.Name || got.Revision != before.Revision {
			t.Errorf("got %+v after opening again, want %+v", got, before)
		}
		noError(t, again.Ping(t.Context()))
	})
}

func TestOpenWithAnotherKey(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		noError(t, b.Close())
		_, err := store.Open(t.Context(), store.Options{URL: b.url, Key: newKey(t)})
		wantCode(t, err, reportsync.CodeInvalid, "was sealed with another key", "encryption_key_file")
		b.open() // the right one still does
	})
}

func TestOpenHandsOutTheEngine(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		sqlite, postgres := b.SQLite() != nil, b.Postgres() != nil
		if sqlite == postgres || sqlite != (b.Dialect() == store.SQLite) {
			t.Errorf("%s hands out SQLite: %v, PostgreSQL: %v", b.Dialect(), sqlite, postgres)
		}
	})
}

func TestOpenSQLiteTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := setup(t, "sqlite://"+filepath.Join(dir, "test.db"))
	link := filepath.Join(dir, "link.db")
	noError(t, os.Symlink("test.db", link))
	for _, path := range []string{filepath.Join(dir, "test.db"), link} {
		_, err := store.Open(t.Context(), store.Options{URL: "sqlite://" + path, Key: b.key})
		wantCode(t, err, reportsync.CodeConflict, filepath.Join(dir, "test.db"), "the process "+strconv.Itoa(os.Getpid()), "state_dir")
	}
	noError(t, b.Close())
	b.open()
}

func TestOpenSQLiteMakesPrivateFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	setup(t, "sqlite://"+dir+"/with%20blank%3F%25%23.db").connection("production")
	must(os.Stat(filepath.Join(dir, "with blank?%#.db")))(t)
	files := must(os.ReadDir(dir))(t)
	if len(files) < 3 { // the database, its log, its lock
		t.Errorf("found %d files: %v", len(files), files)
	}
	for _, f := range files {
		if info := must(f.Info())(t); info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %#o", f.Name(), info.Mode().Perm())
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, test := range map[string]struct {
		url    string
		naming string
	}{
		"no engine":      {"mysql://localhost/db", `"mysql://"`},
		"no scheme":      {"reportsync.db", "sqlite:///path/to/file"},
		"no URL":         {"sqlite://%zz", "can't be read"},
		"no file":        {"sqlite://", "names no file"},
		"a folder":       {"sqlite://" + dir + "/", "names no file"},
		"options":        {"sqlite://" + dir + "/a.db?mode=ro", "without options"},
		"missing folder": {"sqlite://" + dir + "/missing/a.db", dir + "/missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), store.Options{URL: test.url, Key: newKey(t)})
			wantCode(t, err, reportsync.CodeInvalid, test.naming)
		})
	}
	t.Run("unreachable server", func(t *testing.T) {
		t.Parallel()
		_, err := store.Open(t.Context(), store.Options{URL: "postgres://me:hush@127.0.0.1:1/db?connect_timeout=2", Key: newKey(t)})
		message := wantCode(t, err, reportsync.CodeUnavailable, "the database db on 127.0.0.1:1")
		if strings.Contains(message, "hush") {
			t.Errorf("the error shows the password: %s", message)
		}
	})
	t.Run("no key", func(t *testing.T) {
		t.Parallel()
		_, err := store.Open(t.Context(), store.Options{URL: "sqlite://" + dir + "/nokey.db"})
		if err == nil {
			t.Error("opened a store without a key")
		}
		if _, err := os.Stat(dir + "/nokey.db"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("made a database all the same: %v", err)
		}
	})
}

func TestOpenRelativeSQLite(t *testing.T) {
	t.Chdir(t.TempDir())
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite://here.db", Key: newKey(t)})
	noError(t, err)
	noError(t, s.Close())
	must(os.Stat("here.db"))(t)
}

// Two nodes that start on an empty database at the same moment.
func TestOpenPostgresTogether(t *testing.T) {
	t.Parallel()
	url, key := testenv.Postgres(t), newKey(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := store.Open(t.Context(), store.Options{URL: url, Key: key})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		noError(t, b.Close())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := store.Open(ctx, store.Options{URL: b.url, Key: b.key})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
		b.open() // nothing is left locked
	})
}

package store

import (
	"database/sql"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// A migration exists for both engines or for none.
func TestMigrationsAreTwins(t *testing.T) {
	t.Parallel()
	files := map[Dialect][]string{}
	for _, d := range []Dialect{SQLite, PostgreSQL} {
		matches, err := fs.Glob(migrations, "migrations/"+string(d)+"/*.sql")
		if err != nil || len(matches) == 0 {
			t.Fatalf("found no migrations for %s: %v", d, err)
		}
		for _, m := range matches {
			files[d] = append(files[d], path.Base(m))
			text, err := migrations.ReadFile(m)
			if err != nil || !strings.Contains(string(text), "-- +goose Down\n") {
				t.Errorf("%s has no way down (%v)", m, err)
			}
		}
	}
	if diff := cmp.Diff(files[SQLite], files[PostgreSQL]); diff != "" {
		t.Errorf("the migrations differ (-sqlite +postgres):\n%s", diff)
	}
}

// dbOf opens a database without migrating it.
func dbOf(t *testing.T, dialect Dialect) (db *sql.DB, url string) {
	t.Helper()
	var err error
	if dialect == SQLite {
		file := filepath.Join(t.TempDir(), "test.db")
		url = "sqlite://" + file
		db, err = sql.Open("sqlite", sqliteDSN(file, "immediate"))
	} else {
		url = testenv.Postgres(t)
		db, err = sql.Open("pgx", url)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, url
}

func TestMigrateUpDownUp(t *testing.T) {
	t.Parallel()
	for _, dialect := range []Dialect{SQLite, PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db, _ := dbOf(t, dialect)
			p, err := migrator(dialect, db)
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range []string{"up", "up again", "down", "up after down"} {
				if step == "down" {
					_, err = p.DownTo(t.Context(), 0)
				} else {
					_, err = p.Up(t.Context())
				}
				if err != nil {
					t.Fatalf("%s: %v", step, err)
				}
				var tables int
				query := `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('runs', 'segments', 'settings')`
				if dialect == PostgreSQL {
					query = `SELECT count(*) FROM information_schema.tables WHERE table_name IN ('runs', 'segments', 'settings')`
				}
				want := 3
				if step == "down" {
					want = 0
				}
				if err := db.QueryRowContext(t.Context(), query).Scan(&tables); err != nil || tables != want {
					t.Errorf("%s: %d of 3 tables, %v", step, tables, err)
				}
			}
		})
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	for _, dialect := range []Dialect{SQLite, PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db, url := dbOf(t, dialect)
			p, err := migrator(dialect, db)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Up(t.Context()); err != nil {
				t.Fatal(err)
			}
			insert := `INSERT INTO ` + schemaTable + ` (version_id, is_applied) VALUES (9001, TRUE)`
			if _, err := db.ExecContext(t.Context(), insert); err != nil {
				t.Fatal(err)
			}
			key, err := newKeyring(make([]byte, keyBytes))
			if err != nil {
				t.Fatal(err)
			}
			_, err = Open(t.Context(), Options{URL: url, Key: key})
			if reportsync.CodeOf(err) != reportsync.CodeConflict || !strings.Contains(err.Error(), "version 9001") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRebind(t *testing.T) {
	t.Parallel()
	const query = `SELECT a FROM b WHERE c = ? AND d IN (?, ?)`
	if got := SQLite.rebind(query); got != query {
		t.Errorf("SQLite: %s", got)
	}
	if got, want := PostgreSQL.rebind(query), `SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)`; got != want {
		t.Errorf("PostgreSQL: %s, want %s", got, want)
	}
}

package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// The schema itself guards what must hold, whatever the code above it checks first.
func TestSchemaGuards(t *testing.T) {
	t.Parallel()
	for _, dialect := range []Dialect{SQLite, PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			url := "sqlite://" + filepath.Join(t.TempDir(), "test.db")
			if dialect == PostgreSQL {
				url = testenv.Postgres(t)
			}
			s, err := Open(t.Context(), Options{URL: url, Key: testKeyring(t, 1)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			run := func(number, integration string, slot, status string) string {
				return fmt.Sprintf(`INSERT INTO runs (id, integration_id, integration_name, revision, source_id, connection_id, report, object,
					started_by, dry_run, full_resync, slot, status, queued_at, finished_at)
					VALUES ('run_%s', '%s', 'n', 1, 's', 'c', 'r', 'o', 'api', FALSE, TRUE, %s, '%s', 1, %s)`,
					number, integration, slot, status, map[bool]string{true: "NULL", false: "2"}[reportsync.RunStatus(status).Live()])
			}
			for _, step := range []struct {
				name, statement string
				refused         bool
			}{
				{"a revision", `INSERT INTO integration_revisions (integration_id, revision, spec) VALUES ('int_1', 1, '{}')`, false},
				{"a run", run("1", "int_1", "7", "queued"), false},
				{"a second live run", run("2", "int_1", "8", "queued"), true},
				{"the same slot once more", run("3", "int_1", "7", "completed"), true},
				{"an ended run", run("4", "int_1", "9", "completed"), false},
				{"a run of no revision", run("5", "int_2", "7", "queued"), true},
				{"a revision that a run uses goes", `DELETE FROM integration_revisions`, true},
				{"running without a lease", `UPDATE runs SET status = 'running' WHERE id = 'run_1'`, true},
				{"an end without a time", `UPDATE runs SET status = 'failed' WHERE id = 'run_1'`, true},
				{"an integration from nowhere", `INSERT INTO integrations (id, name, revision, spec, source_id, connection_id, scheduled, anchor, created_at, updated_at)
					VALUES ('int_1', 'n', 1, '{}', 'src_none', 'con_none', FALSE, 1, 1, 1)`, true},
			} {
				_, err := s.writer.ExecContext(t.Context(), step.statement)
				if (err != nil) != step.refused {
					t.Errorf("%s: %v", step.name, err)
				}
			}
		})
	}
}

func TestLostRace(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"23505": true, "40001": true, "40P01": true, "23503": false, "57014": false} {
		if got := lostRace(fmt.Errorf("store it: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("SQLSTATE %s: %v", code, got)
		}
	}
	if lostRace(nil) || lostRace(errors.New("else")) {
		t.Error("takes any error for a lost race")
	}
}

// A transaction that always loses is given up, with its error.
func TestWriteGivesUp(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{URL: "sqlite://" + filepath.Join(t.TempDir(), "test.db"), Key: testKeyring(t, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for want, cause := range map[int]error{1: errors.New("else"), maxWriteAttempts: &pgconn.PgError{Code: pgDeadlockDetected}} {
		attempts := 0
		err := s.write(t.Context(), func(conn) error {
			attempts++
			return cause
		})
		if !errors.Is(err, cause) || attempts != want {
			t.Errorf("%d attempts, %v; want %d", attempts, err, want)
		}
	}
}

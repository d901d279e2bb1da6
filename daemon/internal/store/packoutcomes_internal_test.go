package store

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// A database of the time when each outcome was a row loses none of them.
func TestPackOutcomes(t *testing.T) {
	t.Parallel()
	for _, dialect := range []Dialect{SQLite, PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db, url := dbOf(t, dialect)
			p, err := migrator(dialect, db)
			if err != nil {
				t.Fatal(err)
			}
			fillFirstVersion(t, p, db)
			s, err := Open(t.Context(), Options{URL: url, Key: testKeyring(t, 1)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })

			ended := readOutcomes(t, s, "run_ended")
			if len(ended) != oldRows {
				t.Fatalf("%d outcomes of the run that has ended, want %d", len(ended), oldRows)
			}
			change := []reportsync.Change{{Field: "F", Before: new("a"), After: nil}}
			want := []reportsync.Outcome{
				{Row: 1, Line: 2, Key: "k1", Kind: reportsync.Unmatched, Code: "no_record", Message: "none"},
				{Row: 2, Line: 3, Key: "k2", Kind: reportsync.Updated, RecordID: "003", Changes: change},
			}
			if diff := cmp.Diff(want, ended[:2]); diff != "" {
				t.Errorf("the first (-want +got):\n%s", diff)
			}

			j := s.Journal("run_live", "node-1", 3)
			got := map[string][]reportsync.Outcome{}
			gather := func(what string) func(int, []reportsync.Outcome) error {
				return func(seq int, rows []reportsync.Outcome) error {
					what := fmt.Sprintf("%s %d", what, seq)
					got[what] = append(got[what], rows...)
					return nil
				}
			}
			if err := j.Planned(t.Context(), gather("planned")); err != nil {
				t.Fatal(err)
			}
			if err := j.Answers(t.Context(), gather("answered")); err != nil {
				t.Fatal(err)
			}
			settled := reportsync.Outcome{Row: 5, Line: 6, Key: "k5", Kind: reportsync.Failed, RecordID: "005", Code: "NO", Message: "no", Changes: change}
			planned := settled
			planned.Kind, planned.Code, planned.Message = "", "", ""
			wantLive := map[string][]reportsync.Outcome{
				"planned 1": {planned, {Row: 6, Line: 7, Key: "k6", RecordID: "006"}}, "answered 1": {settled},
				"planned 2": {{Row: 4, Line: 5, Key: "k4", RecordID: "004"}},
			}
			if diff := cmp.Diff(wantLive, got); diff != "" {
				t.Errorf("the live run's journal (-want +got):\n%s", diff)
			}
		})
	}
}

// oldRows are more than one segment takes.
const oldRows = segmentRows + 5

// fillFirstVersion makes a database as the first version had it, with a run that has ended and a live one.
func fillFirstVersion(t *testing.T, p *goose.Provider, db *sql.DB) {
	t.Helper()
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	run := func(number int, id, integration, status, finished, lease string) string {
		return fmt.Sprintf(`INSERT INTO runs (id, integration_id, integration_name, revision, source_id, connection_id, report, object,
			started_by, dry_run, full_resync, status, queued_at, finished_at, lease_until, owner, attempt)
			VALUES ('%s', '%s', 'n', 1, 's', 'c', 'r', 'o', 'api', FALSE, TRUE, '%s', 1, %s, %s, 'node-1', %d)`, id, integration, status, finished, lease, number+1)
	}
	outcome := func(run, row int, kind, record, code, message, changes, batch string) string {
		return fmt.Sprintf(`INSERT INTO outcomes (run, row_number, line, row_key, kind, record_id, code, message, changes, batch)
			VALUES (%d, %d, %d, 'k%d', '%s', '%s', '%s', '%s', '%s', %s)`, run, row, row+1, row, kind, record, code, message, changes, batch)
	}
	const change = `[{"field":"F","before":"a","after":null}]`
	statements := []string{
		`INSERT INTO integration_revisions (integration_id, revision, spec) VALUES ('int_1', 1, '{}'), ('int_2', 1, '{}')`,
		run(1, "run_ended", "int_1", "completed", "2", "NULL"), run(2, "run_live", "int_2", "running", "NULL", "9000000000000000"),
		`INSERT INTO batches (run, seq, route, job_id, state, row_count) VALUES (1, 1, 'bulk', 'j', 'settled', 1), (2, 1, 'bulk', 'j', 'closed', 2), (2, 2, 'bulk', '', 'planned', 1)`,
		outcome(1, 1, "unmatched", "", "no_record", "none", "", "NULL"), outcome(1, 2, "updated", "003", "", "", change, "1"),
		outcome(2, 3, "unchanged", "009", "", "", "", "NULL"), outcome(2, 4, "", "004", "", "", "", "2"),
		outcome(2, 5, "failed", "005", "NO", "no", change, "1"), outcome(2, 6, "", "006", "", "", "", "1"),
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	for row := 3; row <= oldRows; row++ {
		statements = append(statements, outcome(1, row, "unchanged", "", "", "", "", "NULL"))
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func readOutcomes(t *testing.T, s *Store, run string) []reportsync.Outcome {
	t.Helper()
	var all []reportsync.Outcome
	for f := (OutcomeFilter{Limit: maxPage}); ; {
		page, next, err := s.Outcomes(t.Context(), run, f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
		if f.Cursor = next; next == "" {
			return all
		}
	}
}

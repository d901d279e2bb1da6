package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// OutcomeFilter asks for a page of the outcomes of a run, by row. Empty fields don't filter.
type OutcomeFilter struct {
	Kinds  []reportsync.OutcomeKind
	Cursor string // what the page before gave as next
	Limit  int    // 0 for the default, at most maxPage
}

const selectOutcome = `SELECT row_number, line, row_key, kind, record_id, code, message, changes FROM outcomes `

func scanOutcome(row scanner) (o reportsync.Outcome, err error) {
	var changes string
	err = row.Scan(&o.Row, &o.Line, &o.Key, &o.Kind, &o.RecordID, &o.Code, &o.Message, &changes)
	if err != nil || changes == "" {
		return o, err
	}
	o.Changes, err = decode[[]reportsync.Change](changes)
	return o, err
}

// Outcomes returns a page of the outcomes of a run and where the next one begins, empty after the last. Rows that wait
// for Salesforce's answer are left out. Errors: not found (the run), invalid (the cursor).
func (s *Store) Outcomes(ctx context.Context, runID string, f OutcomeFilter) ([]reportsync.Outcome, string, error) {
	c := s.reader()
	run, err := runNumber(ctx, c, runID)
	if err != nil {
		return nil, "", err
	}
	where, args := "WHERE run = ? AND kind <> ''", []any{run}
	if f.Cursor != "" {
		after, err := strconv.ParseInt(f.Cursor, 10, 64)
		if err != nil || after < 0 {
			return nil, "", reportsync.Errorf(reportsync.CodeInvalid, "%q is no cursor of outcomes: give what the page before gave", f.Cursor)
		}
		where += " AND row_number > ?"
		args = append(args, after)
	}
	if len(f.Kinds) > 0 {
		where += " AND kind IN (" + placeholders(len(f.Kinds)) + ")"
		args = append(args, anys(f.Kinds)...)
	}
	size := pageSize(f.Limit)
	all, err := collect(ctx, c, scanOutcome, selectOutcome+where+" ORDER BY row_number LIMIT ?", append(args, size+1)...)
	if err != nil {
		return nil, "", fmt.Errorf("read the outcomes of the run %s: %w", runID, err)
	}
	page, next := nextPage(all, size, func(o reportsync.Outcome) string { return strconv.FormatInt(o.Row, 10) })
	return page, next, nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// foldedPage is how many rows are put together at a time for a page.
const foldedPage = 2 * maxPage

// ErrInArtifact says that the outcomes of a run are not in the database: Run.Artifact names where they are.
var ErrInArtifact = errors.New("the outcomes of the run are in its artifact")

// OutcomeFilter asks for a page of the outcomes of a run, by row. Empty fields don't filter.
type OutcomeFilter struct {
	Kinds  []reportsync.OutcomeKind
	Cursor string // what the page before gave as next
	Limit  int    // 0 for the default, at most maxPage
}

// Outcomes returns a page of the outcomes of a run that has no artifact, and where the next one begins, empty after the
// last. The journal has only rows that were to be written. Of a live run those that wait for Salesforce's answer are left
// out; once it has ended they are unprocessed. Errors: not found (the run), invalid (the cursor), [ErrInArtifact].
func (s *Store) Outcomes(ctx context.Context, runID string, f OutcomeFilter) ([]reportsync.Outcome, string, error) {
	var after int64
	if f.Cursor != "" {
		var err error
		if after, err = strconv.ParseInt(f.Cursor, 10, 64); err != nil || after < 0 {
			return nil, "", reportsync.Errorf(reportsync.CodeInvalid, "%q is no cursor of outcomes: give what the page before gave", f.Cursor)
		}
	}
	run, live, err := s.journalled(ctx, runID)
	if err != nil {
		return nil, "", err
	}
	size := pageSize(f.Limit)
	page, err := s.page(ctx, run, after, size+1, func(o reportsync.Outcome, answered bool) bool {
		return (answered || !live) && (len(f.Kinds) == 0 || slices.Contains(f.Kinds, o.Kind))
	})
	if errors.Is(err, errSegmentGone) { // the run has ended just now, or was deleted
		if _, _, err := s.journalled(ctx, runID); err != nil {
			return nil, "", err
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("read the outcomes of the run %s: %w", runID, err)
	}
	page, next := nextPage(page, size, func(o reportsync.Outcome) string { return strconv.FormatInt(o.Row, 10) })
	return page, next, nil
}

// journalled returns the number of a run that has its outcomes in the journal, and whether it is live.
func (s *Store) journalled(ctx context.Context, id string) (number int64, live bool, err error) {
	var status reportsync.RunStatus
	var kept bool
	err = s.reader().row(ctx, `SELECT number, status, artifact IS NOT NULL FROM runs WHERE id = ?`, id).Scan(&number, &status, &kept)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, noRun(id)
	case err != nil:
		return 0, false, fmt.Errorf("find the run %s: %w", id, err)
	case kept:
		return 0, false, ErrInArtifact
	}
	return number, status.Live(), nil
}

// page returns the first rows after a row that are wanted, as many as size.
func (s *Store) page(ctx context.Context, run, after int64, size int, wanted func(o reportsync.Outcome, answered bool) bool) ([]reportsync.Outcome, error) {
	c := s.reader()
	all, err := segmentsOf(ctx, c, run)
	if err != nil {
		return nil, err
	}
	page := []reportsync.Outcome{}
	for {
		f, err := foldRows(ctx, c, all, after, foldedPage, false)
		if err != nil {
			return nil, err
		}
		for _, number := range slices.Sorted(maps.Keys(f.rows)) {
			if o, answered := f.rows[number].outcome(number); wanted(o, answered) {
				if page = append(page, o); len(page) == size {
					return page, nil
				}
			}
		}
		if f.whole() {
			return page, nil
		}
		after = f.upTo
	}
}

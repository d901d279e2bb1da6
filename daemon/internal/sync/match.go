package sync

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// match finds the record of each row. It reads the mapped fields along, so that comparing needs no further call.
func (r *run) match(ctx context.Context, target *target, keys *keyIndex) error {
	if err := r.ledger.enter(ctx, reportsync.StageMatch, int64(len(keys.keys))); err != nil {
		return err
	}
	if len(keys.keys) == 0 {
		return nil
	}
	found := &matches{keys: keys, rivals: map[*reportRow][]string{}}
	if err := r.read(ctx, target, found); err != nil {
		return err
	}
	claims := make(map[string][]*reportRow)
	for row := range r.rows.open() {
		if row.found != nil {
			claims[row.found.id] = append(claims[row.found.id], row)
		}
	}
	for row := range r.rows.open() {
		o, ended := found.verdict(row, claims)
		if !ended {
			continue
		}
		if err := r.ledger.end(ctx, row, o); err != nil {
			return err
		}
	}
	if err := r.ledger.flush(ctx); err != nil {
		return err
	}
	c := r.ledger.tally()
	return r.ledger.info(ctx, "%s with a record, %d with none, %d with several", count(len(claims), "row"), c.Unmatched, c.Ambiguous)
}

// matches gathers the records that have a row's key. It is safe for concurrent use.
type matches struct {
	keys *keyIndex

	mu     sync.Mutex
	rivals map[*reportRow][]string // ids of all records of rows that match several
}

// take notes a record. One that no row asks for is passed over: a Bulk query reads the whole object, and Salesforce
// may take keys for equal that this package does not.
func (m *matches) take(rec record) {
	row := m.keys.byKey[rec.key]
	if row == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	rivals := m.rivals[row]
	switch {
	case row.found == nil && rivals == nil:
		row.found = &rec
	case rivals != nil:
		m.rivals[row] = append(rivals, rec.id)
	case row.found.id != rec.id:
		m.rivals[row] = []string{row.found.id, rec.id}
		row.found = nil
	}
}

// verdict returns the outcome of a row that goes no further.
func (m *matches) verdict(row *reportRow, claims map[string][]*reportRow) (reportsync.Outcome, bool) {
	rivals := m.rivals[row]
	switch {
	case row.earlier != nil && (row.found == nil || row.found.id != row.earlier.outcome.RecordID):
		// It may have been written, and its record can't be looked at by its key any more.
		o := row.reject(reportsync.Unprocessed, reportsync.RowNoAnswer,
			"an attempt that was cut off may have written the record, which is no longer the one that has the key")
		o.RecordID, o.Changes = row.earlier.outcome.RecordID, row.earlier.outcome.Changes
		return o, true
	case rivals != nil:
		// They come in any order; equal runs are to say the same.
		return row.reject(reportsync.Ambiguous, reportsync.RowManyRecords,
			fmt.Sprintf("%d records have this key: %s", len(rivals), enumerate(slices.Sorted(slices.Values(rivals))))), true
	case row.found == nil:
		return row.reject(reportsync.Unmatched, reportsync.RowNoRecord, "no record has this key"), true
	}
	// Keys that differ lead to one record only when its key was changed between two look-ups.
	if claim := claims[row.found.id]; len(claim) > 1 {
		return row.reject(reportsync.Duplicate, reportsync.RowKeyDuplicate, "the same record is meant by "+otherLines(claim, row)), true
	}
	return reportsync.Outcome{}, false
}

// head begins a query for the records of the target; the condition follows.
func (t *target) head() string {
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s ", strings.Join(t.columns(), ", "), t.object, t.key.Name)
}

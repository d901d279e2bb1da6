package sync

import (
	"context"
	"fmt"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maxShownKey is how much is shown of a key that no record can have, which may be of any length.
const maxShownKey = 255

// keyIndex finds the row that has a key.
type keyIndex struct {
	byKey map[string]*reportRow // by folded key
	keys  []string              // as they are looked up, in the report's order
}

// key brings the keys into the form in which Salesforce compares them, and rejects the rows whose key leads nowhere.
// Of rows with the same key none is written, because nobody can say which one is right: not even when one of them has
// another flaw.
func (r *run) key(ctx context.Context, target *target) (*keyIndex, error) {
	if err := r.ledger.enter(ctx, reportsync.StageKey, r.rows.read()); err != nil {
		return nil, err
	}
	groups := make(map[string][]*reportRow)
	for row := range r.rows.all() {
		if row.flaw != nil && row.key == "" {
			continue // its cells are not known
		}
		key, flawed := r.normalise(target, row)
		if flawed != nil {
			row.flaw = flawed
			continue
		}
		row.key = key
		folded := target.key.fold(key)
		groups[folded] = append(groups[folded], row)
	}
	index := &keyIndex{byKey: make(map[string]*reportRow, len(groups))}
	for row := range r.rows.open() {
		if err := r.admit(ctx, target, index, groups, row); err != nil {
			return nil, err
		}
	}
	if err := r.ledger.flush(ctx); err != nil {
		return nil, err
	}
	return index, r.sayKeys(ctx, len(index.keys))
}

// normalise returns the row's key as it is looked up, or why there is none.
func (r *run) normalise(target *target, row *reportRow) (string, *flaw) {
	key, err := target.key.normalise(row.key)
	switch {
	case err != nil:
		row.key = cut(trim(row.key), maxShownKey)
		return "", &flaw{code: reportsync.RowKeyInvalid, message: fmt.Sprintf("key column %q for %s: %s", r.spec.Match.Column, target.key.Name, err)}
	case key == "":
		row.key = ""
		return "", &flaw{code: reportsync.RowKeyEmpty, message: fmt.Sprintf("key column %q is empty", r.spec.Match.Column)}
	}
	return key, nil
}

// admit puts a row into the index, or records why it is not fit for it.
func (r *run) admit(ctx context.Context, target *target, index *keyIndex, groups map[string][]*reportRow, row *reportRow) error {
	folded := target.key.fold(row.key)
	group := groups[folded]
	switch {
	case len(group) > 1 && keyed(row):
		return r.ledger.end(ctx, row, row.reject(reportsync.Duplicate, reportsync.RowKeyDuplicate, "the same key stands on "+otherLines(group, row)))
	case row.flaw != nil:
		return r.ledger.end(ctx, row, row.reject(reportsync.Malformed, row.flaw.code, row.flaw.message))
	}
	index.byKey[folded] = row
	index.keys = append(index.keys, row.key)
	return nil
}

// keyed reports whether the row has a key that can be compared: a flaw in another cell doesn't matter.
func keyed(row *reportRow) bool {
	return row.key != "" && (row.flaw == nil || row.flaw.code == reportsync.RowValueInvalid)
}

// otherLines names the lines of a group apart from the row's own, the first few of them.
func otherLines(group []*reportRow, self *reportRow) string {
	const most = 5
	var lines []string
	for _, other := range group {
		if other != self {
			lines = append(lines, strconv.FormatInt(other.line, 10))
		}
	}
	if len(lines) == 1 {
		return "line " + lines[0]
	}
	return "lines " + reportsync.Enumerate(lines, most)
}

func (r *run) sayKeys(ctx context.Context, usable int) error {
	c := r.ledger.tally()
	if c.Invalid+c.Duplicate == 0 {
		return r.ledger.info(ctx, "%s with a usable key", count(usable, "row"))
	}
	return r.ledger.warn(ctx, "%s with a usable key; %d invalid, %d that share their key with another", count(usable, "row"), c.Invalid, c.Duplicate)
}

package sync

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// keyIndex finds the row that is used for a key.
type keyIndex struct {
	*spool.Index
	usable int // rows that go on
}

// keyBatch is for how many keys the index is made ready at once.
const keyBatch = 64

// key sees to it that one row at most goes on for each key, as Salesforce compares keys. Rows that say the very same
// collapse into one; of others the policy for duplicates chooses. By default none is used, because nobody can say which
// one is right: not even when one of them has another flaw.
func (r *run) key(ctx context.Context, target *target) (*keyIndex, error) {
	if err := r.ledger.enter(ctx, reportsync.StageKey, int64(r.rows.len())); err != nil {
		return nil, err
	}
	keys := &keyIndex{Index: spool.NewIndex(r.hashes)}
	d := &duplicates{run: r, target: target, keys: keys}
	for from, hashes := range r.hashes.Batches(keyBatch) {
		keys.Warm(hashes)
		for i, hash := range hashes {
			if err := d.take(from+i, hash); err != nil {
				return nil, err
			}
		}
		if from%progressRows < keyBatch {
			if err := r.ledger.advance(ctx, int64(from+len(hashes))); err != nil {
				return nil, err
			}
		}
	}
	r.hashes = spool.Hashes{}
	if err := d.preferEarlier(); err != nil {
		return nil, err
	}
	r.unite()
	keys.usable = int(r.rows.count(rowOpen))
	if err := r.ledger.advance(ctx, int64(r.rows.len())); err != nil {
		return nil, err
	}
	return keys, r.sayKeys(ctx, keys.usable)
}

// duplicates finds rows with the same key.
type duplicates struct {
	run        *run
	target     *target
	keys       *keyIndex
	row, other reportRow
}

// take puts a row into the index, or settles which of it and the one that is there goes on. Rows are read only where
// their hashes meet: most keys are unique.
func (d *duplicates) take(index int, hash uint64) error {
	for at := range d.keys.Rows(hash) {
		if err := errors.Join(d.run.rows.at(index, &d.row), d.run.rows.at(int(at), &d.other)); err != nil {
			return err
		}
		if d.row.keyless() || d.other.keyless() {
			continue
		}
		if d.target.key.Fold(string(d.row.key)) == d.target.key.Fold(string(d.other.key)) {
			d.settle(hash, &d.other, &d.row)
			return nil
		}
	}
	if d.run.rows.states[index] == rowFlawed {
		if err := d.run.rows.at(index, &d.row); err != nil || d.row.keyless() {
			return err
		}
	}
	d.keys.Add(hash, uint32(index)) //nolint:gosec // at most maxRows
	return nil
}

// settle chooses between the row that is used so far and another one. What Salesforce has answered stays as it is, and
// was used by the attempt that sent it.
func (d *duplicates) settle(hash uint64, used, row *reportRow) {
	rows, spec := d.run.rows, d.run.spec
	isUsed, isRow := uint32(used.index), uint32(row.index) //nolint:gosec // at most maxRows
	answered := func(one *reportRow) bool { return rows.states[one.index] == rowAnswered }
	lose := func(loser *reportRow, st state, to *reportRow) {
		if !answered(loser) {
			rows.set(loser.index, st, uint64(to.index)) //nolint:gosec // an index
		}
	}
	gone := rowSuperseded // how a row ends that comes too late
	if d.target.alike(used, row) {
		gone = rowRepeated
	}
	keep := spec.Keeps()
	switch {
	case answered(used):
		lose(row, gone, used)
	case answered(row) && rows.states[used.index] != rowConflict:
		lose(used, gone, row)
		d.keys.Replace(hash, isUsed, isRow)
	case rows.states[used.index] == rowConflict:
		rows.join(used.index, row.index)
	case gone == rowRepeated && keep != reportsync.KeepReject && d.run.order.before(row, used) == (keep == reportsync.KeepFirst):
		lose(used, rowRepeated, row)
		d.keys.Replace(hash, isUsed, isRow)
	case gone == rowRepeated:
		lose(row, rowRepeated, used)
	case keep == reportsync.KeepReject:
		lose(used, rowConflict, used)
		rows.join(used.index, row.index)
	case d.run.order.before(row, used) == (keep == reportsync.KeepFirst):
		lose(used, rowSuperseded, row)
		d.keys.Replace(hash, isUsed, isRow)
	default:
		lose(row, rowSuperseded, used)
	}
}

// alike reports whether two rows with one key say the same, be it something that can't be read. Keys of parents are the
// same when Salesforce takes them for the same.
func (t *target) alike(a, b *reportRow) bool {
	if (a.flaw == nil) != (b.flaw == nil) || a.flaw != nil && *a.flaw != *b.flaw {
		return false
	}
	for i := range a.values {
		if string(a.values[i]) == string(b.values[i]) {
			continue
		}
		p := t.fields[i].parents
		if p == nil || bytes.HasPrefix(a.values[i], []byte(unreadable)) || p.key.Fold(string(a.values[i])) != p.key.Fold(string(b.values[i])) {
			return false
		}
	}
	return true
}

// preferEarlier hands the use of a row over to the first one in the report that says the same: which of them the policy
// came to by their order makes no difference to anybody, unless they spell a key differently that a record may get.
func (d *duplicates) preferEarlier() error {
	rows, row := d.run.rows, &d.other
	for i, st := range slices.Backward(rows.states) { // so that it comes to the first one of many step by step
		to := int(rows.links[i]) //nolint:gosec // an index
		if st != rowRepeated || to < i || rows.states[to] != rowOpen && rows.states[to] != rowFlawed {
			continue
		}
		if err := errors.Join(rows.at(to, row), rows.at(i, &d.row)); err != nil {
			return err
		}
		if string(row.key) != string(d.row.key) {
			continue
		}
		d.keys.Replace(d.keys.Hash(d.target.key.Fold(string(row.key))), uint32(to), uint32(i)) //nolint:gosec // at most maxRows
		used := rows.states[to]
		rows.set(to, rowRepeated, uint64(i)) //nolint:gosec // an index
		rows.set(i, used, 0)
	}
	return nil
}

// unite lets rows that gave way to another one share its fate: a repetition of a row that is in conflict is so, too,
// and each names the row that is used in the end.
func (r *run) unite() {
	if r.rows.count(rowRepeated)+r.rows.count(rowSuperseded) == 0 {
		return
	}
	for i, st := range r.rows.states {
		if !st.gaveWay() {
			continue
		}
		to := uint64(i)
		for r.rows.states[to].gaveWay() {
			to = r.rows.links[to]
		}
		// The whole way is shortened: it may be as long as the report, and others come along it.
		for at := uint64(i); r.rows.states[at].gaveWay(); {
			next := r.rows.links[at]
			if r.rows.links[at] = to; r.rows.states[to] == rowConflict {
				r.rows.join(int(to), int(at))
			}
			at = next
		}
	}
}

func (r *run) sayKeys(ctx context.Context, usable int) error {
	c := r.rows.tally()
	repeated := r.rows.count(rowRepeated)
	switch {
	case c.Invalid+c.Duplicate == 0:
		return r.ledger.info(ctx, "%s with a usable key", count(usable, "row"))
	case c.Invalid+r.rows.count(rowConflict) == 0:
		return r.ledger.info(ctx, "%s with a usable key; %d repeat another row, %d give way to another one by duplicates.keep", count(usable, "row"), repeated, r.rows.count(rowSuperseded))
	}
	return r.ledger.warn(ctx, "%s with a usable key; %d invalid, %d whose key another row has with other values, %d that repeat another row, %d that give way to one",
		count(usable, "row"), c.Invalid, r.rows.count(rowConflict), repeated, r.rows.count(rowSuperseded))
}

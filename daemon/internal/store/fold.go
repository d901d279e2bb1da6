package store

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// noAnswer is what rows are told that were planned when their run broke off.
const noAnswer = "the run broke off before Salesforce's answer was stored: the record may or may not have been written"

// fold makes outcomes out of what the segments of a run say. It looks at the rows of lowest number only, as many as it
// is asked for, since a run may have more rows than memory: what it leaves out is for the next fold.
type fold struct {
	after int64 // rows up to here are not looked at
	upTo  int64 // nor are rows beyond here
	keep  int   // how many rows it ends with at most
	rows  map[int64]*foldedRow
}

// foldedRow is what is known of a row so far.
type foldedRow struct {
	line    int64
	key     string
	attempt int // the last that planned the row: what those before it left without an answer is void
	records []foldedRecord
	changes []reportsync.Change
}

// foldedRecord is a record that the row was to be written to; its id is empty until a new one is created.
type foldedRecord struct {
	id            string
	attempt       int // the last that planned it, 0 for none
	kind          reportsync.OutcomeKind
	code, message string
	others        []string // of an answer that speaks for several records
}

// foldRows folds the keep rows that follow after. Only what counting takes of them is known if it is to be brief.
func foldRows(ctx context.Context, c conn, all []segment, after int64, keep int, brief bool) (*fold, error) {
	f := &fold{after: after, upTo: math.MaxInt64, keep: keep, rows: map[int64]*foldedRow{}}
	read := rowlog.Parse
	if brief {
		read = rowlog.Brief
	}
	for _, s := range all {
		if s.last <= f.after || s.first > f.upTo {
			continue
		}
		for line, err := range s.lines(ctx, c) {
			if err != nil {
				return nil, err
			}
			// Reading on costs far more than the number.
			row, err := rowlog.RowOf(line)
			if err != nil {
				return nil, err
			}
			if row <= f.after || row > f.upTo {
				continue
			}
			o, err := read(line)
			if err != nil {
				return nil, err
			}
			f.add(s, o)
		}
	}
	f.trim(f.keep)
	return f, nil
}

// whole reports whether no row is left for another fold.
func (f *fold) whole() bool { return f.upTo == math.MaxInt64 }

func (f *fold) add(s segment, o reportsync.Outcome) {
	r := f.rows[o.Row]
	if r == nil {
		r = &foldedRow{}
		f.rows[o.Row] = r
	}
	r.line, r.key = cmp.Or(o.Line, r.line), cmp.Or(o.Key, r.key)
	for i := range o.Changes {
		o.Changes[i].RecordID = cmp.Or(o.Changes[i].RecordID, o.RecordID)
	}
	if s.kind == answers && o.Kind == reportsync.Created && len(o.Changes) > 0 {
		r.changes = o.Changes // whatever was planned, nothing stood in the record before it was made
	} else {
		r.changes = mergeChanges(r.changes, o.Changes)
	}
	if s.kind == plans {
		r.plan(s.attempt, o)
	} else {
		r.answer(o)
	}
	if len(f.rows) > 2*f.keep {
		f.trim(f.keep)
	}
}

// trim drops all but the first rows. Of those that stay nothing was missed, since the bound only ever falls.
func (f *fold) trim(keep int) {
	if len(f.rows) <= keep {
		return
	}
	numbers := slices.Sorted(maps.Keys(f.rows))
	f.upTo = numbers[keep-1]
	for _, n := range numbers[keep:] {
		delete(f.rows, n)
	}
}

// plan notes that the row is about to be written to a record: an answer from before says nothing of that.
func (r *foldedRow) plan(attempt int, o reportsync.Outcome) {
	r.attempt = max(r.attempt, attempt)
	planned := foldedRecord{id: o.RecordID, attempt: attempt}
	if i := slices.IndexFunc(r.records, func(rec foldedRecord) bool { return rec.id == o.RecordID }); i >= 0 {
		r.records[i] = planned
		return
	}
	r.records = append(r.records, planned)
}

// answer notes what became of the row at one of its records, or at all of them.
func (r *foldedRow) answer(o reportsync.Outcome) {
	if len(o.Records) > 0 || len(r.records) == 0 {
		r.records = []foldedRecord{{attempt: r.attempt}}
	}
	rec := r.answered(o.RecordID)
	if len(o.Records) == 0 {
		rec.id = cmp.Or(o.RecordID, rec.id)
	}
	rec.kind, rec.code, rec.message, rec.others = o.Kind, o.Code, o.Message, o.Records
}

// answered finds the record that an answer is for. One that was created was planned without its id, and one that failed
// may be answered without it.
func (r *foldedRow) answered(id string) *foldedRecord {
	for _, fits := range []func(foldedRecord) bool{
		func(rec foldedRecord) bool { return id != "" && rec.id == id },
		func(rec foldedRecord) bool {
			return (id == "" || rec.id == "") && rec.kind == "" && rec.attempt == r.attempt
		},
		func(rec foldedRecord) bool { return id == "" || rec.id == "" },
	} {
		if i := slices.IndexFunc(r.records, fits); i >= 0 {
			return &r.records[i]
		}
	}
	r.records = append(r.records, foldedRecord{id: id, attempt: r.attempt})
	return &r.records[len(r.records)-1]
}

// outcome puts the records together: a row is as well off as the worst of them. It reports false for a row of which an
// answer is missing; its outcome is then that of a run that has ended.
func (r *foldedRow) outcome(number int64) (reportsync.Outcome, bool) {
	o := reportsync.Outcome{Row: number, Line: r.line, Key: r.key}
	var worst *foldedRecord
	var ids []string
	for i := range r.records {
		rec := &r.records[i]
		if rec.kind == "" && rec.attempt < r.attempt {
			continue // it was left for other records
		}
		if worst == nil || weight[rec.kind] > weight[worst.kind] {
			worst = rec
		}
		if rec.id != "" {
			ids = append(ids, rec.id)
		}
		ids = append(ids, rec.others...)
	}
	switch {
	case len(ids) > 1:
		o.Records = ids
	case len(ids) == 1:
		o.RecordID = ids[0]
	}
	o.Kind, o.Code = worst.fate()
	o.Message = worst.message
	if worst.kind == "" {
		o.Message = noAnswer
	}
	o.Changes = r.changesFor(o)
	return o, worst.kind != ""
}

// fate returns what became of a record, and why.
func (rec *foldedRecord) fate() (reportsync.OutcomeKind, string) {
	if rec.kind == "" {
		return reportsync.Unprocessed, reportsync.RowNoAnswer
	}
	return rec.kind, rec.code
}

// changesFor returns the changes of a row with an outcome. Where it has several records each change names its own, and
// what became of it.
func (r *foldedRow) changesFor(o reportsync.Outcome) (all []reportsync.Change) {
	if len(o.Records) == 0 {
		for _, c := range r.changes {
			c.RecordID = ""
			all = mergeChanges(all, []reportsync.Change{c})
		}
		return all
	}
	for _, c := range r.changes {
		if i := slices.IndexFunc(r.records, func(rec foldedRecord) bool { return rec.id != "" && rec.id == c.RecordID }); i >= 0 {
			kind, code := r.records[i].fate()
			c = c.Faring(kind, code, o)
		}
		all = append(all, c)
	}
	return all
}

// weight orders what can become of the records of one row by how much a person needs to know of it.
var weight = map[reportsync.OutcomeKind]int{
	reportsync.Failed: 3, "": 2, reportsync.Unprocessed: 2, reportsync.Updated: 1, reportsync.Created: 1,
}

// mergeChanges adds later changes to those known. A field keeps what stood in it before the first of them: what was
// planned once may have happened.
func mergeChanges(known, later []reportsync.Change) []reportsync.Change {
	if len(known) == 0 {
		return later
	}
	for _, c := range later {
		at := slices.IndexFunc(known, func(k reportsync.Change) bool { return k.Field == c.Field && k.RecordID == c.RecordID })
		if at < 0 {
			known = append(known, c)
			continue
		}
		c.Before, c.BeforeUnknown = known[at].Before, known[at].BeforeUnknown
		known[at] = c
	}
	return known
}

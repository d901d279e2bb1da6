package sync

import (
	"iter"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// reportRow is one row on its way through the stages.
type reportRow struct {
	number, line int64
	key          string   // as it is looked up; empty before the key stage
	values       []string // canonical, one a mapped field; empty for nothing
	flaw         *flaw    // why the row goes no further, nil while nothing is wrong
	done         bool     // its outcome is stored
	found        *record  // the record that has its key

	batch   int      // the batch that the row is planned in, 0 for none
	sent    bool     // Salesforce may have got it
	earlier *earlier // what an earlier attempt planned for it
}

// flaw is what is wrong with a row by itself.
type flaw struct{ code, message string }

// earlier is a row that an earlier attempt planned and has no answer for.
type earlier struct {
	batch   int
	outcome reportsync.Outcome
	sent    bool // Salesforce may have got it
}

// rowSet is the rows of a report. The stages go through it by its methods alone, so that it may come to keep its rows
// on disk.
type rowSet struct {
	rows []*reportRow
}

func (s *rowSet) add(r *reportRow) { s.rows = append(s.rows, r) }

// read returns how many rows the report has.
func (s *rowSet) read() int64 { return int64(len(s.rows)) }

// open yields the rows that have no outcome yet, in the report's order.
func (s *rowSet) open() iter.Seq[*reportRow] {
	return func(yield func(*reportRow) bool) {
		for _, r := range s.rows {
			if !r.done && !yield(r) {
				return
			}
		}
	}
}

// all yields every row, in the report's order.
func (s *rowSet) all() iter.Seq[*reportRow] {
	return func(yield func(*reportRow) bool) {
		for _, r := range s.rows {
			if !yield(r) {
				return
			}
		}
	}
}

// outcome begins the row's outcome.
func (r *reportRow) outcome(kind reportsync.OutcomeKind) reportsync.Outcome {
	o := reportsync.Outcome{Row: r.number, Line: r.line, Key: r.key, Kind: kind}
	if r.found != nil {
		o.RecordID = r.found.id
	}
	return o
}

// reject begins the outcome of a row that goes no further.
func (r *reportRow) reject(kind reportsync.OutcomeKind, code, message string) reportsync.Outcome {
	o := r.outcome(kind)
	o.Code, o.Message = code, message
	return o
}

// close lets go of what the row needs no more.
func (r *reportRow) close() { r.done, r.values, r.found, r.flaw = true, nil, nil, nil }

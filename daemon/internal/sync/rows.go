package sync

import (
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Bytes that stay in memory of what a run spools. Small reports never touch the disk.
const (
	rowMemory    = 72 << 20
	findMemory   = 16 << 20
	answerMemory = 8 << 20
	bufferBytes  = 4 << 10 // of a buffer for what is read from disk; few rows are longer
)

// rowSet is the rows of a report and what became of them. Of each row only a state and a link stay in memory; its
// texts are in a table, and what its link leads to is in spools. Different rows may be worked on at the same time.
type rowSet struct {
	table   *spool.Table
	fields  int          // values of a row
	states  []state      // by row
	links   []uint64     // by row
	finds   *spool.Spool // records to be written, with their before-images
	answers *spool.Spool // outcomes in full
	ids     idTable
	groups  groups
	rivals  []rivals                                 // of ambiguous rows
	buffers sync.Pool                                // of *[]byte, for finds that are on disk
	tallies [256]atomic.Int64                        // rows by state
	kinds   map[reportsync.OutcomeKind]*atomic.Int64 // answered rows by outcome
}

func newRowSet(scratch string, fields int) *rowSet {
	s := &rowSet{
		table:   spool.NewTable(scratch, rowMemory),
		finds:   spool.New(scratch, findMemory),
		answers: spool.New(scratch, answerMemory),
		fields:  fields,
		kinds:   map[reportsync.OutcomeKind]*atomic.Int64{},
		buffers: sync.Pool{New: func() any { return new(make([]byte, bufferBytes)) }},
	}
	for _, kind := range reportsync.OutcomeKinds {
		s.kinds[kind] = new(atomic.Int64)
	}
	return s
}

// close lets go of memory and files.
func (s *rowSet) close() error {
	return errors.Join(s.table.Close(), s.finds.Close(), s.answers.Close())
}

// approach fetches states and links from memory for many rows at once, as [spool.Index.Approach] does with its slots.
//
//go:noinline
func (s *rowSet) approach(ways []spool.Way) (touched uint64) {
	for i := range ways {
		if row := ways[i].Row; row != spool.NoRow {
			touched |= s.links[row] | uint64(s.states[row])
		}
	}
	return touched
}

// add takes a packed row.
func (s *rowSet) add(packed []byte, st state, link uint64) error {
	return s.addAll(packed, []int{len(packed)}, []state{st}, []uint64{link})
}

// addAll takes packed rows that stand one behind the other, each up to one of ends.
func (s *rowSet) addAll(packed []byte, ends []int, states []state, links []uint64) error {
	if err := s.table.AppendAll(packed, ends); err != nil {
		return err
	}
	s.states, s.links = append(s.states, states...), append(s.links, links...)
	for _, st := range states {
		s.tallies[st].Add(1)
	}
	return nil
}

// room returns for how many rows there is room without copying.
func (s *rowSet) room() int { return cap(s.states) }

// reserve makes room for more rows.
func (s *rowSet) reserve(more int) {
	s.states, s.links = slices.Grow(s.states, more), slices.Grow(s.links, more)
	s.table.Reserve(more)
}

// len returns how many rows there are.
func (s *rowSet) len() int { return len(s.states) }

// at reads a row.
func (s *rowSet) at(index int, row *reportRow) error {
	if row.buf == nil {
		row.buf = make([]byte, bufferBytes)
	}
	data, err := s.table.At(index, row.buf)
	if err != nil {
		return err
	}
	row.index = index
	return row.unpack(data, s.fields)
}

// each yields the rows whose state is one of some, in the report's order; all rows when none is given. The row that is
// yielded is used again for the next one.
func (s *rowSet) each(of ...state) iter.Seq2[*reportRow, error] {
	return func(yield func(*reportRow, error) bool) {
		row := &reportRow{}
		if s.few(of) {
			for index, st := range s.states {
				if st.in(of) {
					if err := s.at(index, row); !yield(row, err) || err != nil {
						return
					}
				}
			}
			return
		}
		index := -1
		for data, err := range s.table.All() {
			if index++; err == nil && len(of) > 0 && !s.states[index].in(of) {
				continue
			}
			if row.index = index; err == nil {
				err = row.unpack(data, s.fields)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// few reports whether so few rows are in one of some states that it is better to read these alone than to pass over all.
func (s *rowSet) few(of []state) bool {
	const share = 16
	n := int64(0)
	for _, st := range of {
		n += s.count(st)
	}
	return len(of) > 0 && n*share < int64(s.len())
}

func (s state) in(of []state) bool {
	for _, one := range of {
		if s.is() == one {
			return true
		}
	}
	return false
}

// set moves a row to another state.
func (s *rowSet) set(index int, st state, link uint64) {
	s.tallies[s.states[index]].Add(-1)
	s.tallies[st].Add(1)
	s.states[index], s.links[index] = st, link
}

// join puts a row into the ring of a row with the same key. One that has an answer of Salesforce stays out.
func (s *rowSet) join(ring, index int) {
	if s.states[index].is() == rowAnswered || s.states[ring].is() != rowConflict {
		return
	}
	s.set(index, rowConflict, s.links[ring])
	s.links[ring] = uint64(index) //nolint:gosec // an index
}

// ring returns the rows that have the same key as one, without it and not more than so many.
func (s *rowSet) ring(index, most int) []int {
	var others []int
	for at := int(s.links[index]); at != index && len(others) < most; at = int(s.links[at]) { //nolint:gosec // an index
		others = append(others, at)
	}
	return others
}

// count returns how many rows are in a state, marked or not.
func (s *rowSet) count(st state) int64 {
	return s.tallies[st].Load() + s.tallies[st|rowSent].Load()
}

// mark notes that Salesforce may have got a unit that it has not answered, or that it has not. Units of one row may be
// on their way in several batches side by side, so that of these the group takes the note.
func (s *rowSet) mark(u unit, sent bool) {
	st, link := s.states[u.row].is(), s.links[u.row]
	if st == rowGroup {
		s.groups.mark(link, int(u.member), sent)
		return
	}
	if sent {
		st |= rowSent
	}
	s.set(int(u.row), st, link)
}

// answer stores the outcome of a row in full.
func (s *rowSet) answer(index int, o reportsync.Outcome) error {
	ref, err := s.answers.Append(rowlog.Append(nil, o))
	if err != nil {
		return err
	}
	if counter := s.kinds[o.Kind]; counter != nil {
		counter.Add(1)
	}
	s.set(index, rowAnswered, uint64(ref))
	return nil
}

// created notes the record that was made for a row.
func (s *rowSet) created(index int, id string) (packed bool) {
	link, ok := s.ids.pack(id)
	if ok {
		s.set(index, rowCreated, link)
	}
	return ok
}

// outcomeOf is what rows in a state become; empty where the state alone can't tell.
var outcomeOf = [...]reportsync.OutcomeKind{
	rowFlawed:     reportsync.Malformed,
	rowConflict:   reportsync.Duplicate,
	rowRepeated:   reportsync.Duplicate,
	rowSuperseded: reportsync.Duplicate,
	rowOrphan:     reportsync.Malformed,
	rowStepchild:  reportsync.Ambiguous,
	rowIncomplete: reportsync.Malformed,
	rowAmbiguous:  reportsync.Ambiguous,
	rowExists:     reportsync.Unchanged,
	rowSame:       reportsync.Unchanged,
	rowHeld:       reportsync.Unchanged,
	rowMissing:    reportsync.Unmatched,
	rowUpdated:    reportsync.Updated,
	rowCreated:    reportsync.Created,
	rowAnswered:   "",
}

// tally adds up the outcomes that are known.
func (s *rowSet) tally() reportsync.Counts {
	counts := reportsync.Counts{Read: int64(s.len())}
	for st, kind := range outcomeOf {
		counts.Add(kind, s.count(state(st)))
	}
	for kind, n := range s.kinds {
		counts.Add(kind, n.Load())
	}
	return counts
}

package sync

import (
	"context"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// past is what earlier attempts at the run have left in its journal: what they planned, and what was answered.
type past struct {
	attempts   bool // whether there were any
	updatesAll bool // whether a row may have several records
	recalled   bool // whether the rows are known

	notes   *spool.Spool
	plans   []uint64 // by row: the newest note, counted from 1; 0 for none
	answers []uint64 // by row, alike

	batches   []reportsync.WriteBatch // that are not settled
	nextBatch int
	unsent    map[int]bool    // batches of which nothing was sent
	skipped   map[placed]bool // rows that their Bulk job never came to

	err error // of the scratch file
}

// placed is a row, or one of its records, in a batch.
type placed struct {
	batch, row int
	record     string // empty unless rows may have several
}

func newPast(job Job) *past {
	return &past{
		attempts:   job.Run.Attempt > 1,
		updatesAll: job.Integration.Match.UpdatesAll(),
		notes:      spool.New(job.Scratch, answerMemory),
		nextBatch:  1,
		unsent:     map[int]bool{},
		skipped:    map[placed]bool{},
	}
}

func (p *past) close() error { return p.notes.Close() }

// recall reads the journal.
func (p *past) recall(ctx context.Context, journal Journal) error {
	p.plans, p.answers = nil, nil
	err := journal.Planned(ctx, func(seq int, rows []reportsync.Outcome) error { return p.noteAll(&p.plans, seq, rows) })
	if err == nil {
		err = journal.Answers(ctx, func(seq int, rows []reportsync.Outcome) error { return p.noteAll(&p.answers, seq, rows) })
	}
	p.recalled = err == nil
	return stored(err)
}

func (p *past) noteAll(in *[]uint64, seq int, rows []reportsync.Outcome) error {
	for _, o := range rows {
		if err := p.note(in, seq, o); err != nil {
			return err
		}
	}
	return nil
}

// note keeps an outcome in front of those of the same row.
func (p *past) note(in *[]uint64, seq int, o reportsync.Outcome) error {
	index := int(o.Row - 1)
	for len(*in) <= index {
		*in = append(*in, make([]uint64, index+1-len(*in))...)
	}
	var pack packer
	pack.number((*in)[index])
	pack.number(uint64(seq)) //nolint:gosec // counted from 1
	pack.out = rowlog.Append(pack.out, o)
	ref, err := p.notes.Append(pack.out)
	(*in)[index] = uint64(ref) + 1
	return err
}

// noted calls each with the notes of a row, the newest first, until it returns false. Notes that can't be read are missed:
// whoever decides by them asks for failure in the end.
func (p *past) noted(in []uint64, index int, each func(seq int, o reportsync.Outcome) bool) {
	if index >= len(in) {
		return
	}
	for at := in[index]; at != 0; {
		data, err := p.notes.Read(spool.Ref(at-1), nil)
		if err != nil {
			p.err = err
			return
		}
		u := unpacker{in: data}
		next, seq := u.number(), u.number()
		o, err := rowlog.Parse(u.in)
		if err != nil {
			p.err = err
			return
		}
		if !each(int(seq), o) { //nolint:gosec // was an int
			return
		}
		at = next
	}
}

// failure returns why notes were missed, nil when none was: a row whose notes are missed looks as if it had none, and
// might be written once more.
func (p *past) failure() error {
	if p.err == nil {
		return nil
	}
	return fmt.Errorf("recall what earlier attempts did: %w", p.err)
}

// answered reports whether a row has an answer; of a row with several records, whether that record has.
func (p *past) answered(index int, recordID string) bool {
	if !p.updatesAll {
		return index < len(p.answers) && p.answers[index] != 0
	}
	return p.answerOf(index, recordID) != nil
}

// answerOf returns the answer for a record of a row, empty for one that was to be created; nil for none.
func (p *past) answerOf(index int, recordID string) *reportsync.Outcome {
	var found *reportsync.Outcome
	p.noted(p.answers, index, func(_ int, o reportsync.Outcome) bool {
		if o.RecordID == recordID || recordID == "" && o.Kind == reportsync.Created {
			found = &o
		}
		return found == nil
	})
	return found
}

// answersOf returns the answers for a row, one for each record.
func (p *past) answersOf(index int) []reportsync.Outcome {
	var all []reportsync.Outcome
	known := map[string]bool{}
	p.noted(p.answers, index, func(_ int, o reportsync.Outcome) bool {
		if !known[o.RecordID] {
			all, known[o.RecordID] = append(all, o), true
		}
		return true
	})
	return all
}

// planOf returns the newest plan for a record of a row, empty for one to be created, that Salesforce may have got and
// has not answered; nil for none.
func (p *past) planOf(index int, recordID string) *reportsync.Outcome {
	if !p.attempts || p.answered(index, recordID) {
		return nil
	}
	return p.newest(index, func(o *reportsync.Outcome) bool { return o.RecordID == recordID })
}

// sentPlan returns the newest plan for a row that Salesforce may have got and has not answered, nil for none. Rows with
// several records have none: nobody could say which of them is meant.
func (p *past) sentPlan(index int) *reportsync.Outcome {
	if !p.attempts || p.updatesAll || p.answered(index, "") {
		return nil
	}
	return p.newest(index, func(*reportsync.Outcome) bool { return true })
}

// lostPlan is sentPlan for a row that has no record any more: a plan for any that it had.
func (p *past) lostPlan(index int) *reportsync.Outcome {
	if !p.attempts {
		return nil
	}
	return p.newest(index, func(o *reportsync.Outcome) bool { return o.RecordID != "" && !p.answered(index, o.RecordID) })
}

// newest returns the newest plan of some for a row that Salesforce may have got, nil for none.
func (p *past) newest(index int, of func(*reportsync.Outcome) bool) *reportsync.Outcome {
	var found *reportsync.Outcome
	p.noted(p.plans, index, func(seq int, o reportsync.Outcome) bool {
		if of(&o) && p.maySent(seq, index, o.RecordID) {
			found = &o
		}
		return found == nil
	})
	return found
}

// planned reports whether an earlier attempt was about to write anything.
func (p *past) planned() bool { return len(p.plans) > 0 }

// maySent reports whether Salesforce may have got what was planned for a record of a row in a batch.
func (p *past) maySent(batch, index int, recordID string) bool {
	return !p.unsent[batch] && !p.skipped[p.place(batch, index, recordID)]
}

// skip notes that a batch's Bulk job never came to a record of a row.
func (p *past) skip(batch int, o reportsync.Outcome) {
	p.skipped[p.place(batch, int(o.Row-1), o.RecordID)] = true
}

func (p *past) place(batch, index int, recordID string) placed {
	if !p.updatesAll {
		recordID = ""
	}
	return placed{batch: batch, row: index, record: recordID}
}

// batchOf returns the batch that a record of a row was planned in last.
func (p *past) batchOf(index int, recordID string) int {
	batch := 0
	p.noted(p.plans, index, func(seq int, o reportsync.Outcome) bool {
		if o.RecordID == recordID {
			batch = seq
		}
		return batch == 0
	})
	return batch
}

// settled gives a row of the report the answer that it has. Of rows with several records that is known only when those
// were found.
func (p *past) settled(rows *rowSet, index int) error {
	if !p.attempts || p.updatesAll || index >= len(p.answers) || p.answers[index] == 0 {
		return nil
	}
	var err error
	p.noted(p.answers, index, func(_ int, o reportsync.Outcome) bool {
		err = rows.answer(index, unsettled(o))
		return false
	})
	return err
}

// rows returns how many rows the notes are about.
func (p *past) rows() int { return max(len(p.plans), len(p.answers)) }

// tell counts the rows with an answer, and those that were planned and have none.
func (p *past) tell() (answered, open int) {
	for index := range p.rows() {
		switch {
		case index < len(p.answers) && p.answers[index] != 0:
			answered++
		case index < len(p.plans) && p.plans[index] != 0:
			open++
		}
	}
	return answered, open
}

package sync

import (
	"context"

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
	unsent    map[int]bool // rows that their Bulk job never came to
}

func newPast(job Job) *past {
	return &past{
		attempts:   job.Run.Attempt > 1,
		updatesAll: job.Integration.Match.UpdatesAll(),
		notes:      spool.New(job.Scratch, answerMemory),
		nextBatch:  1,
		unsent:     map[int]bool{},
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

// noted calls each with the notes of a row, the newest first, until it returns false.
func (p *past) noted(in []uint64, index int, each func(seq int, o reportsync.Outcome) bool) {
	if index >= len(in) {
		return
	}
	for at := in[index]; at != 0; {
		data, err := p.notes.Read(spool.Ref(at-1), nil)
		if err != nil {
			return // a scratch file that can't be read fails the run elsewhere
		}
		u := unpacker{in: data}
		next, seq := u.number(), u.number()
		o, err := rowlog.Parse(u.in)
		if err != nil || !each(int(seq), o) { //nolint:gosec // was an int
			return
		}
		at = next
	}
}

// answered reports whether a row has an answer; of a row with several records, whether that record has.
func (p *past) answered(index int, recordID string) bool {
	if !p.updatesAll {
		return index < len(p.answers) && p.answers[index] != 0
	}
	return p.answerOf(index, recordID) != nil
}

// answerOf returns the answer for a record of a row, nil for none.
func (p *past) answerOf(index int, recordID string) *reportsync.Outcome {
	var found *reportsync.Outcome
	p.noted(p.answers, index, func(_ int, o reportsync.Outcome) bool {
		if o.RecordID == recordID || o.Kind == reportsync.Created {
			found = &o
		}
		return found == nil
	})
	return found
}

// planOf returns what was planned for a record of a row, empty for one to be created, and has no answer; nil for none.
func (p *past) planOf(index int, recordID string) *reportsync.Outcome {
	if !p.attempts || p.answered(index, recordID) {
		return nil
	}
	var found *reportsync.Outcome
	p.noted(p.plans, index, func(_ int, o reportsync.Outcome) bool {
		if o.RecordID == recordID {
			found = &o
		}
		return found == nil
	})
	return found
}

// sentPlan returns the newest plan for a row that has no answer and that Salesforce may have got, nil for none. Rows
// with several records have none: nobody could say which of them is meant.
func (p *past) sentPlan(index int) *reportsync.Outcome {
	if !p.attempts || p.updatesAll || !p.maySent(index) || p.answered(index, "") {
		return nil
	}
	var found *reportsync.Outcome
	p.noted(p.plans, index, func(_ int, o reportsync.Outcome) bool {
		found = &o
		return false
	})
	return found
}

// maySent reports whether Salesforce may have got what was planned for a row.
func (p *past) maySent(index int) bool { return !p.unsent[index] }

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

package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// past is what earlier attempts at the run have left in its journal: what they planned, and what was answered.
type past struct {
	attempts   bool // whether there were any
	updatesAll bool // whether a row may have several records
	recalled   bool // whether the rows are known

	spool          *spool.Spool
	plans, answers notes

	batches   []reportsync.WriteBatch // that are not settled
	nextBatch int
	unsent    map[int]bool    // batches of which nothing was sent
	skipped   map[placed]bool // rows that their Bulk job never came to
}

// placed is a row, or one of its records, in a batch.
type placed struct {
	batch, row int
	record     string // empty unless rows may have several
}

func newPast(job Job) *past {
	notes, several := spool.New(job.Scratch, answerMemory), job.Integration.Match.UpdatesAll()
	return &past{
		attempts:   job.Run.Attempt > 1,
		updatesAll: several,
		spool:      notes,
		plans:      newNotes(notes, several),
		answers:    newNotes(notes, several),
		nextBatch:  1,
		unsent:     map[int]bool{},
		skipped:    map[placed]bool{},
	}
}

func (p *past) close() error { return p.spool.Close() }

// recall reads the journal.
func (p *past) recall(ctx context.Context, journal Journal) error {
	p.plans.forget()
	p.answers.forget()
	err := journal.Planned(ctx, p.plans.addAll)
	if err == nil {
		err = journal.Answers(ctx, func(seq int, rows []reportsync.Outcome) error {
			for i := range rows {
				p.complete(seq, &rows[i])
			}
			return p.answers.addAll(seq, rows)
		})
	}
	p.recalled = err == nil
	return stored(err)
}

// complete gives an answer that is as planned what its plan says.
func (p *past) complete(seq int, o *reportsync.Outcome) {
	if !o.AsPlanned() {
		return
	}
	for batch, plan := range p.plans.ofRecord(int(o.Row-1), o.RecordID) {
		if batch == seq {
			o.Line, o.Key, o.Changes = plan.Line, plan.Key, plan.Changes
			return
		}
	}
}

// failure returns why notes were missed, nil when none was: a row whose notes are missed looks as if it had none, and
// might be written once more.
func (p *past) failure() error {
	if err := errors.Join(p.plans.err, p.answers.err); err != nil {
		return fmt.Errorf("recall what earlier attempts did: %w", err)
	}
	return nil
}

// answered reports whether a row has an answer; of a row with several records, whether that record has.
func (p *past) answered(index int, recordID string) bool {
	if !p.updatesAll {
		return p.answers.has(index)
	}
	return p.answers.hasRecord(index, recordID)
}

// answerOf returns the answer for a record of a row, empty for one that was to be created; nil for none.
func (p *past) answerOf(index int, recordID string) *reportsync.Outcome {
	for _, o := range p.answers.ofRecord(index, recordID) {
		return &o
	}
	return nil
}

// answersOf returns the answers for a row, one for each record.
func (p *past) answersOf(index int) []reportsync.Outcome {
	var all []reportsync.Outcome
	known := map[string]bool{}
	for _, o := range p.answers.ofRow(index) {
		if !known[o.RecordID] {
			all, known[o.RecordID] = append(all, o), true
		}
	}
	return all
}

// planOf returns the newest plan for a record of a row, empty for one to be created, that Salesforce may have got and
// has not answered; nil for none.
func (p *past) planOf(index int, recordID string) *reportsync.Outcome {
	if !p.attempts || p.answered(index, recordID) {
		return nil
	}
	return p.newest(index, p.plans.ofRecord(index, recordID))
}

// sentPlan returns the newest plan for a row that Salesforce may have got and has not answered, nil for none. Rows with
// several records have none: nobody could say which of them is meant.
func (p *past) sentPlan(index int) *reportsync.Outcome {
	if !p.attempts || p.updatesAll || p.answered(index, "") {
		return nil
	}
	return p.newest(index, p.plans.ofRow(index))
}

// lostPlan is sentPlan for a row that has no record any more: a plan for any that it had.
func (p *past) lostPlan(index int) *reportsync.Outcome {
	if !p.attempts {
		return nil
	}
	return p.newest(index, func(yield func(int, reportsync.Outcome) bool) {
		for seq, o := range p.plans.ofRow(index) {
			if o.RecordID != "" && !p.answered(index, o.RecordID) && !yield(seq, o) {
				return
			}
		}
	})
}

// newest returns the first of some plans for a row that Salesforce may have got, nil for none.
func (p *past) newest(index int, of iter.Seq2[int, reportsync.Outcome]) *reportsync.Outcome {
	for seq, o := range of {
		if p.maySent(seq, index, o.RecordID) {
			return &o
		}
	}
	return nil
}

// planned reports whether an earlier attempt was about to write anything.
func (p *past) planned() bool { return len(p.plans.rows) > 0 }

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
	for seq := range p.plans.ofRecord(index, recordID) {
		return seq
	}
	return 0
}

// settled gives a row of the report the answer that it has. Of rows with several records that is known only when those
// were found.
func (p *past) settled(rows *rowSet, index int) error {
	if !p.attempts || p.updatesAll {
		return nil
	}
	for _, o := range p.answers.ofRow(index) {
		return rows.answer(index, unsettled(o))
	}
	return nil
}

// rows returns how many rows the notes are about.
func (p *past) rows() int { return max(len(p.plans.rows), len(p.answers.rows)) }

// tell counts the rows with an answer, and those that were planned and have none.
func (p *past) tell() (answered, open int) {
	for index := range p.rows() {
		switch {
		case p.answers.has(index):
			answered++
		case p.plans.has(index):
			open++
		}
	}
	return answered, open
}

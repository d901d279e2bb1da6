package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// settledRows is how many answers go into the journal at once.
const settledRows = 5000

// settleJob joins the results of a finished job back to its rows and stores them. Rows that met a passing obstacle are
// sent again by collections. It returns the units that the job never came to; without any the batch is settled.
func (r *run) settleJob(ctx context.Context, target *target, j *job, finished salesforce.IngestJob) ([]unit, error) {
	going, release := r.inFlight(ctx)
	defer release()
	out, err := r.jobResults(going, target, j, finished)
	if err != nil {
		return nil, err
	}
	if err := r.sayJob(going, j, finished, out); err != nil {
		return nil, err
	}
	if err := r.settleUnits(going, target, j, out.missing, r.judgeMissing(going, target, j)); err != nil {
		return nil, err
	}
	if err := r.sendRefused(ctx, going, target, j, out); err != nil {
		return nil, err
	}
	if len(out.left) == 0 {
		if err := r.ledger.mark(going, j.seq, finished.ID, reportsync.BatchSettled); err != nil {
			return nil, err
		}
	}
	r.tidy(ctx, func(going context.Context) { r.deleteJob(going, finished.ID) })
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return out.left, nil
}

// sendRefused sends the rows again that met a passing obstacle. When the run stops their answers are final.
func (r *run) sendRefused(ctx, going context.Context, target *target, j *job, out *results) error {
	for len(out.refused) > 0 {
		part := out.refused[:min(len(out.refused), salesforce.MaxCollectionRows*plannedBatches)]
		out.refused = out.refused[len(part):]
		units := make([]unit, len(part))
		for i, a := range part {
			units[i] = a.unit
		}
		writes, err := r.compose(target, j.verb, units)
		if err != nil {
			return err
		}
		s := &sending{seq: j.seq, verb: j.verb, writes: writes, partial: true, round: 1, large: 1, refused: map[*write]reportsync.Outcome{}}
		for i, w := range writes {
			s.refused[w] = refusedBy(w.outcome, []salesforce.RowError{part[i].reason})
		}
		if ctx.Err() == nil {
			if err := r.sendRounds(ctx, target, s); err != nil {
				return err
			}
		} else if err := r.settle(going, s.seq, s.last(), false); err != nil {
			return err
		}
	}
	return nil
}

// results is what a job left to be done.
type results struct {
	written, failed int
	gone            int       // set aside
	refused         []refusal // met a passing obstacle
	left            []unit    // the job never came to them
	missing         []unit    // in no result file
	strangers       int       // result rows of records that were not sent
}

// refusal is a row of a job that met a passing obstacle.
type refusal struct {
	unit   unit
	reason salesforce.RowError
}

// jobResults reads a job's result files and settles the final answers in them. Files that lack rows are not believed
// before they were read twice: Salesforce may still be writing them.
func (r *run) jobResults(ctx context.Context, target *target, j *job, finished salesforce.IngestJob) (*results, error) {
	out := &results{}
	waiting, err := r.newWaiting(target, j)
	if err != nil {
		return nil, err
	}
	p := r.newPairing(target, j, waiting, out)
	err = p.read(ctx, finished)
	e, ok := errors.AsType[*salesforce.Error](err)
	if waiting.left() > 0 && (err == nil || ok && e.Code == salesforce.CodeUnexpectedAnswer) {
		if err = r.rest(ctx, 0); err == nil {
			strangers := out.strangers
			err = p.read(ctx, finished)
			out.strangers = strangers // rows that were paired before are none
		}
	}
	if stored := p.flush(ctx); stored != nil {
		return nil, stored
	}
	if e, ok := errors.AsType[*salesforce.Error](err); ok && e.Code == salesforce.CodeUnexpectedAnswer {
		err = nil // what is missing is told of each row
	}
	if err != nil {
		return nil, fmt.Errorf("read the results of Bulk job %s: %w", finished.ID, err)
	}
	out.missing = waiting.missing()
	return out, nil
}

// settleUnits stores what became of units of a job for which no result came, as judge has it.
func (r *run) settleUnits(ctx context.Context, target *target, j *job, units []unit, judge judgement) error {
	for part := range slices.Chunk(units, settledRows) {
		writes, err := r.compose(target, j.verb, part)
		if err != nil {
			return err
		}
		answers, err := judge(writes)
		if err != nil {
			return err
		}
		if err := r.settle(ctx, j.seq, answers, false); err != nil {
			return err
		}
	}
	return nil
}

// judgement says what became of units of a job for which no result came.
type judgement func(writes []*write) ([]answer, error)

// judgeAs says the same of all units: Salesforce has no answer for them, with the reason why.
func judgeAs(code, why string) judgement {
	return func(writes []*write) ([]answer, error) { return unprocessed(writes, code, why), nil }
}

// judgeMissing finds out by reading what became of rows that are in no result file: the job is over, so that records
// which don't hold what was sent won't do so later. An org without calls left is asked by the next attempt.
func (r *run) judgeMissing(ctx context.Context, target *target, j *job) judgement {
	return func(writes []*write) ([]answer, error) {
		seen, err := r.sight(ctx, target, j.verb, writes)
		if salesforce.IsLimit(err) {
			return nil, err
		}
		if err != nil {
			r.Logger.Debug("fate of rows not found out", "run", r.Run.ID, "error", err)
		}
		answers := unprocessed(writes, reportsync.RowNoAnswer, "the row is in none of the Bulk job's result files")
		for i := range answers {
			a := &answers[i]
			switch s := seen[a.to]; {
			case s.holds:
				a.outcome = r.shown(a.to, j.verb, s)
			case len(s.ids) == 1:
				a.outcome.RecordID = s.ids[0]
			}
		}
		return answers, nil
	}
}

// unprocessed answers writes for which Salesforce has no answer, with the reason why.
func unprocessed(writes []*write, code, why string) []answer {
	answers := make([]answer, len(writes))
	for i, w := range writes {
		answers[i] = answer{to: w, outcome: w.outcome}
		o := &answers[i].outcome
		o.Kind, o.Code, o.Message = reportsync.Unprocessed, code, why
	}
	return answers
}

func (r *run) sayJob(ctx context.Context, j *job, finished salesforce.IngestJob, out *results) error {
	done := "updated"
	if j.verb != salesforce.OperationUpdate {
		done = "written"
	}
	if finished.State == salesforce.JobComplete && out.gone+len(out.refused)+len(out.left)+len(out.missing)+out.strangers == 0 {
		return r.ledger.answered(ctx, reportsync.LogInfo, "Bulk job %s is %s: %d of %d rows %s, %d failed", finished.ID, finished.State, out.written, len(j.units), done, out.failed)
	}
	text := fmt.Sprintf("Bulk job %s is %s: %d of %d rows %s, %d failed, %d to be sent again, %d unprocessed",
		finished.ID, finished.State, out.written, len(j.units), done, out.failed, len(out.refused), len(out.left))
	if finished.ErrorMessage != "" {
		text += "; " + finished.ErrorMessage
	}
	if out.gone > 0 {
		text += fmt.Sprintf("; the records of %s are gone", count(out.gone, "row"))
	}
	if len(out.missing) > 0 {
		rows := make([]string, 0, len(out.missing))
		for _, u := range out.missing {
			rows = append(rows, strconv.FormatUint(uint64(u.row)+1, 10))
		}
		text += fmt.Sprintf("; %d rows of the report are in no result file: %s", len(rows), enumerate(rows))
	}
	if out.strangers > 0 {
		text += fmt.Sprintf("; %d result rows are about records that were not sent, or came twice", out.strangers)
	}
	return r.ledger.answered(ctx, reportsync.LogWarn, "%s", text)
}

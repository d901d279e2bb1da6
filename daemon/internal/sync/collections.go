package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// plannedBatches is how many batches are planned in one transaction.
	plannedBatches = 50
	// parallelBatches bounds the batches that wait for the client, which has its own limit of requests in flight.
	parallelBatches = 10
)

// writeCollections sends records so many a call, several calls at a time.
func (r *run) writeCollections(ctx context.Context, target *target, verb salesforce.Operation, units []unit) error {
	size := r.batchRows()
	r.budget.grant(pages(len(units), size))
	for group := range slices.Chunk(units, plannedBatches*size) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var batches []*batch
		for part := range slices.Chunk(group, size) {
			writes, err := r.compose(target, verb, part)
			if err != nil {
				return err
			}
			batches = append(batches, &batch{verb: verb, writes: writes})
		}
		if err := r.plan(ctx, batches); err != nil {
			return err
		}
		err := inParallel(ctx, parallelBatches, batches, func(starting context.Context, b *batch) error {
			return r.sendRounds(starting, target, &sending{seq: b.seq, verb: verb, writes: b.writes, refused: map[*write]reportsync.Outcome{}})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sending is rows of one batch on their way through the rounds.
type sending struct {
	seq     int
	verb    salesforce.Operation
	writes  []*write // that have no final answer
	partial bool     // the batch has rows besides these
	round   int      // from 0; rows that a Bulk job has refused start in the second
	large   int      // the round whose parts are as large as a call may be
	refused map[*write]reportsync.Outcome
}

// last returns the answers that rows without a final one have so far.
func (s *sending) last() (last []answer) {
	for _, w := range s.writes {
		if o, ok := s.refused[w]; ok && !w.done {
			last = append(last, answer{to: w, outcome: o})
		}
	}
	return last
}

// sendRounds sends rows of a batch until each has a final answer: at once at first, then those that met a passing
// obstacle, in ever smaller parts. It leaves the batch settled, unless that has other rows.
func (r *run) sendRounds(ctx context.Context, target *target, s *sending) error {
	going, release := r.inFlight(ctx)
	defer release()
	for ; ; s.round++ {
		if err := r.sendRound(ctx, going, target, s); err != nil {
			return r.giveUp(going, s, err)
		}
		if s.writes = unanswered(s.writes); len(s.writes) == 0 {
			return nil
		}
		if err := r.rest(ctx, s.round); err != nil {
			return r.giveUp(going, s, err)
		}
	}
}

// sendRound sends rows once and settles those whose answer is final. When the calls for later rounds are used up, the
// answers that are there are.
func (r *run) sendRound(ctx, going context.Context, target *target, s *sending) error {
	left := len(s.writes)
	for part := range slices.Chunk(s.writes, min(r.batchRows(), roundRows(s.round-s.large))) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if s.round > 0 {
			if ok, err := r.mayRepeat(going); err != nil {
				return err
			} else if !ok {
				return r.settle(going, s.seq, s.last(), !s.partial)
			}
		}
		got, failure := r.deliver(ctx, going, target, s.verb, part, 1)
		var final []answer
		for _, a := range got {
			if a.gone.Code != "" && r.setAside(s.seq, refusal{unit: a.to.unit, reason: a.gone}) {
				a.to.done = true
				left--
				continue
			}
			if a.outcome.Kind == reportsync.Failed && s.round+1 < maxRounds && isTransient(a.outcome.Code, a.outcome.Message) {
				s.refused[a.to] = a.outcome
				continue
			}
			final = append(final, a)
		}
		left -= len(final)
		if err := r.settle(going, s.seq, final, left == 0 && !s.partial); err != nil {
			return errors.Join(err, failure)
		}
		if failure != nil {
			return failure
		}
	}
	return nil
}

// mayRepeat reports whether one more call may be made for rows that were answered before, and says once that none may.
func (r *run) mayRepeat(ctx context.Context) (bool, error) {
	ok, first := r.budget.takeAgain()
	if !first {
		return ok, nil
	}
	return ok, r.ledger.warn(ctx, "too many rows meet obstacles that don't pass: no more calls are made to send rows again, and their last answers stand")
}

// giveUp makes final the answers of rows that would have been sent again, had nothing come between. Before a shutdown
// they stay open, and the next attempt sends them again.
func (r *run) giveUp(ctx context.Context, s *sending, why error) error {
	if _, broken := errors.AsType[*storeError](why); broken || handsOver(why) {
		return why
	}
	if err := r.settle(ctx, s.seq, s.last(), false); err != nil {
		return errors.Join(err, why)
	}
	return why
}

// answerOf turns Salesforce's answer for a record into its outcome.
func (t *target) answerOf(w *write, verb salesforce.Operation, result salesforce.RowResult) reportsync.Outcome {
	if !result.Success {
		return refusedBy(w.outcome, result.Errors)
	}
	return written(w.outcome, verb, t.key.Name, result.ID, result.Created)
}

// written completes the outcome of a record that was written. What an upsert by a key field has changed depends on
// whether the record was there.
func written(o reportsync.Outcome, verb salesforce.Operation, key, id string, created bool) reportsync.Outcome {
	switch {
	case verb == salesforce.OperationUpsert && created:
		o.Kind, o.Changes = reportsync.Created, ofMade(o, key)
	case verb == salesforce.OperationUpsert:
		if creates(o.Changes, key) {
			o.Code, o.Message = reportsync.RowFoundLate, "Salesforce has found a record by this key where the search before had not: it was made meanwhile, or Salesforce takes letters of the key for others"
		}
		o.Kind, o.Changes = reportsync.Updated, ofMet(o, key)
	case verb == salesforce.OperationInsert:
		o.Kind = reportsync.Created
	default:
		o.Kind = reportsync.Updated
	}
	if id != "" {
		o.RecordID = id
	}
	return o
}

// refusedBy completes the outcome of a record that Salesforce refused. Several records for the key of an upsert are not
// its fault but the key's.
func refusedBy(o reportsync.Outcome, errs []salesforce.RowError) reportsync.Outcome {
	o.Kind = reportsync.Failed
	o.Code, o.Message = describeRowErrors(errs)
	if o.Code == "DUPLICATE_EXTERNAL_ID" {
		o.Kind = reportsync.Ambiguous
	}
	return o
}

// describeRowErrors returns the first code, which is what Salesforce stumbled over, and all messages.
func describeRowErrors(errs []salesforce.RowError) (code, message string) {
	texts := make([]string, 0, len(errs))
	for _, e := range errs {
		texts = append(texts, withNames(e.Message, e.Fields))
	}
	if len(errs) > 0 {
		code = errs[0].Code
	}
	return code, strings.Join(texts, "; ")
}

// withNames adds the fields that a message is about.
func withNames(message string, fields []string) string {
	if len(fields) == 0 {
		return message
	}
	return fmt.Sprintf("%s (%s)", message, strings.Join(fields, ", "))
}

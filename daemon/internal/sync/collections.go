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

// writeCollections sends rows 200 a call, several calls at a time.
func (r *run) writeCollections(ctx context.Context, target *target, writes []write) error {
	var batches []*batch
	for part := range slices.Chunk(writes, salesforce.MaxCollectionRows) {
		batches = append(batches, &batch{route: reportsync.RouteCollections, writes: part})
	}
	for group := range slices.Chunk(batches, plannedBatches) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := r.plan(ctx, group); err != nil {
			return err
		}
		err := inParallel(ctx, parallelBatches, group, func(starting context.Context, b *batch) error {
			return r.sendRounds(starting, target, b.seq, b.writes, 0)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sendRounds sends rows of a batch until each has a final answer: at once at first, then those that met a passing
// obstacle, in ever smaller parts. It leaves the batch settled.
func (r *run) sendRounds(ctx context.Context, target *target, seq int, writes []write, round int) error {
	going, release := r.inFlight(ctx)
	defer release()
	for ; ; round++ {
		again, err := r.sendRound(ctx, going, target, seq, writes, round)
		if err != nil || len(again.rows) == 0 {
			return err
		}
		if err := r.rest(ctx, round); err != nil {
			return r.giveUp(going, seq, again, err)
		}
		writes = open(writes)
	}
}

// sendRound sends rows once and settles those whose answer is final. It returns the others with the answers that they
// have so far.
func (r *run) sendRound(ctx, going context.Context, target *target, seq int, writes []write, round int) (again answers, err error) {
	size := roundRows(round)
	for start := 0; start < len(writes); start += size {
		part := writes[start:min(start+size, len(writes))]
		if ctx.Err() != nil {
			return answers{}, r.giveUp(going, seq, again, context.Cause(ctx))
		}
		sent(part, true)
		results, err := r.Org.UpdateCollection(going, target.batch(part))
		if err != nil {
			sent(part, mayHaveLanded(err))
			return answers{}, r.giveUp(going, seq, again, fmt.Errorf("write %d records of %s: %w", len(part), target.object, err))
		}
		var final answers
		for i, result := range results {
			o := answerOf(part[i], result)
			if o.Kind == reportsync.Failed && round+1 < maxRounds && isTransient(o.Code, o.Message) {
				again.add(part[i].row, o)
				continue
			}
			final.add(part[i].row, o)
		}
		last := start+size >= len(writes)
		if err := r.ledger.settle(going, seq, final, last && len(again.rows) == 0); err != nil {
			return answers{}, err
		}
	}
	return again, nil
}

// giveUp makes final the answers of rows that would have been sent again, had nothing come between. Before a shutdown
// they stay open, and the next attempt sends them again.
func (r *run) giveUp(ctx context.Context, seq int, again answers, why error) error {
	if len(again.rows) == 0 || errors.Is(why, reportsync.ErrShutdown) {
		return why
	}
	return errors.Join(r.ledger.settle(ctx, seq, again, false), why)
}

// answerOf turns Salesforce's answer for a row into its outcome.
func answerOf(w write, result salesforce.RowResult) reportsync.Outcome {
	o := w.outcome
	o.Kind = reportsync.Updated
	if !result.Success {
		o.Kind = reportsync.Failed
		o.Code, o.Message = describeRowErrors(result.Errors)
	}
	return o
}

// describeRowErrors returns the first code, which is what Salesforce stumbled over, and all messages.
func describeRowErrors(errs []salesforce.RowError) (code, message string) {
	texts := make([]string, 0, len(errs))
	for _, e := range errs {
		text := e.Message
		if len(e.Fields) > 0 {
			text += " (" + strings.Join(e.Fields, ", ") + ")"
		}
		texts = append(texts, text)
	}
	if len(errs) > 0 {
		code = errs[0].Code
	}
	return code, strings.Join(texts, "; ")
}

// mayHaveLanded reports whether a request that failed may still have been carried out: no answer came, or one that
// says nothing about the rows.
func mayHaveLanded(err error) bool {
	e, ok := errors.AsType[*salesforce.Error](err)
	return !ok || e.Status == 0 && e.Code != salesforce.CodeInvalidRequest || e.Status >= 500 || e.Code == salesforce.CodeUnexpectedAnswer
}

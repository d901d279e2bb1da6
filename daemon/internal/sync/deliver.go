package sync

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maxDeliveries is how often rows are sent whose answer is lost, in all.
const maxDeliveries = 5

// deliver sends rows in one call and returns their answers: all of them, or as many as there are and an error. A call
// that Salesforce refuses for what some row holds is cut in halves until that row is alone. After a lost answer the
// records are read, and only those that don't hold what was sent are sent again. The delivery is counted from 1.
func (r *run) deliver(ctx, going context.Context, target *target, part []write, delivery int) (got answers, err error) {
	sent(part, true)
	results, err := r.Org.UpdateCollection(going, target.batch(part))
	if err == nil {
		for i, result := range results {
			got.add(part[i].row, answerOf(part[i], result))
		}
		return got, nil
	}
	if refusal, ok := refusesRows(err); ok {
		return r.halve(ctx, going, target, part, delivery, refusal)
	}
	err = fmt.Errorf("write %d records of %s: %w", len(part), target.object, err)
	if !mayHaveLanded(err) {
		sent(part, false)
		return answers{}, err
	}
	return r.inquire(ctx, going, target, part, delivery, err)
}

// halve sends the halves of a part that was refused as a whole, which has changed nothing. Rows that can't be parted
// further, or whose halves can't be sent any more, have the refusal for an answer.
func (r *run) halve(ctx, going context.Context, target *target, part []write, delivery int, refusal *salesforce.Error) (got answers, err error) {
	others := len(part) - 1
	if others > 0 && ctx.Err() == nil && r.budget.takeHalves() {
		middle := len(part) / 2
		if got, err = r.deliver(ctx, going, target, part[:middle], delivery); err == nil {
			var rest answers
			rest, err = r.deliver(ctx, going, target, part[middle:], delivery)
			return got.with(rest), err
		}
		part = part[middle:]
	}
	if why := context.Cause(ctx); handsOver(why) {
		return got, errors.Join(err, why) // the next attempt sends them again
	}
	for _, w := range part {
		o := w.outcome
		o.Kind, o.Code, o.Message = reportsync.Failed, refusal.Code, withNames(refusal.Message, refusal.Fields)
		if others > 0 {
			o.Message = fmt.Sprintf("Salesforce refused a call with this and %s: %s", count(others, "other row"), o.Message)
		}
		got.add(w.row, o)
	}
	return got, err
}

// inquire finds out by reading what became of rows whose answer is lost. Rows that hold what was sent are updated, the
// others are delivered again, a few times. Those whose fate stays unknown get no answer.
func (r *run) inquire(ctx, going context.Context, target *target, part []write, delivery int, lost error) (got answers, err error) {
	// Salesforce may still be at work on the request. When the run is to stop there is no time to wait for that.
	if why := r.rest(ctx, delivery); handsOver(why) {
		return got, why // the next attempt compares them
	}
	holding, err := r.holding(going, target, part)
	if err != nil {
		r.Logger.Debug("fate of rows not found out", "run", r.Run.ID, "error", err)
		return got, lost
	}
	var others []write
	for _, w := range part {
		if !holding[w.row] {
			others = append(others, w)
			continue
		}
		o := w.outcome
		o.Kind = reportsync.Updated
		got.add(w.row, o)
	}
	err = r.ledger.warn(going, "the answer to a call that wrote %s is lost; read again, %d of them hold what was sent", count(len(part), "record"), len(got.rows))
	switch {
	case err != nil:
		return got, err
	case len(others) == 0:
		return got, nil
	case ctx.Err() != nil:
		return got, context.Cause(ctx)
	case delivery == maxDeliveries:
		return got, inVain(lost)
	}
	rest, err := r.deliver(ctx, going, target, others, delivery+1)
	return got.with(rest), err
}

// inVain takes from the error of a last delivery the hint that it was not repeated.
func inVain(lost error) error {
	e, ok := errors.AsType[*salesforce.Error](lost)
	if !ok {
		return lost
	}
	last := *e
	last.Hint = fmt.Sprintf("it was sent %d times, and read back each time the records did not hold what was sent", maxDeliveries)
	return &last
}

// handsOver reports whether this attempt stops because another one is to go on, or does already.
func handsOver(why error) bool {
	return errors.Is(why, reportsync.ErrShutdown) || errors.Is(why, reportsync.ErrLeaseLost)
}

// refusesRows returns the error of a request that Salesforce has read and refused as a whole, as it does for a value
// that it can't parse (REST API guide: status code 400).
func refusesRows(err error) (*salesforce.Error, bool) {
	e, ok := errors.AsType[*salesforce.Error](err)
	if !ok || e.Status != http.StatusBadRequest || salesforce.IsRetryable(err) || salesforce.IsAuth(err) || salesforce.IsLimit(err) {
		return nil, false
	}
	return e, true
}

// mayHaveLanded reports whether a request that failed may still have been carried out: no answer came, or one that
// says nothing about the rows.
func mayHaveLanded(err error) bool {
	e, ok := errors.AsType[*salesforce.Error](err)
	return !ok || e.Status == 0 && e.Code != salesforce.CodeInvalidRequest || e.Status >= http.StatusInternalServerError ||
		e.Code == salesforce.CodeUnexpectedAnswer || salesforce.IsRetryable(err)
}

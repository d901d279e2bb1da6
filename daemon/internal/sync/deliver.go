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
// org is asked what became of the rows, and only those that were not written are sent again. The delivery is counted
// from 1.
func (r *run) deliver(ctx, going context.Context, target *target, verb salesforce.Operation, part []*write, delivery int) ([]answer, error) {
	r.sent(part, true)
	results, err := r.within.WriteCollection(going, r.collection(target, verb), target.batch(part))
	if err == nil {
		got := make([]answer, len(results))
		for i, result := range results {
			got[i] = answer{to: part[i], outcome: target.answerOf(part[i], verb, result)}
			if isGone(verb, result.Errors) {
				got[i].gone = result.Errors[0]
			}
		}
		return got, nil
	}
	if refusal, ok := refusesRows(err); ok {
		return r.halve(ctx, going, target, verb, part, delivery, refusal)
	}
	err = fmt.Errorf("%s %d records of %s: %w", verb, len(part), target.object.Name, err)
	if !mayHaveLanded(err) {
		r.sent(part, false)
		return nil, err
	}
	return r.inquire(ctx, going, target, verb, part, delivery, err)
}

// collection says how rows are to be written.
func (r *run) collection(target *target, verb salesforce.Operation) salesforce.CollectionRequest {
	req := salesforce.CollectionRequest{Operation: verb, Options: salesforce.WriteOptions{AssignmentRule: r.assignmentRule()}}
	if verb == salesforce.OperationUpsert {
		req.ExternalIDField = target.key.Name
	}
	if w := r.spec.Writes; w != nil && w.DuplicateRules != nil {
		req.Options.AllowDuplicates = *w.DuplicateRules == reportsync.DuplicateRulesAllowSave
	}
	return req
}

// assignmentRule returns the rule that assigns the records, as the client names it; none by default, because it
// changes owners.
func (r *run) assignmentRule() string {
	w := r.spec.Writes
	switch {
	case w == nil || w.AssignmentRule == nil || *w.AssignmentRule == reportsync.AssignmentRuleNone:
		return ""
	case *w.AssignmentRule == reportsync.AssignmentRuleActive:
		return salesforce.AssignActive
	}
	return *w.AssignmentRule
}

// halve sends the halves of a part that was refused as a whole, which has changed nothing. Rows that can't be parted
// further, or whose halves can't be sent any more, have the refusal for an answer.
func (r *run) halve(ctx, going context.Context, target *target, verb salesforce.Operation, part []*write, delivery int, refusal *salesforce.Error) (got []answer, err error) {
	others := len(part) - 1
	if others > 0 && ctx.Err() == nil && r.budget.takeHalves() {
		middle := len(part) / 2
		if got, err = r.deliver(ctx, going, target, verb, part[:middle], delivery); err == nil {
			var rest []answer
			rest, err = r.deliver(ctx, going, target, verb, part[middle:], delivery)
			return append(got, rest...), err
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
		got = append(got, answer{to: w, outcome: o})
	}
	return got, err
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
	return !ok || e.Status == 0 && e.Code != salesforce.CodeInvalidRequest && e.Code != salesforce.CodeCallBudget || e.Status >= http.StatusInternalServerError ||
		e.Code == salesforce.CodeUnexpectedAnswer || salesforce.IsRetryable(err)
}

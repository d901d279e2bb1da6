package sync

import (
	"context"
	"errors"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// maxUnanswered is how long a run waits for an org that has no calls left or is out of reach. Salesforce counts the calls
	// of the last 24 hours, so that by then it has some again; it keeps a job's results for 7 days (Bulk API 2.0 guide:
	// limits).
	maxUnanswered = 24 * time.Hour
	// The org is asked again after a pause that grows.
	shortestPause, longestPause = time.Minute, 15 * time.Minute
)

// suspend makes the run wait when it stops while the org can't be asked what became of rows that Salesforce may have got,
// for want of calls or because it is out of reach: the next attempt reads that, as after a crash. It returns why the run
// stops, or what it waits for.
func (r *run) suspend(ctx context.Context, stop error) error {
	_, broken := errors.AsType[*storeError](stop)
	if stop == nil || broken || ctx.Err() != nil || !r.unasked(stop) || !r.outstanding() {
		return stop
	}
	since := time.Now().UTC()
	if first := r.Run.UnansweredSince; first != nil {
		since = *first
	}
	waited := time.Since(since)
	if waited >= maxUnanswered {
		return stop
	}
	until := since.Add(maxUnanswered)
	told, _ := explain(stop)
	reason := "the org can't be asked what became of rows that it has got (" + told.Message + ")"
	if waited < shortestPause {
		if err := r.ledger.warn(ctx, "%s: waiting for its answers until %s at most", reason, until.Format("2006-01-02 15:04:05 UTC")); err != nil {
			return err
		}
	}
	err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) {
		f.UnansweredSince = &since
		f.Waiting = &reportsync.Waiting{Until: until, Reason: reason}
	})
	if err != nil {
		return err
	}
	pause := min(max(waited, shortestPause), longestPause, maxUnanswered-waited)
	return &PostponedError{Until: time.Now().Add(pause), For: "the org's answers"}
}

// unasked reports whether a run stops because the org has no calls left, or answers nothing or that it is in trouble.
func (r *run) unasked(stop error) bool {
	return r.Org.Usage().LimitReached || salesforce.IsRetryable(stop)
}

// outstanding reports whether Salesforce may have got rows of this attempt, or of one before, that it has not answered.
func (r *run) outstanding() bool {
	if r.rows.outstanding() {
		return true
	}
	for index := range r.past.rows() {
		if (index >= r.rows.len() || !r.rows.states[index].done()) && r.past.outstanding(index) {
			return true
		}
	}
	return false
}

// outstanding reports whether Salesforce may have got a row that it has not answered.
func (s *rowSet) outstanding() bool {
	for st := range rowSent {
		if !st.done() && s.tallies[st|rowSent].Load() > 0 {
			return true
		}
	}
	return s.groups.outstanding()
}

// outstanding reports whether Salesforce may have got a record that it has not answered.
func (g *groups) outstanding() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, one := range g.all {
		if one.open == 0 {
			continue
		}
		for _, m := range one.members {
			if m.sent && m.open() {
				return true
			}
		}
	}
	return false
}

// outstanding reports whether Salesforce may have got a record of a row in an earlier attempt that it has not answered.
func (p *past) outstanding(index int) bool {
	for seq, o := range p.plans.ofRow(index) {
		if !p.answered(index, o.RecordID) && p.maySent(seq, index, o.RecordID) {
			return true
		}
	}
	return false
}

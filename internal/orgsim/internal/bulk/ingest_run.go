package bulk

import (
	"iter"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// How Salesforce cuts a job up (Bulk API 2.0 guide: how requests are processed).
const (
	internalBatch = 10_000
	chunkRows     = 200 // a transaction
	ingestTimeout = "Timeout : Too many attempts to process the batch (20)"
)

// process carries a closed job out.
func (a *API) process(j *ingestJob) {
	rules := a.Faults.Job(j.path, j.object.Name)
	if !a.linger(j.job) || !j.begin(a.Now()) {
		return
	}
	spent := a.stopwatch()
	failure, ok := a.prepare(j)
	if ok && failure == "" {
		failure = a.spendBatches(len(j.table.rows))
		if failure == "" {
			failure, ok = a.writeRows(j, rules, spent)
		}
	}
	if ok && a.linger(j.job) {
		a.conclude(j, failure, spent)
	}
}

// linger spends the time that the org is told to take over a job; it returns
// false where job or org were ended meanwhile.
func (a *API) linger(j *job) bool {
	if a.Pace <= 0 {
		return true
	}
	timer := time.NewTimer(a.Pace)
	defer timer.Stop()
	return waitFor(a, j, timer.C)
}

// prepare looks through the upload once, so that a file that cannot be read fails
// before anything is written. It returns why the job fails, or ""; ok is false
// where the job was ended meanwhile. Fields are those that the user sees now.
func (a *API) prepare(j *ingestJob) (refusal string, ok bool) {
	header, rows, err := scanUpload(j.upload, j.dialect)
	view := a.DB.View(j.createdBy)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateInProgress {
		return "", false
	}
	if object, there := view.Object(j.object.Name); there {
		j.object = object
	}
	columns, refusal := j.resolve(view, header)
	if refusal == "" && err != nil {
		refusal = err.Error()
	}
	j.table = ingestTable{columns: columns, rows: rows}
	return refusal, true
}

// spendBatches counts the job's internal batches.
func (a *API) spendBatches(rows int) string {
	batches := (rows + internalBatch - 1) / internalBatch
	if !a.Quota.SpendBatches(batches) {
		return "ExceededQuota : ApiBatchItems Limit exceeded."
	}
	a.Journal.AddBatches(batches)
	return ""
}

// span is a run of rows that is written in one transaction; rule, if any, is a
// fault that strikes once they are.
type span struct {
	from, until int
	rule        *fault.Rule
}

// spans cuts the rows into transactions, and where a fault strikes.
func spans(rows int, rules []*fault.Rule) iter.Seq[span] {
	return func(yield func(span) bool) {
		for next := 0; next < rows; {
			s := span{from: next, until: min(rows, (next/chunkRows+1)*chunkRows)}
			if len(rules) > 0 && rules[0].Rows <= s.until {
				s.rule, s.until = rules[0], max(next, rules[0].Rows)
				rules = rules[1:]
			}
			next = s.until
			if !yield(s) {
				return
			}
		}
	}
}

// writeRows writes span by span until the end or a fault, and returns why the job
// fails, or "". ok is false where job or org were ended meanwhile.
func (a *API) writeRows(j *ingestJob, rules []*fault.Rule, spent func() time.Duration) (failure string, ok bool) {
	tx := a.Faults.Transaction()
	actor := store.Actor{UserID: j.createdBy, By: "bulk:" + j.id, Strike: tx.Strike, AutoAssign: j.assignmentBy}
	reading := j.read(spans(len(j.table.rows), rules))
	defer reading.stop()
	for batch := range reading.batches {
		if a.Running.Err() != nil {
			return "", false
		}
		if len(batch.mutations) > 0 {
			tx.Batch(batch.from / internalBatch)
			write := func() []store.Outcome { return a.DB.Apply(actor, false, batch.mutations) }
			if !j.settle(batch.from, spent, write) {
				return "", false
			}
		}
		if batch.rule != nil {
			if failure, ok := a.strikeJob(j.job, batch.rule, ingestTimeout); !ok || failure != "" {
				return failure, ok
			}
		}
		reading.reuse(batch)
	}
	return "", true
}

// settle writes a span and notes its outcomes, unless the job was ended: rows are
// written before the counters show them, never the other way round.
func (j *ingestJob) settle(from int, spent func() time.Duration, write func() []store.Outcome) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateInProgress {
		return false
	}
	outcomes := write()
	for i := range outcomes {
		j.table.settle(from+i, &outcomes[i])
		if outcomes[i].Err != nil {
			j.failed++
		}
	}
	j.processed += len(outcomes)
	j.active = spent()
	return true
}

// strikeJob fails or holds a job; ok is false where the job was ended while it
// was held.
func (a *API) strikeJob(j *job, rule *fault.Rule, timeout string) (failure string, ok bool) {
	if rule.Action == fault.FailJob {
		if rule.Message != "" {
			return rule.Message, true
		}
		return timeout, true
	}
	return "", waitFor(a, j, rule.Released())
}

// conclude sets the final state of a job that was not ended meanwhile. Jobs that
// fail halfway are recorded with their counters at zero as well as with true
// ones; here the seed decides, so that no client comes to rely on either.
func (a *API) conclude(j *ingestJob, failure string, spent func() time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateInProgress {
		return
	}
	j.took = spent()
	if failure != "" {
		j.failure = failure
		j.forgetful = a.Pages.Draw(2, j.number) == 0
		j.move(stateFailed, a.Now())
		return
	}
	j.move(stateComplete, a.Now())
}

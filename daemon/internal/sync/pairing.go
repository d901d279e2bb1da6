package sync

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// updatedRows is settledRows for answers that are as planned, which are short.
const updatedRows = 20_000

// pairing joins result rows to what was sent.
type pairing struct {
	run     *run
	target  *target
	job     *job
	waiting *waiting
	out     *results
	units   []unit
	results []salesforce.IngestResult
	updated []reportsync.Outcome // as planned, of rows with one record

	settling errgroup.Group // stores those that were gathered before, while further ones are read; one at a time
}

func (r *run) newPairing(target *target, j *job, waiting *waiting, out *results) *pairing {
	p := &pairing{run: r, target: target, job: j, waiting: waiting, out: out}
	p.settling.SetLimit(1)
	return p
}

func (p *pairing) read(ctx context.Context, finished salesforce.IngestJob) error {
	for result, err := range p.run.Org.IngestResultsOf(ctx, finished, len(p.job.units)) {
		if err != nil {
			return err
		}
		u, ok := p.waiting.pair(result)
		if !ok {
			p.out.strangers++
			continue
		}
		if err := p.take(ctx, u, result); err != nil {
			return err
		}
	}
	return nil
}

func (p *pairing) take(ctx context.Context, u unit, result salesforce.IngestResult) error {
	switch {
	case result.Status == salesforce.IngestUnprocessed:
		p.out.left = append(p.out.left, u)
		p.run.markUnits([]unit{u}, false)
		return nil
	case result.Status == salesforce.IngestFailed && isTransient(result.Error.Code, result.Error.Message):
		p.out.refused = append(p.out.refused, refusal{unit: u, reason: result.Error})
		return nil
	case result.Status == salesforce.IngestFailed && isGone(p.job.verb, []salesforce.RowError{result.Error}) &&
		p.run.setAside(p.job.seq, refusal{unit: u, reason: result.Error}):
		p.out.gone++
		return nil
	case result.Status == salesforce.IngestFailed:
		p.out.failed++
	case p.job.verb == salesforce.OperationUpdate && p.run.rows.states[u.row].is() == rowDiffers:
		p.asPlanned(ctx, u, result.ID)
		return nil
	default:
		p.out.written++
	}
	result.Columns, result.Values = nil, nil // they have served
	p.units, p.results = append(p.units, u), append(p.results, result)
	if len(p.units) < settledRows {
		return nil
	}
	return p.flush(ctx)
}

// asPlanned takes the answer for a record that was updated, which are by far the most. Row, find and plan say the rest of
// what became of it, so none of them is read.
func (p *pairing) asPlanned(ctx context.Context, u unit, id string) {
	p.out.written++
	if p.updated == nil {
		p.updated = make([]reportsync.Outcome, 0, min(updatedRows, p.waiting.left()+1))
	}
	p.updated = append(p.updated, reportsync.Outcome{Row: int64(u.row) + 1, Kind: reportsync.Updated, RecordID: id})
	if len(p.updated) == updatedRows {
		p.flushUpdated(ctx)
	}
}

// flushUpdated begins to store the answers as planned that have gathered, as soon as those before are stored.
func (p *pairing) flushUpdated(ctx context.Context) {
	updated := p.updated
	p.updated = nil
	p.settling.Go(func() error {
		return caught(func() error {
			if err := p.run.ledger.settle(ctx, p.job.seq, updated, false); err != nil {
				return err
			}
			rows := p.run.rows
			for _, o := range updated {
				rows.set(int(o.Row-1), rowUpdated, rows.links[o.Row-1])
			}
			return nil
		})
	})
}

// flush stores the answers that have gathered, and waits until all are stored.
func (p *pairing) flush(ctx context.Context) error {
	p.flushUpdated(ctx)
	if err := thrown(p.settling.Wait()); err != nil {
		return err
	}
	if len(p.units) == 0 {
		return nil
	}
	writes, err := p.run.compose(p.target, p.job.verb, p.units)
	if err != nil {
		return err
	}
	answers := make([]answer, len(writes))
	for i, w := range writes {
		answers[i] = answer{to: w, outcome: jobAnswer(w.outcome, p.job.verb, p.target.key.Name, p.results[i])}
	}
	p.units, p.results = p.units[:0], p.results[:0]
	return p.run.settle(ctx, p.job.seq, answers, false)
}

// jobAnswer turns a result row into the outcome of the row that was sent. The key field is that of an upsert.
func jobAnswer(o reportsync.Outcome, verb salesforce.Operation, key string, result salesforce.IngestResult) reportsync.Outcome {
	if result.Status == salesforce.IngestFailed {
		return refusedBy(o, []salesforce.RowError{result.Error})
	}
	return written(o, verb, key, result.ID, result.Created)
}

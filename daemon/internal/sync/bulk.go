package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// parallelJobs keeps few jobs at work: Salesforce works on each in parallel already, and more of them lock each
	// other's rows.
	parallelJobs = 3
	// maxUploads is how often rows are uploaded, each time into a new job, until one upload gets through.
	maxUploads = 3
)

// job is units that are written by one Bulk API 2.0 ingest job.
type job struct {
	seq     int // of its batch, 0 until it is planned
	verb    salesforce.Operation
	columns []string
	units   []unit     // in the order of the upload
	ids     []recordID // of their records, for an update
	upload  *os.File
	bytes   int64
	id      string // of Salesforce's job, empty until there is one
	aborted error  // why the run has aborted Salesforce's job, nil if it has not
	unbegun bool   // Salesforce refused to close the job, so it never comes to a row
}

// close lets go of the upload.
func (j *job) close() error {
	if j.upload == nil {
		return nil
	}
	file := j.upload
	j.upload = nil
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// writeJobs sends the records of a list by Bulk jobs, and returns those that a job can't carry.
func (r *run) writeJobs(ctx context.Context, target *target, list *writeList) (few []unit, err error) {
	var pieces []*jobRows
	for part := range slices.Chunk(list.units, r.routes.jobRows) {
		pieces = append(pieces, &jobRows{verb: list.verb, units: part})
	}
	err = inParallel(ctx, parallelJobs, pieces, func(starting context.Context, p *jobRows) error {
		return r.sendPiece(ctx, starting, target, p)
	})
	for _, p := range pieces {
		few = append(few, p.few...)
	}
	return few, err
}

// jobRows is units for a job, or for several one after another where they are too large for one.
type jobRows struct {
	verb  salesforce.Operation
	units []unit
	few   []unit // that no job can carry
}

func (r *run) sendPiece(ctx, starting context.Context, target *target, p *jobRows) error {
	for rest := p.units; len(rest) > 0; {
		j := &job{verb: p.verb, columns: target.jobColumns(p.verb)}
		taken, few, err := r.fillJob(starting, target, j, rest)
		p.few, rest = append(p.few, few...), rest[taken:]
		if err == nil && len(j.units) > 0 {
			err = r.sendJobs(ctx, starting, target, j)
		}
		if err = errors.Join(err, j.close()); err != nil {
			return err
		}
	}
	return nil
}

// jobColumns are the headers of an upload, without Id: a cell that stays empty leaves its field alone.
func (t *target) jobColumns(verb salesforce.Operation) []string {
	var columns []string
	if verb != salesforce.OperationUpdate {
		columns = append(columns, t.key.Name)
	}
	for i, name := range t.names {
		if f := &t.fields[i]; verb == salesforce.OperationUpdate && f.onUpdate || verb == salesforce.OperationInsert && f.onCreate || verb == salesforce.OperationUpsert {
			columns = append(columns, name)
		}
	}
	return columns
}

// sendJob carries a filled job through: create, upload, close, wait, results. A sibling's failure (starting is done)
// keeps it from being closed, but once closed it is seen through, unless the run itself is to stop (ctx is done). It
// returns the finished job and the units that it never came to.
func (r *run) sendJob(ctx, starting context.Context, target *target, j *job) (salesforce.IngestJob, []unit, error) {
	r.budget.grant(ingestCalls)
	made, err := r.upload(starting, target, j)
	if err != nil {
		return made, nil, err
	}
	if starting.Err() != nil {
		r.discard(ctx, made.ID)
		return made, nil, context.Cause(starting)
	}
	// From here on the job may be at work, whatever becomes of the call: the journal has to know first (invariant 5).
	if err := r.ledger.mark(ctx, j.seq, made.ID, reportsync.BatchClosed); err != nil {
		return made, nil, err
	}
	r.markUnits(j.units, true)
	finished, err := r.seeThrough(ctx, j)
	if j.unbegun {
		return finished, nil, r.leaveUnbegun(ctx, target, j, err)
	}
	if err != nil {
		return finished, nil, err
	}
	left, err := r.settleJob(ctx, target, j, finished)
	return finished, left, err
}

// upload makes a job in Salesforce and fills it. A job whose upload fails has one chance only, so it gives way to a new
// one.
func (r *run) upload(ctx context.Context, target *target, j *job) (salesforce.IngestJob, error) {
	req := salesforce.IngestRequest{Object: target.object.Name, Operation: j.verb, Columns: j.columns}
	if j.verb == salesforce.OperationUpsert {
		req.ExternalIDField = target.key.Name
	}
	if rule := r.assignmentRule(); rule != salesforce.AssignActive {
		req.AssignmentRuleID = rule
	}
	for try := 1; ; try++ {
		made, err := r.within.CreateIngest(ctx, req)
		if err == nil {
			// Stored before the rows are in it: an open job is aborted by whoever goes on (invariant 5).
			if err := r.ledger.mark(ctx, j.seq, made.ID, reportsync.BatchOpen); err != nil {
				return made, err
			}
			if err = r.Org.UploadIngestContent(ctx, made, len(j.units), j.bytes, j.content); err == nil {
				j.id = made.ID
				return made, r.sayUpload(ctx, j)
			}
			r.discard(ctx, made.ID)
		}
		if try == maxUploads || ctx.Err() != nil || !salesforce.IsRetryable(err) {
			return made, fmt.Errorf("upload %d records of %s: %w", len(j.units), target.object.Name, err)
		}
		if err := r.rest(ctx, try); err != nil {
			return made, err
		}
	}
}

// content gives the upload from its start.
func (j *job) content() (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(j.upload, 0, j.bytes)), nil
}

func (r *run) sayUpload(ctx context.Context, j *job) error {
	err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) {
		f.Jobs = append(f.Jobs, reportsync.BulkJob{ID: j.id, Operation: string(j.verb), Rows: int64(len(j.units))})
	})
	return errors.Join(err, r.ledger.info(ctx, "Bulk job %s has %s", j.id, count(len(j.units), "row")))
}

package store

import (
	"context"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Journal is what one attempt leaves behind of its run. Every method checks, in the transaction that it writes in, that
// the attempt still holds the run; if not, it changes nothing and fails with [reportsync.ErrLeaseLost]. Its methods are
// safe for concurrent use.
type Journal struct {
	store   *Store
	run     string
	owner   string
	attempt int
}

// Journal returns the journal of an attempt, as [Store.ClaimRun] has made it.
func (s *Store) Journal(runID, owner string, attempt int) *Journal {
	return &Journal{store: s, run: runID, owner: owner, attempt: attempt}
}

func (j *Journal) heldBy() []any { return heldBy(j.run, j.owner, j.attempt) }

// write runs fn with the number of the run, which is kept from being taken over until the transaction ends.
func (j *Journal) write(ctx context.Context, fn func(tx conn, run int64) error) error {
	return j.store.write(ctx, func(tx conn) error {
		// Shared: writes of one attempt don't wait for each other, but whoever takes the run over waits for them.
		number, err := heldNumber(ctx, tx, tx.dialect.forShare(), j.run, j.owner, j.attempt)
		if err != nil {
			return err
		}
		return fn(tx, number)
	})
}

// read returns the number of the run and what to read it with.
func (j *Journal) read(ctx context.Context) (conn, int64, error) {
	c := j.store.reader()
	number, err := heldNumber(ctx, c, "", j.run, j.owner, j.attempt)
	return c, number, err
}

// Log adds an entry to the run's log.
func (j *Journal) Log(ctx context.Context, level reportsync.LogLevel, stage reportsync.Stage, message string) error {
	return j.store.write(ctx, func(tx conn) error {
		number, err := lockHeld(ctx, tx, j.run, j.owner, j.attempt)
		if err != nil {
			return err
		}
		now, err := tx.now(ctx)
		if err != nil {
			return err
		}
		return appendLog(ctx, tx, number, now, level, stage, message)
	})
}

// Progress stores where the run is, its counts so far and what this attempt has used.
func (j *Journal) Progress(ctx context.Context, p reportsync.RunProgress) error {
	counts, err := encode(p.Counts)
	if err != nil {
		return err
	}
	return j.update(ctx, "store the progress", `stage = ?, progress_done = ?, progress_total = ?, counts = ?, `+addUsage,
		p.Stage, p.Done, p.Total, counts, p.APICalls, p.BulkBatches, p.BytesSent, p.BytesReceived)
}

// PinReport stores which version of which report the run reads.
func (j *Journal) PinReport(ctx context.Context, v reportsync.ReportVersion) error {
	version, err := encode(v)
	if err != nil {
		return err
	}
	return j.update(ctx, "pin the report", `report = ?, report_version = ?`, v.Path, version)
}

// Facts stores what is known of the run besides its rows, in place of what was stored before.
func (j *Journal) Facts(ctx context.Context, f reportsync.RunFacts) error {
	facts, err := encode(f)
	if err != nil {
		return err
	}
	return j.update(ctx, "store the facts", `facts = ?`, facts)
}

// addUsage sets what the run has used: in earlier attempts, and in this one (its arguments).
const addUsage = `api_calls = earlier_calls + ?, bulk_batches = earlier_batches + ?, bytes_sent = earlier_sent + ?, bytes_received = earlier_received + ?`

// update sets columns of the run's row, if the attempt holds it.
func (j *Journal) update(ctx context.Context, verb, set string, args ...any) error {
	return j.store.write(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, "UPDATE runs SET "+set+held, append(args, j.heldBy()...)...)
		switch {
		case err != nil:
			return fmt.Errorf("%s of the run %s: %w", verb, j.run, err)
		case n == 0:
			return reportsync.ErrLeaseLost
		}
		return nil
	})
}

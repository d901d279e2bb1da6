package work

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// attempt works on the run that a job named. Its error is for the log: the run itself is safe, since one that nobody
// holds is found by the sweep.
func (n *Node) attempt(ctx context.Context, runID string) error {
	if n.live.ended() {
		return nil
	}
	claim, err := n.cfg.Store.ClaimRun(ctx, runID, n.cfg.Name, n.cfg.Timing.Lease)
	if errors.Is(err, store.ErrNotQueued) || reportsync.CodeOf(err) == reportsync.CodeNotFound {
		return nil // another node was first, or the run ended or was deleted while its job waited
	}
	if err != nil {
		return fmt.Errorf("claim run %s: %w", runID, err)
	}
	log := n.cfg.Logger.With("run", claim.Run.ID, "integration", claim.Integration.Name, "attempt", claim.Run.Attempt)
	log.Info("run started", "trigger", claim.Run.Trigger, "dry_run", claim.Run.DryRun)

	// Everything below ends with its own causes: River's context would end it without saying why.
	runCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { cancel(reportsync.ErrShutdown) })()
	remove := n.live.add(claim.Run.ID, laneOf(claim.Run.Trigger), cancel)
	lease := n.keepLease(claim, cancel, log)
	result, err := n.execute(runCtx, claim)

	// The lease is kept until the run is put away, or another node could take it up in between.
	saveCtx, done := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer done()
	n.putAway(saveCtx, claim, result, err, log)
	lease.stop()
	remove()
	n.sweep.free(claim.Run.IntegrationID)
	return nil
}

// panicked is what an attempt that broke leaves behind.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// execute runs the attempt. A panic must not take the other runs and the API down with it.
func (n *Node) execute(ctx context.Context, claim store.Claim) (result sync.Result, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicked{value: value, stack: debug.Stack()}
		}
	}()
	return n.cfg.Execute(ctx, claim, n.cfg.Store.Journal(claim.Run.ID, n.cfg.Name, claim.Run.Attempt))
}

// putAway stores where the run stands after its attempt. When the store fails, the run is left to its lease: that
// expires, and the next attempt goes on from what is stored, after a pause that does the store good.
func (n *Node) putAway(ctx context.Context, claim store.Claim, result sync.Result, err error, log hclog.Logger) {
	run, s := claim.Run, n.cfg.Store
	broken, isPanic := errors.AsType[*panicked](err)
	waiting, postponed := errors.AsType[*sync.PostponedError](err)
	switch {
	case err == nil:
		err = s.FinishRun(ctx, run.ID, n.cfg.Name, run.Attempt, result)
		if err == nil {
			logEnd(log, claim, result)
			return
		}
	case isPanic:
		log.Error("run broke: this is a bug in reportsyncd", "panic", broken.value, "stack", string(broken.stack))
		err = s.FailRun(ctx, run.ID, n.cfg.Name, run.Attempt, reportsync.RunError{
			Code:    reportsync.CodeInternal,
			Message: "the run broke on an internal error",
			Hint:    "the daemon's log has the details, under the run's id",
		})
	case postponed:
		log.Info("run waits for "+waiting.For, "until", waiting.Until.UTC().Format(time.RFC3339))
		err = s.PostponeRun(ctx, run.ID, n.cfg.Name, run.Attempt, waiting.Until)
	case errors.Is(err, reportsync.ErrShutdown):
		log.Info("run goes back to the queue: the daemon is shutting down")
		err = s.ReleaseRun(ctx, run.ID, n.cfg.Name, run.Attempt)
	}
	switch {
	case err == nil:
	case errors.Is(err, reportsync.ErrLeaseLost):
		log.Warn("run was taken over by another node, or ended elsewhere")
	default:
		log.Error("run was cut off; it goes on when its lease expires", "error", err)
	}
}

// logEnd says how a run ended, in counts only (invariant 7).
func logEnd(log hclog.Logger, claim store.Claim, result sync.Result) {
	c := result.Counts
	args := []any{"status", result.Status, "read", c.Read, "updated", c.Updated, "created", c.Created, "unchanged", c.Unchanged, "rejected", c.Rejected(), "api_calls", result.APICalls}
	if started := claim.Run.StartedAt; started != nil {
		args = append(args, "runtime", time.Since(*started).Round(time.Millisecond))
	}
	if result.Err == nil {
		log.Info("run ended", args...)
		return
	}
	log.Warn("run ended", append(args, "code", result.Err.Code)...)
}

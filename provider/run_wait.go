package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// startAttempts bounds how many runs of others are waited for before ours starts.
const startAttempts = 5

// errWaited is the cause of a wait that took too long.
var errWaited = errors.New("waited long enough")

// waiter follows runs until they end.
type waiter struct {
	client  *api.Client
	timeout time.Duration
}

// limit bounds everything that the waiter does by its timeout.
func (w waiter) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, w.timeout, errWaited)
}

// waits reports whether the run's end is waited for.
func (m *runResourceModel) waits() bool { return m.Wait.IsNull() || m.Wait.ValueBool() }

// start starts a run. One that is in its way is waited for, if waiting is wanted at all. Each attempt has a key of its
// own: the daemon gives the first answer to a key again.
func (w waiter) start(ctx context.Context, m *runResourceModel) (reportsync.Run, error) {
	integration := m.IntegrationID.ValueString()
	ask := api.StartRun{DryRun: m.DryRun.ValueBool(), FullResync: m.FullResync.ValueBool(), IgnoreGuards: m.IgnoreGuards.ValueBool()}
	for attempt := 1; ; attempt++ {
		run, err := w.client.StartRun(ctx, integration, ask, uuid.NewString())
		if reportsync.CodeOf(err) != reportsync.CodeConflict || !m.waits() || attempt == startAttempts {
			return run, err
		}
		tflog.Info(ctx, "another run of the integration is under way; waiting for its end", map[string]any{"integration": integration})
		live := api.RunQuery{IntegrationID: integration, Status: []reportsync.RunStatus{reportsync.RunQueued, reportsync.RunRunning}}
		for other, err := range w.client.Runs(ctx, live) {
			if err == nil {
				_, err = w.await(ctx, other)
			}
			if err != nil {
				return run, err
			}
		}
	}
}

// await follows a run until it ends, over a restart of the daemon too, and returns it as it was seen last.
func (w waiter) await(ctx context.Context, run reportsync.Run) (reportsync.Run, error) {
	run, err := w.client.FollowRun(ctx, run, func(run reportsync.Run, away error) { logProgress(ctx, run, away) })
	if err != nil && ctx.Err() != nil {
		err = w.interrupted(ctx, run)
	}
	return run, err
}

// interrupted says why a run is not followed any longer. The run itself goes on.
func (w waiter) interrupted(ctx context.Context, run reportsync.Run) error {
	why := "the apply was interrupted"
	if errors.Is(context.Cause(ctx), errWaited) {
		why = "it has not ended within " + shortDuration(w.timeout)
	}
	return reportsync.Errorf(reportsync.CodeUnavailable, "run %s is not followed any longer: %s", run.ID, why).
		WithHint("the run goes on: \"reportsyncd log %s\" shows how far it is. The next apply cancels it, if it still goes on then, "+
			"and starts another. To keep this one, run terraform untaint; to wait longer, raise timeouts.create", run.ID)
}

// cancel ends a run and waits until it has ended. One that has ended by itself, or is not known any more, is fine.
func (w waiter) cancel(ctx context.Context, id string) error {
	run, err := w.client.CancelRun(ctx, id)
	if code := reportsync.CodeOf(err); code == reportsync.CodeConflict || code == reportsync.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = w.await(ctx, run)
	return err
}

func logProgress(ctx context.Context, run reportsync.Run, away error) {
	if away != nil {
		tflog.Warn(ctx, "the daemon is away; waiting for it", map[string]any{"run": run.ID, "error": away.Error()})
		return
	}
	fields := map[string]any{"run": run.ID, "status": run.Status, "stage": run.Stage}
	if run.Progress != nil {
		fields["done"], fields["total"] = run.Progress.Done, run.Progress.Total
	}
	tflog.Info(ctx, "run", fields)
}

// warnOfStop tells of a dry run that a run which writes would have been stopped.
func warnOfStop(run reportsync.Run, diags *diag.Diagnostics) {
	stop := run.WouldStop
	if stop == nil {
		return
	}
	text := stop.Message
	if stop.Hint != "" {
		text += "\n\n" + stop.Hint
	}
	diags.AddWarning(fmt.Sprintf("A run of integration %q that writes would be stopped", run.IntegrationName), text)
}

// judge fails the apply for a run that ended in a way that fail_on names.
func judge(run reportsync.Run, failOn string, diags *diag.Diagnostics) {
	if failOn == failOnNever {
		return
	}
	subject := fmt.Sprintf("Run %s of integration %q", run.ID, run.IntegrationName)
	more := fmt.Sprintf("\"reportsyncd log %s\" tells more. The next apply starts another run.", run.ID)
	switch {
	case run.Status == reportsync.RunFailed && run.Error != nil:
		problem{
			summary: subject + " failed",
			err:     &reportsync.Error{Code: run.Error.Code, Message: run.Error.Message + "\n\n" + more, Hint: run.Error.Hint},
		}.report(diags)
	case run.Status == reportsync.RunFailed:
		diags.AddError(subject+" failed", more)
	case run.Status == reportsync.RunCancelled:
		diags.AddError(subject+" was cancelled", more)
	case failOn == failOnAnyRow && run.Status == reportsync.RunCompletedWithErrors:
		diags.AddError(subject+" rejected rows", rejectedRows(run.Counts)+" "+more)
	}
}

// rejectedRows says how many rows were rejected. Those that gave way to another row by rule are counted with the rejected
// duplicates, so there may be fewer than that.
func rejectedRows(c reportsync.Counts) string {
	if c.Duplicate > 0 {
		return fmt.Sprintf("%d of %d rows did not get where they should, or gave way to another row with the same key.", c.Rejected(), c.Read)
	}
	return fmt.Sprintf("%d of %d rows did not get where they should.", c.Rejected(), c.Read)
}

// shortDuration prints a duration as people write it: 1h, not 1h0m0s.
func shortDuration(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}

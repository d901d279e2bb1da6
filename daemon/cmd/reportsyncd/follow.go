package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// unreachablePatience is how long a daemon may be away, as for a restart, before following it is given up.
const unreachablePatience = time.Minute

// follow shows a run's progress until it ends, then its summary, and returns the exit code as an error.
func (p *program) follow(ctx context.Context, client *api.Client, run reportsync.Run, asJSON bool) error {
	ctx, ignore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer ignore()
	ended, err := p.awaitEnd(ctx, client, run)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			fmt.Fprintf(p.err, "The run goes on without you.\n  reportsyncd log %[1]s      shows how it went\n  reportsyncd cancel %[1]s   ends it\n", run.ID)
			return outcome(exitInterrupted)
		}
		return err
	}
	if asJSON {
		err = p.printJSON(ended)
	} else {
		err = p.printSummary(ended)
	}
	return errors.Join(err, exitOf(ended))
}

// awaitEnd shows each step of a run. A daemon that is away for a moment comes back to the run by itself.
func (p *program) awaitEnd(ctx context.Context, client *api.Client, run reportsync.Run) (reportsync.Run, error) {
	view := p.newProgress(run)
	defer view.close()
	lastSeen := time.Now()
	for run.Status.Live() {
		view.show(run)
		next, err := client.WaitRun(ctx, run.ID, api.MaxRunWait)
		switch {
		case ctx.Err() != nil:
			return run, context.Canceled
		case err == nil:
			run, lastSeen = next, time.Now()
		case reportsync.CodeOf(err) != reportsync.CodeUnavailable || time.Since(lastSeen) > unreachablePatience:
			return run, err
		default:
			view.away(err)
			if err := sleep(ctx, time.Second); err != nil {
				return run, err
			}
		}
	}
	return run, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

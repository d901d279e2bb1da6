package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// follow shows a run's progress until it ends, then its summary, and returns the exit code as an error.
func (p *program) follow(ctx context.Context, client *api.Client, run reportsync.Run, asJSON bool) error {
	ctx, ignore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer ignore()
	ended, err := p.awaitEnd(ctx, client, run)
	if err != nil {
		if ctx.Err() != nil {
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

// awaitEnd shows each step of a run.
func (p *program) awaitEnd(ctx context.Context, client *api.Client, run reportsync.Run) (reportsync.Run, error) {
	view := p.newProgress(run)
	defer view.close()
	return client.FollowRun(ctx, run, func(run reportsync.Run, away error) {
		switch {
		case away != nil:
			view.away(away)
		case run.Status.Live():
			view.show(run)
		}
	})
}

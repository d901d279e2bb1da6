package daemon

import (
	"context"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// dialTimeout bounds reading from the store what a run begins with.
const dialTimeout = 10 * time.Second

// execute carries out a claimed run between its source, its org and its journal.
func (d *Daemon) execute(ctx context.Context, claim store.Claim, journal *store.Journal) (sync.Result, error) {
	// Also of a run that is to be ended at once, because it was cancelled while its node was dead: ending it rightly
	// takes the org.
	dialling, done := context.WithTimeout(context.WithoutCancel(ctx), dialTimeout)
	defer done()
	org, err := d.orgs.client(dialling, claim.Connection)
	if err != nil {
		return sync.Result{}, fmt.Errorf("connect to the org of the run: %w", err)
	}
	previous, err := d.previousOf(dialling, claim.Run)
	if err != nil {
		return sync.Result{}, fmt.Errorf("look at the runs before: %w", err)
	}
	var limits reportsync.Limits
	if claim.Connection.Limits != nil {
		limits = *claim.Connection.Limits
	}
	reports, closeReports := d.sources.reportsOf(claim.Source)
	defer closeReports()
	return sync.Execute(ctx, sync.Job{
		Run:         claim.Run,
		Integration: claim.Integration,
		Limits:      limits,
		UsedToday: func(ctx context.Context) (int64, error) {
			return d.store.UsedToday(ctx, claim.Connection.ID, time.Now(), claim.Run.ID)
		},
		Previous: previous,
		Reports:  reports,
		Org:      org.Metered(),
		Journal:  journal,
		Evidence: evidence{d.artifacts},
		Scratch:  d.scratch,
		Logger:   d.log.Named("sync").With("run", claim.Run.ID),
	})
}

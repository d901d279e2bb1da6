package daemon

import (
	"context"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// dialTimeout bounds reading a connection's secret from the store.
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
	reports, closeReports := d.reportsOf(claim.Source)
	defer closeReports()
	return sync.Execute(ctx, sync.Job{
		Run:         claim.Run,
		Integration: claim.Integration,
		Source:      claim.Source,
		Connection:  claim.Connection,
		Reports:     reports,
		Org:         org.Metered(),
		Journal:     journal,
		Logger:      d.log.Named("sync").With("run", claim.Run.ID),
	})
}

// reportsOf opens the reports of a source. One that can't be opened says so whenever a report is asked of it, so that a
// run fails in its first stage and its log holds the reason.
func (d *Daemon) reportsOf(source reportsync.Source) (reports sync.Reports, closeReports func()) {
	files, err := d.openSource(source.SourceSpec)
	if err != nil {
		return closedSource{name: source.Name, err: err}, func() {}
	}
	return files, func() {
		if err := files.Close(); err != nil {
			d.log.Warn("a source could not be closed", "source", source.Name, "error", err)
		}
	}
}

// closedSource stands in for a source that can't be opened.
type closedSource struct {
	name string
	err  error
}

// Resolve finds nothing.
func (c closedSource) Resolve(context.Context, string) (reportsync.ReportVersion, error) {
	return reportsync.ReportVersion{}, c.why()
}

// Open opens nothing.
func (c closedSource) Open(context.Context, reportsync.ReportVersion) (*report.Reader, error) {
	return nil, c.why()
}

// why takes the pointers off: they are into the source, and an integration or a run is told.
func (c closedSource) why() error {
	return reportsync.Errorf(reportsync.CodeReportNotFound, "source %q can't be read: %w", c.name, c.err)
}

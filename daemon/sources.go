package daemon

import (
	"context"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// sources opens the reports of sources, below the folders that may be read.
type sources struct {
	roots []string
	log   hclog.Logger
}

// open opens the reports of a source.
func (s sources) open(spec reportsync.SourceSpec) (*report.Files, error) {
	if spec.Files == nil {
		return nil, reportsync.Errorf(reportsync.CodeReportNotFound, "source %q is of a kind that this version does not know", spec.Name)
	}
	return report.OpenFiles(*spec.Files, s.roots)
}

// reportsOf opens the reports of a source. One that can't be opened says so whenever a report is asked of it, so that a
// run fails in its first stage and its log holds the reason.
func (s sources) reportsOf(source reportsync.Source) (reports sync.Reports, closeReports func()) {
	files, err := s.open(source.SourceSpec)
	if err != nil {
		return closedSource{name: source.Name, err: err}, func() {}
	}
	return files, func() {
		if err := files.Close(); err != nil {
			s.log.Warn("a source could not be closed", "source", source.Name, "error", err)
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

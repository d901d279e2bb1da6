package sync

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Job is an attempt at a run and what it needs.
type Job struct {
	Run         reportsync.Run
	Integration reportsync.Integration // the revision that the run is bound to (invariant 4)
	Limits      reportsync.Limits      // of the connection
	// UsedToday returns how many API calls other runs on the connection have made by now on this day (UTC); nil for none.
	UsedToday func(ctx context.Context) (int64, error)
	Previous  Previous
	Reports   Reports
	Org       *salesforce.Client
	Journal   Journal
	Evidence  Evidence
	Scratch   string       // folder for what doesn't fit into memory; empty for the system's
	Logger    hclog.Logger // for faults of ours; nil logs nothing
}

// Result is how a run ended.
type Result = reportsync.RunResult

// Previous is what is known of the runs of the same integration before; its zero value is that there were none.
type Previous struct {
	// Read is how many rows the report of the last run had that went through, not counting dry runs; 0 for none.
	Read int64
	// OpenJobs are the Bulk jobs of the last run that Salesforce would neither begin nor abort, or that may be at work.
	OpenJobs []string
	// Outcomes are those with changes of the last run that ended and was no dry run. Nil for none.
	Outcomes func(ctx context.Context) iter.Seq2[reportsync.Outcome, error]
}

// Evidence keeps what became of each row, for people to look at.
type Evidence interface {
	Create(ctx context.Context, runID string, attempt int) (EvidenceWriter, error)
}

// EvidenceWriter takes the outcomes of one attempt.
type EvidenceWriter interface {
	// Add takes the outcome of the next row.
	Add(o reportsync.Outcome) error
	// AddPlain is Add for an outcome that tells of little; nothing that p leads to may be kept.
	AddPlain(p *rowlog.Plain) error
	// NextPass begins with the rows from the first one again; each comes in one pass only.
	NextPass()
	// Close makes what was added visible.
	Close(ctx context.Context) (reportsync.Artifact, error)
	// Discard drops what was added; after Close it does nothing.
	Discard()
}

// PostponedError is the error of an attempt after which the run waits: for a newer report, before anything was read or
// planned, or until the org allows the calls that tell what became of rows.
type PostponedError struct {
	Until time.Time // when the next attempt is due
	For   string    // what it waits for
}

func (p *PostponedError) Error() string {
	return fmt.Sprintf("the run waits for %s, and looks again at %s", p.For, p.Until.UTC().Format(time.RFC3339))
}

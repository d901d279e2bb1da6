package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// A run that is cancelled while it writes, and whose daemon is killed before it could end it, is ended as cancelled by
// the next one: what was written counts, and a Bulk job is aborted (invariants 2, 5 and 6).
func TestKillWhileCancelling(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		contacts int
		faults   []fault.Fault // the first holds the writes, the last what the dying daemon does at last; nothing is let go
		answered int           // rows whose answer it has stored before
		written  int
		aborts   int // of the Bulk job, by the next daemon
	}{
		{"collections", 600, []fault.Fault{
			{Method: "PATCH", Path: "/services/data/*/composite/sobjects", Action: fault.Hold, After: 1}, // three calls of 200 rows, in any order
		}, 200, 200, 0},
		{"bulk", 4000, []fault.Fault{
			{Action: fault.HoldJob, Object: "Contact", Rows: 1000, Times: 1},
			{Method: "PATCH", Path: "/services/data/*/jobs/ingest/*", Action: fault.Hold, After: 1, Times: 1}, // the first closes the job
		}, 0, 1000, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := must[*org](t)(startOrg(test.contacts))
			t.Cleanup(func() {
				if err := o.stop(); err != nil {
					t.Error(err)
				}
			})
			dir := t.TempDir()
			if err := writeReport(dir, test.contacts); err != nil {
				t.Fatal(err)
			}
			p, c := startProcess(t, dir)
			in := must[reportsync.Integration](t)(configure(t.Context(), c, o, dir))
			var held []*fault.Rule
			for _, f := range test.faults {
				held = append(held, o.Faults().Add(f))
			}
			run := must[reportsync.Run](t)(c.StartRun(t.Context(), in.ID, api.StartRun{}, ""))
			awaitHit(t, held[0])
			awaitUpdated(t, c, run.ID, test.answered)
			must[reportsync.Run](t)(c.CancelRun(t.Context(), run.ID))
			awaitHit(t, held[len(held)-1])
			p.kill()

			_, c = startProcess(t, dir)
			ended := awaitEnd(t, c, run.ID, recovery)
			if ended.Status != reportsync.RunCancelled || ended.Attempt != 2 {
				t.Errorf("the run ended as %s (%+v) in attempt %d, want cancelled in attempt 2", ended.Status, ended.Error, ended.Attempt)
			}
			want := reportsync.Counts{Read: int64(test.contacts), Updated: int64(test.written), Unprocessed: int64(test.contacts - test.written)}
			if ended.Counts != want || o.Writes("Contact") != test.written {
				t.Errorf("counts %+v after %d writes, want %+v", ended.Counts, o.Writes("Contact"), want)
			}
			if n := o.Journal().Calls("ingest abort"); n != test.aborts {
				t.Errorf("%d Bulk jobs were aborted, want %d", n, test.aborts)
			}
			assertUpdatedAreWritten(t, c, o, run.ID)
		})
	}
}

// awaitHit waits until a fault has struck.
func awaitHit(t *testing.T, rule *fault.Rule) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := rule.Wait(ctx); err != nil {
		t.Fatalf("nothing met the fault: %v", err)
	}
}

// awaitUpdated waits until a run has stored Salesforce's answer for so many rows.
func awaitUpdated(t *testing.T, c *api.Client, id string, rows int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for len(updated(t, c, id)) < rows {
		if _, err := c.WaitRun(ctx, id, 100*time.Millisecond); err != nil {
			t.Fatalf("wait for %d rows to be updated: %v", rows, err)
		}
	}
}

func updated(t *testing.T, c *api.Client, id string) []reportsync.Outcome {
	t.Helper()
	return must[[]reportsync.Outcome](t)(api.Collect(c.Outcomes(t.Context(), id, api.OutcomeQuery{Kinds: []reportsync.OutcomeKind{reportsync.Updated}})))
}

// assertUpdatedAreWritten checks that exactly the contacts that a run calls updated were written.
func assertUpdatedAreWritten(t *testing.T, c *api.Client, o *org, id string) {
	t.Helper()
	var claimed, written []string
	for _, outcome := range updated(t, c, id) {
		claimed = append(claimed, outcome.RecordID)
	}
	for _, contact := range o.ids {
		if len(o.History("Contact", contact)) > 0 {
			written = append(written, contact)
		}
	}
	slices.Sort(claimed)
	slices.Sort(written)
	if !slices.Equal(claimed, written) {
		t.Errorf("%d contacts are said to be updated, %d were written, and they are not the same", len(claimed), len(written))
	}
}

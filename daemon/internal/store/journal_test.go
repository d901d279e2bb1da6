package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestJournalProgress(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		version := reportsync.ReportVersion{Path: "onboarding/2026.csv", ModifiedAt: time.Date(2026, 3, 1, 8, 59, 1, 123456789, time.UTC), Size: 42}
		noError(t, j.PinReport(ctx, version))
		facts := reportsync.RunFacts{
			Org:  &reportsync.OrgIdentity{OrgID: "00D1", UserID: "0051", Instance: "https://acme.my.salesforce.com"},
			Jobs: []reportsync.BulkJob{{ID: "7501", Operation: "query", Rows: 5}},
		}
		noError(t, j.Facts(ctx, reportsync.RunFacts{Jobs: []reportsync.BulkJob{{ID: "7500"}, {ID: "7501"}}}))
		noError(t, j.Facts(ctx, facts)) // replaces what was there
		counts := reportsync.Counts{Read: 5, Updated: 3, Unmatched: 2}
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, Done: 3, Total: 9, Counts: counts, APICalls: 4, BulkBatches: 1, BytesSent: 100, BytesReceived: 7}))

		want := claim.Run
		want.Report, want.ReportVersion = version.Path, &version
		want.Stage, want.Progress, want.Counts = reportsync.StageWrite, &reportsync.Progress{Done: 3, Total: 9}, counts
		want.APICalls, want.BulkBatches, want.BytesSent, want.BytesReceived = 4, 1, 100, 7
		want.RunFacts = facts
		if diff := cmp.Diff(want, must(b.Run(ctx, claim.Run.ID))(t)); diff != "" {
			t.Errorf("the run (-want +got):\n%s", diff)
		}
	})
}

// What an attempt has used adds to what those before it have.
func TestJournalCostsOfSeveralAttempts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		id := claim.Run.ID
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, APICalls: 10, BulkBatches: 1, BytesSent: 1000, BytesReceived: 2000}))
		noError(t, b.ReleaseRun(ctx, id, "node-1", 1))
		_, j = b.claim(id, "node-1", lease)
		for _, calls := range []int64{2, 5} {
			noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, APICalls: calls, BulkBatches: 1}))
		}
		if got := must(b.Run(ctx, id))(t); got.APICalls != 15 || got.BulkBatches != 2 {
			t.Errorf("%d calls and %d batches, want 15 and 2", got.APICalls, got.BulkBatches)
		}
		noError(t, b.FinishRun(ctx, id, "node-1", 2, reportsync.RunResult{Status: reportsync.RunCompleted, APICalls: 6, BulkBatches: 1, BytesSent: 3, BytesReceived: 4}))
		if got := must(b.Run(ctx, id))(t); got.APICalls != 16 || got.BulkBatches != 2 || got.BytesSent != 1003 || got.BytesReceived != 2004 {
			t.Errorf("ended with %d calls, %d batches, %d bytes sent and %d received", got.APICalls, got.BulkBatches, got.BytesSent, got.BytesReceived)
		}
	})
}

func TestJournalLog(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		before := time.Now().Add(-time.Second)
		race(20, func(int) {
			if err := j.Log(ctx, reportsync.LogInfo, reportsync.StageExtract, "read a\x00b"); err != nil {
				t.Error(err)
			}
		})
		noError(t, j.Log(ctx, reportsync.LogError, reportsync.StageWrite, "last"))
		entries := must(b.RunLog(ctx, claim.Run.ID, 0, 0))(t)
		if len(entries) != 21 {
			t.Fatalf("%d entries", len(entries))
		}
		for i, e := range entries {
			if e.Seq != int64(i+1) || e.At.Before(before) || e.At.After(time.Now().Add(time.Second)) {
				t.Errorf("entry %d: %+v", i, e)
			}
		}
		want := reportsync.LogEntry{Seq: 21, At: entries[20].At, Level: reportsync.LogError, Stage: reportsync.StageWrite, Message: "last"}
		if diff := cmp.Diff(want, entries[20]); diff != "" {
			t.Errorf("the last entry (-want +got):\n%s", diff)
		}
		if entries[0].Message != "read a\uFFFDb" {
			t.Errorf("the first entry says %q", entries[0].Message)
		}
		if page := must(b.RunLog(ctx, claim.Run.ID, 5, 3))(t); !cmp.Equal(page, entries[5:8]) {
			t.Errorf("three entries after the fifth: %+v", page)
		}
	})
}

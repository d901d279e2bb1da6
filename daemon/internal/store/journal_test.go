package store_test

import (
	"errors"
	"slices"
	"strings"
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
		counts := reportsync.Counts{Read: 5, Updated: 3, Unmatched: 2}
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, Done: 3, Total: 9, Counts: counts, APICalls: 4, BulkBatches: 1}))

		want := claim.Run
		want.Report, want.ReportVersion = version.Path, &version
		want.Stage, want.Progress, want.Counts = reportsync.StageWrite, &reportsync.Progress{Done: 3, Total: 9}, counts
		want.APICalls, want.BulkBatches = 4, 1
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
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, APICalls: 10, BulkBatches: 1}))
		noError(t, b.ReleaseRun(ctx, id, "node-1", 1))
		_, j = b.claim(id, "node-1", lease)
		for _, calls := range []int64{2, 5} {
			noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, APICalls: calls, BulkBatches: 1}))
		}
		if got := must(b.Run(ctx, id))(t); got.APICalls != 15 || got.BulkBatches != 2 {
			t.Errorf("%d calls and %d batches, want 15 and 2", got.APICalls, got.BulkBatches)
		}
		noError(t, b.FinishRun(ctx, id, "node-1", 2, reportsync.RunCompleted, reportsync.Counts{}, 6, 1, nil))
		if got := must(b.Run(ctx, id))(t); got.APICalls != 16 || got.BulkBatches != 2 {
			t.Errorf("ended with %d calls and %d batches, want 16 and 2", got.APICalls, got.BulkBatches)
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

func TestJournalRecord(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		rows := rowsOf(reportsync.Unmatched, 1, 1234) // more than one statement takes, and a rest
		rows[0] = reportsync.Outcome{Row: 1, Line: 2, Kind: reportsync.Malformed, Code: reportsync.RowKeyEmpty, Message: "nothing in <key> & co"}
		rows[1].Changes = []reportsync.Change{{Field: "A", Before: nil, After: new("\x00 \u2028 \"<é>")}, {Field: "B", Before: new(""), After: nil}}
		noError(t, j.Record(ctx, rows[:600]))
		noError(t, j.Record(ctx, rows[600:]))
		noError(t, j.Record(ctx, nil))
		if diff := cmp.Diff(rows[:1000], must3(b.Outcomes(ctx, claim.Run.ID, filter(1000, "")))(t)); diff != "" {
			t.Errorf("the outcomes came back changed (-want +got):\n%s", diff)
		}
		for name, again := range map[string][]reportsync.Outcome{
			"a row again":         rows[7:8],
			"a row with new ones": rowsOf(reportsync.Unchanged, 1234, 3),
			"without an outcome":  planned(5000, 1),
		} {
			if err := j.Record(ctx, again); err == nil {
				t.Errorf("recorded %s", name)
			}
		}
		if n := len(must3(b.Outcomes(ctx, claim.Run.ID, filter(1000, "1000")))(t)); n != 234 {
			t.Errorf("%d outcomes after row 1000, want 234: what failed left something", n)
		}
		noError(t, j.ForgetUnwritten(ctx))
		if got := b.outcomes(claim.Run.ID); len(got) != 0 {
			t.Errorf("%d outcomes after forgetting them", len(got))
		}
	})
}

func TestJournalPlanAndSettle(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Record(ctx, rowsOf(reportsync.Unchanged, 900, 5)))
		noError(t, j.Plan(ctx, append(batchOf(1, planned(1, 450)), batchOf(2, planned(451, 3))...)))
		if got := b.outcomes(claim.Run.ID, reportsync.Updated, reportsync.Failed); len(got) != 0 {
			t.Errorf("shows %d planned rows", len(got))
		}
		if diff := cmp.Diff(planned(451, 3), must(j.BatchRows(ctx, 2))(t)); diff != "" {
			t.Errorf("the rows of batch 2 (-want +got):\n%s", diff)
		}
		noError(t, j.MarkBatch(ctx, 1, "750job", reportsync.BatchOpen))
		noError(t, j.MarkBatch(ctx, 1, "", reportsync.BatchClosed))

		answers := rowsOf(reportsync.Updated, 1, 450)
		for i := range answers { // as Salesforce answers: without what was planned
			answers[i] = reportsync.Outcome{Row: answers[i].Row, Kind: reportsync.Updated}
		}
		answers[3] = reportsync.Outcome{Row: 4, Kind: reportsync.Failed, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "no"}
		noError(t, j.Settle(ctx, 1, answers[:200], false))
		noError(t, j.Settle(ctx, 1, answers, true)) // fetched once more
		want := []reportsync.WriteBatch{
			{Seq: 1, Route: reportsync.RouteBulk, JobID: "750job", State: reportsync.BatchSettled, Rows: 450},
			{Seq: 2, Route: reportsync.RouteBulk, State: reportsync.BatchPlanned, Rows: 3},
		}
		if diff := cmp.Diff(want, must(j.Batches(ctx))(t)); diff != "" {
			t.Errorf("the batches (-want +got):\n%s", diff)
		}
		rows := rowsOf(reportsync.Updated, 1, 450)
		rows[3].Kind, rows[3].Code, rows[3].Message = reportsync.Failed, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "no"
		if diff := cmp.Diff(rows, b.outcomes(claim.Run.ID, reportsync.Updated, reportsync.Failed)); diff != "" {
			t.Errorf("the answers (-want +got):\n%s", diff)
		}
		noError(t, j.ForgetUnwritten(ctx))
		got := written(t, j)
		if len(got) != 453 || got[1].Kind != reportsync.Updated || got[452].Kind != "" || len(got[452].Changes) != 1 {
			t.Errorf("%d rows were written; row 1 %+v, row 452 %+v", len(got), got[1], got[452])
		}
	})
}

func TestJournalRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Plan(ctx, append(batchOf(1, planned(1, 2)), batchOf(2, planned(3, 2))...)))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 2), true))
		noError(t, j.Record(ctx, rowsOf(reportsync.Unmatched, 10, 1)))
		for name, err := range map[string]error{
			"plan a batch twice":            j.Plan(ctx, batchOf(1, planned(20, 1))),
			"plan an answered row":          j.Plan(ctx, batchOf(3, planned(1, 1))),
			"plan a recorded row":           j.Plan(ctx, batchOf(3, planned(9, 2))),
			"settle a row never planned":    j.Settle(ctx, 2, rowsOf(reportsync.Updated, 20, 1), false),
			"settle a recorded row":         j.Settle(ctx, 2, rowsOf(reportsync.Updated, 10, 1), false),
			"settle a row of another batch": j.Settle(ctx, 2, rowsOf(reportsync.Updated, 1, 1), true),
			"settle without an answer":      j.Settle(ctx, 2, planned(3, 1), false),
			"settle a batch never planned":  j.Settle(ctx, 7, nil, true),
			"mark a batch never planned":    j.MarkBatch(ctx, 7, "job", reportsync.BatchOpen),
			"move a batch back":             j.MarkBatch(ctx, 1, "job", reportsync.BatchOpen),
			"an unknown state":              j.MarkBatch(ctx, 2, "job", "lost"),
			"record a settled row":          j.Record(ctx, rowsOf(reportsync.Unchanged, 1, 1)),
		} {
			if err == nil || errors.Is(err, reportsync.ErrLeaseLost) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Nothing of it was stored.
		if got := b.outcomes(claim.Run.ID); len(got) != 3 || len(written(t, j)) != 4 || len(must(j.Batches(ctx))(t)) != 2 {
			t.Errorf("%d outcomes, %d written rows", len(got), len(written(t, j)))
		}
	})
}

// A row that is planned anew keeps what stood in Salesforce before the first time.
func TestJournalPlanAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		_, j := b.claimed("onboarding")
		change := func(field, before, after string) reportsync.Change {
			return reportsync.Change{Field: field, Before: new(before), After: new(after)}
		}
		first := planned(1, 300)
		first[0].Changes = []reportsync.Change{change("A", "a0", "a1"), change("B", "b0", "b1")}
		noError(t, j.Plan(ctx, batchOf(1, first)))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 290, 11), false))

		again := planned(1, 250)
		again[0].Changes = []reportsync.Change{change("B", "b1", "b2"), change("C", "c0", "c1")}
		again[0].RecordID = "003another"
		again = slices.Concat(again, planned(400, 2)) // some are new
		sent := slices.Clone(again[0].Changes)
		noError(t, j.Plan(ctx, batchOf(2, again)))
		if diff := cmp.Diff(sent, again[0].Changes); diff != "" {
			t.Errorf("changed what the caller gave (-want +got):\n%s", diff)
		}
		rows := must(j.BatchRows(ctx, 2))(t)
		if len(rows) != 252 || len(must(j.BatchRows(ctx, 1))(t)) != 50 {
			t.Fatalf("%d rows in the new batch", len(rows))
		}
		want := []reportsync.Change{change("B", "b0", "b2"), change("C", "c0", "c1"), change("A", "a0", "a1")}
		if diff := cmp.Diff(want, rows[0].Changes); diff != "" || rows[0].RecordID != "003another" {
			t.Errorf("the moved row %+v (-want +got):\n%s", rows[0], diff)
		}
		// A row that needs no write any more is done without one.
		done := reportsync.Outcome{Row: 2, Line: 3, Key: "user2@example.com", Kind: reportsync.Updated}
		noError(t, j.Record(ctx, []reportsync.Outcome{done}))
		got := written(t, j)[2]
		if got.Kind != reportsync.Updated || len(got.Changes) != 1 || got.RecordID == "" {
			t.Errorf("the row that was done meanwhile reads %+v", got)
		}
	})
}

// Written may be read while its rows are written on.
func TestJournalWritesWhileReading(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		_, j := b.claimed("onboarding")
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 30))))
		n := 0
		noError(t, j.Written(ctx, func(o reportsync.Outcome) error {
			n++
			o.Kind = reportsync.Updated
			return j.Settle(ctx, 1, []reportsync.Outcome{o}, false)
		}))
		if n != 30 {
			t.Errorf("read %d rows", n)
		}
		stop := errors.New("stop")
		if err := j.Written(ctx, func(reportsync.Outcome) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
}

// Collections are written in parallel, and so are their answers.
func TestJournalSettlesInParallel(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		race(8, func(i int) {
			rows := planned(1+i*100, 100)
			if err := j.Plan(ctx, batchOf(i+1, rows)); err != nil {
				t.Error(err)
			}
			if err := j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, Done: int64(i)}); err != nil {
				t.Error(err)
			}
			if err := j.Settle(ctx, i+1, rowsOf(reportsync.Updated, 1+i*100, 100), true); err != nil {
				t.Error(err)
			}
		})
		noError(t, b.FinishRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunCompleted, reportsync.Counts{Read: 800}, 0, 0, nil))
	})
}

func TestJournalErrorsNameTheBatch(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		_, j := b.claimed("onboarding")
		err := j.Settle(t.Context(), 12, rowsOf(reportsync.Updated, 1, 1), false)
		if err == nil || !strings.Contains(err.Error(), "settle batch 12") {
			t.Errorf("got %v", err)
		}
	})
}

package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestJournalPlanAndSettle(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		_, j := b.claimed("onboarding")
		big := planned(1, 10_000) // more than one segment takes
		big[1].Changes = []reportsync.Change{{Field: "A", After: new("\x00 \u2028 \"<é>")}, {Field: "B", Before: new(""), RecordID: "003", Repeats: 2, Held: true}}
		noError(t, j.Plan(ctx, append(batchOf(1, big), batchOf(2, planned(20_001, 3))...)))
		noError(t, j.MarkBatch(ctx, 1, "750job", reportsync.BatchOpen))
		more := planned(30_001, 7)
		noError(t, j.Plan(ctx, batchOf(1, more)))
		noError(t, j.MarkBatch(ctx, 1, "", reportsync.BatchClosed))
		if diff := cmp.Diff(map[int][]reportsync.Outcome{1: slices.Concat(big, more), 2: planned(20_001, 3)}, replayed(t, j.Planned)); diff != "" {
			t.Errorf("planned (-want +got):\n%s", diff)
		}

		first, rest := rowsOf(reportsync.Updated, 1, 6000), rowsOf(reportsync.Failed, 6001, 4000)
		noError(t, j.Settle(ctx, 1, first, false))
		noError(t, j.Settle(ctx, 1, slices.Concat(rest, first[:2]), true)) // two were fetched once more
		noError(t, j.Settle(ctx, 2, nil, false))
		want := []reportsync.WriteBatch{
			{Seq: 1, Route: reportsync.RouteBulk, JobID: "750job", State: reportsync.BatchSettled, Rows: 10_007},
			{Seq: 2, Route: reportsync.RouteBulk, State: reportsync.BatchPlanned, Rows: 3},
		}
		if diff := cmp.Diff(want, must(j.Batches(ctx))(t)); diff != "" {
			t.Errorf("the batches (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[int][]reportsync.Outcome{1: slices.Concat(first, first[:2], rest)}, replayed(t, j.Answers)); diff != "" {
			t.Errorf("the answers (-want +got):\n%s", diff)
		}
	})
}

// replayed gathers what a reading of the journal gives, by batch.
func replayed(t testing.TB, read reading) map[int][]reportsync.Outcome {
	t.Helper()
	all := map[int][]reportsync.Outcome{}
	err := read(t.Context(), func(seq int, rows []reportsync.Outcome) error {
		all[seq] = append(all[seq], rows...)
		return nil
	})
	noError(t, err)
	return all
}

func TestJournalRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		_, j := b.claimed("onboarding")
		noError(t, j.Plan(ctx, append(batchOf(1, planned(1, 2)), batchOf(2, planned(3, 2))...)))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 2), true))
		for name, err := range map[string]error{
			"add to a settled batch":       j.Plan(ctx, append(batchOf(3, planned(30, 1)), batchOf(1, planned(20, 1))...)),
			"plan an outcome":              j.Plan(ctx, batchOf(3, rowsOf(reportsync.Updated, 1, 1))),
			"settle without an answer":     j.Settle(ctx, 2, planned(3, 1), false),
			"settle a batch never planned": j.Settle(ctx, 7, rowsOf(reportsync.Updated, 1, 1), false),
			"end a batch never planned":    j.Settle(ctx, 7, nil, true),
			"mark a batch never planned":   j.MarkBatch(ctx, 7, "job", reportsync.BatchOpen),
			"move a batch back":            j.MarkBatch(ctx, 1, "job", reportsync.BatchOpen),
			"an unknown state":             j.MarkBatch(ctx, 2, "job", "lost"),
		} {
			if err == nil || errors.Is(err, reportsync.ErrLeaseLost) || !strings.Contains(err.Error(), " batch ") {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Nothing of it was stored.
		if p, a := replayed(t, j.Planned), replayed(t, j.Answers); len(p) != 2 || len(p[1]) != 2 || len(a) != 1 || len(a[1]) != 2 || len(must(j.Batches(ctx))(t)) != 2 {
			t.Errorf("planned %v, answered %v", p, a)
		}
	})
}

// The journal may be written while it is read.
func TestJournalWritesWhileReading(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		_, j := b.claimed("onboarding")
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 30))))
		n := 0
		noError(t, j.Planned(ctx, func(seq int, rows []reportsync.Outcome) error {
			n += len(rows)
			if err := j.Plan(ctx, batchOf(2, planned(100, 1))); err != nil {
				return err
			}
			return j.Settle(ctx, seq, rowsOf(reportsync.Updated, 1, len(rows)), true)
		}))
		if n != 30 {
			t.Errorf("read %d rows", n)
		}
		stop := errors.New("stop")
		if err := j.Answers(ctx, func(int, []reportsync.Outcome) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
}

// A run that ends elsewhere while its journal is read has lost its lease.
func TestJournalEndsWhileReading(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Plan(ctx, append(batchOf(1, planned(1, 1)), batchOf(2, planned(2, 1))...)))
		err := j.Planned(ctx, func(int, []reportsync.Outcome) error {
			return b.FinishRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunResult{Status: reportsync.RunCompleted, Artifact: &reportsync.Artifact{Key: "k"}})
		})
		if !errors.Is(err, reportsync.ErrLeaseLost) {
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
		got, _, err := b.Outcomes(ctx, claim.Run.ID, store.OutcomeFilter{Limit: 1000})
		noError(t, err)
		if diff := cmp.Diff(rowsOf(reportsync.Updated, 1, 800), got); diff != "" {
			t.Errorf("the outcomes (-want +got):\n%s", diff)
		}
	})
}

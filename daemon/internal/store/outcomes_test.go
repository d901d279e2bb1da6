package store_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func filter(limit int, cursor string, kinds ...reportsync.OutcomeKind) store.OutcomeFilter {
	return store.OutcomeFilter{Kinds: kinds, Cursor: cursor, Limit: limit}
}

// pages reads all pages of the outcomes of a run.
func pages(t testing.TB, b *bundle, runID string, f store.OutcomeFilter) []reportsync.Outcome {
	t.Helper()
	all := []reportsync.Outcome{}
	for {
		page, next, err := b.Outcomes(t.Context(), runID, f)
		noError(t, err)
		all = append(all, page...)
		if f.Cursor = next; next == "" {
			return all
		}
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		other, otherJournal := b.claimed("other")
		noError(t, otherJournal.Plan(ctx, batchOf(1, planned(1, 2))))
		noError(t, otherJournal.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 2), true))
		kinds := []reportsync.OutcomeKind{reportsync.Updated, reportsync.Created, reportsync.Failed}
		var all []reportsync.Outcome
		for i := range 10 {
			all = append(all, rowsOf(kinds[i%3], i+1, 1)...)
		}
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 12))))
		noError(t, j.Settle(ctx, 1, []reportsync.Outcome{all[9], all[3]}, false)) // in any order
		noError(t, j.Settle(ctx, 1, append(all[:3:3], all[4:9]...), false))

		for name, test := range map[string]struct {
			filter store.OutcomeFilter
			want   []int64
		}{
			"all":       {filter(0, ""), []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
			"paged":     {filter(4, ""), []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
			"from":      {filter(2, "8"), []int64{9, 10}},
			"one kind":  {filter(0, "", reportsync.Created), []int64{2, 5, 8}},
			"two kinds": {filter(1, "", reportsync.Created, reportsync.Failed), []int64{2, 3, 5, 6, 8, 9}},
			"none":      {filter(0, "", reportsync.Unmatched), nil},
		} {
			var got []int64
			for _, o := range pages(t, b, claim.Run.ID, test.filter) {
				got = append(got, o.Row)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if got := b.outcomes(other.Run.ID); len(got) != 2 {
			t.Errorf("the other run has %d outcomes", len(got))
		}
		for _, cursor := range []string{"seven", "-1", "1.5"} {
			_, _, err := b.Outcomes(ctx, claim.Run.ID, filter(0, cursor))
			wantCode(t, err, reportsync.CodeInvalid, cursor)
		}
		_, _, err := b.Outcomes(ctx, "run_missing", filter(0, ""))
		wantCode(t, err, reportsync.CodeNotFound)
		_, err = b.RunLog(ctx, "run_missing", 0, 0)
		wantCode(t, err, reportsync.CodeNotFound)
	})
}

// What was planned shows as unprocessed once its run has broken off, and not before.
func TestOutcomesWithoutAnswer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 2))))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Created, 2, 1), false))
		if got := b.outcomes(claim.Run.ID); len(got) != 1 || got[0].Row != 2 {
			t.Errorf("of a live run: %+v", got)
		}
		noError(t, b.FailRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunError{Code: reportsync.CodeInternal}))
		got := b.outcomes(claim.Run.ID, reportsync.Unprocessed)
		want := rowsOf(reportsync.Unprocessed, 1, 1)
		want[0].Code, want[0].Message = reportsync.RowNoAnswer, "the run broke off before Salesforce's answer was stored: the record may or may not have been written"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of one that broke (-want +got):\n%s", diff)
		}
	})
}

// Pages are the same however the rows lie in the segments: here each segment has rows from the whole of the report.
func TestOutcomesOfScatteredRows(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		const n, batches = 6000, 5 // more rows than are put together at a time
		for seq := range batches {
			var rows, answers []reportsync.Outcome
			for row := seq + 1; row <= n; row += batches {
				rows = append(rows, planned(row, 1)...)
				if row%10 != 0 {
					answers = append(answers, rowsOf(reportsync.Updated, row, 1)...)
				}
			}
			slices.Reverse(rows)
			noError(t, j.Plan(ctx, batchOf(seq+1, rows)))
			noError(t, j.Settle(ctx, seq+1, answers, false))
		}
		noError(t, b.FailRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunError{Code: reportsync.CodeInternal}))
		got := pages(t, b, claim.Run.ID, filter(1000, ""))
		if len(got) != n {
			t.Fatalf("%d outcomes, want %d", len(got), n)
		}
		for i, o := range got {
			want := reportsync.Updated
			if (i+1)%10 == 0 {
				want = reportsync.Unprocessed
			}
			if o.Row != int64(i+1) || o.Kind != want {
				t.Fatalf("outcome %d is %+v", i, o)
			}
		}
		want := reportsync.Counts{Read: n, Updated: n - n/10, Unprocessed: n / 10}
		if counts := must(b.Run(ctx, claim.Run.ID))(t).Counts; counts != want {
			t.Errorf("counts %+v, want %+v", counts, want)
		}
	})
}

package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func filter(limit int, cursor string, kinds ...reportsync.OutcomeKind) store.OutcomeFilter {
	return store.OutcomeFilter{Kinds: kinds, Cursor: cursor, Limit: limit}
}

// must3 unpacks a page that has to be read: must3(f())(t).
func must3[T any](page []T, _ string, err error) func(testing.TB) []T {
	return func(t testing.TB) []T {
		t.Helper()
		noError(t, err)
		return page
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		other, otherJournal := b.claimed("other")
		noError(t, otherJournal.Record(ctx, rowsOf(reportsync.Unmatched, 1, 2)))
		kinds := []reportsync.OutcomeKind{reportsync.Unchanged, reportsync.Unmatched, reportsync.Malformed}
		var all []reportsync.Outcome
		for i := range 10 {
			all = append(all, rowsOf(kinds[i%3], i+1, 1)...)
		}
		noError(t, j.Record(ctx, []reportsync.Outcome{all[9], all[3]})) // in any order
		noError(t, j.Record(ctx, append(all[:3:3], all[4:9]...)))
		noError(t, j.Plan(ctx, batchOf(1, planned(11, 2))))

		for name, test := range map[string]struct {
			filter store.OutcomeFilter
			want   []int64
		}{
			"all":       {filter(0, ""), []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
			"paged":     {filter(4, ""), []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
			"one kind":  {filter(0, "", reportsync.Unmatched), []int64{2, 5, 8}},
			"two kinds": {filter(1, "", reportsync.Unmatched, reportsync.Malformed), []int64{2, 3, 5, 6, 8, 9}},
			"none":      {filter(0, "", reportsync.Failed), nil},
		} {
			var got []int64
			for f := test.filter; ; {
				page, next, err := b.Outcomes(ctx, claim.Run.ID, f)
				noError(t, err)
				for _, o := range page {
					got = append(got, o.Row)
				}
				if f.Cursor = next; next == "" {
					break
				}
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

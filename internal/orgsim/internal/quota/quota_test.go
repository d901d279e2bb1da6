package quota_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
)

func TestBatchesADay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit, announced int
		enforced         bool
	}{
		"default": {limit: 0, announced: 15_000, enforced: true},
		"set":     {limit: 3, announced: 3, enforced: true},
		"none":    {limit: -1, announced: 15_000, enforced: false},
	} {
		u := quota.New(0, c.limit)
		if got := u.Limits()["DailyBulkApiBatches"]; got.Max != c.announced || got.Remaining != c.announced {
			t.Errorf("%s: announces %+v", name, got)
		}
		if !u.SpendBatches(c.announced) {
			t.Errorf("%s: the last batch is refused", name)
		}
		if more := u.SpendBatches(1); more == c.enforced {
			t.Errorf("%s: one batch more is taken: %t", name, more)
		}
		if got := u.Limits()["DailyBulkApiBatches"]; got.Remaining != 0 {
			t.Errorf("%s: then announces %+v", name, got)
		}
		if u.Reset(); !u.SpendBatches(c.announced) {
			t.Errorf("%s: a new day brings no batches", name)
		}
	}
}

// Every started megabyte of results is counted, over all jobs.
func TestQueryResultsAreStored(t *testing.T) {
	t.Parallel()
	u := quota.New(0, 0)
	left := func() int { return u.Limits()["DailyBulkV2QueryFileStorageMB"].Remaining }
	fresh := left()
	for _, step := range []struct {
		bytes int64
		used  int
	}{{0, 0}, {1, 1}, {1<<20 - 1, 1}, {1, 2}, {5 << 20, 7}} {
		if u.StoreQueryResult(step.bytes); fresh-left() != step.used {
			t.Errorf("%d bytes more leave %d MB used, want %d", step.bytes, fresh-left(), step.used)
		}
	}
	if u.Reset(); left() != fresh {
		t.Errorf("a new day has %d MB left", left())
	}
}

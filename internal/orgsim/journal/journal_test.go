package journal_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	var j journal.Journal
	for _, e := range []journal.Entry{
		{Kind: "query", App: "key", Status: 200, Calls: 1, Rows: 5, BytesIn: 1, BytesOut: 10},
		{Kind: "query", App: "key", Status: 0, Calls: 1},
		{Kind: "oauth", Status: 400, BytesIn: 2},
	} {
		j.Add(e)
	}
	j.AddBatches(3)
	want := journal.Summary{
		Kinds: []journal.Sum{
			{Kind: "oauth", Requests: 1, Failures: 1, BytesIn: 2},
			{Kind: "query", Requests: 2, Failures: 1, Calls: 2, Rows: 5, BytesIn: 1, BytesOut: 10},
		},
		Apps:  []journal.Sum{{App: "key", Requests: 2, Failures: 1, Calls: 2, Rows: 5, BytesIn: 1, BytesOut: 10}},
		Total: journal.Sum{Kind: "total", Requests: 3, Failures: 2, Calls: 2, Rows: 5, BytesIn: 3, BytesOut: 10},
		Bulk:  3,
	}
	if diff := cmp.Diff(want, j.Summary()); diff != "" {
		t.Error(diff)
	}
	if j.Calls() != 2 || j.Calls("oauth") != 0 || j.Calls("oauth", "query") != 2 {
		t.Errorf("calls %d, %d, %d", j.Calls(), j.Calls("oauth"), j.Calls("oauth", "query"))
	}
	j.Reset()
	if s := j.Summary(); s.Total.Requests != 0 || s.Bulk != 0 || len(j.Entries()) != 0 {
		t.Errorf("after the reset: %+v", s)
	}
}

func TestEntriesAreBounded(t *testing.T) {
	t.Parallel()
	var j journal.Journal
	const n = 250_001
	for range n {
		j.Add(journal.Entry{Kind: "query", Calls: 1})
	}
	entries := j.Entries()
	if len(entries) != 100_000 || entries[0].Number != n-100_000+1 || entries[len(entries)-1].Number != n || j.Calls() != n {
		t.Errorf("%d entries from %d to %d, %d calls", len(entries), entries[0].Number, entries[len(entries)-1].Number, j.Calls())
	}
}

func TestJobIsThatOfThePath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/services/data/v60.0/jobs/ingest":             "",
		"/services/data/v60.0/jobs/ingest/750x":        "750x",
		"/services/data/v60.0/jobs/query/750x/results": "750x",
		"/services/data/v60.0/sobjects/Contact/003x":   "",
	} {
		var j journal.Journal
		j.Add(journal.Entry{Path: path})
		if got := j.Entries()[0].Job; got != want {
			t.Errorf("%s is about job %q, want %q", path, got, want)
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	var j journal.Journal
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for i, kind := range []string{"oauth", "ingest create", "ingest upload", "query"} {
		j.Add(journal.Entry{Kind: kind, Path: "/services/" + kind, Calls: 1, Time: noon.Add(time.Duration(i) * time.Minute)})
	}
	for name, test := range map[string]struct {
		filter journal.Filter
		want   []int
	}{
		"all":          {journal.Filter{}, []int{1, 2, 3, 4}},
		"by kind":      {journal.Filter{Kind: "ingest *"}, []int{2, 3}},
		"by path":      {journal.Filter{Path: "/services/{query,oauth}"}, []int{1, 4}},
		"by number":    {journal.Filter{After: 3}, []int{4}},
		"by time":      {journal.Filter{Since: noon.Add(time.Minute)}, []int{2, 3, 4}},
		"by all":       {journal.Filter{Kind: "ingest *", After: 2, Since: noon}, []int{3}},
		"by what isnt": {journal.Filter{Kind: "describe"}, nil},
	} {
		entries, summary := j.Choose(test.filter)
		var got []int
		for _, e := range entries {
			got = append(got, e.Number)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || summary.Total.Calls != len(test.want) || !test.filter.Check() {
			t.Errorf("%s: %s; summary %+v", name, diff, summary)
		}
	}
	if (journal.Filter{Kind: "[a"}).Check() || (journal.Filter{Path: "{"}).Check() {
		t.Error("a broken glob was taken")
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var j journal.Journal
		waited := make(chan error, 1)
		go func() { waited <- j.Wait(t.Context(), journal.Filter{Kind: "query"}) }()
		synctest.Wait()
		j.Add(journal.Entry{Kind: "oauth"})
		synctest.Wait()
		select {
		case err := <-waited:
			t.Fatalf("another kind ended the wait: %v", err)
		default:
		}
		j.Add(journal.Entry{Kind: "query"})
		if err := <-waited; err != nil {
			t.Error(err)
		}
		if err := j.Wait(t.Context(), journal.Filter{Kind: "query"}); err != nil {
			t.Errorf("what is there was waited for: %v", err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		want := errors.New("enough")
		cancel(want)
		if err := j.Wait(ctx, journal.Filter{After: 9}); !errors.Is(err, want) {
			t.Errorf("got %v", err)
		}
	})
}

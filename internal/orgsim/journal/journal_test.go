package journal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	var j journal.Journal
	for _, e := range []journal.Entry{
		{Kind: "query", Status: 200, Calls: 1, Rows: 5, BytesIn: 1, BytesOut: 10},
		{Kind: "query", Status: 0, Calls: 1},
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

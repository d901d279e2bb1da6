package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// entry is a line of a journal: planned in an attempt, or answered.
type entry struct {
	attempt int
	kind    segmentKind
	outcome reportsync.Outcome
}

func planOf(attempt int, record string, changes ...reportsync.Change) entry {
	return entry{attempt, plans, reportsync.Outcome{Row: 7, Line: 8, Key: "k", RecordID: record, Changes: changes}}
}

func answerOf(record string, kind reportsync.OutcomeKind, code string) entry {
	return entry{1, answers, reportsync.Outcome{Row: 7, RecordID: record, Kind: kind, Code: code}}
}

func TestFoldedRow(t *testing.T) {
	t.Parallel()
	change := func(record, field, before, after string) reportsync.Change {
		return reportsync.Change{Field: field, Before: &before, After: &after, RecordID: record}
	}
	fared := func(c reportsync.Change, kind reportsync.OutcomeKind, code string) reportsync.Change {
		c.RecordOutcome, c.RecordCode = kind, code
		return c
	}
	unread := func(field, after string) reportsync.Change {
		return reportsync.Change{Field: field, BeforeUnknown: true, After: &after}
	}
	for name, test := range map[string]struct {
		entries []entry
		want    reportsync.Outcome // without row, line and key
	}{
		"updated": {[]entry{planOf(1, "A"), answerOf("A", reportsync.Updated, "")}, reportsync.Outcome{Kind: reportsync.Updated, RecordID: "A"}},
		"as planned": {
			[]entry{
				planOf(1, "A", unread("F", "1")), planOf(2, "A", change("", "F", "0", "1"), change("", "G", "0", "1")),
				{2, answers, reportsync.Outcome{Row: 7, Kind: reportsync.Updated, RecordID: "A"}},
			},
			reportsync.Outcome{Kind: reportsync.Updated, RecordID: "A", Changes: []reportsync.Change{unread("F", "1"), change("", "G", "0", "1")}},
		},
		"created, planned without an id": {
			[]entry{planOf(1, ""), answerOf("A", reportsync.Created, "")}, reportsync.Outcome{Kind: reportsync.Created, RecordID: "A"},
		},
		"failed, answered without the id": {
			[]entry{planOf(1, "A"), answerOf("", reportsync.Failed, "NO")}, reportsync.Outcome{Kind: reportsync.Failed, Code: "NO", RecordID: "A"},
		},
		"answered twice": {
			[]entry{planOf(1, "A"), answerOf("A", reportsync.Failed, "LOCK"), answerOf("A", reportsync.Updated, "")},
			reportsync.Outcome{Kind: reportsync.Updated, RecordID: "A"},
		},
		"created, answered twice": {
			[]entry{planOf(1, ""), answerOf("A", reportsync.Created, ""), answerOf("A", reportsync.Created, "")},
			reportsync.Outcome{Kind: reportsync.Created, RecordID: "A"},
		},
		"failed, and planned again": {
			[]entry{planOf(1, "A"), answerOf("A", reportsync.Failed, "LOCK"), planOf(2, "A")},
			reportsync.Outcome{Kind: reportsync.Unprocessed, Code: reportsync.RowNoAnswer, Message: noAnswer, RecordID: "A"},
		},
		"another record in the next attempt": {
			[]entry{planOf(1, "A"), planOf(2, "B"), answerOf("B", reportsync.Updated, "")},
			reportsync.Outcome{Kind: reportsync.Updated, RecordID: "B"},
		},
		"several records": {
			[]entry{planOf(1, "A"), planOf(1, "B"), answerOf("B", reportsync.Updated, ""), answerOf("A", reportsync.Updated, "")},
			reportsync.Outcome{Kind: reportsync.Updated, Records: []string{"A", "B"}},
		},
		"several records, one failed": {
			[]entry{planOf(1, "A"), planOf(1, "B"), answerOf("A", reportsync.Failed, "NO"), answerOf("B", reportsync.Updated, "")},
			reportsync.Outcome{Kind: reportsync.Failed, Code: "NO", Records: []string{"A", "B"}},
		},
		"several records, one without an answer": {
			[]entry{planOf(1, "A"), planOf(1, "B"), answerOf("A", reportsync.Updated, "")},
			reportsync.Outcome{Kind: reportsync.Unprocessed, Code: reportsync.RowNoAnswer, Message: noAnswer, Records: []string{"A", "B"}},
		},
		"several records, the rest in the next attempt": {
			[]entry{planOf(1, "A"), planOf(1, "B"), answerOf("A", reportsync.Updated, ""), planOf(2, "B"), answerOf("B", reportsync.Updated, "")},
			reportsync.Outcome{Kind: reportsync.Updated, Records: []string{"A", "B"}},
		},
		"several records, one answer for all": {
			[]entry{planOf(1, "A"), planOf(1, "B"), {1, answers, reportsync.Outcome{Row: 7, Kind: reportsync.Updated, Records: []string{"A", "B"}}}},
			reportsync.Outcome{Kind: reportsync.Updated, Records: []string{"A", "B"}},
		},
		"an answer alone": {[]entry{answerOf("A", reportsync.Unmatched, "C")}, reportsync.Outcome{Kind: reportsync.Unmatched, Code: "C", RecordID: "A"}},
		"the first before-image stays": {
			[]entry{
				planOf(1, "A", change("", "F", "f0", "f1"), change("", "G", "g0", "g1")),
				planOf(2, "A", change("", "G", "g1", "g2"), change("", "H", "h0", "h1")), answerOf("A", reportsync.Updated, ""),
			},
			reportsync.Outcome{
				Kind: reportsync.Updated, RecordID: "A",
				Changes: []reportsync.Change{change("", "F", "f0", "f1"), change("", "G", "g0", "g2"), change("", "H", "h0", "h1")},
			},
		},
		"a before-image that nobody has read stays unknown": {
			[]entry{planOf(1, "A", unread("F", "f1")), planOf(2, "A", change("", "F", "f1", "f2")), answerOf("A", reportsync.Updated, "")},
			reportsync.Outcome{Kind: reportsync.Updated, RecordID: "A", Changes: []reportsync.Change{unread("F", "f2")}},
		},
		"unless the record was made": {
			[]entry{
				planOf(1, "", unread("F", "f1")),
				{1, answers, reportsync.Outcome{Row: 7, Kind: reportsync.Created, RecordID: "A", Changes: []reportsync.Change{{Field: "K"}, {Field: "F"}}}},
			},
			reportsync.Outcome{Kind: reportsync.Created, RecordID: "A", Changes: []reportsync.Change{{Field: "K"}, {Field: "F"}}},
		},
		"changes of several records, some of which were not made": {
			[]entry{
				planOf(1, "A", change("", "F", "f0", "f1")), planOf(1, "B", change("", "F", "e0", "f1")), planOf(1, "C", change("", "F", "d0", "f1")),
				answerOf("A", reportsync.Updated, ""), answerOf("B", reportsync.Failed, "NO"),
			},
			reportsync.Outcome{
				Kind: reportsync.Failed, Code: "NO", Records: []string{"A", "B", "C"},
				Changes: []reportsync.Change{
					fared(change("A", "F", "f0", "f1"), reportsync.Updated, ""), change("B", "F", "e0", "f1"),
					fared(change("C", "F", "d0", "f1"), reportsync.Unprocessed, reportsync.RowNoAnswer),
				},
			},
		},
		"changes of several records": {
			[]entry{
				planOf(1, "A", change("", "F", "f0", "f1")), planOf(1, "B", change("", "F", "e0", "f1")),
				answerOf("A", reportsync.Updated, ""), answerOf("B", reportsync.Updated, ""),
			},
			reportsync.Outcome{
				Kind: reportsync.Updated, Records: []string{"A", "B"},
				Changes: []reportsync.Change{change("A", "F", "f0", "f1"), change("B", "F", "e0", "f1")},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := fold{keep: 10, rows: map[int64]*foldedRow{}}
			for _, e := range test.entries {
				f.add(segment{attempt: e.attempt, kind: e.kind}, e.outcome)
			}
			got, answered := f.rows[7].outcome(7)
			want := test.want
			want.Row = 7
			if test.entries[0].kind == plans {
				want.Line, want.Key = 8, "k"
			}
			if diff := cmp.Diff(want, got); diff != "" || answered != (want.Code != reportsync.RowNoAnswer) {
				t.Errorf("answered %v (-want +got):\n%s", answered, diff)
			}
		})
	}
}

// A segment ends before it is too large to be read for a part of it.
func TestCut(t *testing.T) {
	t.Parallel()
	large := string(make([]byte, segmentBytes/4))
	var rows []reportsync.Outcome
	for i := range 2*segmentRows + 10 {
		o := reportsync.Outcome{Row: int64(3*segmentRows - i)}
		if i < 3 {
			o.Message = large // escaped, it is six times as long
		}
		rows = append(rows, o)
	}
	var got []segment
	for _, s := range cut(segment{attempt: 2, kind: answers}, inOrder(rows)) {
		s.data = nil
		got = append(got, s)
	}
	of := func(n int, first, last int64) segment {
		return segment{attempt: 2, kind: answers, rows: n, first: first, last: last}
	}
	const top = 3 * segmentRows
	want := []segment{
		of(1, top, top), of(1, top-1, top-1), of(1, top-2, top-2),
		of(segmentRows, top-2-segmentRows, top-3), of(segmentRows, top-2-2*segmentRows, top-3-segmentRows), of(7, top-9-2*segmentRows, top-3-2*segmentRows),
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(segment{})); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}

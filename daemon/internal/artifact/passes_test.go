package artifact_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// writePasses writes outcomes in as many passes as pass tells apart.
func writePasses(t *testing.T, b *artifact.Bucket, passes int, rows []reportsync.Outcome, pass func(reportsync.Outcome) int) reportsync.Artifact {
	t.Helper()
	w, err := b.Create(t.Context(), runID, 1)
	if err != nil {
		t.Fatal(err)
	}
	for p := range passes {
		if p > 0 {
			w.NextPass()
		}
		for _, o := range rows {
			if pass(o) != p {
				continue
			}
			if err := w.Add(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, err := w.Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whatever the passes in which outcomes were written, they are read in the order of the report.
func TestPasses(t *testing.T) {
	t.Parallel()
	rows := outcomes(30_000)
	for name, pass := range map[string]func(reportsync.Outcome) int{
		"what is known early first": func(o reportsync.Outcome) int {
			if o.Kind == reportsync.Unchanged {
				return 0
			}
			return 1
		},
		"one after the other": func(o reportsync.Outcome) int { return int(o.Row / 10_001) },
		"an empty one":        func(o reportsync.Outcome) int { return int(o.Row%2) * 2 },
		"none in the last":    func(reportsync.Outcome) int { return 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := buckets["s3"](t)
			a := writePasses(t, b, 3, rows, pass)
			if a.Rows != int64(len(rows)) {
				t.Errorf("%d rows were written, want %d", a.Rows, len(rows))
			}
			for name, f := range map[string]artifact.Filter{
				"all":      {},
				"a page":   {After: 12_345},
				"changed":  {Changed: true},
				"failed":   {Kinds: []reportsync.OutcomeKind{reportsync.Failed}},
				"two":      {Kinds: []reportsync.OutcomeKind{reportsync.Failed, reportsync.Unchanged}, After: 20_000},
				"the last": {After: 29_999},
			} {
				want := slices.DeleteFunc(slices.Clone(rows), func(o reportsync.Outcome) bool {
					return o.Row <= f.After || f.Changed && len(o.Changes) == 0 || len(f.Kinds) > 0 && !slices.Contains(f.Kinds, o.Kind)
				})
				got, err := read(t.Context(), b, a, f)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %d rows, want %d", name, len(got), len(want))
				}
			}
		})
	}
}

// A row that stands in two passes would be counted twice; nothing says which one is true.
func TestRowInTwoPasses(t *testing.T) {
	t.Parallel()
	b := buckets["folder"](t)
	w, err := b.Create(t.Context(), runID, 1)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, o := range outcomes(3) {
			if err := w.Add(o); err != nil {
				t.Fatal(err)
			}
		}
		w.NextPass()
	}
	a, err := w.Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = read(t.Context(), b, a, artifact.Filter{})
	if reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(err.Error(), "row 1 is there twice") {
		t.Errorf("error %v", err)
	}
}

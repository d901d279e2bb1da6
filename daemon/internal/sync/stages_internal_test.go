package sync

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// noJournal keeps nothing.
type noJournal struct{ Journal }

func (noJournal) Progress(context.Context, RunProgress) error { return nil }

func (noJournal) Log(context.Context, reportsync.LogLevel, reportsync.Stage, string) error {
	return nil
}

// benchRun is a run that is about to read its report.
func benchRun(b *testing.B) (*run, *target) {
	b.Helper()
	field := func(name string, kind salesforce.FieldType, f salesforce.Field) salesforce.Field {
		f.Name, f.Type, f.Updateable, f.Createable, f.Filterable, f.Nillable = name, kind, true, true, true, true
		return f
	}
	fields := []salesforce.Field{
		field("Last_Seen__c", salesforce.TypeDateTime, salesforce.Field{}),
		field("Plan__c", salesforce.TypeString, salesforce.Field{Length: 80}),
		field("Sessions_30d__c", salesforce.TypeDouble, salesforce.Field{Precision: 9}),
		field("Status__c", salesforce.TypePicklist, salesforce.Field{RestrictedPicklist: true, PicklistValues: statuses}),
	}
	email := field("Email", salesforce.TypeEmail, salesforce.Field{Length: 80})
	t := &target{object: &salesforce.Object{Name: "Contact"}}
	key, err := value.NewKey(t.object, email, value.KeyOptions{})
	if err != nil {
		b.Fatal(err)
	}
	t.key = keyField{Key: key, Field: email}
	for i, f := range fields {
		form, _ := value.New(f, value.Options{})
		t.names, t.fields = append(t.names, f.Name), append(t.fields, mappedField{Form: form, column: i + 1, onUpdate: true})
	}
	column := func(name string) reportsync.Mapping { return reportsync.Mapping{Column: &name} }
	r := newRun(Job{
		Logger: hclog.NewNullLogger(), Scratch: b.TempDir(), Journal: noJournal{}, Org: &salesforce.Client{},
		Integration: reportsync.Integration{IntegrationSpec: reportsync.IntegrationSpec{
			Object: "Contact", Match: reportsync.Match{Column: "Email", Field: "Email"},
			Mappings: map[string]reportsync.Mapping{
				"Last_Seen__c": column("Last Seen"), "Plan__c": column("Plan"), "Sessions_30d__c": column("Sessions"), "Status__c": column("Status"),
			},
		}},
	})
	r.ledger.usage = func() salesforce.Usage { return salesforce.Usage{} }
	return r, t
}

var statuses = []string{"Not Started", "In Progress", "Stuck", "Completed"}

// cells are what row n has in the run's columns.
func cells(n int) []string {
	at := time.Date(2026, 1, 1, 0, n%250_000, 0, 0, time.UTC)
	return []string{fmt.Sprintf("user%08d@acme.example", n), at.Format(time.RFC3339), "Enterprise (legacy contract)", strconv.Itoa(n % 500), statuses[n%4]}
}

// batchesOf are the rows of a report, in another order than the org's.
func batchesOf(rows int) iter.Seq[report.Batch] {
	return func(yield func(report.Batch) bool) {
		for n := 0; n < rows; n += 500 {
			batch := report.Batch{}
			for i := range 500 {
				batch.Rows = append(batch.Rows, report.Row{Number: int64(n + i + 1), Line: int64(n + i + 2), Cells: cells((n + i) * 7919 % rows)})
			}
			if !yield(batch) {
				return
			}
		}
	}
}

// extracted is a run's report of so many rows.
func extracted(b *testing.B, r *run, target *target, rows int) *extraction {
	b.Helper()
	x := newExtraction(r, target)
	for batch := range batchesOf(rows) {
		shaped, err := x.shaper.all(batch)
		if err == nil {
			err = x.add(b.Context(), shaped)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return x
}

// BenchmarkExtract takes rows as the reader gives them.
func BenchmarkExtract(b *testing.B) {
	r, target := benchRun(b)
	const rows = 200_000
	batches := slices.Collect(batchesOf(rows))
	for b.Loop() {
		x := newExtraction(r, target)
		for _, batch := range batches {
			rows, err := x.shaper.all(batch)
			if err == nil {
				err = x.add(b.Context(), rows)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		_ = x.rows.close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

// BenchmarkMatch takes records that are all asked for, in another order than the report's.
func BenchmarkMatch(b *testing.B) {
	r, target := benchRun(b)
	const rows = 1_000_000
	x := extracted(b, r, target, rows)
	r.keep(x.rows)
	r.hashes = x.hashes
	keys, err := r.key(b.Context(), target)
	if err != nil {
		b.Fatal(err)
	}
	asked := make(listed, rows)
	for n := range asked {
		c := cells(n)
		asked[n] = []string{fmt.Sprintf("003000000%06dAAA", n), c[0], c[1][:19] + ".000Z", c[2], c[3] + ".0", c[4]}
	}
	prints := slices.Clone(r.rows.links)
	for b.Loop() {
		b.StopTimer()
		for i := range r.rows.states {
			r.rows.set(i, rowOpen, prints[i])
		}
		b.StartTimer()
		m := r.newMatcher(target, keys, newPrevious())
		if err := m.take(asked); err != nil {
			b.Fatal(err)
		}
	}
	if r.rows.count(rowSame) != rows {
		b.Fatal(r.rows.count(rowSame))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

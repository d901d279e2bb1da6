package rowlog_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func changed() reportsync.Outcome {
	before, after := "Not started", "In progress"
	return reportsync.Outcome{
		Row: 123456, Line: 123457, Key: "person123456@example.com", Kind: reportsync.Updated, RecordID: "0035g00000AbCdEAAV",
		Changes: []reportsync.Change{{Field: "Onboarding_Status__c", Before: &before, After: &after}},
	}
}

func BenchmarkAppend(b *testing.B) {
	o, line := changed(), []byte(nil)
	b.ReportAllocs()
	for b.Loop() {
		line = rowlog.Append(line[:0], o)
	}
	b.SetBytes(int64(len(line)))
}

func BenchmarkParse(b *testing.B) {
	line := rowlog.Append(nil, changed())
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rowlog.Parse(line); err != nil {
			b.Fatal(err)
		}
	}
}

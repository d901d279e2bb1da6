package rowlog_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func changed() reportsync.Outcome {
	before, after, date := "Not started", "In progress", "2026-03-01"
	return reportsync.Outcome{
		Row: 123456, Line: 123457, Key: "person123456@example.com", Kind: reportsync.Updated, RecordID: "0035g00000AbCdEAAV",
		Changes: []reportsync.Change{
			{Field: "Onboarding_Status__c", Before: &before, After: &after},
			{Field: "Onboarding_Started__c", After: &date},
		},
	}
}

// BenchmarkAppendUnchanged appends the line that most rows of most runs have.
func BenchmarkAppendUnchanged(b *testing.B) {
	o, line := changed(), []byte(nil)
	o.Kind, o.Changes = reportsync.Unchanged, nil
	b.ReportAllocs()
	for b.Loop() {
		line = rowlog.Append(line[:0], o)
	}
	b.SetBytes(int64(len(line)))
}

func BenchmarkAppendPlain(b *testing.B) {
	o, line := changed(), []byte(nil)
	p := rowlog.Plain{Row: o.Row, Line: o.Line, Key: []byte(o.Key), Kind: reportsync.Unchanged, RecordID: []byte(o.RecordID)}
	b.ReportAllocs()
	for b.Loop() {
		line = rowlog.AppendPlain(line[:0], &p)
	}
	b.SetBytes(int64(len(line)))
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
	for name, o := range map[string]reportsync.Outcome{
		"unchanged": {Row: 123456, Line: 123457, Key: "person123456@example.com", Kind: reportsync.Unchanged, RecordID: "0035g00000AbCdEAAV"},
		"changed":   changed(),
		"escaped": {
			Row: 123456, Line: 123457, Key: "person123456@example.com", Kind: reportsync.Failed, RecordID: "0035g00000AbCdEAAV",
			Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "\"R&D\" ist keine gültige Abteilung",
		},
	} {
		line := rowlog.Append(nil, o)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rowlog.Parse(line); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

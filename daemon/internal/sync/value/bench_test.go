package value_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
)

var benched = []struct {
	name   string
	field  salesforce.Field
	zone   string
	report string // a cell as reports have it
	org    string // the same value as a Bulk query has it
}{
	{"text", salesforce.Field{Type: salesforce.TypeString, Length: 80}, "UTC", "Not Started", "Not Started"},
	{"text/accents", salesforce.Field{Type: salesforce.TypeString, Length: 20}, "UTC", "Søren Kowalski äöüß", "Søren Kowalski äöüß"},
	{"email", salesforce.Field{Type: salesforce.TypeEmail, Length: 80}, "UTC", "soren.kowalski0@umbrella.example", "soren.kowalski0@umbrella.example"},
	{"email/capitals", salesforce.Field{Type: salesforce.TypeEmail, Length: 80}, "UTC", "Soren.Kowalski0@umbrella.example", "soren.kowalski0@umbrella.example"},
	{"picklist", salesforce.Field{Type: salesforce.TypePicklist, RestrictedPicklist: true, PicklistValues: []string{"Not Started", "Done"}}, "UTC", "Not Started", "Not Started"},
	{"multipicklist", salesforce.Field{Type: salesforce.TypeMultiPicklist}, "UTC", "Dashboards;Mobile", "Mobile;Dashboards"},
	{"number", salesforce.Field{Type: salesforce.TypeDouble, Precision: 18, Scale: 2}, "UTC", "29.85", "29.85"},
	{"number/whole", salesforce.Field{Type: salesforce.TypeDouble, Precision: 18}, "UTC", "140", "140.0"},
	{"number/exponent", salesforce.Field{Type: salesforce.TypeDouble, Precision: 18}, "UTC", "912260031", "9.12260031E8"},
	{"number/rounded", salesforce.Field{Type: salesforce.TypeDouble, Precision: 18, Scale: 1}, "UTC", "29.85", "29.9"},
	{"checkbox", salesforce.Field{Type: salesforce.TypeBoolean}, "UTC", "Yes", "true"},
	{"date", salesforce.Field{Type: salesforce.TypeDate}, "UTC", "2026-10-25", "2026-10-25"},
	{"datetime", salesforce.Field{Type: salesforce.TypeDateTime}, "UTC", "2026-10-25 11:33:00", "2026-10-25T11:33:00.000Z"},
	{"datetime/zone", salesforce.Field{Type: salesforce.TypeDateTime}, "Europe/Berlin", "2026-10-25 11:33:00", "2026-10-25T10:33:00.000Z"},
	{"reference", salesforce.Field{Type: salesforce.TypeReference}, "UTC", "003ak00000luKU1AAM", "003ak00000luKU1AAM"},
}

func BenchmarkFromReport(b *testing.B) {
	for _, bench := range benched {
		b.Run(bench.name, func(b *testing.B) {
			f := form(b, bench.field, value.Options{Zone: zone(b, bench.zone)})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.FromReport(bench.report); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFromOrg(b *testing.B) {
	for _, bench := range benched {
		b.Run(bench.name, func(b *testing.B) {
			f := form(b, bench.field, value.Options{Zone: zone(b, bench.zone)})
			b.ReportAllocs()
			for b.Loop() {
				f.FromOrg(bench.org)
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	for _, bench := range benched {
		if bench.name != "email" && bench.name != "email/capitals" && bench.name != "number/whole" {
			continue
		}
		k := key(b, bench.field, value.KeyOptions{})
		b.Run("report/"+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				row, err := k.FromReport(bench.report)
				if err != nil {
					b.Fatal(err)
				}
				k.Fold(row)
			}
		})
		b.Run("org/"+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k.FromOrg(bench.org)
			}
		})
	}
}

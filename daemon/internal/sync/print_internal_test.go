package sync

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
)

// What prints are made of is the same exactly where comparing value by value finds nothing to write.
func TestPrintsAgreeWithComparing(t *testing.T) {
	t.Parallel()
	cells := map[salesforce.FieldType][]string{
		salesforce.TypeString:        {"", "a", "ab", "b", "1", "a\x01b", " a "},
		salesforce.TypeDouble:        {"", "0", "1", "1.0", "-1.50", "1.5", "1E1", "10"},
		salesforce.TypeDateTime:      {"", "2026-05-01T10:00:00Z", "2026-05-01T10:00:00.000Z", "2026-05-01T10:00:00.000+0000", "2026-05-01T12:00:00+02:00", "2026-05-01T10:00:01Z"},
		salesforce.TypeBoolean:       {"", "true", "false"},
		salesforce.TypeMultiPicklist: {"", "a;b", "b;a", "a", "b"},
	}
	same, other := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		tg := &target{}
		row, rec := &reportRow{}, &record{}
		var values []string
		for i := range rapid.IntRange(1, 4).Draw(t, "fields") {
			kind := rapid.SampledFrom([]salesforce.FieldType{
				salesforce.TypeString, salesforce.TypeDouble, salesforce.TypeDateTime, salesforce.TypeBoolean, salesforce.TypeMultiPicklist,
			}).Draw(t, "type")
			form, _ := value.New(salesforce.Field{Name: "F", Type: kind, Precision: 9, Scale: 2}, value.Options{})
			f := mappedField{Form: form, column: i, clears: rapid.Bool().Draw(t, "clears")}
			cell := rapid.SampledFrom(cells[kind]).Draw(t, "cell")
			text, err := form.FromReport(cell)
			if err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 4).Draw(t, "constant") == 0 {
				f.column, f.constant, text = -1, text, ""
			}
			held := rapid.SampledFrom(cells[kind]).Draw(t, "held")
			if rapid.Bool().Draw(t, "as wanted") {
				held = cell
			}
			tg.names, tg.fields = append(tg.names, "F"), append(tg.fields, f)
			values, row.values, rec.values = append(values, text), append(row.values, []byte(text)), append(rec.values, held)
		}
		made, known := tg.appendRow(nil, values)
		if !known {
			return
		}
		agrees := true
		for i := range tg.fields {
			agrees = agrees && tg.holds(row, i, tg.fields[i].FromOrg(rec.values[i]))
		}
		if agrees {
			same++
		} else {
			other++
		}
		if bytes.Equal(made, tg.appendRecord(nil, rec)) != agrees {
			t.Fatalf("row %q and record %q: comparing says %t", values, rec.values, agrees)
		}
	})
	if same < 5 || other < 5 {
		t.Errorf("%d pairs were the same and %d were not, which proves little", same, other)
	}
}

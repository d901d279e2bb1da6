package model_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// What Salesforce stores of what a report says; "refused" stands for nothing.
func TestStore(t *testing.T) {
	t.Parallel()
	const refused = "refused"
	colours := []string{"Red", "Green"}
	berlin := reportsync.Mapping{TimeZone: new("Europe/Berlin")}
	for _, tc := range []struct {
		field model.Field
		m     reportsync.Mapping
		in    string
		want  string
	}{
		{field: model.Field{Type: model.Text, Length: 5}, in: " \t abc\n", want: "abc"},
		{field: model.Field{Type: model.Text, Length: 5}, in: "\u00a0a\u00a0", want: "\u00a0a\u00a0"},
		{field: model.Field{Type: model.Text, Length: 5}, in: "äöüß€", want: "äöüß€"},
		{field: model.Field{Type: model.Text, Length: 5}, in: "abcdef", want: refused},
		{field: model.Field{Type: model.TextArea, Length: 20}, in: "a\r\nb\rc\nd", want: "a\nb\nc\nd"},
		{field: model.Field{Type: model.Email, Length: 80}, in: " Ann@X.Example ", want: "ann@x.example"},
		{field: model.Field{Type: model.Email, Length: 80}, in: "ann", want: refused},
		{field: model.Field{Type: model.Email, Length: 80}, in: "ann@x", want: refused},
		{field: model.Field{Type: model.Picklist, Length: 255, Values: colours}, in: "Mauve", want: "Mauve"},
		{field: model.Field{Type: model.Picklist, Length: 255, Values: colours, Restricted: true}, in: "Mauve", want: refused},
		{field: model.Field{Type: model.MultiPicklist, Length: 4099, Values: colours}, in: "Red; Green;;Red", want: "Green;Red"},
		{field: model.Field{Type: model.Double, Precision: 5, Scale: 2}, in: "1.005", want: "1.01"},
		{field: model.Field{Type: model.Double, Precision: 5, Scale: 2}, in: "-1.005", want: "-1.01"},
		{field: model.Field{Type: model.Double, Precision: 5, Scale: 2}, in: "-0.004", want: "0"},
		{field: model.Field{Type: model.Double, Precision: 5, Scale: 2}, in: "+001.50", want: "1.5"},
		{field: model.Field{Type: model.Double, Precision: 5, Scale: 2}, in: "1.2E2", want: "120"},
		{field: model.Field{Type: model.Double, Precision: 5, Scale: 2}, in: "999.994", want: "999.99"},
		{field: model.Field{Type: model.Double, Precision: 5, Scale: 2}, in: "999.995", want: refused},
		{field: model.Field{Type: model.Double, Precision: 2, Scale: 2}, in: "0.5", want: "0.5"},
		{field: model.Field{Type: model.Double, Precision: 18}, in: "123456789012345678", want: "123456789012345678"},
		{field: model.Field{Type: model.Double, Precision: 5}, in: "1,5", want: refused},
		{field: model.Field{Type: model.Double, Precision: 5}, in: "0x10", want: refused},
		{field: model.Field{Type: model.Boolean}, in: "Yes", want: "true"},
		{field: model.Field{Type: model.Boolean}, in: "", want: "false"},
		{field: model.Field{Type: model.Boolean}, in: "2", want: refused},
		{field: model.Field{Type: model.Date}, in: "2024-02-29", want: "2024-02-29"},
		{field: model.Field{Type: model.Date}, in: "2026-02-29", want: refused},
		{field: model.Field{Type: model.Date}, in: "1699-12-31", want: refused},
		{field: model.Field{Type: model.Date}, m: reportsync.Mapping{DateFormat: new("DD/MM/YYYY")}, in: "31/12/2026", want: "2026-12-31"},
		{field: model.Field{Type: model.DateTime}, in: "2026-05-01 07:25:37.9", want: "2026-05-01T07:25:37.000+0000"},
		{field: model.Field{Type: model.DateTime}, in: "2026-05-01T07:25:37+02:00", want: "2026-05-01T05:25:37.000+0000"},
		{field: model.Field{Type: model.DateTime}, m: berlin, in: "2026-05-01 07:25:37", want: "2026-05-01T05:25:37.000+0000"},
		{field: model.Field{Type: model.DateTime}, m: berlin, in: "2026-10-25 02:30:00", want: "2026-10-25T00:30:00.000+0000"},
		{field: model.Field{Type: model.DateTime}, m: berlin, in: "2026-03-29 02:30:00", want: refused},
		{field: model.Field{Type: model.Time}, m: berlin, in: "07:30", want: "07:30:00.000Z"},
		{field: model.Field{Type: model.Time}, in: "07:30:00,1239Z", want: "07:30:00.123Z"},
		{field: model.Field{Type: model.Time}, in: "7:30", want: refused},
		{field: model.Field{Type: model.Time}, in: "07:30:00+02:00", want: refused},
		{field: model.Field{Type: model.ID}, in: "003ak00000luKU1", want: "003ak00000luKU1AAM"},
		{field: model.Field{Type: model.ID}, in: "003ak00000luKU1AAN", want: refused},
	} {
		got, ok := tc.field.Store(tc.in, tc.m)
		if !ok {
			got = refused
		}
		if got != tc.want {
			t.Errorf("%s of %q: got %q, want %q", tc.field.Type, tc.in, got, tc.want)
		}
	}
}

package value_test

import (
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
)

var (
	dateField     = salesforce.Field{Name: "D", Type: salesforce.TypeDate}
	dateTimeField = salesforce.Field{Name: "A", Type: salesforce.TypeDateTime}
	timeField     = salesforce.Field{Name: "T", Type: salesforce.TypeTime}
)

func TestDate(t *testing.T) {
	t.Parallel()
	checkCells(t, form(t, dateField, value.Options{Zone: zone(t, "Pacific/Kiritimati")}), []cell{
		{text: " 2026-02-28 ", want: "2026-02-28"},
		{text: "2024-02-29", want: "2024-02-29"},
		{text: "2000-02-29", want: "2000-02-29"},
		{text: "1700-01-01", want: "1700-01-01"},
		{text: "4000-12-31", want: "4000-12-31"},
		{text: "2026-02-29", refused: "no date: use YYYY-MM-DD"},
		{text: "1900-02-29", refused: "no date"},
		{text: "2026-04-31", refused: "no date"},
		{text: "2026-13-01", refused: "no date"},
		{text: "2026-00-01", refused: "no date"},
		{text: "2026-01-00", refused: "no date"},
		{text: "2026-2-8", refused: "no date"},
		{text: "1699-12-31", refused: "year 1699, and Salesforce takes the years 1700 to 4000"},
		{text: "4001-01-01", refused: "year 4001"},
		{text: "0001-01-01", refused: "year 1"},
		{text: "21/11/2026", refused: "date_format"},
		{text: "2026-02-28T00:00:00Z", refused: "no date"},
		{text: "２026-02-28", refused: "no date"},
	})
}

func TestDateTime(t *testing.T) {
	t.Parallel()
	for name, cells := range map[string][]cell{
		"UTC": {
			{text: "2026-10-25 11:33:00", want: "2026-10-25T11:33:00Z"},
			{text: "2026-10-25T11:33:00Z", want: "2026-10-25T11:33:00Z"},
			{text: "2026-10-25 11:33:00Z", want: "2026-10-25T11:33:00Z"},
			{text: "2026-11-10 08:50:00.836030", want: "2026-11-10T08:50:00Z"},
			{text: "2026-11-10 08:50:00,836", want: "2026-11-10T08:50:00Z"},
			{text: "2026-11-10T08:50:00.999+02:00", want: "2026-11-10T06:50:00Z"},
			{text: "2026-11-10T08:50:00-0330", want: "2026-11-10T12:20:00Z"},
			{text: "2026-11-10T08:50:00.000+0000", want: "2026-11-10T08:50:00Z"},
			{text: "1700-01-01 00:00:00", want: "1700-01-01T00:00:00Z"},
			{text: "4000-12-31T23:59:59Z", want: "4000-12-31T23:59:59Z"},
			{text: "1699-12-31 23:59:59", refused: "year 1699"},
			{text: "1700-01-01T00:00:00+01:00", refused: "year 1699"},
			{text: "4000-12-31T23:59:59-01:00", refused: "year 4001"},
			{text: "9999-12-31 00:00:00", refused: "year 9999"},
			{text: "2026-10-25", refused: "not meant in UTC"},
			{text: "2026-10-25 11:33", refused: "no date and time"},
			{text: "2026-10-25_11:33:00", refused: "no date and time"},
			{text: "25.10.2026 11:33:00", refused: "date_format"},
			{text: "2026-10-25 24:00:00", refused: "no date and time"},
			{text: "2026-10-25 23:60:00", refused: "no date and time"},
			{text: "2026-10-25 23:59:60", refused: "no date and time"},
			{text: "2026-02-30 12:00:00", refused: "no date and time"},
			{text: "2026-10-25 11:33:00.", refused: "no date and time"},
			{text: "2026-10-25 11:33:00.5x", refused: "no date and time"},
			{text: "2026-10-25 11:33:00+2", refused: "no date and time"},
			{text: "2026-10-25 11:33:00+02", refused: "no date and time"},
			{text: "2026-10-25 11:33:00*02:00", refused: "no date and time"},
			{text: "2026-10-25 11:33:00+24:00", refused: "no date and time"},
			{text: "2026-10-25 11:33:00+02:60", refused: "no date and time"},
			{text: "2026-10-25 11:33:00 UTC", refused: "no date and time"},
		},
		"Europe/Berlin": {
			{text: "2026-07-01 12:00:00", want: "2026-07-01T10:00:00Z"},
			{text: "2026-01-01 12:00:00.5", want: "2026-01-01T11:00:00Z"},
			{text: "2026-07-01 12:00:00Z", want: "2026-07-01T12:00:00Z"},
			{text: "2026-07-01T12:00:00.000+0000", want: "2026-07-01T12:00:00Z"},
			{text: "4001-01-01 00:30:00", want: "4000-12-31T23:30:00Z"},
			{text: "2026-10-25 02:30:00", want: "2026-10-25T00:30:00Z"}, // shown twice: the earlier
			{text: "2026-03-29 01:59:59", want: "2026-03-29T00:59:59Z"},
			{text: "2026-03-29 02:30:00", refused: `"2026-03-29 02:30:00" does not exist in Europe/Berlin: the clocks go forward`},
			{text: "2026-03-29 03:00:00", want: "2026-03-29T01:00:00Z"},
			{text: "9999-01-01 12:00:00", refused: `"9999-01-01 12:00:00" is in the year 9999`},
			{text: "2026", refused: "not meant in Europe/Berlin"},
		},
		"America/New_York":    {{text: "2026-11-01 01:30:00", want: "2026-11-01T05:30:00Z"}},
		"Australia/Lord_Howe": {{text: "2026-04-05 01:45:00", want: "2026-04-04T14:45:00Z"}},
		"Pacific/Apia":        {{text: "2011-12-30 12:00:00", refused: "does not exist"}, {text: "2011-12-31 00:00:00", want: "2011-12-30T10:00:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkCells(t, form(t, dateTimeField, value.Options{Zone: zone(t, name)}), cells)
		})
	}
}

func TestTimeOfDay(t *testing.T) {
	t.Parallel()
	checkCells(t, form(t, timeField, value.Options{Zone: zone(t, "Europe/Berlin")}), []cell{
		{text: "17:30:00.000Z", want: "17:30:00.000Z"},
		{text: "17:30", want: "17:30:00.000Z"},
		{text: "17:30:45", want: "17:30:45.000Z"},
		{text: "17:30:45Z", want: "17:30:45.000Z"},
		{text: "17:30:45.1", want: "17:30:45.100Z"},
		{text: "17:30:45,125", want: "17:30:45.125Z"},
		{text: "17:30:45,125Z", want: "17:30:45.125Z"},
		{text: "17:30:45.123456", want: "17:30:45.123Z"},
		{text: "24:00", refused: "no time of day"},
		{text: "7:30", refused: "no time of day"},
		{text: "17:30:45+02:00", refused: "without an offset"},
		{text: "17:30:45.", refused: "no time of day"},
		{text: "5 pm", refused: "no time of day"},
	})
}

func TestDateFormat(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, tc := range []struct {
		field  salesforce.Field
		format string
		cells  []cell
	}{
		{dateField, "DD/MM/YYYY", []cell{
			{text: "21/11/2026", want: "2026-11-21"},
			{text: "11/21/2026", refused: `"11/21/2026" is no day or time that there is, read as DD/MM/YYYY`},
			{text: "31/02/2026", refused: "no day or time that there is"},
			{text: "2026-11-21", refused: "is not written as DD/MM/YYYY"},
			{text: "21/11/1600", refused: "year 1600"},
		}},
		// The day is the one that the report shows, whatever the zone.
		{dateField, "YYYY-MM-DD HH:mm:ss", []cell{{text: "2026-11-21 23:59:59", want: "2026-11-21"}, {text: "2026-11-21 00:00:00.5", want: "2026-11-21"}}},
		{dateField, "YYYY-MM-DDTHH:mm:ssZ", []cell{{text: "2026-11-21T23:59:59-10:00", want: "2026-11-21"}, {text: "2026-11-21T00:00:00+14:00", want: "2026-11-21"}}},
		{dateTimeField, "DD.MM.YYYY HH:mm", []cell{
			{text: "01.07.2026 12:00", want: "2026-07-01T10:00:00Z"},
			{text: "29.03.2026 02:30", refused: "does not exist in Europe/Berlin"},
			{text: "2026-07-01 12:00:00", refused: "is not written as"},
		}},
		{dateTimeField, "DD.MM.YYYY", []cell{{text: "01.07.2026", want: "2026-06-30T22:00:00Z"}}},
		{dateTimeField, "YYYY-MM-DD HH:mm:ssZ", []cell{
			{text: "2026-07-01 12:00:00Z", want: "2026-07-01T12:00:00Z"},
			{text: "2026-07-01 12:00:00.75-01:30", want: "2026-07-01T13:30:00Z"},
			{text: "2026-07-01 12:00:00", refused: "is not written as"},
		}},
		{timeField, "HH.mm", []cell{{text: "17.30", want: "17:30:00.000Z"}, {text: "17:30", refused: "is not written as HH.mm"}}},
		{timeField, "YYYY-MM-DD HH:mm:ss", []cell{{text: "2026-07-01 17:30:45.125", want: "17:30:45.125Z"}}},
	} {
		t.Run(string(tc.field.Type)+" "+tc.format, func(t *testing.T) {
			t.Parallel()
			if err := value.CheckDateFormat(tc.field, tc.format); err != nil {
				t.Fatal(err)
			}
			checkCells(t, form(t, tc.field, value.Options{Zone: berlin, DateFormat: tc.format}), tc.cells)
		})
	}
}

func TestDateFormatThatDoesNotFit(t *testing.T) {
	t.Parallel()
	text := salesforce.Field{Name: "X", Type: salesforce.TypeString}
	for _, tc := range []struct {
		field        salesforce.Field
		format, says string
	}{
		{dateField, "HH:mm", `D is of type date, and date_format "HH:mm" names no day`},
		{dateTimeField, "HH:mm:ss", "names no day"},
		{timeField, "DD/MM/YYYY", "it needs HH"},
		{timeField, "HH:mmZ", "may not have Z"},
		{text, "DD/MM/YYYY", "takes no date_format"},
		{dateField, "nonsense", "no date format"},
	} {
		err := value.CheckDateFormat(tc.field, tc.format)
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s with %q: %v, want %q", tc.field.Type, tc.format, err, tc.says)
			continue
		}
		f := form(t, tc.field, value.Options{DateFormat: tc.format})
		if _, refused := f.FromReport("2026-05-01"); refused == nil || refused.Error() != err.Error() {
			t.Errorf("a cell is refused with %v, want %v", refused, err)
		}
	}
}

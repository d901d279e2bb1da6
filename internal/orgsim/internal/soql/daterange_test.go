package soql_test

import (
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
)

// The expected ranges are those of the reference's own examples where it has
// one; the day is a Wednesday.
func TestSpans(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 6, 23, 59, 0, 0, time.UTC)
	for text, want := range map[string][2]string{
		"YESTERDAY":            {"2026-05-05", "2026-05-06"},
		"TODAY":                {"2026-05-06", "2026-05-07"},
		"TOMORROW":             {"2026-05-07", "2026-05-08"},
		"LAST_WEEK":            {"2026-04-26", "2026-05-03"},
		"THIS_WEEK":            {"2026-05-03", "2026-05-10"},
		"NEXT_WEEK":            {"2026-05-10", "2026-05-17"},
		"LAST_MONTH":           {"2026-04-01", "2026-05-01"},
		"THIS_MONTH":           {"2026-05-01", "2026-06-01"},
		"NEXT_MONTH":           {"2026-06-01", "2026-07-01"},
		"LAST_90_DAYS":         {"2026-02-05", "2026-05-07"},
		"NEXT_90_DAYS":         {"2026-05-07", "2026-08-05"},
		"LAST_N_DAYS:0":        {"2026-05-06", "2026-05-07"},
		"LAST_N_DAYS:1":        {"2026-05-05", "2026-05-07"},
		"NEXT_N_DAYS:2":        {"2026-05-07", "2026-05-09"},
		"N_DAYS_AGO:3":         {"2026-05-03", "2026-05-04"},
		"LAST_N_WEEKS:2":       {"2026-04-19", "2026-05-03"},
		"NEXT_N_WEEKS:2":       {"2026-05-10", "2026-05-24"},
		"N_WEEKS_AGO:2":        {"2026-04-19", "2026-04-26"},
		"LAST_N_MONTHS:5":      {"2025-12-01", "2026-05-01"},
		"NEXT_N_MONTHS:2":      {"2026-06-01", "2026-08-01"},
		"N_MONTHS_AGO:5":       {"2025-12-01", "2026-01-01"},
		"LAST_QUARTER":         {"2026-01-01", "2026-04-01"},
		"THIS_QUARTER":         {"2026-04-01", "2026-07-01"},
		"NEXT_QUARTER":         {"2026-07-01", "2026-10-01"},
		"LAST_N_QUARTERS:2":    {"2025-10-01", "2026-04-01"},
		"NEXT_N_QUARTERS:3":    {"2026-07-01", "2027-04-01"},
		"N_QUARTERS_AGO:2":     {"2025-10-01", "2026-01-01"},
		"LAST_YEAR":            {"2025-01-01", "2026-01-01"},
		"THIS_YEAR":            {"2026-01-01", "2027-01-01"},
		"NEXT_YEAR":            {"2027-01-01", "2028-01-01"},
		"LAST_N_YEARS:2":       {"2024-01-01", "2026-01-01"},
		"NEXT_N_YEARS:2":       {"2027-01-01", "2029-01-01"},
		"N_YEARS_AGO:2":        {"2024-01-01", "2025-01-01"},
		"THIS_FISCAL_QUARTER":  {"2026-04-01", "2026-07-01"},
		"N_FISCAL_YEARS_AGO:1": {"2025-01-01", "2026-01-01"},
		"LAST_N_YEARS:999999":  {"1700-01-01", "2026-01-01"},
		"NEXT_N_DAYS:999999":   {"2026-05-07", "4001-01-01"},
	} {
		from, until := soql.Literal{Kind: soql.Range, Text: text}.Span(now)
		if got := [2]string{from.Format(time.DateOnly), until.Format(time.DateOnly)}; got != want {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
		if h, m, s := from.Clock(); h+m+s != 0 {
			t.Errorf("%s starts at %s", text, from)
		}
	}
	// A week that starts today.
	from, until := soql.Literal{Text: "THIS_WEEK"}.Span(time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC))
	if from.Day() != 3 || until.Day() != 10 {
		t.Errorf("the week of a Sunday is %s to %s", from, until)
	}
}

package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readTable returns what a file says of each contact, by its e-mail address: the cells that a run compares.
func readTable(t *testing.T, path string, columns ...string) (rows map[string][]string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows = map[string][]string{}
	for _, row := range all[1:] {
		var cells []string
		for _, column := range columns {
			cells = append(cells, row[slices.Index(all[0], column)])
		}
		key := cells[0]
		if rows[key] != nil {
			t.Errorf("%s is there twice", key)
		}
		// An org takes and gives times in another form than a report.
		rows[key] = append(cells[1:len(cells)-1], strings.NewReplacer("T", " ", "Z", "").Replace(cells[len(cells)-1]))
	}
	return rows
}

// A report holds each of its contacts once, and differs from the org and from the reports before in as many rows as it
// says, of which all figures depend.
func TestReportDiffersAsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	contacts, report := filepath.Join(dir, "contacts.csv"), filepath.Join(dir, "report.csv")
	if err := writeContacts(contacts, 3000); err != nil {
		t.Fatal(err)
	}
	org := readTable(t, contacts, keyField, "Usage_Account__c", "Onboarding_Status__c", "Sessions_30d__c", "Last_Seen__c")
	for _, d := range []data{
		{rows: 3000, permille: 0, generation: 1},
		{rows: 3000, permille: 100, generation: 2},
		{rows: 2000, first: 1000, permille: 1000, generation: 3},
		{rows: 150, first: 1500, permille: 1000, generation: 4},
	} {
		if err := d.writeReport(report); err != nil {
			t.Fatal(err)
		}
		rows := readTable(t, report, keyColumn, "Account Name", "Onboarding Status", "Sessions (30d)", "Last Seen (UTC)")
		changed := int64(0)
		for key, cells := range rows {
			if org[key] == nil {
				t.Fatalf("%+v: the org has no %s", d, key)
			}
			if !slices.Equal(org[key], cells) {
				changed++
			}
			org[key] = cells // what a run makes of it
		}
		if want := d.counts(); int64(len(rows)) != want.Read || changed != want.Updated || want.Total() != want.Read {
			t.Errorf("%+v: %d rows of which %d differ, want %+v", d, len(rows), changed, want)
		}
	}
	if err := (data{rows: stride}).writeReport(report); err == nil {
		t.Error("a report whose rows can't be mixed was written")
	}
}

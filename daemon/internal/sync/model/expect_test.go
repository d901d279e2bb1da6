package model_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// contacts is an org with a few people, and an integration that gives them titles.
func contacts() model.Case {
	return model.Case{
		Org: model.Org{
			Objects: map[string]model.Object{"Contact": {Prefix: "003", Fields: map[string]model.Field{
				"Id": {Type: model.ID}, "Email": {Type: model.Email, Length: 80}, "Login": {Type: model.Text, Length: 20, ExternalID: true},
				"Title": {Type: model.Text, Length: 20}, "LastName": {Type: model.Text, Length: 20, Required: true}, "AccountId": {Type: model.Reference},
			}}, "Account": {Prefix: "001", Fields: map[string]model.Field{"Id": {Type: model.ID}, "Name": {Type: model.Text, Length: 20}}}},
			Records: map[string][]model.Record{"Contact": {
				{"Id": "a", "Email": "a@x.example", "Login": "A", "Title": "Boss", "LastName": "Ann"},
				{"Id": "b", "Email": "b@x.example", "Login": "b", "LastName": "Bob"},
				{"Id": "c", "Email": "b@x.example", "Login": "c", "LastName": "Cid"},
			}, "Account": {{"Id": "acme", "Name": "Acme"}, {"Id": "x1", "Name": "X"}, {"Id": "x2", "Name": "x"}}},
		},
		Spec: reportsync.IntegrationSpec{
			Object: "Contact", Match: reportsync.Match{Column: "Key", Field: "Email"},
			Mappings: map[string]reportsync.Mapping{"Title": {Column: new("Title")}},
		},
	}
}

func rows(cells ...string) []model.Row {
	var rows []model.Row
	for pair := range slices.Chunk(cells, 2) {
		rows = append(rows, model.Row{Cells: map[string]string{"Key": pair[0], "Title": pair[1], "Account": pair[1]}})
	}
	return rows
}

// Each case is a sentence of the design.
func TestExpect(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rows []model.Row
		with func(*model.Case)
		want []string
	}{
		"what differs is written, what stands there is not": {
			rows: rows("A@x.example", "Chief", "none@x.example", "x", "b@x.example", "x", "", "x", "nobody", "x"),
			want: []string{"updated", "unmatched no_record", "ambiguous several_records", "invalid key_empty", "invalid key_invalid"},
		},
		"an empty cell leaves the field alone": {rows: rows("a@x.example", ""), want: []string{"unchanged"}},
		"or empties it": {
			rows: rows("a@x.example", ""), want: []string{"updated"},
			with: func(c *model.Case) {
				c.Spec.Mappings["Title"] = reportsync.Mapping{Column: new("Title"), OnNull: new(reportsync.OnNullClear)}
			},
		},
		"rows that say the same collapse": {rows: rows("a@x.example", "x", "A@X.example", " x"), want: []string{"updated", "duplicate repeated_row"}},
		"also when it can't be read": {
			rows: rows("a@x.example", "far too long for a title", "A@x.example", " far too long for a title"), want: []string{"invalid value_invalid", "duplicate repeated_row"},
		},
		"or names a parent in other case": {
			rows: rows("a@x.example", "ACME", "a@x.example", "acme"), want: []string{"updated", "duplicate repeated_row"}, with: lookUpAccounts,
		},
		"of others none is used": {rows: rows("a@x.example", "x", "a@x.example", "y"), want: []string{"duplicate key_duplicate", "duplicate key_duplicate"}},
		"or the last": {
			rows: rows("a@x.example", "x", "a@x.example", "far too long for a title"), want: []string{"duplicate superseded", "invalid value_invalid"},
			with: func(c *model.Case) { c.Spec.Duplicates = &reportsync.Duplicates{Keep: new(reportsync.KeepLast)} },
		},
		"the highest in a column is the last": {
			rows: rows("a@x.example", "10", "a@x.example", "9"), want: []string{"updated", "duplicate superseded"},
			with: func(c *model.Case) {
				c.Spec.Duplicates = &reportsync.Duplicates{Keep: new(reportsync.KeepLast), OrderBy: new("Title")}
			},
		},
		"all of several records are written": {
			rows: rows("b@x.example", "x"), want: []string{"updated"},
			with: func(c *model.Case) { c.Spec.Match.OnMultiple = new(reportsync.OnMultipleUpdateAll) },
		},
		"a query ignores case": {
			rows: rows("a", "x", "B", "x"), want: []string{"updated", "updated"},
			with: func(c *model.Case) { c.Spec.Match.Field = "Login" },
		},
		"an upsert does not, by a key that is not unique": {
			rows: rows("a", "x", "b", "x"), want: []string{"created", "updated"},
			with: func(c *model.Case) {
				c.Spec.Match.Field, c.Spec.Operation = "Login", new(reportsync.OperationUpsert)
				c.Spec.Mappings["LastName"] = reportsync.Mapping{Constant: new("New")}
			},
		},
		"no record is made without what it can't be without": {
			rows: rows("new@x.example", ""), want: []string{"invalid required_empty"},
			with: func(c *model.Case) {
				c.Spec.Operation = new(reportsync.OperationInsert)
				c.Spec.Mappings = map[string]reportsync.Mapping{"LastName": {Column: new("Title")}}
			},
		},
		"an insert leaves alone what is there": {
			rows: rows("a@x.example", "x", "b@x.example", "x"), want: []string{"unchanged exists", "unchanged exists"},
			with: func(c *model.Case) { c.Spec.Operation = new(reportsync.OperationInsert) },
		},
		"parents are found by a key": {
			rows: rows("a@x.example", "ACME", "none@x.example", "none"), want: []string{"updated", "unmatched no_record"},
			with: lookUpAccounts,
		},
		"a parent that is not there":         {rows: rows("a@x.example", "none"), with: lookUpAccounts, want: []string{"invalid no_parent"}},
		"a parent that is there twice":       {rows: rows("a@x.example", "X"), with: lookUpAccounts, want: []string{"ambiguous several_parents"}},
		"hashed keys find plain ones":        {rows: rows("y/rIZkazVkare7pBwMHcmOhzJun21Jnn0gbStECXBMo", "x"), with: hashed, want: []string{"updated"}},
		"a guard stops a run":                {rows: rows("a@x.example", "x", "none@x.example", ""), with: halfAtMost, want: []string{"unprocessed not_sent", "unmatched no_record"}},
		"a guard lets a run through":         {rows: rows("a@x.example", "Boss"), with: halfAtMost, want: []string{"unchanged"}},
		"what was undone twice is held back": {rows: rows("a@x.example", "x"), with: undone, want: []string{"unchanged never_settles"}},
		"a full resync writes it anyway": {
			rows: rows("a@x.example", "x", "b@x.example", ""), want: []string{"updated", "ambiguous several_records"},
			with: func(c *model.Case) { undone(c); c.FullResync = true },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := contacts()
			c.Rows = tc.rows
			if tc.with != nil {
				tc.with(&c)
			}
			var got []string
			for _, o := range model.Expect(c).Outcomes {
				if o.Code == "" {
					got = append(got, string(o.Kind))
				} else {
					got = append(got, fmt.Sprintf("%s %s", o.Kind, o.Code))
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func lookUpAccounts(c *model.Case) {
	lookup := &reportsync.Lookup{Object: "Account", Field: "Name", Column: "Account"}
	c.Spec.Mappings = map[string]reportsync.Mapping{"AccountId": {Lookup: lookup}}
}

func hashed(c *model.Case) { c.Spec.Match.FieldTransform = []string{"sha256_base64"} }

func halfAtMost(c *model.Case) {
	c.Spec.Guards = &reportsync.Guards{MaxChangedPercent: new(float64(50))}
}

func undone(c *model.Case) {
	c.Made = map[model.Change]int{{RecordID: "a", Field: "Title", Before: "Boss", After: "x"}: 2}
}

// The records afterwards are those before with what the rows wrote, and those that were made.
func TestRecordsAfterwards(t *testing.T) {
	t.Parallel()
	c := contacts()
	c.Spec.Operation = new(reportsync.OperationUpsert)
	c.Spec.Mappings["LastName"] = reportsync.Mapping{Constant: new("Doe")}
	c.Rows = rows("a@x.example", "x", "New@x.example", "y")
	before := contacts().Org.Records["Contact"]
	want := []model.Record{
		{"Id": "a", "Email": "a@x.example", "Login": "A", "Title": "x", "LastName": "Doe"}, before[1], before[2],
		{"Email": "new@x.example", "Title": "y", "LastName": "Doe"},
	}
	if diff := cmp.Diff(want, model.Expect(c).Records); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	c.DryRun = true
	if diff := cmp.Diff(before, model.Expect(c).Records); diff != "" {
		t.Errorf("a dry run writes (-want +got):\n%s", diff)
	}
}

package salesforce_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func FuzzParseRowError(f *testing.F) {
	for _, text := range []string{
		"REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --", "CODE:msg:--", "CODE:msg", ":::--", "A:--", "", "A:b:c d --",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := salesforce.ParseRowError(text)
		if e.Code == "" && e.Message != strings.TrimSpace(text) {
			t.Errorf("%q has no code and lost text: %+v", text, e)
		}
		if e.Code != "" && !strings.HasPrefix(strings.TrimSpace(text), e.Code+":"+e.Message) {
			t.Errorf("%q became %+v", text, e)
		}
		for _, field := range e.Fields {
			if field == "" || strings.ContainsAny(field, ":, ") {
				t.Errorf("%q names the field %q", text, field)
			}
		}
	})
}

// FuzzResultCSV feeds any body to the reader of result pages: it must end, and what it yields without
// an error must be aligned.
func FuzzResultCSV(f *testing.F) {
	f.Add("\"Id\",\"Name\"\n\"1\",\"a\"\n", 1)
	f.Add("\"Id\",\"Name\"\n\"1\",\"a\n\"\"b\"\"\"", 1)
	f.Add("\xef\xbb\xbf\"Id\"\n", 0)
	f.Add("Id,Name\r\n1,", 1)
	f.Fuzz(func(t *testing.T, body string, announced int) {
		synctest.Test(t, func(t *testing.T) {
			routes := finishedQuery("", announced)
			routes["GET "+resultPath] = page(body, announced, "null")
			rows, err := collect(bulkQuery(t.Context(), newOrg(t, routes).client(nil), "SELECT", []string{"Id", "Name"}))
			for _, row := range rows {
				if len(row) != 2 {
					t.Errorf("%q gave the row %q", body, row)
				}
			}
			if err == nil && len(rows) != max(announced, 0) {
				t.Errorf("%q gave %d rows, %d were announced", body, len(rows), announced)
			}
		})
	})
}

// FuzzUpload writes any text as a cell and reads the CSV back by its own rules.
func FuzzUpload(f *testing.F) {
	for _, text := range []string{"plain", "a,b", `"`, "a\r\nb", "\r", " lead", "#N/A", "", "\xff", `\.`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		org := newOrg(t, map[string]handler{"PUT " + ingestPath + "/batches": answer(201, "")})
		batch := oneRow()
		batch.Rows[0].Values[0] = salesforce.Text(text)
		err := uploadRows(t.Context(), org.client(nil), openJob(), batch)
		refused := batch.Rows[0].BulkError(batch.Columns) != nil
		if (err != nil) != refused {
			t.Fatalf("%q: BulkError says refused %t, the upload %v", text, refused, err)
		}
		if refused {
			if utf8.ValidString(text) && strings.TrimSpace(text) != "#N/A" && len(text) < 131_072 {
				t.Errorf("%q was refused: %v", text, err)
			}
			return
		}
		body := org.seen("PUT " + ingestPath + "/batches")[0].Body
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
		if text == "" {
			want = "#N/A"
		}
		cell := strings.TrimSuffix(strings.TrimPrefix(body, "Id,Title\n"+contactA+","), "\n")
		if strings.HasPrefix(cell, `"`) {
			cell = strings.ReplaceAll(cell[1:len(cell)-1], `""`, `"`)
		}
		if cell != want || strings.Contains(body, "\r") {
			t.Errorf("%q was sent as %q", text, body)
		}
	})
}

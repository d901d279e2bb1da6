package value_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
)

// sample reads a sample report, by row and column. The samples stand beside the project and are not part of it.
func sample(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "..", "..", "..", "shared", "reports", name))
	if err != nil {
		t.Skipf("the sample reports are not at hand: %v", err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, text := range record {
			row[records[0][i]] = text
		}
		rows = append(rows, row)
	}
	return rows
}

// Hashed ids find the plain e-mail addresses of contacts.
func TestHashedSample(t *testing.T) {
	t.Parallel()
	k := key(t, salesforce.Field{Name: "Email", Type: salesforce.TypeEmail, Length: 80}, value.KeyOptions{FieldTransform: chain(t, "sha256_base64")})
	contacts := map[string]string{}
	for _, contact := range sample(t, "contacts.csv") {
		contacts[k.FromOrg(contact["Email"])] = contact["Email"]
	}
	for i, row := range sample(t, "usage-hashed.csv") {
		id, err := k.FromReport(row["User ID"])
		if err != nil || contacts[k.Fold(id)] == "" {
			t.Errorf("row %d: no contact for %q (%v)", i+1, row["User ID"], err)
		}
	}
}

// Every cell of the sample reports is a value of the field that it is made for, but for two that were made not to be.
func TestSampleCells(t *testing.T) {
	t.Parallel()
	wrong := map[string]string{"not a number": "is no number", "31/02/2026": "no day or time that there is"}
	number := salesforce.Field{Name: "N", Type: salesforce.TypeDouble, Precision: 18, Scale: 2}
	for report, columns := range map[string]map[string]*value.Form{
		"onboarding.csv": {
			"User Email":      form(t, salesforce.Field{Name: "E", Type: salesforce.TypeEmail, Length: 80}, value.Options{}),
			"Sessions (30d)":  form(t, number, value.Options{}),
			"Last Seen (UTC)": form(t, dateTimeField, value.Options{}),
			"Feature Tags":    form(t, salesforce.Field{Name: "S", Type: salesforce.TypeMultiPicklist, Length: 4099}, value.Options{}),
		},
		"at-risk.csv": {
			"Health (%)":  form(t, salesforce.Field{Name: "P", Type: salesforce.TypePercent, Precision: 4, Scale: 1}, value.Options{}),
			"Last Survey": form(t, dateField, value.Options{DateFormat: "DD/MM/YYYY"}),
		},
		"telco-customer-churn.csv": {
			"SeniorCitizen": form(t, salesforce.Field{Name: "B", Type: salesforce.TypeBoolean}, value.Options{}),
			"Partner":       form(t, salesforce.Field{Name: "B", Type: salesforce.TypeBoolean}, value.Options{}),
			"TotalCharges":  form(t, number, value.Options{}),
		},
	} {
		for i, row := range sample(t, report) {
			for name, f := range columns {
				text, ok := row[name]
				if !ok {
					t.Fatalf("%s has no column %q", report, name)
				}
				says, refused := wrong[text]
				if _, err := f.FromReport(text); (err != nil) != refused || refused && !strings.Contains(err.Error(), says) {
					t.Errorf("%s, row %d, %s: %v", report, i+1, name, err)
				}
			}
		}
	}
}

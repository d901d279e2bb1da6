package salesforce_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

var updates = salesforce.CollectionRequest{Operation: salesforce.OperationUpdate}

const collectionRoute = "PATCH " + data + "/composite/sobjects"

func TestCollectionUpdate(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{collectionRoute: answer(200, `[
		{"id":"`+contactA+`","success":true,"errors":[]},
		{"success":false,"errors":[{"statusCode":"INVALID_EMAIL_ADDRESS","message":"email field: invalid email address: badone","fields":["email_field__c"]}]},
		{"success":false,"errors":[]}]`)})
	batch := salesforce.Batch{
		Object:  "Contact",
		Columns: []string{"Email", "Score__c", "Active__c", "Account.Ext__c", "Parent__r.Key__c", "Lead:Who.Email"},
		Rows: []salesforce.Row{
			{ID: contactA[:15], Values: []salesforce.Value{salesforce.Text("a@b.example"), salesforce.Number("12.50"), salesforce.Bool(true), salesforce.Text("k\"1"), salesforce.Null(), salesforce.Text("l@x")}},
			{ID: contactB, Values: []salesforce.Value{salesforce.Text("badone"), salesforce.Omit(), salesforce.Null(), salesforce.Null(), salesforce.Omit(), salesforce.Omit()}},
			{ID: contactB, Values: make([]salesforce.Value, 6)},
		},
	}
	got, err := org.client(nil).WriteCollection(t.Context(), updates, batch)
	if err != nil {
		t.Fatal(err)
	}
	want := []salesforce.RowResult{
		{ID: contactA, Success: true},
		{ID: contactB, Errors: []salesforce.RowError{{Code: "INVALID_EMAIL_ADDRESS", Message: "email field: invalid email address: badone", Fields: []string{"email_field__c"}}}},
		{ID: contactB, Errors: []salesforce.RowError{{Code: salesforce.CodeUnexpectedAnswer, Message: "Salesforce refused the row and gave no reason"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	sent := org.seen(collectionRoute)[0]
	wantBody := `{"allOrNone":false,"records":[` +
		`{"attributes":{"type":"Contact"},"Id":"003ak00000luKU1","Email":"a@b.example","Score__c":12.50,"Active__c":true,"Account":{"Ext__c":"k\"1"},"Parent__c":null,"Who":{"attributes":{"type":"Lead"},"Email":"l@x"}},` +
		`{"attributes":{"type":"Contact"},"Id":"` + contactB + `","Email":"badone","Active__c":null,"AccountId":null},` +
		`{"attributes":{"type":"Contact"},"Id":"` + contactB + `"}]}`
	if diff := cmp.Diff(wantBody, sent.Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if !json.Valid([]byte(sent.Body)) {
		t.Error("the body is no JSON")
	}
	if got := sent.Header.Get("Sforce-Auto-Assign"); got != "FALSE" {
		t.Errorf("Sforce-Auto-Assign is %q: assignment rules would run", got)
	}
}

func TestCollectionUpdateDoubtsAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ body, says string }{
		"one too many": {`[{"id":"` + contactA + `","success":true,"errors":[]},{"id":"` + contactB + `","success":true,"errors":[]}]`, "2 answers came for 1 rows"},
		"none":         {`[]`, "0 answers came for 1 rows"},
		"other record": {`[{"id":"` + contactB + `","success":true,"errors":[]}]`, contactB},
		"no list":      {`{"hasErrors":true}`, "not the JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newOrg(t, map[string]handler{collectionRoute: answer(200, tc.body)}).client(nil).WriteCollection(t.Context(), updates, oneRow())
			wantError(t, err, salesforce.CodeUnexpectedAnswer, tc.says)
		})
	}
}

func TestCollectionUpdateRefusals(t *testing.T) {
	t.Parallel()
	many := make([]salesforce.Row, salesforce.MaxCollectionRows+1)
	for name, tc := range map[string]struct {
		change func(*salesforce.Batch)
		says   string
	}{
		"no object":   {func(b *salesforce.Batch) { b.Object = "" }, "no name"},
		"no rows":     {func(b *salesforce.Batch) { b.Rows = nil }, "0 rows"},
		"too many":    {func(b *salesforce.Batch) { b.Rows = many }, "201 rows"},
		"no id":       {func(b *salesforce.Batch) { b.Rows[0].ID = "" }, "row 1"},
		"Id column":   {func(b *salesforce.Batch) { b.Columns = []string{"Id"} }, "Row.ID"},
		"ragged":      {func(b *salesforce.Batch) { b.Rows[0].Values = nil }, "0 values for 1 columns"},
		"number":      {func(b *salesforce.Batch) { b.Rows[0].Values[0] = salesforce.Number("1,5") }, "Title: not a number"},
		"text":        {func(b *salesforce.Batch) { b.Rows[0].Values[0] = salesforce.Text("\xff") }, "UTF-8"},
		"grandparent": {func(b *salesforce.Batch) { b.Columns = []string{"A.B.C"} }, "neither a field nor a parent"},
		"type alone":  {func(b *salesforce.Batch) { b.Columns = []string{"Lead:Who"} }, "neither a field nor a parent"},
		"parent by two": {func(b *salesforce.Batch) {
			b.Columns = []string{"Account.A__c", "Account.B__c"}
			b.Rows[0].Values = make([]salesforce.Value, 2)
		}, "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			batch := oneRow()
			tc.change(&batch)
			org := newOrg(t, nil)
			_, err := org.client(nil).WriteCollection(t.Context(), updates, batch)
			wantError(t, err, salesforce.CodeInvalidRequest, tc.says)
			if calls := org.calls(); len(calls) != 0 {
				t.Errorf("sent %v all the same", calls)
			}
		})
	}
}

// An update is repeated where the first one took no effect for certain, and only there.
func TestCollectionUpdateIsRepeated(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		trouble handler
		times   int
	}{
		"never connected":  {failWith(errRefused), 2},
		"session":          {answer(401, refusal("INVALID_SESSION_ID", "expired")), 2},
		"429":              {answer(429, ""), 2},
		"turned away":      {answer(503, refusal("SERVER_UNAVAILABLE", "later")), 2},
		"concurrent":       {concurrent, 2},
		"cut":              {failWith(errCut), 1},
		"a gateway's 503":  {answer(503, "<html>"), 1},
		"503 without body": {answer(503, ""), 1},
		"500":              {answer(500, refusal("UNKNOWN_EXCEPTION", "An unexpected error occurred")), 1},
		"502":              {answer(502, ""), 1},
		"504":              {answer(504, ""), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				good := answer(200, fmt.Sprintf(`[{"id":%q,"success":true,"errors":[]}]`, contactA))
				org := newOrg(t, map[string]handler{collectionRoute: answers(tc.trouble, good)})
				_, err := org.client(nil).WriteCollection(t.Context(), updates, oneRow())
				if (err == nil) != (tc.times > 1) || err != nil && !salesforce.IsRetryable(err) {
					t.Errorf("error = %v", err)
				}
				seen := org.seen(collectionRoute)
				if len(seen) != tc.times || seen[len(seen)-1].Body != seen[0].Body || !strings.Contains(seen[0].Body, contactA) {
					t.Errorf("%d requests, the last one with %q", len(seen), seen[len(seen)-1].Body)
				}
			})
		})
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	for digits, good := range map[string]bool{
		"0": true, "-1": true, "1.50": true, "1E+3": true, "1e-7": true,
		"": false, "+1": false, ".5": false, "1.": false, "01": false, "NaN": false, "1 ": false, "true": false, `"1"`: false, "1,2": false, "1}": false,
	} {
		batch := oneRow()
		batch.Rows[0].Values[0] = salesforce.Number(digits)
		org := newOrg(t, map[string]handler{collectionRoute: answer(200, fmt.Sprintf(`[{"id":%q,"success":true}]`, contactA))})
		if _, err := org.client(nil).WriteCollection(t.Context(), updates, batch); (err == nil) != good {
			t.Errorf("number %q: %v", digits, err)
		}
	}
}

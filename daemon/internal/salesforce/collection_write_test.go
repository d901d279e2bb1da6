package salesforce_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const (
	insertRoute = "POST " + data + "/composite/sobjects"
	upsertRoute = "PATCH " + data + "/composite/sobjects/Contact/Ext__c"
)

var upsertByExt = salesforce.CollectionRequest{Operation: salesforce.OperationUpsert, ExternalIDField: "Ext__c"}

// twoKeyed is a batch of two rows without record ids.
func twoKeyed() salesforce.Batch {
	return salesforce.Batch{Object: "Contact", Columns: []string{"ext__c", "Title", "Account.Ext__c"}, Rows: []salesforce.Row{
		{Values: []salesforce.Value{salesforce.Text("a/1"), salesforce.Text("CEO"), salesforce.Null()}},
		{Values: []salesforce.Value{salesforce.Number("2"), salesforce.Omit(), salesforce.Text("p")}},
	}}
}

const keyedBody = `{"allOrNone":false,"records":[` +
	`{"attributes":{"type":"Contact"},"ext__c":"a/1","Title":"CEO","AccountId":null},` +
	`{"attributes":{"type":"Contact"},"ext__c":2,"Account":{"Ext__c":"p"}}]}`

func TestWriteCollectionWithoutIDs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		req    salesforce.CollectionRequest
		route  string
		answer string
		want   []salesforce.RowResult
	}{
		"insert": {
			salesforce.CollectionRequest{Operation: salesforce.OperationInsert}, insertRoute,
			`[{"id":"` + contactA[:15] + `","success":true,"errors":[]},{"success":false,"errors":[{"statusCode":"DUPLICATE_VALUE","message":"m","fields":["Ext__c"]}]}]`,
			[]salesforce.RowResult{
				{ID: contactA, Success: true, Created: true},
				{Errors: []salesforce.RowError{{Code: "DUPLICATE_VALUE", Message: "m", Fields: []string{"Ext__c"}}}},
			},
		},
		"upsert": {
			upsertByExt, upsertRoute,
			`[{"id":"` + contactA + `","success":true,"errors":[],"created":true},{"id":"` + contactB + `","success":true,"errors":[],"created":false}]`,
			[]salesforce.RowResult{{ID: contactA, Success: true, Created: true}, {ID: contactB, Success: true}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, map[string]handler{tc.route: answer(200, tc.answer)})
			got, err := org.client(nil).WriteCollection(t.Context(), tc.req, twoKeyed())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(keyedBody, org.seen(tc.route)[0].Body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteCollectionOptions(t *testing.T) {
	t.Parallel()
	const rule = "01Qak00000luKU1EAM"
	for name, tc := range map[string]struct {
		options        salesforce.WriteOptions
		assign, duples string
	}{
		"none":       {salesforce.WriteOptions{}, "FALSE", ""},
		"active":     {salesforce.WriteOptions{AssignmentRule: salesforce.AssignActive}, "TRUE", ""},
		"a rule":     {salesforce.WriteOptions{AssignmentRule: rule[:15]}, rule[:15], ""},
		"duplicates": {salesforce.WriteOptions{AllowDuplicates: true}, "FALSE", "allowSave=true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, map[string]handler{collectionRoute: answer(200, `[{"id":"`+contactA+`","success":true}]`)})
			if _, err := org.client(nil).WriteCollection(t.Context(), salesforce.CollectionRequest{Operation: salesforce.OperationUpdate, Options: tc.options}, oneRow()); err != nil {
				t.Fatal(err)
			}
			header := org.seen(collectionRoute)[0].Header
			if a, d := header.Get("Sforce-Auto-Assign"), header.Get("Sforce-Duplicate-Rule-Header"); a != tc.assign || d != tc.duples {
				t.Errorf("sent %q and %q, want %q and %q", a, d, tc.assign, tc.duples)
			}
		})
	}
}

func TestWriteCollectionRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*salesforce.CollectionRequest, *salesforce.Batch)
		says   string
	}{
		"operation":        {func(r *salesforce.CollectionRequest, _ *salesforce.Batch) { r.Operation = "delete" }, "delete"},
		"no key":           {func(r *salesforce.CollectionRequest, _ *salesforce.Batch) { r.ExternalIDField = "" }, "external id"},
		"key not sent":     {func(r *salesforce.CollectionRequest, _ *salesforce.Batch) { r.ExternalIDField = "Other__c" }, "Other__c"},
		"a parent's key":   {func(r *salesforce.CollectionRequest, _ *salesforce.Batch) { r.ExternalIDField = "Account.Ext__c" }, "Account.Ext__c"},
		"key of an insert": {func(r *salesforce.CollectionRequest, _ *salesforce.Batch) { r.Operation = salesforce.OperationInsert }, "upserts only"},
		"empty key":        {func(_ *salesforce.CollectionRequest, b *salesforce.Batch) { b.Rows[1].Values[0] = salesforce.Null() }, "row 2: the external id ext__c is empty"},
		"omitted key":      {func(_ *salesforce.CollectionRequest, b *salesforce.Batch) { b.Rows[0].Values[0] = salesforce.Omit() }, "row 1: the external id"},
		"record id":        {func(_ *salesforce.CollectionRequest, b *salesforce.Batch) { b.Rows[0].ID = contactA }, "no place"},
		"nothing to write": {func(r *salesforce.CollectionRequest, b *salesforce.Batch) {
			*r = salesforce.CollectionRequest{Operation: salesforce.OperationInsert}
			b.Rows[0].Values = make([]salesforce.Value, 3)
		}, "all fields are omitted"},
		"rule": {func(r *salesforce.CollectionRequest, _ *salesforce.Batch) { r.Options.AssignmentRule = "Standard" }, "assignment rule"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req, batch := upsertByExt, twoKeyed()
			tc.change(&req, &batch)
			org := newOrg(t, nil)
			_, err := org.client(nil).WriteCollection(t.Context(), req, batch)
			wantError(t, err, salesforce.CodeInvalidRequest, tc.says)
			if calls := org.calls(); len(calls) != 0 {
				t.Errorf("sent %v all the same", calls)
			}
		})
	}
}

// Rows without ids are paired with their answers by nothing but the order, so an answer that can't be
// right makes all of them doubtful.
func TestWriteCollectionDoubtsAnswers(t *testing.T) {
	t.Parallel()
	const success = `{"id":"` + contactA + `","success":true,"created":true}`
	for name, tc := range map[string]struct{ body, says string }{
		"one less":   {`[` + success + `]`, "1 answers came for 2 rows"},
		"one twice":  {`[` + success + `,` + success + `]`, "answers 1 and 2 say that they created the same record"},
		"no id":      {`[` + success + `,{"success":true,"created":false}]`, "answer 2"},
		"odd id":     {`[` + success + `,{"id":"003","success":true}]`, `"003"`},
		"wrong case": {`[` + success + `,{"id":"` + strings.ToLower(contactB) + `","success":true}]`, "checksum"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newOrg(t, map[string]handler{upsertRoute: answer(200, tc.body)}).client(nil).WriteCollection(t.Context(), upsertByExt, twoKeyed())
			wantError(t, err, salesforce.CodeUnexpectedAnswer, tc.says)
		})
	}
}

// Nothing that may have created or changed a record is sent a second time.
func TestWriteCollectionOfUnknownFate(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]handler{"cut": failWith(errCut), "500": answer(500, refusal("UNKNOWN_EXCEPTION", "?")), "a gateway's 503": answer(503, "<html>")} {
		for route, req := range map[string]salesforce.CollectionRequest{
			insertRoute: {Operation: salesforce.OperationInsert}, upsertRoute: upsertByExt,
		} {
			t.Run(name+" "+string(req.Operation), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					org := newOrg(t, map[string]handler{route: trouble})
					_, err := org.client(nil).WriteCollection(t.Context(), req, twoKeyed())
					if !salesforce.IsRetryable(err) || len(org.seen(route)) != 1 || !strings.Contains(err.Error(), "unknown") {
						t.Errorf("%d requests and %v", len(org.seen(route)), err)
					}
				})
			})
		}
	}
}

func TestRecordedCollections(t *testing.T) {
	t.Parallel()
	created := string(recorded(t, "collections-create-two-ok-200.json"))
	got, err := newOrg(t, map[string]handler{insertRoute: answer(200, created)}).client(nil).
		WriteCollection(t.Context(), salesforce.CollectionRequest{Operation: salesforce.OperationInsert}, twoKeyed())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]salesforce.RowResult{{ID: contactA, Success: true, Created: true}, {ID: contactB, Success: true, Created: true}}, got); diff != "" {
		t.Error(diff)
	}

	var upsert struct {
		Request struct {
			Body struct {
				Records []map[string]any `json:"records"`
			} `json:"body"`
		} `json:"request"`
		Response struct {
			Body []struct {
				ID      string `json:"id"`
				Created bool   `json:"created"`
			} `json:"body"`
		} `json:"response"`
	}
	recording := recorded(t, "collections-upsert-by-email-200-mixed-created.json")
	if err := json.Unmarshal(recording, &upsert); err != nil {
		t.Fatal(err)
	}
	var whole struct {
		Response struct {
			Body json.RawMessage `json:"body"`
		} `json:"response"`
	}
	if err := json.Unmarshal(recording, &whole); err != nil {
		t.Fatal(err)
	}
	batch := salesforce.Batch{Object: "Contact", Columns: []string{"Email"}}
	for _, rec := range upsert.Request.Body.Records {
		email, _ := rec["Email"].(string)
		batch.Rows = append(batch.Rows, salesforce.Row{Values: []salesforce.Value{salesforce.Text(email)}})
	}
	got, err = newOrg(t, map[string]handler{"PATCH " + data + "/composite/sobjects/Contact/Email": answer(200, string(whole.Response.Body))}).client(nil).
		WriteCollection(t.Context(), salesforce.CollectionRequest{Operation: salesforce.OperationUpsert, ExternalIDField: "Email"}, batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range upsert.Response.Body {
		if got[i].ID != want.ID || got[i].Created != want.Created || !got[i].Success {
			t.Errorf("row %d is %+v, want %+v", i+1, got[i], want)
		}
	}
}

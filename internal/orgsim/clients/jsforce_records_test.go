//go:build clients

package clients_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// saved is what a client got for a row that it wrote.
type saved struct {
	ID      string `json:"id"`
	Success bool   `json:"success"`
	Created *bool  `json:"created"`
	Errors  []struct {
		Code    string   `json:"statusCode"`
		Message string   `json:"message"`
		Fields  []string `json:"fields"`
	} `json:"errors"`
}

// code is the row's error code, or "".
func (s saved) code() string {
	if len(s.Errors) == 0 {
		return ""
	}
	return s.Errors[0].Code
}

func TestJSforceQueries(t *testing.T) {
	t.Parallel()
	const n = 2500
	b := setup(t, orgsim.Config{})
	account := b.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "acme"})
	ids := b.contacts(n)
	if err := b.org.Update("Contact", ids[0], map[string]string{"AccountId": account, "Score__c": "2.5"}); err != nil {
		t.Fatal(err)
	}
	b.insert("Contact", map[string]string{"LastName": "Quote", "Key__c": "z'3", "Email": "p@x.example"})
	var got struct {
		Total, Got, Streamed, Count int
		Done                        bool
		First                       map[string]any
		Last                        string
		Pages                       []int
		Built                       []string
		Wrong                       refusal
	}
	b.jsforce("query.mjs", &got, "ORG_TOKEN="+b.token())
	if got.Total != n+1 || got.Got != n+1 || !got.Done || got.Streamed != n+1 || !slices.Equal(got.Pages, []int{2000, n + 1 - 2000}) {
		t.Errorf("got %d of %d, streamed %d, in pages %v", got.Got, got.Total, got.Streamed, got.Pages)
	}
	if diff := cmp.Diff(map[string]any{
		"attributes": map[string]any{"type": "Contact", "url": "/services/data/v60.0/sobjects/Contact/" + ids[0]},
		"Id":         ids[0], "Key__c": "k0000", "Score__c": 2.5,
		"Account": map[string]any{
			"attributes": map[string]any{"type": "Account", "url": "/services/data/v60.0/sobjects/Account/" + account},
			"Name":       "Acme", "Ext__c": "acme",
		},
	}, got.First); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(got.Built, []string{"z'3", "k0002", "k0001"}) {
		t.Errorf("the built query gave %q", got.Built)
	}
	if got.Count != n-10+1 {
		t.Errorf("count gave %d, want %d", got.Count, n-10+1)
	}
	if got.Wrong.Code != "INVALID_FIELD" || !strings.Contains(got.Wrong.Message, "Nothing__c") {
		t.Errorf("a wrong query was refused with %+v", got.Wrong)
	}
}

func TestJSforceWritesRecords(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	account := b.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "acme"})
	var got struct {
		Made, Updated, Again, Gone saved
		Read, Some                 map[string]any
		Refused                    map[string]refusal
	}
	b.jsforce("records.mjs", &got, "ORG_TOKEN="+b.token())
	for field, want := range map[string]any{
		"LastName": "O'Brien", "Email": "ann@x.example", "Key__c": "a/b #1", "Score__c": 1.25, "Active__c": true, "AccountId": account, "Title": nil,
	} {
		if diff := cmp.Diff(want, got.Read[field]); diff != "" {
			t.Errorf("%s was read as: %s", field, diff)
		}
	}
	delete(got.Some, "attributes")
	if diff := cmp.Diff(map[string]any{"Id": got.Made.ID, "Email": "ann@x.example"}, got.Some); diff != "" {
		t.Errorf("two fields were asked for: %s", diff)
	}
	codes := map[string]string{}
	for what, r := range got.Refused {
		codes[what] = r.Code
	}
	if diff := cmp.Diff(map[string]string{
		"required": "REQUIRED_FIELD_MISSING", "field": "INVALID_FIELD", "picklist": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
		"parent": "INVALID_FIELD", "duplicate": "DUPLICATE_VALUE", "missing": "NOT_FOUND", "deleted": "ENTITY_IS_DELETED",
	}, codes); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(got.Refused["parent"].Message, "Foreign key external ID: nobody not found for field Ext__c in entity Account") {
		t.Errorf("the unknown parent was refused with %q", got.Refused["parent"].Message)
	}
	if got.Updated.Created == nil || !*got.Updated.Created || got.Again.Created == nil || *got.Again.Created || got.Again.ID != got.Updated.ID {
		t.Errorf("the upserts gave %+v and %+v", got.Updated, got.Again)
	}
	b.holds(got.Updated.ID, map[string]string{"LastName": "Upserted", "FirstName": "Again", "Key__c": "k1"})

	history := b.org.History("Contact", got.Made.ID)
	if len(history) != 3 {
		t.Fatalf("%d writes in the history, want create, update, delete", len(history))
	}
	changes := map[string]string{}
	for _, c := range history[1].Changes {
		changes[c.Field] = c.After
	}
	if diff := cmp.Diff(map[string]string{"Title": "Boss", "Email": ""}, changes); diff != "" {
		t.Errorf("the update changed: %s", diff)
	}
}

func TestJSforceWritesCollections(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	account := b.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "acme"})
	var got struct {
		Made, Updated, Upserted, Created, Gone                     int
		MadeFailures, UpdateFailures, UpsertFailures, GoneFailures []saved
		Whole, GoneAgain                                           []saved
		IDs                                                        []string
		Read                                                       []*string
	}
	b.jsforce("collections.mjs", &got, "ORG_TOKEN="+b.token())

	if got.Made != 450 || len(got.IDs) != 449 || len(got.MadeFailures) != 1 || got.MadeFailures[0].code() != "INVALID_EMAIL_ADDRESS" {
		t.Fatalf("%d rows made, failures %+v", got.Made, got.MadeFailures)
	}
	if got.Updated != 449 || len(got.UpdateFailures) != 0 {
		t.Errorf("%d rows updated, failures %+v", got.Updated, got.UpdateFailures)
	}
	// Row 7 was not there.
	if got.Upserted != 401 || got.Created != 1 || len(got.UpsertFailures) != 0 {
		t.Errorf("%d rows upserted, %d made, failures %+v", got.Upserted, got.Created, got.UpsertFailures)
	}
	if len(got.Read) != 301 || got.Read[300] != nil || got.Read[0] == nil || *got.Read[0] != "k0000" {
		t.Errorf("%d rows read", len(got.Read))
	}
	if len(got.Whole) != 2 || got.Whole[0].code() != "ALL_OR_NONE_OPERATION_ROLLED_BACK" || got.Whole[1].code() != "INVALID_EMAIL_ADDRESS" {
		t.Errorf("all or none gave %+v", got.Whole)
	}
	if got.Gone != 250 || len(got.GoneFailures) != 0 || len(got.GoneAgain) != 1 || got.GoneAgain[0].code() != "ENTITY_IS_DELETED" {
		t.Errorf("%d rows deleted, failures %+v, again %+v", got.Gone, got.GoneFailures, got.GoneAgain)
	}

	left := slices.Collect(b.org.Records("Contact"))
	if len(left) != 200 {
		t.Errorf("%d contacts are left, want 450 - 250", len(left))
	}
	last := b.found("Contact", "Key__c = 'k0400'", "AccountId", "LastName", "Title")
	if last["AccountId"] != account || last["LastName"] != "Upserted 0400" || last["Title"] != "Title 399" {
		t.Errorf("the last upserted contact is %v", last)
	}
	for kind, requests := range map[string]int{"collections create": 3, "collections update": 4, "collections upsert": 3, "collections delete": 3} {
		if got := b.kind(kind); got.Requests != requests || got.Calls != requests {
			t.Errorf("%s: %d requests, %d calls, want %d", kind, got.Requests, got.Calls, requests)
		}
	}
	if n := len(b.org.History("Contact", got.IDs[0])); n != 4 {
		t.Errorf("%d writes in the first contact's history, want create, update, upsert, delete", n)
	}
}

func TestJSforceDescribes(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	type field struct {
		Name, Type  string
		ExternalID  bool
		ReferenceTo []string
		Picklist    []string
	}
	var got struct {
		Objects                []string
		Batch, Cached          int
		KeyPrefix, CustomLabel string
		URLs                   map[string]string
		Fields, Custom         []field
	}
	b.jsforce("describe.mjs", &got, "ORG_TOKEN="+b.token())
	for _, want := range []string{"Account", "Contact", "Lead", "Subscription__c", "User"} {
		if !slices.Contains(got.Objects, want) {
			t.Errorf("the global describe lacks %s", want)
		}
	}
	if got.Batch != 200 || got.KeyPrefix != "003" || got.URLs["describe"] != "/services/data/v60.0/sobjects/Contact/describe" || got.CustomLabel != "Subscription" || got.Cached != len(got.Fields) {
		t.Errorf("described as %+v", got)
	}
	status := slices.IndexFunc(got.Fields, func(f field) bool { return f.Name == "Status__c" })
	if status < 0 {
		t.Fatal("Contact lacks Status__c")
	}
	if diff := cmp.Diff(field{Name: "Status__c", Type: "picklist", ReferenceTo: []string{}, Picklist: []string{"Not Started", "In Progress", "Done"}}, got.Fields[status]); diff != "" {
		t.Error(diff)
	}
	parent := slices.IndexFunc(got.Custom, func(f field) bool { return f.Name == "Account__c" })
	if parent < 0 || !slices.Equal(got.Custom[parent].ReferenceTo, []string{"Account"}) {
		t.Errorf("Subscription__c has %+v", got.Custom)
	}
	b.noFailures(nil)
}

package rest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// composed is the answer to a composite request.
type composed struct {
	Answers []struct {
		Body        any               `json:"body"`
		Headers     map[string]string `json:"httpHeaders"`
		Status      int               `json:"httpStatusCode"`
		ReferenceID string            `json:"referenceId"`
	} `json:"compositeResponse"`
}

func (b *testBundle) composite(allOrNone bool, subrequests ...string) composed {
	b.t.Helper()
	body := `{"allOrNone":false,"compositeRequest":[` + strings.Join(subrequests, ",") + `]}`
	if allOrNone {
		body = strings.Replace(body, "false", "true", 1)
	}
	var got composed
	b.do(http.MethodPost, data+"/composite", body).want(http.StatusOK).decode(&got)
	if len(got.Answers) != len(subrequests) {
		b.t.Fatalf("%d answers to %d subrequests", len(got.Answers), len(subrequests))
	}
	return got
}

// codes are the error codes of an answer, by subrequest; "" where it succeeded.
func (c composed) codes() []string {
	var codes []string
	for _, a := range c.Answers {
		codes = append(codes, errorOf(a.Body, "errorCode"))
	}
	return codes
}

func errorOf(body any, member string) string {
	list, ok := body.([]any)
	if !ok || len(list) == 0 {
		return ""
	}
	first, _ := list[0].(map[string]any)
	text, _ := first[member].(string)
	return text
}

const (
	newAccount = `{"method":"POST","url":"` + data + `/sobjects/Account","referenceId":"acme","body":{"Name":"A \"quoted\" name","Ext__c":"a1"}}`
	newContact = `{"method":"POST","url":"` + data + `/sobjects/Contact","referenceId":"doe","body":{"LastName":"Doe","AccountId":"@{acme.id}"}}`
)

func TestCompositeRefersToEarlierAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := b.composite(false, newAccount, newContact,
		`{"method":"GET","url":"`+data+`/query?q=SELECT+Id,Name+FROM+Account+WHERE+Id='@{acme.id}'","referenceId":"found"}`,
		`{"method":"PATCH","url":"/services/data/v62.0/sobjects/Contact/@{doe.id}","referenceId":"titled","body":{"Title":"of @{found.records[0].Name}"}}`,
		`{"method":"GET","url":"`+data+`/sobjects/Contact/@{doe.id}?fields=Title","referenceId":"read"}`,
	)
	if diff := cmp.Diff([]string{"", "", "", "", ""}, got.codes()); diff != "" {
		t.Fatal(diff)
	}
	id := b.db.Rows("Contact")[0].At(0)
	if b.value("Contact", id, "AccountId") != b.db.Rows("Account")[0].At(0) || b.value("Contact", id, "Title") != `of A "quoted" name` {
		t.Errorf("contact of %q, %q", b.value("Contact", id, "AccountId"), b.value("Contact", id, "Title"))
	}
	created, patched := got.Answers[1], got.Answers[3]
	if created.Status != http.StatusCreated || created.Headers["Location"] != data+"/sobjects/Contact/"+id || created.ReferenceID != "doe" {
		t.Errorf("created: %+v", created)
	}
	if patched.Status != http.StatusNoContent || patched.Body != nil || len(patched.Headers) != 0 {
		t.Errorf("patched: %+v", patched)
	}
	entries := b.journal.Entries()
	if e := entries[0]; len(entries) != 1 || e.Kind != "composite" || e.Calls != 1 || e.Rows != 5 {
		t.Errorf("the journal has %+v", entries)
	}
}

// A collection answers an array at the top, which references reach into too.
func TestCompositeRefersToCollections(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := b.composite(false,
		`{"method":"POST","url":"`+data+`/composite/sobjects","referenceId":"made","body":{"allOrNone":false,"records":[{"attributes":{"type":"Account"},"Name":"First"},{"attributes":{"type":"Account"},"Name":"Second"}]}}`,
		`{"method":"POST","url":"`+data+`/sobjects/Contact","referenceId":"doe","body":{"LastName":"Doe","AccountId":"@{made[1].id}"}}`)
	if diff := cmp.Diff([]string{"", ""}, got.codes()); diff != "" {
		t.Fatal(diff)
	}
	if id := b.db.Rows("Contact")[0].At(0); b.value("Contact", id, "AccountId") != b.db.Rows("Account")[1].At(0) {
		t.Errorf("the contact is of %q", b.value("Contact", id, "AccountId"))
	}
}

func TestCompositeHaltsWhatDependsOnAFailure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got := b.composite(false,
		`{"method":"POST","url":"`+data+`/sobjects/Account","referenceId":"acme","body":{}}`, newContact,
		`{"method":"POST","url":"`+data+`/sobjects/Account","referenceId":"other","body":{"Name":"Other"}}`,
		`{"method":"GET","url":"`+data+`/tooling/query?q=x","referenceId":"tooling"}`)
	if diff := cmp.Diff([]string{"REQUIRED_FIELD_MISSING", "PROCESSING_HALTED", "", "PROCESSING_HALTED"}, got.codes()); diff != "" {
		t.Error(diff)
	}
	want := "Invalid reference specified. No value for acme.id found in acme. Provided referenceId ('acme.id') must start with a letter or a number, and it can contain only letters, numbers and underscores ('_')."
	if message := errorOf(got.Answers[1].Body, "message"); message != want {
		t.Errorf("message %q", message)
	}
	if b.count("Account") != 1 || b.count("Contact") != 0 {
		t.Errorf("%d accounts, %d contacts", b.count("Account"), b.count("Contact"))
	}
}

func TestCompositeAllOrNoneUndoesEverything(t *testing.T) {
	t.Parallel()
	b := setup(t)
	kept := b.insert("Account", map[string]string{"Name": "Kept"})
	row := `{"attributes":{"type":"Contact"},"LastName":"Roe","Key__c":"k1"}`
	for name, culprit := range map[string]struct {
		text  string
		codes []string
	}{
		"a failing subrequest": {
			`{"method":"DELETE","url":"` + data + `/sobjects/Contact/003000000000000AAA","referenceId":"bad"}`,
			[]string{"PROCESSING_HALTED", "PROCESSING_HALTED", "PROCESSING_HALTED", "NOT_FOUND", "PROCESSING_HALTED"},
		},
		"a failing row of a collection that says 200": {
			`{"method":"POST","url":"` + data + `/composite/sobjects","referenceId":"bad","body":{"allOrNone":false,"records":[` + row + `,{"attributes":{"type":"Contact"}}]}}`,
			[]string{"PROCESSING_HALTED", "PROCESSING_HALTED", "PROCESSING_HALTED", "", "PROCESSING_HALTED"},
		},
		"several matches": {
			`{"method":"PATCH","url":"` + data + `/sobjects/Contact/Loose__c/same","referenceId":"bad","body":{"Title":"x"}}`,
			[]string{"PROCESSING_HALTED", "PROCESSING_HALTED", "PROCESSING_HALTED", "", "PROCESSING_HALTED"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b.insert("Contact", map[string]string{"LastName": "Same", "Loose__c": "same"})
			b.insert("Contact", map[string]string{"LastName": "Same", "Loose__c": "same"})
			contacts := b.count("Contact")
			got := b.composite(true, newAccount, newContact,
				`{"method":"PATCH","url":"`+data+`/sobjects/Account/`+kept+`","referenceId":"changed","body":{"Name":"Changed"}}`,
				culprit.text,
				`{"method":"POST","url":"`+data+`/sobjects/Account","referenceId":"late","body":{"Name":"Late"}}`)
			if diff := cmp.Diff(culprit.codes, got.codes()); diff != "" {
				t.Error(diff)
			}
			if b.count("Account") != 1 || b.count("Contact") != contacts || b.value("Account", kept, "Name") != "Kept" || len(b.db.History("Account", kept)) != 0 {
				t.Errorf("left: %d accounts, %d contacts, name %q, history %v", b.count("Account"), b.count("Contact"), b.value("Account", kept, "Name"), b.db.History("Account", kept))
			}
		})
	}
	// What was undone stands in nobody's way.
	b.composite(true, newAccount, newContact)
	if b.count("Account") != 2 {
		t.Errorf("%d accounts", b.count("Account"))
	}
}

// Requests that are undone while others write must take nothing of theirs along.
func TestCompositeAllOrNoneKeepsOthersOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const rounds = 50
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			for range rounds {
				id := b.do(http.MethodPost, data+"/sobjects/Account", `{"Name":"Other"}`).id()
				if name := b.value("Account", id, "Name"); name != "Other" {
					t.Errorf("record %s is named %q", id, name)
				}
			}
		})
	}
	for range rounds {
		b.composite(true, newAccount, newContact, `{"method":"GET","url":"`+data+`/sobjects/Nope","referenceId":"bad"}`)
	}
	others.Wait()
	if b.count("Account") != 4*rounds || b.count("Contact") != 0 {
		t.Errorf("%d accounts, %d contacts", b.count("Account"), b.count("Contact"))
	}
}

func TestCompositeRefusesRequests(t *testing.T) {
	t.Parallel()
	b := setup(t)
	get := func(id string) string {
		return `{"method":"GET","url":"` + data + `/query?q=SELECT+Id+FROM+Contact","referenceId":"` + id + `"}`
	}
	many := func(n int, text string) string { return strings.TrimSuffix(strings.Repeat(text+",", n), ",") }
	numbered := func(n int, url string) string {
		var list []string
		for i := range n {
			list = append(list, `{"method":"GET","url":"`+url+`","referenceId":"r`+strings.Repeat("x", i)+`"}`)
		}
		return strings.Join(list, ",")
	}
	for name, test := range map[string]struct{ body, code string }{
		"none":             {``, "JSON_PARSER_ERROR"},
		"too many":         {numbered(26, data+"/sobjects/Contact"), "LIMIT_EXCEEDED"},
		"too many queries": {numbered(6, data+"/query/?q=x"), "LIMIT_EXCEEDED"},
		"the same id":      {many(2, get("a")), "JSON_PARSER_ERROR"},
		"a hyphen":         {get("a-b"), "JSON_PARSER_ERROR"},
		"no id":            {get(""), "JSON_PARSER_ERROR"},
		"a token of its own": {
			`{"method":"GET","url":"` + data + `/sobjects/Contact","referenceId":"a","httpHeaders":{"authorization":"Bearer x"}}`, "JSON_PARSER_ERROR",
		},
		"an unknown member": {`{"method":"GET","uri":"` + data + `/sobjects/Contact","referenceId":"a"}`, "JSON_PARSER_ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b.do(http.MethodPost, data+"/composite", `{"compositeRequest":[`+test.body+`]}`).refused(http.StatusBadRequest, test.code)
		})
	}
}

func TestGraphsStandAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var got struct {
		Graphs []struct {
			ID         string   `json:"graphId"`
			Response   composed `json:"graphResponse"`
			Successful bool     `json:"isSuccessful"`
		} `json:"graphs"`
	}
	bad := strings.Replace(newContact, `"LastName":"Doe",`, "", 1)
	b.do(http.MethodPost, data+"/composite/graph", `{"graphs":[{"graphId":"one","compositeRequest":[`+strings.ReplaceAll(newAccount, "a1", "a0")+`,`+bad+`]},
		{"graphId":"two","compositeRequest":[`+newAccount+`,`+newContact+`]}]}`).want(http.StatusOK).decode(&got)
	if len(got.Graphs) != 2 || got.Graphs[0].Successful || !got.Graphs[1].Successful || got.Graphs[1].ID != "two" {
		t.Fatalf("got %+v", got)
	}
	if diff := cmp.Diff([]string{"PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"}, got.Graphs[0].Response.codes()); diff != "" {
		t.Error(diff)
	}
	if b.count("Account") != 1 || b.count("Contact") != 1 {
		t.Errorf("%d accounts, %d contacts", b.count("Account"), b.count("Contact"))
	}
	for name, body := range map[string]string{
		"none":          `{"graphs":[]}`,
		"the same id":   `{"graphs":[{"graphId":"a","compositeRequest":[` + newAccount + `]},{"graphId":"a","compositeRequest":[` + newAccount + `]}]}`,
		"an empty one":  `{"graphs":[{"graphId":"a","compositeRequest":[]}]}`,
		"without an id": `{"graphs":[{"compositeRequest":[` + newAccount + `]}]}`,
	} {
		if a := b.do(http.MethodPost, data+"/composite/graph", body); a.status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, a.status)
		}
	}
}

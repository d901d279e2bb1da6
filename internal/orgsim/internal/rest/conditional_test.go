package rest_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	earlier  = "Mon, 04 May 2026 03:02:00 GMT"
	modified = "Mon, 04 May 2026 03:02:01 GMT" // when the clock of the tests stands still
	never    = `"never=" , W/"x"`
)

// An empty condition stands for the record's ETag.
var conditionalCalls = []struct {
	method, object, header, text string
	status                       int
	code                         string
}{
	{"GET", "Contact", "If-Modified-Since", earlier, 200, ""},
	{"GET", "Contact", "If-Modified-Since", modified, 304, ""},
	{"GET", "Contact", "If-Modified-Since", "yesterday", 200, ""},
	{"GET", "Contact", "If-Unmodified-Since", modified, 200, ""},
	{"GET", "Contact", "If-Unmodified-Since", earlier, 412, "PRECONDITION_FAILED"},
	{"GET", "Contact", "If-Unmodified-Since", "yesterday", 200, ""},
	{"GET", "Contact", "If-None-Match", "*", 200, ""},
	{"GET", "Account", "If-None-Match", "", 304, ""},
	{"GET", "Account", "If-None-Match", "*", 304, ""},
	{"GET", "Account", "If-None-Match", never, 200, ""},
	{"GET", "Account", "If-Match", "", 200, ""},
	{"GET", "Account", "If-Match", never, 412, "PRECONDITION_FAILED"},
	{"PATCH", "Contact", "If-Modified-Since", earlier, 204, ""},
	{"PATCH", "Contact", "If-Modified-Since", modified, 412, "PRECONDITION_FAILED"},
	{"PATCH", "Contact", "If-Modified-Since", "yesterday", 400, "INVALID_HEADER"},
	{"PATCH", "Contact", "If-Unmodified-Since", modified, 204, ""},
	{"PATCH", "Contact", "If-Unmodified-Since", earlier, 412, "PRECONDITION_FAILED"},
	{"PATCH", "Contact", "If-Unmodified-Since", "yesterday", 400, "INVALID_HEADER"},
	{"PATCH", "Contact", "If-Match", "*", 400, "INVALID_HEADER"},
	{"PATCH", "Contact", "If-None-Match", never, 400, "INVALID_HEADER"},
	{"PATCH", "Account", "If-Match", "", 204, ""},
	{"PATCH", "Account", "If-Match", "*", 204, ""},
	{"PATCH", "Account", "If-Match", never, 412, "PRECONDITION_FAILED"},
	{"PATCH", "Account", "If-Match", "bare", 400, "INVALID_HEADER"},
	{"PATCH", "Account", "If-None-Match", "", 412, "PRECONDITION_FAILED"},
	{"PATCH", "Account", "If-None-Match", never, 204, ""},
	{"DELETE", "Contact", "If-Unmodified-Since", modified, 204, ""},
	{"DELETE", "Contact", "If-Unmodified-Since", earlier, 412, "PRECONDITION_FAILED"},
	{"DELETE", "Contact", "If-Modified-Since", modified, 412, "PRECONDITION_FAILED"},
	{"DELETE", "Contact", "If-Modified-Since", "yesterday", 400, "INVALID_HEADER"},
	{"DELETE", "Contact", "If-Match", "*", 400, "INVALID_HEADER"},
	{"DELETE", "Account", "If-Match", "", 204, ""},
	{"DELETE", "Account", "If-Match", never, 412, "PRECONDITION_FAILED"},
}

// A record answers alike by id and by key, but for the 200 of an upsert.
func TestConditionalCalls(t *testing.T) {
	t.Parallel()
	keys := map[string]string{"Account": "Ext__c", "Contact": "Key__c"}
	for _, test := range conditionalCalls {
		for _, byKey := range []bool{false, true} {
			b := setup(t)
			id := b.insert(test.object, map[string]string{keys[test.object]: "k", map[string]string{"Account": "Name", "Contact": "LastName"}[test.object]: "A"})
			path, status := data+"/sobjects/"+test.object+"/"+id, test.status
			if byKey {
				path = data + "/sobjects/" + test.object + "/" + keys[test.object] + "/k"
				if test.method == http.MethodPatch && status == http.StatusNoContent {
					status = http.StatusOK
				}
			}
			text, body := test.text, ""
			if text == "" {
				text = b.get(path + "?fields=Id").want(http.StatusOK).header.Get("ETag")
			}
			if test.method == http.MethodPatch {
				body = `{"Phone":"1"}`
			}
			t.Log(test.method, path, test.header, text)
			got := b.do(test.method, path, body, test.header, text)
			if test.code != "" {
				got.refused(status, test.code)
			}
			got.want(status)
			done := test.method != http.MethodGet && test.code == ""
			if changed := b.value(test.object, id, "Phone") == "1" || b.value(test.object, id, "Id") == ""; changed != done {
				t.Errorf("changed: %t, want %t", changed, done)
			}
		}
	}
}

func TestETagTellsEveryWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := data + "/sobjects/Account/" + b.insert("Account", map[string]string{"Name": "A"})
	first := b.get(path).header.Get("ETag")
	if again := b.get(path).header.Get("ETag"); first == "" || again != first {
		t.Fatalf("ETags %q and %q of one version", first, again)
	}
	b.do(http.MethodPatch, path, `{"Phone":"1"}`, "If-Match", first).want(http.StatusNoContent) // within the second
	b.do(http.MethodPatch, path, `{"Phone":"2"}`, "If-Match", first).refused(http.StatusPreconditionFailed, "PRECONDITION_FAILED")
	b.get(path, "If-None-Match", first, "If-Modified-Since", modified).want(http.StatusOK)
	b.now = b.now.Add(time.Hour)
	b.do(http.MethodPatch, path, `{"Phone":"3"}`).want(http.StatusNoContent)
	b.get(path, "If-Modified-Since", modified).want(http.StatusOK)
	other := b.get(data + "/sobjects/Contact/" + b.insert("Contact", map[string]string{"LastName": "A"})).want(http.StatusOK)
	if tag := other.header.Get("ETag"); tag != "" {
		t.Errorf("a contact has ETag %s", tag)
	}
}

// What does not exist has no ETag and no date; what a condition lets through is
// refused for its own reasons all the same.
func TestConditionsWithoutRecord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	accounts := data + "/sobjects/Account"
	b.do(http.MethodPost, accounts, `{"Name":"A"}`, "If-Unmodified-Since", "yesterday").refused(http.StatusBadRequest, "INVALID_HEADER")
	b.do(http.MethodPost, accounts, `{"Name":"A"}`, "If-Unmodified-Since", earlier).id()
	b.do(http.MethodPatch, accounts+"/Ext__c/k", `{"Name":"A"}`, "If-Match", "*").refused(http.StatusPreconditionFailed, "PRECONDITION_FAILED")
	id := b.do(http.MethodPatch, accounts+"/Ext__c/k", `{"Name":"A"}`, "If-None-Match", "*").id()
	b.do(http.MethodPatch, accounts+"/Ext__c/k", `{"Name":"A"}`, "If-None-Match", "*").refused(http.StatusPreconditionFailed, "PRECONDITION_FAILED")
	b.do(http.MethodPatch, accounts+"/"+id, `{"Name":null}`, "If-Match", "*").refused(http.StatusBadRequest, "REQUIRED_FIELD_MISSING")
	b.do(http.MethodDelete, accounts+"/"+id, "", "If-Match", "*").want(http.StatusNoContent)
	b.do(http.MethodDelete, accounts+"/"+id, "", "If-Match", "*").refused(http.StatusNotFound, "ENTITY_IS_DELETED")
}

func TestConditionsOfSubrequests(t *testing.T) {
	t.Parallel()
	b := setup(t)
	url := data + "/sobjects/Contact/" + b.insert("Contact", map[string]string{"LastName": "A"})
	read := `{"method":"GET","url":"` + url + `","referenceId":"read","httpHeaders":{"If-Modified-Since":"` + modified + `"}}`
	write := `{"method":"PATCH","url":"` + url + `","referenceId":"write","body":{"Phone":"1"},"httpHeaders":{"If-Unmodified-Since":"` + earlier + `"}}`
	for _, allOrNone := range []bool{false, true} {
		if got := b.composite(allOrNone, read).Answers[0]; got.Status != http.StatusNotModified || got.Body != nil {
			t.Errorf("read: %d %v", got.Status, got.Body)
		}
		if got := b.composite(allOrNone, write); got.Answers[0].Status != http.StatusPreconditionFailed || got.codes()[0] != "PRECONDITION_FAILED" {
			t.Errorf("write: %+v", got.Answers)
		}
	}
}

// Of several that write what they have read, one does.
func TestConditionAndWriteAreOneStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := data + "/sobjects/Account/" + b.insert("Account", map[string]string{"Name": "A"})
	tag := b.get(path).header.Get("ETag")
	var writers sync.WaitGroup
	var written atomic.Int32
	for i := range 16 {
		writers.Go(func() {
			if b.do(http.MethodPatch, path, fmt.Sprintf(`{"Phone":"%d"}`, i), "If-Match", tag).status == http.StatusNoContent {
				written.Add(1)
			}
		})
	}
	writers.Wait()
	if written.Load() != 1 {
		t.Errorf("%d writes with one ETag, want 1", written.Load())
	}
}

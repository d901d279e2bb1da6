package rest_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestRetrieve(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.insert("Contact", map[string]string{"LastName": "A"}), b.insert("Contact", map[string]string{"LastName": "B"})
	account := b.insert("Account", map[string]string{"Name": "A"})
	none := two[:14] + "z"
	ids := []string{two, account, none, one[:15], two}
	record := func(id, name string) string {
		return `{"attributes":{"type":"Contact","url":"` + data + `/sobjects/Contact/` + id + `"},"LastName":"` + name + `"}`
	}
	want := "[" + strings.Join([]string{record(two, "B"), "null", "null", record(one, "A"), record(two, "B")}, ",") + "]"
	path := data + "/composite/sobjects/Contact"
	if got := b.get(path + "?ids=" + strings.Join(ids, ",") + "&fields=LastName").want(http.StatusOK); string(got.body) != want {
		t.Errorf("GET: %s\nwant %s", got.body, want)
	}
	body := `{"ids":["` + strings.Join(ids, `","`) + `"],"fields":["LastName"]}`
	if got := b.do(http.MethodPost, path+"/", body).want(http.StatusOK); string(got.body) != want {
		t.Errorf("POST: %s\nwant %s", got.body, want)
	}
	if e := b.journal.Entries()[1]; e.Kind != "collections read" || e.Rows != 3 || e.Calls != 1 {
		t.Errorf("the journal has %+v", e)
	}
	b.get(path+"?ids="+one+",xyz&fields=Id").refused(http.StatusBadRequest, "MALFORMED_ID")
	b.do(http.MethodPost, path, `{"ids":["","`+one+`"],"fields":["Id"]}`).refused(http.StatusBadRequest, "MALFORMED_ID")
	b.get(path+"?ids="+one).refused(http.StatusBadRequest, "REQUIRED_FIELD_MISSING")
	b.get(path+"?fields=Id").refused(http.StatusBadRequest, "REQUIRED_FIELD_MISSING")
	b.get(path+"?ids="+one+"&fields=Secret__c").refused(http.StatusBadRequest, "INVALID_FIELD")
	b.get(data+"/composite/sobjects/Nope?ids=x&fields=Id").refused(http.StatusNotFound, "NOT_FOUND")
	all := strings.TrimSuffix(strings.Repeat(`"`+one+`",`, 2_001), ",")
	b.do(http.MethodPost, path, `{"ids":[`+all+`],"fields":["Id"]}`).refused(http.StatusBadRequest, "EXCEEDED_ID_LIMIT")
	b.get(path + "?fields=Id&ids=" + strings.Repeat(one+",", 900)).want(http.StatusRequestURITooLong)
}

func TestRecordCount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.insert("Contact", map[string]string{"LastName": "A"})
	got := b.get(data + "/limits/recordCount?sObjects=contact,Account,Nope").want(http.StatusOK)
	if want := `{"sObjects":[{"count":0,"name":"Account"},{"count":1,"name":"Contact"}]}`; string(got.body) != want {
		t.Errorf("got %s", got.body)
	}
}

package orgsim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// Every way to read a record by REST gives its addresses as objects, or null,
// and every way to write one refuses them.
func TestAddressesByREST(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(map[string]string{"MailingCity": "Bern"})
	const mailing, other = `"MailingAddress":{"city":"Bern","country":null,"geocodeAccuracy":null,"latitude":null,"longitude":null,"postalCode":null,"state":null,"street":null}`, `"OtherAddress":null`
	for _, path := range []string{
		"/sobjects/Contact/" + id, "/sobjects/Contact/" + id + "?fields=MailingAddress,OtherAddress",
		"/composite/sobjects/Contact?ids=" + id + "&fields=MailingAddress,OtherAddress",
		"/query?q=" + url.QueryEscape("SELECT MailingAddress, OtherAddress FROM Contact"),
		"/query?q=" + url.QueryEscape("SELECT FIELDS(ALL) FROM Contact LIMIT 1"),
	} {
		body := b.do(http.MethodGet, data+path, nil).want(http.StatusOK).body
		if !strings.Contains(body, mailing) || !strings.Contains(body, other) {
			t.Errorf("%s: %s", path, body)
		}
	}
	for _, value := range []string{`{"city":"Uster"}`, `"Uster"`, "null"} {
		body := `{"LastName":"A","MailingAddress":` + value + `}`
		b.do(http.MethodPost, data+"/sobjects/Contact", body).refused(http.StatusBadRequest, "INVALID_FIELD_FOR_INSERT_UPDATE")
		b.do(http.MethodPatch, data+"/sobjects/Contact/"+id, body).refused(http.StatusBadRequest, "INVALID_FIELD_FOR_INSERT_UPDATE")
	}
	var described struct {
		Fields []struct {
			Name       string `json:"name"`
			Type       string `json:"type"`
			SoapType   string `json:"soapType"`
			Compound   string `json:"compoundFieldName"`
			Createable bool   `json:"createable"`
			Updateable bool   `json:"updateable"`
			Nillable   bool   `json:"nillable"`
			Sortable   bool   `json:"sortable"`
		} `json:"fields"`
	}
	b.do(http.MethodGet, data+"/sobjects/Account/describe", nil).want(http.StatusOK).decode(&described)
	addresses := 0
	for _, f := range described.Fields {
		switch {
		case f.Type == "address":
			addresses++
			if f.Createable || f.Updateable || f.Sortable || !f.Nillable || f.SoapType != "urn:address" {
				t.Errorf("%+v", f)
			}
		case f.Name == "Name" && f.Compound != "Name", f.Name == "BillingCity" && (f.Compound != "BillingAddress" || !f.Createable):
			t.Errorf("%+v", f)
		}
	}
	if addresses != 2 {
		t.Errorf("an account has %d addresses", addresses)
	}
}

// A dump tells which ids were taken by records that were undone.
func TestDumpsKeepTakenIDs(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for range 2 {
		b.collection(http.MethodPost, "", true, contact(`"LastName":"Undone"`), contact(`"LastName":"Bad","Mail__c":"bad"`))
		b.insert(map[string]string{"LastName": "Kept"})
	}
	b.collection(http.MethodPost, "", true, contact(`"LastName":"Undone"`), contact(`"LastName":"Bad","Mail__c":"bad"`))
	restored, err := orgsim.Restore(orgsim.Config{}, strings.NewReader(b.dump(true)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(restored.Close)
	next := map[string]string{"LastName": "Next"}
	id, err := restored.Insert("Contact", next)
	if err != nil {
		t.Fatal(err)
	}
	if want := b.insert(next); id != want {
		t.Errorf("the restored org goes on with %s, not %s", id, want)
	}
}

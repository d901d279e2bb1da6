package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// An address is what its parts make it, for the record itself and for a parent.
func TestAddresses(t *testing.T) {
	t.Parallel()
	q := ask(t)
	account := q.insert("Account", map[string]string{"Name": "Acme", "BillingCity": `"Uster"`, "BillingStreet": "Weg 1", "BillingState": "ZH", "BillingPostalCode": "8610", "BillingCountry": "CH"})
	q.insert("Contact", map[string]string{"LastName": "A", "AccountId": account, "MailingCity": "Bern"})
	result := q.run("SELECT MailingAddress, OtherAddress, Account.BillingAddress, Account.ShippingAddress FROM Contact")
	got := make([]string, 4)
	for i := range got {
		_, got[i] = result.Value(0, i)
	}
	want := []string{
		`{"city":"Bern","country":null,"geocodeAccuracy":null,"latitude":null,"longitude":null,"postalCode":null,"state":null,"street":null}`, "",
		`{"city":"\"Uster\"","country":"CH","geocodeAccuracy":null,"latitude":null,"longitude":null,"postalCode":"8610","state":"ZH","street":"Weg 1"}`, "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{
		"SELECT Id FROM Contact WHERE MailingAddress = null":             "field 'MailingAddress' can not be filtered in a query call",
		"SELECT Id FROM Contact WHERE Account.BillingAddress LIKE '%a%'": "field 'BillingAddress' can not be filtered in a query call",
		"SELECT Id FROM Contact ORDER BY MailingAddress":                 "field 'MailingAddress' can not be sorted in a query call",
		"SELECT COUNT(MailingAddress) FROM Contact":                      "field MailingAddress does not support aggregate operator COUNT",
	} {
		if _, sentence := q.refused(text, store.Scope{}); sentence != want {
			t.Errorf("%s: %q", text, sentence)
		}
	}
	for set, flat := range map[string]bool{"FIELDS(ALL)": false, "FIELDS(STANDARD)": true} {
		result, err := q.db.Query("SELECT "+set+" FROM Contact LIMIT 1", store.Scope{Flat: flat})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(columns(result), " "); strings.Contains(got, "MailingAddress") == flat {
			t.Errorf("%s, flat %t: %s", set, flat, got)
		}
	}
	if _, err := q.db.Query("SELECT Account.BillingAddress FROM Contact", store.Scope{Flat: true}); err == nil || err.Error() != "Selecting compound data not supported in Bulk Query" {
		t.Errorf("a flat query gave %v", err)
	}
}

// Nobody writes an address, not even an administrator.
func TestAddressesAreNotWritten(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	for name, actor := range map[string]store.Actor{"user": o.actor, "administrator": o.admin} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := o.mutation(o.actor, store.Insert, "Contact", "", fields{"LastName": "A", "MailingAddress": "Weg 1"})
			err := o.db.Apply(actor, false, []store.Mutation{m})[0].Err
			refused(t, err, "INVALID_FIELD_FOR_INSERT_UPDATE")
			if diff := cmp.Diff([]string{"MailingAddress"}, err.Fields); diff != "" {
				t.Error(diff)
			}
		})
	}
}

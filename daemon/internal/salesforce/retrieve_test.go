package salesforce_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const retrieveRoute = "POST " + data + "/composite/sobjects/Contact"

func TestRetrieve(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{retrieveRoute: answer(200, `[
		{"attributes":{"type":"Contact","url":"/x"},"Email":"a@b.example","Score__c":1.50,"Title":null,"Id":"`+contactA+`"},null]`)})
	got, err := org.client(nil).Retrieve(t.Context(), "Contact", []string{contactB, contactA[:15], contactB}, []string{"Score__c", "email", "Title"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{contactA: {"1.50", "a@b.example", ""}}, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	want := `{"fields":["Score__c","email","Title","Id"],"ids":["` + contactA + `","` + contactB + `"]}`
	if sent := org.seen(retrieveRoute)[0].Body; sent != want {
		t.Errorf("asked with %s, want %s", sent, want)
	}
}

func TestRetrieveInParts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{retrieveRoute: answers(answer(503, "<html>"), echoRecords)})
		ids := make([]string, 0, 2*salesforce.MaxRetrieveIDs+1)
		for i := range cap(ids) {
			id, err := salesforce.ID18(fmt.Sprintf("003ak0000%06d", i))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		got, err := org.client(nil).Retrieve(t.Context(), "Contact", ids, []string{"Id"})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(ids) || got[ids[4000]][0] != ids[4000] {
			t.Errorf("%d records, want %d", len(got), len(ids))
		}
		if n := len(org.seen(retrieveRoute)); n != 4 {
			t.Errorf("%d calls, want 3 and one that was repeated", n)
		}
	})
}

// echoRecords answers a retrieve with a record for every id.
func echoRecords(w http.ResponseWriter, x exchange) {
	var asked struct {
		IDs []string `json:"ids"`
	}
	_ = json.Unmarshal([]byte(x.Body), &asked)
	records := make([]map[string]string, 0, len(asked.IDs))
	for _, id := range asked.IDs {
		records = append(records, map[string]string{"Id": id})
	}
	body, _ := json.Marshal(records) //nolint:errchkjson // texts can't fail to marshal
	reply(w, 200, string(body))
}

func TestRetrieveDoubtsAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ body, says string }{
		"one less":     {`[]`, "0 answers came for 1 ids"},
		"other record": {`[{"Title":"x","Id":"` + contactB + `"}]`, contactB},
		"no field":     {`[{"Id":"` + contactA + `"}]`, "no member Title"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newOrg(t, map[string]handler{retrieveRoute: answer(200, tc.body)}).client(nil).Retrieve(t.Context(), "Contact", []string{contactA}, []string{"Title"})
			wantError(t, err, salesforce.CodeUnexpectedAnswer, tc.says)
		})
	}
	_, err := newOrg(t, nil).client(nil).Retrieve(t.Context(), "Contact", []string{"003"}, []string{"Title"})
	wantError(t, err, salesforce.CodeInvalidRequest, `"003"`)
	_, err = newOrg(t, nil).client(nil).Retrieve(t.Context(), "Contact", []string{contactA}, nil)
	wantError(t, err, salesforce.CodeInvalidRequest, "no fields")
}

func TestOrgOfTheSession(t *testing.T) {
	t.Parallel()
	org := newOrg(t, nil)
	client := org.client(nil)
	for range 2 {
		got, err := client.Org(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(salesforce.Org{OrgID: orgID, UserID: userID, Instance: "https://" + host}, got); diff != "" {
			t.Error(diff)
		}
	}
	if n := client.Usage().Calls; n != 0 || len(org.seen("POST /services/oauth2/token")) != 1 {
		t.Errorf("%d calls were counted", n)
	}
}

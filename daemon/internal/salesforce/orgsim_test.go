package salesforce_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// simulated is a client of a simulated org that holds some contacts.
type simulated struct {
	*salesforce.Client
	org *orgsim.Org
	ids []string
}

// simulate starts an org with n contacts.
func simulate(t *testing.T, config orgsim.Config, n int) *simulated {
	t.Helper()
	org, err := orgsim.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(org.Close)
	s := &simulated{org: org}
	for i := range n {
		id, err := org.Insert("Contact", map[string]string{"LastName": fmt.Sprintf("Doe %d", i), "Email": fmt.Sprintf("user%d@acme.example", i)})
		if err != nil {
			t.Fatal(err)
		}
		s.ids = append(s.ids, id)
	}
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	s.Client, err = salesforce.New(salesforce.Config{
		LoginURL: server.URL, ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestOrgLogin(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{Sandbox: true}, 0)
	got, err := s.Login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.OrganizationID != s.org.ID() || got.Username != orgsim.DefaultSandboxUsername || !got.IsSandbox {
		t.Errorf("identity %+v of org %s", got, s.org.ID())
	}
	wrong, err := salesforce.New(salesforce.Config{LoginURL: got.InstanceURL, ClientID: orgsim.DefaultClientID, ClientSecret: "wrong"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wrong.Close)
	if _, err := wrong.Login(t.Context()); !salesforce.IsCredentials(err) {
		t.Errorf("a wrong secret gave %v", err)
	}
}

func TestOrgWithoutRunAsUser(t *testing.T) {
	t.Parallel()
	_, err := simulate(t, orgsim.Config{NoRunAsUser: true}, 0).Login(t.Context())
	wantError(t, err, "invalid_grant", "run-as user")
}

func TestOrgDescribe(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{}, 0)
	objects, err := s.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(objects, func(o salesforce.ObjectSummary) bool { return o.Name == "Contact" && o.Updateable }) {
		t.Errorf("no Contact among %+v", objects)
	}
	contact, err := s.Describe(t.Context(), "contact")
	if err != nil {
		t.Fatal(err)
	}
	email, ok := contact.Field("email")
	if !ok || email.Type != salesforce.TypeEmail || email.Length == 0 || !email.Updateable {
		t.Errorf("Email is %+v", email)
	}
	if _, err := s.Describe(t.Context(), "Nope__c"); !salesforce.IsNotFound(err) {
		t.Errorf("an unknown object gave %v", err)
	}
	limits, err := s.Limits(t.Context())
	if err != nil || limits["DailyApiRequests"].Max == 0 {
		t.Errorf("limits %v, %v", limits, err)
	}
}

func TestOrgReadsAgree(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{PageSize: 200, BulkPageRows: 120, Seed: 7}, 701)
	columns := []string{"Id", "email", "LastName", "Title"}
	const soql = "SELECT Id, Email, LastName, Title FROM Contact WHERE LastName LIKE 'Doe %'"
	byREST, err := collect(s.Query(t.Context(), soql, columns))
	if err != nil {
		t.Fatal(err)
	}
	byBulk, err := collect(bulkQuery(t.Context(), s.Client, soql, columns))
	if err != nil {
		t.Fatal(err)
	}
	byID := func(a, b []string) int { return strings.Compare(a[0], b[0]) }
	slices.SortFunc(byREST, byID)
	slices.SortFunc(byBulk, byID)
	if diff := cmp.Diff(byREST, byBulk); diff != "" {
		t.Errorf("REST and Bulk differ:\n%s", diff)
	}
	n, err := s.Count(t.Context(), "SELECT COUNT() FROM Contact")
	if err != nil || n != 701 || len(byREST) != 701 {
		t.Errorf("%d counted, %d read, %v; want 701", n, len(byREST), err)
	}
	if calls := s.org.Journal().Calls(); int64(calls) != s.Usage().Calls {
		t.Errorf("the client counts %d calls and the org %d", s.Usage().Calls, calls)
	}
	_, err = collect(s.Query(t.Context(), "SELECT Nope FROM Contact", []string{"Nope"}))
	wantError(t, err, salesforce.CodeInvalidField, "Nope")
	_, err = collect(bulkQuery(t.Context(), s.Client, "SELECT Nope FROM Contact", []string{"Nope"}))
	if asError(err) == nil {
		t.Errorf("a Bulk query of an unknown field gave %v", err)
	}
}

func TestOrgKeysSurviveQuoting(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{}, 0)
	for _, name := range []string{`O'Neil`, `back\slash`, `"quoted"`, "per%cent_", "Zoë 中 🙂", "a+b&c=d#e"} {
		id, err := s.org.Insert("Contact", map[string]string{"LastName": name})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := collect(s.Query(t.Context(), "SELECT Id, LastName FROM Contact WHERE LastName = "+salesforce.QuoteSOQL(name), []string{"Id", "LastName"}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]string{{id, name}}, rows); diff != "" {
			t.Errorf("%q:\n%s", name, diff)
		}
	}
}

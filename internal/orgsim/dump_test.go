package orgsim_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// dump is the org's dump as its control endpoint gives it.
func (b *testBundle) dump(history bool) string {
	b.t.Helper()
	return b.get("/orgsim/dump?history=" + strconv.FormatBool(history)).want(http.StatusOK).body
}

// lived is an org in which things have happened.
func lived(t *testing.T, config orgsim.Config) *testBundle {
	t.Helper()
	b := setup(t, config)
	account := b.make("Account", map[string]string{"Name": "Acme"})
	kept := b.insert(map[string]string{"AccountId": account, "Secret__c": "quiet", "Title": "a \"quoted\"\n<title>\u2028"})
	b.do(http.MethodPatch, data+"/sobjects/Contact/"+kept, `{"Title":"Boss"}`).want(http.StatusNoContent)
	gone := b.insert(nil)
	b.do(http.MethodDelete, data+"/sobjects/Contact/"+gone, nil).want(http.StatusNoContent)
	b.ingest("insert", upload(3))
	b.make("Customer__c", map[string]string{"Name": "One", "Customer_Id__c": "1"})
	return b
}

func TestDumpIsRestored(t *testing.T) {
	t.Parallel()
	config := orgsim.Config{
		Seed: 7, Sandbox: true, Now: newClock().now,
		Users: []orgsim.User{{Username: "ada@acme.example", LastName: "Ada", Email: "ada@acme.example", Password: "secret"}},
	}
	b := lived(t, config)
	for _, history := range []bool{false, true} {
		want := b.dump(history)
		restored, err := orgsim.Restore(orgsim.Config{Now: config.Now}, strings.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(restored.Close)
		var got bytes.Buffer
		if err := restored.Dump(&got, history); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got.String(), "\n")); diff != "" {
			t.Errorf("history %t (-dump +dump of the restored):\n%s", history, diff)
		}
		if restored.ID() != b.org.ID() {
			t.Errorf("the org is %s, not %s", restored.ID(), b.org.ID())
		}
		for record := range b.org.Records("Contact") {
			writes := b.org.History("Contact", record["Id"])
			if !history {
				writes = nil
			}
			if diff := cmp.Diff(writes, restored.History("Contact", record["Id"])); diff != "" {
				t.Errorf("history of %s: %s", record["Id"], diff)
			}
		}
	}
}

// A restored org goes on where the dumped one stopped: ids, indexes, unique
// values, sessions of its own.
func TestRestoredOrgGoesOn(t *testing.T) {
	t.Parallel()
	b := lived(t, orgsim.Config{Seed: 7})
	restored, err := orgsim.Restore(orgsim.Config{}, strings.NewReader(b.dump(false)))
	if err != nil {
		t.Fatal(err)
	}
	b.org.Close()
	t.Cleanup(restored.Close)
	next := b.insert(map[string]string{"LastName": "Next"})
	b.org, b.server.Config.Handler = restored, restored
	b.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
	b.login()
	if id := b.insert(map[string]string{"LastName": "Next"}); id != next {
		t.Errorf("the next contact is %s, want %s", id, next)
	}
	if rows := b.rows("SELECT Id, Title FROM Contact WHERE Account.Name = 'Acme'"); len(rows) != 1 || rows[0]["Title"] != "Boss" {
		t.Errorf("got %v", rows)
	}
	b.query("SELECT Secret__c FROM Contact").refused(http.StatusBadRequest, "INVALID_FIELD")
	if job := b.ingest("insert", upload(2)); job.Processed != 2 || job.Failed != 0 {
		t.Errorf("job %+v", job)
	}
}

// Fields that were made and deleted while the org ran, and who may see them, are
// part of the dump.
func TestDumpHoldsTheSchemaOfNow(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Now: newClock().now})
	kept := b.insert(nil)
	var field struct {
		ID string `json:"id"`
	}
	tooling := data + "/tooling/sobjects/CustomField"
	for _, name := range []string{"Gone__c", "Late__c"} {
		body := `{"FullName":"Contact.` + name + `","Metadata":{"label":"L","type":"Text","length":20}}`
		b.do(http.MethodPost, tooling, body).want(http.StatusCreated).decode(&field)
		if name == "Gone__c" {
			b.do(http.MethodDelete, tooling+"/"+field.ID, nil).want(http.StatusNoContent)
		}
	}
	set := b.make("PermissionSet", map[string]string{"Name": "All", "Label": "All"})
	b.make("FieldPermissions", map[string]string{
		"ParentId": set, "SobjectType": "Contact", "Field": "Contact.Late__c", "PermissionsRead": "true", "PermissionsEdit": "true",
	})
	users, err := b.org.Query("SELECT Id FROM User")
	if err != nil {
		t.Fatal(err)
	}
	b.make("PermissionSetAssignment", map[string]string{"PermissionSetId": set, "AssigneeId": users[0]["Id"]})
	b.do(http.MethodPatch, data+"/sobjects/Contact/"+kept, `{"Late__c":"x"}`).want(http.StatusNoContent)

	want := b.dump(true)
	restored, err := orgsim.Restore(orgsim.Config{Now: newClock().now}, strings.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(restored.Close)
	b.server.Config.Handler = restored
	if got := b.dump(true); got != want {
		t.Errorf("(-dump +dump of the restored):\n%s", cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
	}
	b.login()
	if rows := b.rows("SELECT Late__c FROM Contact"); len(rows) != 1 || rows[0]["Late__c"] != "x" {
		t.Errorf("got %v", rows)
	}
	b.query("SELECT Gone__c FROM Contact").refused(http.StatusBadRequest, "INVALID_FIELD")
}

func TestBrokenDumpsAreRefused(t *testing.T) {
	t.Parallel()
	b := lived(t, orgsim.Config{})
	whole := strings.SplitAfter(b.dump(true), "\n")
	whole = whole[:len(whole)-1]
	for name, test := range map[string]struct{ text, want string }{
		"empty":           {"", "line 1: unexpected EOF"},
		"another file":    {`{"records":[]}`, "not a dump of an orgsim"},
		"another version": {strings.Replace(strings.Join(whole, ""), `"orgsim_dump":1`, `"orgsim_dump":2`, 1), "another version than 1"},
		"head alone":      {whole[0], "line 2: unexpected EOF"},
		"cut":             {strings.Join(whole[:len(whole)-1], ""), "unexpected EOF"},
		"a line missing":  {strings.Join(append(whole[:3:3], whole[4:]...), ""), "line 4: the next record of "},
		"no record's id":  {strings.Replace(strings.Join(whole, ""), `"LastName":"Doe"`, `"LastNam":"Doe"`, 1), "field LastNam does not exist"},
		"more after it":   {strings.Join(whole, "") + whole[3], "it goes on after its last line"},
		"a foreign line":  {strings.Join(whole[:2], "") + "{}\n", "neither record, state, history nor end"},
	} {
		org, err := orgsim.Restore(orgsim.Config{}, strings.NewReader(test.text))
		if err == nil {
			org.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

func TestControlLoad(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var got orgsim.LoadAnswer
	b.do(http.MethodPost, "/orgsim/load?object=Contact", "LastName,Title\nA,x\nB,\n", "Content-Type", "text/csv").want(http.StatusOK).decode(&got)
	if got.Loaded != 2 || len(b.rows("SELECT Id FROM Contact WHERE Title = 'x'")) != 1 {
		t.Errorf("answer %+v", got)
	}
	b.do(http.MethodPost, "/orgsim/load?object=Contact", "LastName,Email\nA,\nB,nonsense\n").want(http.StatusBadRequest).decode(&got)
	if got.Loaded != 1 || !strings.Contains(got.Error, "line 3: INVALID_EMAIL_ADDRESS") {
		t.Errorf("answer %+v", got)
	}
	b.do(http.MethodPost, "/orgsim/load?object=Nope", "Name\n").want(http.StatusBadRequest).decode(&got)
	if !strings.Contains(got.Error, "no object of that name: Nope") {
		t.Errorf("answer %+v", got)
	}
	if calls := b.org.Journal().Calls(); calls != 1 {
		t.Errorf("%d calls, want the query's", calls)
	}
}

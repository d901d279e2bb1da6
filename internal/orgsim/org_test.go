package orgsim_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func TestLoadCSV(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	n, err := b.org.LoadCSV("contact", strings.NewReader("\ufeffLastName,Email,Flag__c,Secret__c,Status__c\r\nDoe,ANN@x.example,true,s,\r\n\"Roe, \"\"B\"\"\",,,,New\r\n"))
	if n != 2 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	records := slices.Collect(b.org.Records("Contact"))
	if records[0]["Email"] != "ann@x.example" || records[0]["Flag__c"] != "true" || records[0]["Secret__c"] != "s" ||
		records[1]["LastName"] != `Roe, "B"` || records[1]["Flag__c"] != "false" || records[1]["Status__c"] != "New" {
		t.Errorf("records %v", records)
	}
	if b.org.Writes("Contact") != 0 || len(b.org.History("Contact", records[0]["Id"])) != 0 {
		t.Error("loading counts as writing")
	}
}

func TestLoadCSVMistakes(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for text, want := range map[string]string{
		"":                                      "the file is empty: its first line must hold the API names",
		"Id,LastName\n003000000000001,Doe\n":    "line 1: column 1: Id cannot be loaded: the org gives new records ids of its own; dump and serve --restore keep ids",
		"LastName,lastname\nDoe,Roe\n":          "line 1: column 2: lastname stands there twice",
		"LastName,Name\nDoe,x\n":                "line 1: column 2: Name cannot be loaded: it is made of other fields",
		"LastName,MailingAddress\nDoe,x\n":      "line 1: column 2: MailingAddress cannot be loaded: it is made of",
		"LastName,IsDeleted\nDoe,true\n":        "line 1: column 2: IsDeleted cannot be loaded: the org keeps it itself",
		"LastName,Email\nDoe,\nD\xffe,\n":       "line 3: LastName: the text is not UTF-8",
		"LastName\xff\nDoe\n":                   `line 1: column 1: the name "LastName\xff" is not UTF-8`,
		"LastName,Nope\nDoe,x\n":                "column 2: INVALID_FIELD: No such column 'Nope' on sobject of type Contact",
		"LastName,Email\nDoe,\n\"a\nb\",bad\n":  "line 3: INVALID_EMAIL_ADDRESS: Email: invalid email address: bad",
		"LastName,Number__c\nDoe,1\nRoe,many\n": "line 3: INVALID_FIELD: Failed to deserialize field at col 1. Due to, 'many' is not a valid value for the type xsd:double",
		"LastName,Email\nDoe\n":                 "record on line 2: wrong number of fields",
		"Email\na@x.example\n":                  "line 2: REQUIRED_FIELD_MISSING: Required fields are missing: [LastName]",
	} {
		if _, err := b.org.LoadCSV("Contact", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	for _, object := range []string{"Nope", "Organization", "entitydefinition"} {
		if _, err := b.org.LoadCSV(object, strings.NewReader("Name\nx\n")); err == nil {
			t.Errorf("%s was loaded", object)
		}
	}
}

func TestInProcessCalls(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(map[string]string{"Flag__c": "true", "Number__c": "1.50"})
	for name, err := range map[string]error{
		"unknown object":  second(b.org.Insert("Nope", nil)),
		"unknown field":   second(b.org.Insert("Contact", map[string]string{"Nope": "x"})),
		"an id":           second(b.org.Insert("Contact", map[string]string{"LastName": "x", "Id": "003000000000001AAA"})),
		"missing field":   second(b.org.Insert("Contact", nil)),
		"no number":       b.org.Update("Contact", id, map[string]string{"Number__c": "x"}),
		"no checkbox":     b.org.Update("Contact", id, map[string]string{"Flag__c": ""}),
		"no record":       b.org.Delete("Contact", "003000000000000AAA"),
		"no query":        second(b.org.Query("SELECT")),
		"an unsafe query": second(b.org.Query("SELECT Nope FROM Contact")),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	found, err := b.org.Query("SELECT Id, Number__c, Email FROM Contact WHERE Flag__c = true")
	if err != nil || len(found) != 1 || found[0]["Id"] != id || found[0]["Number__c"] != "1.5" || len(found[0]) != 2 {
		t.Errorf("found %v, %v", found, err)
	}
	if err := b.org.Delete("Contact", id[:15]); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.org.Record("Contact", id); ok || len(slices.Collect(b.org.Records("Contact"))) != 0 {
		t.Error("the record is still there")
	}
	if n := b.org.Journal().Calls(); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func second[T any](_ T, err error) error { return err }

func TestNewRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]orgsim.Config{
		"a user without name":    {Users: []orgsim.User{{Username: "x"}}},
		"two users of one name":  {Users: []orgsim.User{{Username: "x", LastName: "X", Email: "x@x.example"}, {Username: "X", LastName: "X", Email: "x@x.example"}}},
		"a default of no number": {Schema: with(t, schema.Field{Name: "X__c", Type: schema.Number, Default: "many"})},
		"a reference to nothing": {Schema: with(t, schema.Field{Name: "X__c", Type: schema.Reference, ReferenceTo: []string{"Nope"}})},
	} {
		if org, err := orgsim.New(config); err == nil {
			org.Close()
			t.Errorf("%s was taken", name)
		}
	}
}

func with(t *testing.T, f schema.Field) *schema.Schema {
	t.Helper()
	s := schema.Standard()
	if err := s.Add(schema.Object{Name: "Contact", Fields: []schema.Field{f}}); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestServer(t *testing.T) {
	t.Parallel()
	org, err := orgsim.New(orgsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := orgsim.Start(org, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL()+"/services/data", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("got %v, %v", response, err)
	}
	response.Body.Close()
	for range 2 {
		if err := server.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := orgsim.Start(org, "no address"); err == nil {
		t.Error("an org that was closed listens at no address")
	}
}

// Everything at once: what the race detector finds is the point, and that all
// counts agree in the end.
func TestParallelLoad(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{PageSize: 50})
	const workers, rounds = 8, 6
	var ids []string
	for n := range workers {
		ids = append(ids, b.insert(map[string]string{"LastName": strconv.Itoa(n)}))
	}
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for round := range rounds {
				text := strconv.Itoa(worker) + "-" + strconv.Itoa(round)
				b.do(http.MethodPatch, data+"/composite/sobjects", `{"records":[`+contact(`"Id":"`+ids[worker]+`","Title":"`+text+`"`)+`,`+contact(`"Id":"`+ids[(worker+1)%workers]+`","Department":"`+text+`"`)+`]}`).want(http.StatusOK)
				b.query("SELECT Id, Title, Department FROM Contact WHERE LastName IN ('1','2') OR Title != null ORDER BY Title").want(http.StatusOK)
				b.ingest("insert", "LastName,Key__c\n"+text+","+text+"\n")
				b.get(jobs).want(http.StatusOK)
				b.bulkQuery("SELECT Id FROM Contact WHERE Key__c = '" + text + "'")
				b.get("/orgsim/journal").want(http.StatusOK)
			}
		})
	}
	all.Wait()
	if n := b.org.Writes("Contact"); n != workers*rounds*3 {
		t.Errorf("%d writes, want %d", n, workers*rounds*3)
	}
	calls := 0
	for _, e := range b.org.Journal().Entries() {
		calls += e.Calls
	}
	if total := b.org.Journal().Calls(); total != calls {
		t.Errorf("%d calls in sum, %d one by one", total, calls)
	}
}

// The sample reports, where they are beside this checkout, load as they are.
func TestLoadSampleContacts(t *testing.T) {
	t.Parallel()
	file := sample(t, "contacts.csv")
	b := setup(t, orgsim.Config{Schema: with(t, schema.Field{Name: "WalkMe_User_Id__c", Type: schema.Text, Length: 80, ExternalID: true})})
	n, err := b.org.LoadCSV("Contact", file)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.query("SELECT COUNT() FROM Contact").body; got != `{"totalSize":`+strconv.Itoa(n)+`,"done":true,"records":[]}` || n < 1_000 {
		t.Errorf("%d loaded, %s counted", n, got)
	}
	if rows := b.rows("SELECT Id FROM Contact WHERE Email = 'SOREN.kowalski0@umbrella.example'"); len(rows) != 2 {
		t.Errorf("%d contacts have the address, want 2", len(rows))
	}
}

// sample opens one of the sample reports, or skips the test.
func sample(t *testing.T, name string) *os.File {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if file, err := os.Open(filepath.Join(dir, "..", "shared", "reports", name)); err == nil {
			t.Cleanup(func() { _ = file.Close() })
			return file
		}
		dir = filepath.Dir(dir)
	}
	t.Skipf("the sample report %s is not beside this checkout", name)
	return nil
}

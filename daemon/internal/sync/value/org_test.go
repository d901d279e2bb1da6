package value_test

import (
	"cmp"
	"fmt"
	"iter"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// orgSchema has a custom field of each type that the simulated org knows.
const orgSchema = `
object "Contact" {
  field "Text__c" {
    type   = "text"
    length = 20
  }
  field "Area__c" {
    type   = "textarea"
    length = 200
  }
  field "Mail__c" { type = "email" }
  field "Number__c" {
    type      = "number"
    precision = 12
    scale     = 2
  }
  field "Small__c" {
    type      = "number"
    precision = 4
    scale     = 4
  }
  field "Price__c" {
    type  = "currency"
    scale = 2
  }
  field "Share__c" {
    type  = "percent"
    scale = 1
  }
  field "Flag__c" { type = "checkbox" }
  field "Day__c" { type = "date" }
  field "Moment__c" { type = "datetime" }
  field "Clock__c" { type = "time" }
  field "Status__c" {
    type       = "picklist"
    values     = ["In Progress", "a", "1"]
    restricted = true
  }
  field "Open__c" {
    type   = "picklist"
    values = ["In Progress"]
  }
  field "Tags__c" {
    type   = "multipicklist"
    values = ["b", "a", "Z"]
  }
  field "Site__c" { type = "url" }
  field "Ring__c" { type = "phone" }
  field "Key__c" {
    type        = "text"
    length      = 30
    external_id = true
    unique      = true
  }
  field "Exact__c" {
    type           = "text"
    length         = 30
    external_id    = true
    unique         = true
    case_sensitive = true
  }
  field "Loose__c" {
    type        = "text"
    length      = 30
    external_id = true
  }
}`

// live is a client of a simulated org, and the object that it describes.
type live struct {
	*salesforce.Client
	contact *salesforce.Object
}

func connect(t *testing.T) *live {
	t.Helper()
	parsed, err := schema.Parse("org.hcl", []byte(orgSchema))
	if err != nil {
		t.Fatal(err)
	}
	org, err := orgsim.New(orgsim.Config{Schema: parsed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(org.Close)
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	client, err := salesforce.New(salesforce.Config{LoginURL: server.URL, ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	contact, err := client.Describe(t.Context(), "Contact")
	if err != nil {
		t.Fatal(err)
	}
	return &live{client, contact}
}

func (l *live) field(t *testing.T, name string) salesforce.Field {
	t.Helper()
	f, ok := l.contact.Field(name)
	if !ok {
		t.Fatalf("the org shows no field %s", name)
	}
	return f
}

// insert creates a contact for each value of a field and returns Salesforce's answers.
func (l *live) insert(t *testing.T, field string, values []salesforce.Value) []salesforce.RowResult {
	t.Helper()
	var answers []salesforce.RowResult
	for chunk := range slices.Chunk(values, salesforce.MaxCollectionRows) {
		batch := salesforce.Batch{Object: "Contact", Columns: []string{"LastName", field}}
		for _, v := range chunk {
			batch.Rows = append(batch.Rows, salesforce.Row{Values: []salesforce.Value{salesforce.Text("Doe"), v}})
		}
		results, err := l.WriteCollection(t.Context(), salesforce.CollectionRequest{Operation: salesforce.OperationInsert}, batch)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, results...)
	}
	return answers
}

// byID reads the rows of a query for an id and a field.
func byID(t *testing.T, rows iter.Seq2[[]string, error]) map[string]string {
	t.Helper()
	found := map[string]string{}
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		found[strings.Clone(row[0])] = strings.Clone(row[1])
	}
	return found
}

// cellsOf are cells of every kind, the same in each run.
func cellsOf(n int) []string {
	cells := []string{
		"", " ", "5", "5.0", "-0.25", "12345678.9", "0.0001", "1e3", "a;b;Z", "Z; b", "yes", "0", "2026-05-01", "2026-05-01 07:25:37.836030",
		"1700-01-01T00:00:00Z", "Ann.O'Hara+x@Example.COM", "äöü", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", "\u00a0x\u00a0", "a\r\nb", "In Progress", "+49 (30) 123", "https://acme.example/?q=ä",
		"001000000000001", "<b>bold</b> & \"quoted\"", "#N/A", "17:30", "17:30:00.5", "23:59:59.999Z", "00:00:00", "0005", "1000000000.55",
	}
	generator := rapid.Custom(anyCell)
	for seed := range n {
		cells = append(cells, generator.Example(seed))
	}
	return cells
}

// What is written comes back equal, by REST and by Bulk, from an org that was written without knowledge of this package
// (invariant 8).
func TestOrgReadsBackEqual(t *testing.T) {
	t.Parallel()
	l := connect(t)
	cells := cellsOf(150)
	for _, name := range []string{
		"Text__c", "Area__c", "Mail__c", "Number__c", "Small__c", "Price__c", "Share__c", "Flag__c", "Day__c", "Moment__c", "Clock__c", "Status__c",
		"Open__c", "Tags__c", "Site__c", "Ring__c", "Loose__c",
	} {
		f := form(t, l.field(t, name), value.Options{Zone: zone(t, "Europe/Berlin")})
		var sent []string
		var values []salesforce.Value
		for _, text := range cells {
			canonical, err := f.FromReport(text)
			if err != nil {
				continue
			}
			sent = append(sent, cmp.Or(canonical, f.Null()))
			values = append(values, f.Value(canonical))
		}
		answers := l.insert(t, name, values)
		columns := []string{"Id", name}
		soql := fmt.Sprintf("SELECT Id, %s FROM Contact WHERE Id != null", name)
		job, err := l.CreateQueryJob(t.Context(), soql)
		if err != nil {
			t.Fatal(err)
		}
		rest, bulk := byID(t, l.Query(t.Context(), soql, columns)), byID(t, rowsOf(job.Batches(t.Context(), columns)))
		job.Remove(t.Context())
		accepted := 0
		for i, answer := range answers {
			switch {
			case !answer.Success && f.Type == salesforce.TypeEmail && answer.Errors[0].Code == "INVALID_EMAIL_ADDRESS":
				// Which letters and signs an address may have is left to Salesforce.
			case !answer.Success:
				t.Errorf("%s: the org refuses %q: %v", name, sent[i], answer.Errors)
			case f.FromOrg(rest[answer.ID]) != sent[i]:
				t.Errorf("%s: sent %q, REST shows %q", name, sent[i], rest[answer.ID])
			case f.FromOrg(bulk[answer.ID]) != sent[i]:
				t.Errorf("%s: sent %q, Bulk shows %q", name, sent[i], bulk[answer.ID])
			default:
				accepted++
			}
		}
		if accepted < 4 {
			t.Errorf("%s: only %d of %d cells were written, which proves little", name, accepted, len(cells))
		}
	}
}

// rowsOf yields the rows of batches.
func rowsOf(batches iter.Seq2[*salesforce.RecordBatch, error]) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for batch, err := range batches {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range batch.Len() {
				if !yield(batch.Row(i, nil), nil) {
					return
				}
			}
		}
	}
}

// What is refused before it is sent would have been refused by the org: no writable row is lost.
func TestOrgRefusesWhatIsRefused(t *testing.T) {
	t.Parallel()
	l := connect(t)
	cells := append(cellsOf(100), manySelections(101), strings.Repeat("x", 256), strings.Repeat("🙂", 20)+"x")
	for _, name := range []string{"Text__c", "Area__c", "Mail__c", "Status__c", "Open__c", "Tags__c", "Site__c", "Ring__c", "AccountId"} {
		f := form(t, l.field(t, name), value.Options{})
		var refused []salesforce.Value
		for _, text := range cells {
			if _, err := f.FromReport(text); err != nil && !strings.Contains(text, "\x00") {
				refused = append(refused, salesforce.Text(text))
			}
		}
		if len(refused) == 0 {
			t.Errorf("%s: no cell was refused, which proves nothing", name)
		}
		for i, answer := range l.insert(t, name, refused) {
			if answer.Success {
				t.Errorf("%s: the org takes %q", name, refused[i])
			}
		}
	}
}

// Keys are the same exactly when the org's own search takes them for the same, and its upsert, whichever is used.
func TestOrgComparesKeysAlike(t *testing.T) {
	t.Parallel()
	l := connect(t)
	stored := []string{"abc", "O'Neil", `back\slash`, "Zoë 中 🙂", "été", "42"}
	searched := []string{"abc", "ABC", "aBc", "abd", "o'neil", `BACK\slash`, "zoë 中 🙂", "ZOË 中 🙂", "Zoe 中 🙂", "ÉTÉ", "ete", "42", "42.0"}
	for _, name := range []string{"Key__c", "Exact__c", "Loose__c"} {
		field := l.field(t, name)
		var values []salesforce.Value
		for _, s := range stored {
			values = append(values, salesforce.Text(s))
		}
		for i, answer := range l.insert(t, name, values) {
			if !answer.Success {
				t.Fatalf("%s %q: %v", name, stored[i], answer.Errors)
			}
		}
		find, err := value.NewKey(l.contact, field, value.KeyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		upsert, err := value.NewKey(l.contact, field, value.KeyOptions{Operation: reportsync.OperationUpsert})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range searched {
			row, err := find.FromReport(text)
			if err != nil {
				t.Fatal(err)
			}
			soql := fmt.Sprintf("SELECT Id, %s FROM Contact WHERE %s = %s", name, name, find.Literal(row))
			found := byID(t, l.Query(t.Context(), soql, []string{"Id", name}))
			if want := count(stored, func(s string) bool { return find.FromOrg(s) == find.Fold(row) }); len(found) != want {
				t.Errorf("%s: the org finds %d records by %q, want %d", name, len(found), text, want)
			}
		}
		for _, text := range searched {
			want := count(stored, func(s string) bool { return upsert.FromOrg(s) == upsert.Fold(text) })
			request := salesforce.CollectionRequest{Operation: salesforce.OperationUpsert, ExternalIDField: name}
			results, err := l.WriteCollection(t.Context(), request, salesforce.Batch{
				Object: "Contact", Columns: []string{"LastName", name},
				Rows: []salesforce.Row{{Values: []salesforce.Value{salesforce.Text("Doe"), upsert.Value(text)}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if created := results[0].Created; !results[0].Success || created != (want == 0) {
				t.Errorf("%s: an upsert by %q creates a record: %t, with %d that have the key (%v)", name, text, created, want, results[0].Errors)
			}
			if results[0].Created {
				stored = append(stored, text)
			}
		}
		stored = stored[:6]
	}
}

func count(texts []string, has func(string) bool) int {
	n := 0
	for _, s := range texts {
		if has(s) {
			n++
		}
	}
	return n
}

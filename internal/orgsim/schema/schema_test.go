package schema_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func TestHCLAndJSONAgree(t *testing.T) {
	t.Parallel()
	hcl, err := schema.Parse("org.hcl", []byte(`
object "Order__c" {
  label = "Order"
  field "Name" {
    type   = "autonumber"
    format = "O-{000}"
  }
  field "Total__c" {
    type      = "number"
    precision = 10
    scale     = 2
  }
}`))
	if err != nil {
		t.Fatal(err)
	}
	json, err := schema.Parse("org.json", []byte(`{"object": {"Order__c": {"label": "Order", "field": {
		"Name": {"type": "autonumber", "format": "O-{000}"},
		"Total__c": {"type": "number", "precision": 10, "scale": 2}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var described [2][]string
	for i, s := range []*schema.Schema{hcl, json} {
		order, ok := s.Object("order__C")
		if !ok || order.KeyPrefix != "a00" || order.LabelPlural != "Orders" {
			t.Fatalf("got %+v", order)
		}
		for f := range order.Fields {
			described[i] = append(described[i], order.Fields[f].Name+" "+order.Fields[f].WireType())
		}
	}
	if diff := cmp.Diff(described[0], described[1]); diff != "" {
		t.Error(diff)
	}
	if text := strings.Join(described[0], ","); strings.Count(text, "Name ") != 1 || !strings.Contains(text, "Total__c double") {
		t.Errorf("fields %s", text)
	}
}

// Each file under testdata/mistakes holds one mistake; its first line says what
// the error must say.
func TestMistakes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/mistakes/*")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		want := strings.TrimPrefix(first, "# ")
		if _, err := schema.Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
	if _, err := schema.Load("testdata/none.hcl"); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestAddLeavesTheSchemaAloneOnMistakes(t *testing.T) {
	t.Parallel()
	s := schema.Standard()
	err := s.Add(schema.Object{Name: "Contact", Fields: []schema.Field{{Name: "Good__c", Type: schema.Text}, {Name: "Bad__c", Type: "blob"}}})
	if err == nil {
		t.Fatal("the type blob was taken")
	}
	contact, _ := s.Object("Contact")
	if _, ok := contact.Field("Good__c"); ok {
		t.Error("half of the fields were added")
	}
}

func TestKeyPrefixesAreDistinct(t *testing.T) {
	t.Parallel()
	s := schema.Standard()
	for _, o := range s.Objects() {
		if len(o.KeyPrefix) != 3 {
			t.Errorf("%s has the key prefix %q", o.Name, o.KeyPrefix)
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	for i := range 70 {
		if err := s.Add(schema.Object{Name: "Thing" + strconv.Itoa(i) + "__c"}); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]string{}
	for _, o := range s.Objects() {
		if other, taken := seen[o.KeyPrefix]; taken {
			t.Errorf("%s and %s share %s", o.Name, other, o.KeyPrefix)
		}
		seen[o.KeyPrefix] = o.Name
	}
}

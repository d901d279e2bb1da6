package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// Through a lookup that may lead to a contact or a lead, a query sees what both
// have, under the name of an entity of its own.
func TestPolymorphicParents(t *testing.T) {
	t.Parallel()
	q := ask(t)
	contact := q.insert("Contact", map[string]string{"LastName": "Con", "Email": "con@x.example"})
	lead := q.insert("Lead", map[string]string{"LastName": "Led", "Company": "Acme", "Email": "led@x.example"})
	for subject, who := range map[string]string{"A": contact, "B": lead, "C": ""} {
		q.insert("Task", map[string]string{"Subject": subject, "WhoId": who})
	}
	result := q.run("SELECT Subject, Who.Name, Who.Id FROM Task ORDER BY Subject")
	who := result.Members()[1]
	var got []store.Parent
	for row := range 2 {
		parent, ok := result.Parent(row, &who)
		if _, id := result.Value(row, 2); !ok || id != parent.ID {
			t.Errorf("row %d: %+v %t %q", row, parent, ok, id)
		}
		got = append(got, parent)
	}
	want := []store.Parent{{Type: "Name", Object: "Contact", ID: contact}, {Type: "Name", Object: "Lead", ID: lead}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, ok := result.Parent(2, &who); ok {
		t.Error("a task without a lookup has a parent")
	}
	for condition, want := range map[string]string{
		"Who.Name = 'led'":                      "B",
		"Who.Type = 'contact'":                  "A",
		"Who.Type != 'Contact'":                 "B C",
		"Who.Type IN ('Lead','Account')":        "B",
		"Who.Type = null":                       "C",
		"Owner.Type = 'User' AND WhoId != null": "A B",
		"Who.Email LIKE '%@x.example'":          "A B",
		"Who.Name = null":                       "C",
		"Who.Id = '" + contact[:15] + "'":       "A",
		"WhoId IN ('" + lead + "')":             "B",
		"Who.LastName != 'Con'":                 "B C",
		"Who.Email = 'x' OR Subject LIKE '_'":   "A B C",
	} {
		if got := q.column("SELECT Subject FROM Task WHERE " + condition + " ORDER BY Subject"); got != want {
			t.Errorf("%s gave %q, want %q", condition, got, want)
		}
	}
	if got := q.column("SELECT Who.Name FROM Task ORDER BY Who.Name DESC NULLS LAST"); got != "Led Con -" {
		t.Errorf("ordered %q", got)
	}
	if got := q.column("SELECT Who.Type FROM Task ORDER BY Who.Type, Subject"); got != "- Contact Lead" {
		t.Errorf("types %q", got)
	}
	if _, sentence := q.refused("SELECT Owner.Type FROM Contact", store.Scope{}); !strings.HasPrefix(sentence, "No such column 'Type' on entity 'User'. ") {
		t.Errorf("the type of an owner that only users are: %q", sentence)
	}
	for _, field := range []string{"Company", "AccountId", "CreatedDate", "Ext__c", "Nope"} {
		if _, sentence := q.refused("SELECT Who."+field+" FROM Task", store.Scope{}); !strings.HasPrefix(sentence, "No such column '"+field+"' on entity 'Name'. ") {
			t.Errorf("Who.%s gave %q", field, sentence)
		}
	}
}

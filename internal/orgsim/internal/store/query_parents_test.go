package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// family is an org whose contacts have parents: C has none, D's is in the
// recycle bin, and accounts have owners.
func family(t *testing.T) *queried {
	t.Helper()
	q := ask(t)
	owner := q.insert("User", map[string]string{"Username": "ann@x.example", "LastName": "Ann", "Email": "ann@x.example"})
	acme := q.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "K1", "Flag__c": "true", "Score__c": "2.5", "OwnerId": owner, "Secret__c": "s"})
	zeta := q.insert("Account", map[string]string{"Name": "zeta", "Ext__c": "K2", "Score__c": "10", "OwnerId": owner, "ParentId": acme})
	gone := q.insert("Account", map[string]string{"Name": "Gone", "Ext__c": "K3", "OwnerId": owner})
	for name, account := range map[string]string{"A": zeta, "B": acme, "C": "", "D": gone} {
		q.insert("Contact", map[string]string{"LastName": name, "AccountId": account, "OwnerId": owner, "Ext__c": "c" + name})
	}
	q.remove(store.Delete, "Account", gone) // its contact goes with it
	q.insert("Contact", map[string]string{"LastName": "D", "OwnerId": owner, "Ext__c": "cD"})
	return q
}

func TestParentsInConditions(t *testing.T) {
	t.Parallel()
	q := family(t)
	for condition, want := range map[string]string{
		"Account.Name = 'ACME'":                         "B",
		"account.NAME IN ('acme','Zeta')":               "A B",
		"Account.Name != 'Acme'":                        "A C D",
		"NOT Account.Name = 'Acme'":                     "A C D",
		"Account.Name = null":                           "C D",
		"Account.Name LIKE 'z%'":                        "A",
		"Account.Score__c > 2.5":                        "A",
		"Account.Flag__c = true":                        "B",
		"Account.Flag__c = false":                       "A C D",
		"Account.Ext__c = 'k1'":                         "B",
		"Account.Ext__c IN ('K2','K3')":                 "A",
		"Account.CreatedDate = TODAY":                   "A B",
		"Owner.Email = 'ann@x.example'":                 "A B C D",
		"Owner.Username = 'ann@x.example'":              "A B C D",
		"Account.Ext__c = 'K1' OR Account.Ext__c='K2'":  "A B",
		"Account.Ext__c = 'K1' OR Ext__c = 'cC'":        "B C",
		"Account.Ext__c = 'K1' AND LastName = 'A'":      "",
		"Contact.LastName = 'A' AND Contact.Id != null": "A",
	} {
		text := "SELECT LastName FROM Contact WHERE " + condition
		if got := q.column(text + " ORDER BY LastName"); got != want {
			t.Errorf("%s gave %q, want %q", condition, got, want)
		}
		if got := q.column(scanned(text) + " ORDER BY LastName"); got != want {
			t.Errorf("%s, scanned, gave %q, want %q", condition, got, want)
		}
	}
	if got := q.column("SELECT c.Account.Name FROM Contact c WHERE c.Account.Ext__c = 'K2'"); got != "zeta" {
		t.Errorf("with an alias: %q", got)
	}
	if got := q.column("SELECT Parent.Name FROM Account ORDER BY Name"); got != "- Acme" {
		t.Errorf("an account's parent: %q", got)
	}
}

func TestParentsOrder(t *testing.T) {
	t.Parallel()
	q := family(t)
	for order, want := range map[string]string{
		"Account.Name, LastName":                      "C D B A",
		"Account.Name DESC NULLS LAST, LastName DESC": "A B D C",
		"Account.Score__c NULLS LAST, LastName":       "B A C D",
		"Owner.Name, Account.Flag__c DESC, LastName":  "C D B A",
	} {
		if got := q.column("SELECT LastName FROM Contact ORDER BY " + order); got != want {
			t.Errorf("ORDER BY %s gave %q, want %q", order, got, want)
		}
	}
}

func TestParentsInResults(t *testing.T) {
	t.Parallel()
	q := family(t)
	result := q.run("SELECT account.score__c, LastName, Owner.Id, Account.Name FROM Contact ORDER BY LastName")
	if diff := cmp.Diff([]string{"Account.Score__c", "LastName", "Owner.Id", "Account.Name"}, columns(result)); diff != "" {
		t.Error(diff)
	}
	members := result.Members()
	var shape []string
	for _, m := range members {
		shape = append(shape, m.Name)
	}
	if diff := cmp.Diff([]string{"Account", "LastName", "Owner"}, shape); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]int{{0, 3}, nil, {2}}, [][]int{members[0].Fields, members[1].Fields, members[2].Fields}); diff != "" {
		t.Error(diff)
	}
	parent, ok := result.Parent(1, &members[0])
	if _, name := result.Value(1, 3); !ok || parent.Type != "Account" || parent.Object != "Account" || parent.ID[:3] != "001" || name != "Acme" {
		t.Errorf("B's parent: %+v %t %q", parent, ok, name)
	}
	if f, text := result.Value(1, 0); f.Name != "Score__c" || text != "2.5" {
		t.Errorf("%s is %q", f.Name, text)
	}
	for row := 2; row < 4; row++ { // no parent
		if parent, ok := result.Parent(row, &members[0]); ok {
			t.Errorf("row %d has the parent %+v", row, parent)
		}
		if _, text := result.Value(row, 3); text != "" {
			t.Errorf("row %d has a parent called %q", row, text)
		}
	}
	all, err := q.db.Query("SELECT Account.Name FROM Contact WHERE LastName = 'D' AND IsDeleted = true", store.Scope{Deleted: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, text := all.Value(0, 0); text != "Gone" {
		t.Errorf("with the recycle bin the parent is %q", text)
	}
}

// What was deleted past the recycle bin is found by no query, neither itself nor
// as a parent.
func TestErasedRecordsAreGone(t *testing.T) {
	t.Parallel()
	q := family(t)
	q.remove(store.HardDelete, "Account", q.column("SELECT Id FROM Account WHERE Name = 'Acme'"))
	for _, scope := range []store.Scope{{}, {Deleted: true}} {
		for text, want := range map[string]int{
			"SELECT COUNT() FROM Account WHERE Name = 'Acme'":          0,
			"SELECT COUNT() FROM Account WHERE NOT Name != 'Acme'":     0,
			"SELECT COUNT() FROM Contact WHERE Account.Name = 'Acme'":  0,
			"SELECT COUNT() FROM Contact WHERE Account.Name LIKE 'A%'": 0,
		} {
			if result, err := q.db.Query(text, scope); err != nil || result.Total != want {
				t.Errorf("%s with %+v gave %+v, %v", text, scope, result, err)
			}
		}
	}
}

// What a query gave stays what it was, the parents too.
func TestParentsAreASnapshot(t *testing.T) {
	t.Parallel()
	q := family(t)
	result := q.run("SELECT Account.Name FROM Contact WHERE LastName = 'B'")
	account, _ := q.db.Schema().Object("Account")
	name, _ := account.Field("Name")
	parent, _ := result.Parent(0, &result.Members()[0])
	m := store.Mutation{Op: store.Update, Object: account, ID: parent.ID, Cells: []store.Cell{{Field: name, Text: "Other"}}}
	if outcome := q.db.Apply(store.Actor{}, true, []store.Mutation{m})[0]; outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	if _, text := result.Value(0, 0); text != "Acme" {
		t.Errorf("the parent became %q", text)
	}
}

func TestParentsRefused(t *testing.T) {
	t.Parallel()
	q := family(t)
	view := store.Scope{View: q.db.View("005000000000000AAA")}
	for text, want := range map[string]string{
		"SELECT Nope.Name FROM Contact":                             "Didn't understand relationship 'Nope' in field path. ",
		"SELECT AccountId.Name FROM Contact":                        "Didn't understand relationship 'AccountId' in field path. ",
		"SELECT Other__r.Name FROM Contact":                         "Didn't understand relationship 'Other__r' in field path. ",
		"SELECT Account.Nope FROM Contact":                          "No such column 'Nope' on entity 'Account'. ",
		"SELECT Account.Secret__c FROM Contact":                     "No such column 'Secret__c' on entity 'Account'. ",
		"SELECT Id FROM Contact WHERE Account.Secret__c = 's'":      "No such column 'Secret__c' on entity 'Account'. ",
		"SELECT Id FROM Contact ORDER BY Account.Secret__c":         "No such column 'Secret__c' on entity 'Account'. ",
		"SELECT Account.Owner.Name FROM Contact":                    "not supported by the simulated org: parents of parents: Account.Owner.Name",
		"SELECT Contact.Id FROM Contact c":                          "Didn't understand relationship 'Contact' in field path. ",
		"SELECT d.Id FROM Contact c":                                "Didn't understand relationship 'd' in field path. ",
		"SELECT Account.Name, ACCOUNT.name FROM Contact":            "duplicate field selected: Account.Name",
		"SELECT Id FROM Contact WHERE Account.Description = 'x'":    "field 'Description' can not be filtered in a query call",
		"SELECT Id FROM Contact ORDER BY Account.Description":       "field 'Description' can not be sorted in a query call",
		"SELECT Id FROM Contact WHERE Account.Score__c = 'x'":       "value of filter criterion for field 'Score__c' must be of type double and should not be enclosed in quotes",
		"SELECT COUNT(Account.Flag__c) FROM Contact":                "field Flag__c does not support aggregate operator COUNT",
		"SELECT Id FROM Contact WHERE Account.Name INCLUDES ('x')":  "invalid operator on string field",
		"SELECT Id FROM Contact WHERE Account.Name > LAST_N_DAYS:1": "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
	} {
		if _, sentence := q.refused(text, view); len(sentence) < len(want) || sentence[:len(want)] != want {
			t.Errorf("%s gave %q, want %q", text, sentence, want)
		}
	}
	if got := q.column("SELECT Account.Secret__c FROM Contact WHERE Account.Secret__c = 's'"); got != "s" {
		t.Errorf("an administrator sees %q", got)
	}
}

// A field of a parent is there for the user who was granted it, and so is the
// way up by a lookup.
func TestParentsGranted(t *testing.T) {
	t.Parallel()
	q := family(t)
	set := q.insert("PermissionSet", map[string]string{"Name": "Sync", "Label": "Sync"})
	q.insert("PermissionSetAssignment", map[string]string{"PermissionSetId": set, "AssigneeId": q.user})
	for field, text := range map[string]string{
		"Account.Secret__c": "SELECT Account.Secret__c FROM Contact WHERE Account.Secret__c = 's'",
		"Contact.Other__c":  "SELECT Other__r.Name FROM Contact",
	} {
		if _, err := q.db.Query(text, store.Scope{View: q.db.View(q.user)}); err == nil {
			t.Errorf("%s is there without a grant", field)
		}
		object, _, _ := strings.Cut(field, ".")
		q.insert("FieldPermissions", map[string]string{"ParentId": set, "SobjectType": object, "Field": field, "PermissionsRead": "true"})
		if _, err := q.db.Query(text, store.Scope{View: q.db.View(q.user)}); err != nil {
			t.Errorf("%s is not there: %v", field, err)
		}
		if _, err := q.db.Query(text, store.Scope{View: q.db.View("005000000000000AAA")}); err == nil {
			t.Errorf("%s is there for another user", field)
		}
	}
}

package store_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

const keysSchema = `
object "Contact" {
  field "Key__c" {
    type        = "text"
    external_id = true
  }
  field "Number__c" {
    type        = "number"
    external_id = true
  }
}`

// An upsert creates a record without a key only where the key is the id.
func TestUpsertsNeedTheirKey(t *testing.T) {
	t.Parallel()
	o := start(t, keysSchema)
	for _, c := range []struct {
		key     string
		row     fields
		refused string
	}{
		{"Key__c", fields{"LastName": "A"}, "Key__c not specified"},
		{"Key__c", fields{"LastName": "A", "Key__c": "#N/A"}, "Key__c not specified"},
		{"Key__c", fields{"LastName": "A", "Key__c": "  "}, "Key__c not specified"},
		{"Number__c", fields{"LastName": "A", "Number__c": "#N/A"}, "Number__c not specified"},
		{"Email", fields{"LastName": "A"}, "Email not specified"},
		{"Key__c", fields{"LastName": "A", "Key__c": "k"}, ""},
		{"Number__c", fields{"LastName": "A", "Number__c": "0"}, ""},
		{"Id", fields{"LastName": "A"}, ""},
	} {
		m := o.mutation(o.actor, store.Upsert, "Contact", "", c.row)
		m.Key, _ = m.Object.Field(c.key)
		before := o.count("SELECT COUNT() FROM Contact")
		outcome := o.db.Apply(o.actor, false, []store.Mutation{m})[0]
		created := o.count("SELECT COUNT() FROM Contact") - before
		if c.refused == "" {
			if outcome.Err != nil || !outcome.Created || created != 1 {
				t.Errorf("%s %v: %+v", c.key, c.row, outcome)
			}
			continue
		}
		got := refusal(t, outcome.Err, "MISSING_ARGUMENT")
		if got.Message != c.refused || len(got.Fields) != 0 || created != 0 {
			t.Errorf("%s %v: %v, %d created", c.key, c.row, got, created)
		}
	}
}

// Two rows of a request that mean one record fail, however they name it; the
// others are written.
func TestRecordsNamedTwiceAreRefused(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]store.Op{"update": store.Update, "upsert by id": store.Upsert} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := start(t, keysSchema)
			twice, once := o.insert("Contact", fields{"LastName": "A"}), o.insert("Contact", fields{"LastName": "B"})
			var rows []store.Mutation
			for _, id := range []string{twice, once, twice[:15], "", "", "nonsense", "nonsense"} {
				rows = append(rows, o.mutation(o.actor, op, "Contact", id, fields{"LastName": "C"}))
			}
			outcomes := o.db.Apply(o.actor, false, rows)
			for _, i := range []int{0, 2} {
				if got := refusal(t, outcomes[i].Err, "DUPLICATE_VALUE"); got.Message != "Duplicate id specified: "+twice {
					t.Errorf("row %d: %s", i, got.Message)
				}
			}
			if outcomes[1].Err != nil {
				t.Errorf("the innocent row: %v", outcomes[1].Err)
			}
			for _, i := range []int{3, 4} {
				if op != store.Upsert {
					refused(t, outcomes[i].Err, "MISSING_ARGUMENT")
				} else if !outcomes[i].Created {
					t.Errorf("row %d: %v", i, outcomes[i].Err)
				}
			}
			refused(t, outcomes[5].Err, "MALFORMED_ID")
			if o.field("Contact", twice, "LastName") != "A" || o.count("SELECT COUNT() FROM Contact WHERE LastName = 'A'") != 1 {
				t.Error("the record was written all the same")
			}
		})
	}
}

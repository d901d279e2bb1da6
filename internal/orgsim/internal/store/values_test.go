package store_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

const valuesSchema = `
object "Contact" {
  field "Text__c" {
    type   = "text"
    length = 20
  }
  field "Mail__c" {
    type = "email"
  }
  field "Number__c" {
    type      = "number"
    precision = 8
    scale     = 2
  }
  field "Count__c" {
    type      = "number"
    precision = 3
  }
  field "Share__c" {
    type  = "percent"
    scale = 1
  }
  field "Price__c" {
    type  = "currency"
    scale = 2
  }
  field "Flag__c" {
    type = "checkbox"
  }
  field "Day__c" {
    type = "date"
  }
  field "Time__c" {
    type = "datetime"
  }
  field "Open__c" {
    type   = "picklist"
    values = ["A", "B"]
  }
  field "Strict__c" {
    type       = "picklist"
    values     = ["A", "B"]
    restricted = true
  }
  field "Many__c" {
    type   = "multipicklist"
    values = ["Red", "Green", "Blue"]
  }
  field "Few__c" {
    type       = "multipicklist"
    values     = ["Red", "Green"]
    restricted = true
  }
  field "Phone__c" {
    type = "phone"
  }
  field "Site__c" {
    type = "url"
  }
}`

// What is sent is not what is read back: each kind of value through a save.
func TestValuesAsTheyAreStored(t *testing.T) {
	t.Parallel()
	hundred := "v0" + numbered(1, 99)
	for name, c := range map[string]struct{ field, sent, stored, refused string }{
		"e-mail in lower case":            {field: "Email", sent: "Ada.L@ACME.example", stored: "ada.l@acme.example"},
		"custom e-mail in lower case":     {field: "Mail__c", sent: " A@B.example ", stored: "a@b.example"},
		"e-mail without domain":           {field: "Email", sent: "ada@", refused: "INVALID_EMAIL_ADDRESS"},
		"text trimmed":                    {field: "Title", sent: " \t Boss \r\n", stored: "Boss"},
		"no-break space kept":             {field: "Title", sent: "\u00a0Boss\u00a0", stored: "\u00a0Boss\u00a0"},
		"only blanks are null":            {field: "Title", sent: "   ", stored: ""},
		"text of just the length":         {field: "Text__c", sent: strings.Repeat("ü", 20), stored: strings.Repeat("ü", 20)},
		"text too long":                   {field: "Text__c", sent: strings.Repeat("ü", 21), refused: "STRING_TOO_LONG"},
		"checkbox":                        {field: "Flag__c", sent: "TRUE", stored: "true"},
		"checkbox is never null":          {field: "Flag__c", sent: "#N/A", refused: "INVALID_TYPE_ON_FIELD_IN_RECORD"},
		"yes is no checkbox":              {field: "Flag__c", sent: "yes", refused: "INVALID_FIELD"},
		"number rounded to scale":         {field: "Number__c", sent: "12.345", stored: "12.35"},
		"half away from zero":             {field: "Number__c", sent: "-12.345", stored: "-12.35"},
		"number with exponent":            {field: "Number__c", sent: "1.2e3", stored: "1200"},
		"number without zeros":            {field: "Number__c", sent: "5.00", stored: "5"},
		"number out of range":             {field: "Number__c", sent: "1000000", refused: "NUMBER_OUTSIDE_VALID_RANGE"},
		"whole number rounded":            {field: "Count__c", sent: "99.5", stored: "100"},
		"rounded out of range":            {field: "Count__c", sent: "999.5", refused: "NUMBER_OUTSIDE_VALID_RANGE"},
		"percent as it is sent":           {field: "Share__c", sent: "25", stored: "25"},
		"currency":                        {field: "Price__c", sent: "1234.5", stored: "1234.5"},
		"currency with a sign":            {field: "Price__c", sent: "$5", refused: "INVALID_FIELD"},
		"open picklist takes anything":    {field: "Open__c", sent: "C", stored: "C"},
		"restricted picklist":             {field: "Strict__c", sent: "B", stored: "B"},
		"restricted picklist refuses":     {field: "Strict__c", sent: "C", refused: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"picklist values have a case":     {field: "Strict__c", sent: "b", refused: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"selections in the field's order": {field: "Many__c", sent: "Blue; Red;Blue;Other", stored: "Red;Blue;Other"},
		"a hundred selections":            {field: "Many__c", sent: hundred, stored: hundred},
		"more than a hundred":             {field: "Many__c", sent: hundred + ";y", refused: "STRING_TOO_LONG"},
		"restricted selections":           {field: "Few__c", sent: "Red;Blue", refused: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"date":                            {field: "Day__c", sent: "2026-02-28", stored: "2026-02-28"},
		"no such day":                     {field: "Day__c", sent: "2026-02-29", refused: "INVALID_FIELD"},
		"date with a time":                {field: "Day__c", sent: "2026-02-28T00:00:00Z", refused: "INVALID_FIELD"},
		"datetime in UTC seconds":         {field: "Time__c", sent: "2026-05-01T09:25:37.987+02:00", stored: "2026-05-01T07:25:37.000+0000"},
		"datetime without a zone":         {field: "Time__c", sent: "2026-05-01T09:25:37", refused: "INVALID_FIELD"},
		"phone as it is":                  {field: "Phone__c", sent: "(030) 12 34", stored: "(030) 12 34"},
		"phone too long":                  {field: "Phone__c", sent: strings.Repeat("1", 41), refused: "STRING_TOO_LONG"},
		"url as it is":                    {field: "Site__c", sent: "acme.example", stored: "acme.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := start(t, valuesSchema)
			id := o.insert("Contact", fields{"LastName": "Lovelace"})
			outcome := o.write(o.actor, store.Update, "Contact", id, fields{c.field: c.sent})
			if c.refused != "" {
				refused(t, outcome.Err, c.refused)
				return
			}
			if outcome.Err != nil {
				t.Fatal(outcome.Err)
			}
			if got := o.field("Contact", id, c.field); got != c.stored {
				t.Errorf("stored %q, want %q", got, c.stored)
			}
		})
	}
}

// numbered continues a multi-select picklist by numbered values.
func numbered(from, to int) string {
	var list strings.Builder
	for i := from; i <= to; i++ {
		list.WriteString(";v" + strconv.Itoa(i))
	}
	return list.String()
}

func TestLookups(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	account := o.insert("Account", fields{"Name": "Acme"})
	gone := o.insert("Account", fields{"Name": "Gone"})
	lead := o.insert("Lead", fields{"LastName": "L", "Company": "C"})
	id := o.insert("Contact", fields{"LastName": "Lovelace", "AccountId": account[:15]})
	if got := o.field("Contact", id, "AccountId"); got != account {
		t.Errorf("15 characters are stored as %s, want %s", got, account)
	}
	if outcome := o.write(o.actor, store.Delete, "Account", gone, nil); outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	nothing := account[:14] + "z"
	for sent, code := range map[string]string{
		"acme":                "MALFORMED_ID",
		account[:17] + "x":    "MALFORMED_ID",
		lead:                  "MALFORMED_ID", // of another type
		nothing:               "INVALID_CROSS_REFERENCE_KEY",
		gone:                  "INVALID_CROSS_REFERENCE_KEY",
		"00300000000000000AA": "MALFORMED_ID",
	} {
		err := refusal(t, o.write(o.actor, store.Update, "Contact", id, fields{"AccountId": sent}).Err, code)
		if diff := cmp.Diff([]string{"AccountId"}, err.Fields); diff != "" {
			t.Errorf("%s: %s", sent, diff)
		}
	}
	o.update("Contact", id, fields{"AccountId": "#N/A"})
	if got := o.field("Contact", id, "AccountId"); got != "" {
		t.Errorf("a null link is stored as %q", got)
	}
	task := o.insert("Task", fields{"Subject": "Call", "WhoId": lead, "WhatId": account})
	o.update("Task", task, fields{"WhoId": id})
	refused(t, o.write(o.actor, store.Update, "Task", task, fields{"WhoId": account}).Err, "MALFORMED_ID")
	refused(t, o.write(o.actor, store.Update, "Contact", id, fields{"OwnerId": "#N/A"}).Err, "INVALID_CROSS_REFERENCE_KEY")
}

func TestRecordsThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	id := o.insert("Contact", fields{"LastName": "Lovelace"})
	account := o.insert("Account", fields{"Name": "Acme"})
	for sent, code := range map[string]string{
		"":               "MISSING_ARGUMENT",
		"003":            "MALFORMED_ID",
		id[:17] + "9":    "MALFORMED_ID",
		account:          "MALFORMED_ID",
		id[:14] + "zAAA": "MALFORMED_ID",
		id[:13] + "zz":   "INVALID_CROSS_REFERENCE_KEY",
	} {
		refused(t, o.write(o.actor, store.Update, "Contact", sent, fields{"Title": "x"}).Err, code)
		refused(t, o.write(o.actor, store.Delete, "Contact", sent, nil).Err, code)
	}
	o.update("Contact", id[:15], fields{"Title": "x"})
	if outcome := o.write(o.actor, store.Delete, "Contact", id, nil); outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	refused(t, o.write(o.actor, store.Update, "Contact", id, fields{"Title": "x"}).Err, "ENTITY_IS_DELETED")
	refused(t, o.write(o.actor, store.Delete, "Contact", id, nil).Err, "ENTITY_IS_DELETED")
}

func TestRequiredAndUnique(t *testing.T) {
	t.Parallel()
	o := start(t, `
object "Account" {
  field "Plain__c" {
    type   = "text"
    unique = true
  }
  field "Exact__c" {
    type           = "text"
    unique         = true
    case_sensitive = true
  }
  field "Must__c" {
    type     = "text"
    required = true
    default  = "given"
  }
}
object "Part__c" {
  field "Account__c" {
    type         = "master_detail"
    reference_to = "Account"
  }
}`)
	err := refusal(t, o.write(o.actor, store.Insert, "Account", "", fields{"Phone": "1"}).Err, "REQUIRED_FIELD_MISSING")
	if diff := cmp.Diff([]string{"Name"}, err.Fields); diff != "" || err.Message != "Required fields are missing: [Name]" {
		t.Errorf("%q %s", err.Message, diff)
	}
	first := o.insert("Account", fields{"Name": "A", "Plain__c": "Key", "Exact__c": "Key"})
	if got := o.field("Account", first, "Must__c"); got != "given" {
		t.Errorf("default %q", got)
	}
	refused(t, o.write(o.actor, store.Update, "Account", first, fields{"Name": " "}).Err, "REQUIRED_FIELD_MISSING")
	refused(t, o.write(o.actor, store.Update, "Account", first, fields{"Must__c": "#N/A"}).Err, "REQUIRED_FIELD_MISSING")

	err = refusal(t, o.write(o.actor, store.Insert, "Account", "", fields{"Name": "B", "Plain__c": "KEY"}).Err, "DUPLICATE_VALUE")
	if want := "duplicate value found: Plain__c duplicates value on record with id: " + first[:15]; err.Message != want {
		t.Errorf("got %q, want %q", err.Message, want)
	}
	o.insert("Account", fields{"Name": "C", "Exact__c": "KEY"})
	refused(t, o.write(o.actor, store.Insert, "Account", "", fields{"Name": "D", "Exact__c": "Key"}).Err, "DUPLICATE_VALUE")
	o.update("Account", first, fields{"Plain__c": "key"}) // its own value in another case

	refused(t, o.write(o.actor, store.Insert, "Part__c", "", fields{"Name": "P"}).Err, "REQUIRED_FIELD_MISSING")
	part := o.insert("Part__c", fields{"Account__c": first})
	refused(t, o.write(o.actor, store.Update, "Part__c", part, fields{"Account__c": first}).Err, "INVALID_FIELD_FOR_INSERT_UPDATE")
}

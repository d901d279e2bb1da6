package sync

import (
	"errors"
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// target is what an integration writes to, as the org describes it.
type target struct {
	object string
	key    keyField
	fields []mappedField // by name
	names  []string      // of the fields
}

// mappedField is a field that the integration feeds.
type mappedField struct {
	form
	column   int    // of the selected report columns; -1 for a constant
	constant string // canonical
	clears   bool   // an empty cell empties the field
}

// keyField is the field that records are looked up by.
type keyField struct {
	form
	prefix string // of the object's ids, where the field is the record id; empty otherwise
	exact  bool   // whether = minds case
}

// newKeyField returns nil when the field's type makes no key.
func newKeyField(object *salesforce.Object, f form) *keyField {
	k := &keyField{form: f}
	switch f.Type {
	case salesforce.TypeString, salesforce.TypeEmail, salesforce.TypePhone, salesforce.TypeURL, salesforce.TypeTextArea:
		// SOQL's = ignores case, except for unique fields that are case-sensitive (SOQL reference: comparison operators).
		k.exact = f.Unique && f.CaseSensitive
	case salesforce.TypeInt, salesforce.TypeDouble, salesforce.TypeReference:
		k.exact = true
	case salesforce.TypeID:
		k.exact, k.prefix = true, object.KeyPrefix
	default:
		return nil
	}
	return k
}

// normalise returns a key as it is looked up, empty for none. The error says why no record can have it.
func (k *keyField) normalise(text string) (string, error) {
	key, err := k.fromReport(text)
	if err != nil || key == "" {
		return "", err
	}
	if k.numeric() {
		// Rounding a key would lead to another record than the one that is meant.
		if exact, err := k.unrounded(text); err != nil || exact != key {
			return "", fmt.Errorf("%s has more decimal places than %s", quote(trim(text)), k.Name)
		}
	}
	if !strings.HasPrefix(key, k.prefix) {
		return "", fmt.Errorf("%s is the id of another kind of object: those of this one start with %s", quote(trim(text)), k.prefix)
	}
	return key, nil
}

func (k *keyField) unrounded(text string) (string, error) {
	wide := k.form
	wide.Type, wide.Precision, wide.Scale = salesforce.TypeDouble, maxNumberText, maxNumberText/2
	return wide.fromReport(text)
}

// fold returns what two keys have in common exactly when Salesforce takes them for equal.
func (k *keyField) fold(key string) string {
	if k.exact {
		return key
	}
	return strings.ToLower(key)
}

// literal returns a key as SOQL writes it: numbers bare, all else quoted.
func (k *keyField) literal(key string) string {
	if k.numeric() {
		return key
	}
	return salesforce.QuoteSOQL(key)
}

// columns returns what is queried of a record: its id, its key, its mapped fields.
func (t *target) columns() []string {
	columns := []string{"Id"}
	if t.key.Type != salesforce.TypeID {
		columns = append(columns, t.key.Name)
	}
	return append(columns, t.names...)
}

// record is one record as it was queried, in canonical form.
type record struct {
	id     string
	key    string // folded
	values []string
}

var errNoID = errors.New("read a record: Salesforce gave no valid id for it")

// record reads a row of a query for columns.
func (t *target) record(row []string) (record, error) {
	id, err := salesforce.ID18(row[0])
	if err != nil {
		return record{}, errNoID
	}
	rec, rest := record{id: id, key: id}, row[1:]
	if t.key.Type != salesforce.TypeID {
		rec.key, rest = t.key.fold(t.key.fromOrg(rest[0])), rest[1:]
	}
	rec.values = make([]string, len(t.fields))
	for i := range t.fields {
		rec.values[i] = t.fields[i].fromOrg(rest[i])
	}
	return rec, nil
}

package value

import (
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

// KeyOptions say how rows find records.
type KeyOptions struct {
	Operation      reportsync.Operation // empty for update
	Transform      transform.Chain      // what the report's keys pass
	FieldTransform transform.Chain      // what the field's values pass before they are compared with them
}

// Key brings the values of the field that records are found by to what Salesforce compares in that place.
type Key struct {
	form   *Form
	chain  transform.Chain
	field  transform.Chain // empty where the field's values are compared as they are
	exact  bool            // whether case matters
	prefix string          // of the object's ids, where the field is the record's id; empty otherwise
}

// NewKey returns the key of an object's field. The error says why no record can be found by it, and is fit to be shown.
//
// With a field transform two keys are the same when the transformed texts are, letter by letter. One that does nothing
// but trim is none at all, since Salesforce stores no blanks at the ends of a text.
func NewKey(object *salesforce.Object, f salesforce.Field, o KeyOptions) (*Key, error) {
	k := &Key{chain: o.Transform, exact: true}
	switch f.Type {
	case salesforce.TypeString, salesforce.TypePhone, salesforce.TypeURL, salesforce.TypeTextArea:
		k.exact = mindsCase(f, o.Operation)
	case salesforce.TypeEmail, salesforce.TypePicklist, salesforce.TypeCombobox:
		k.exact = false
	case salesforce.TypeInt, salesforce.TypeDouble, salesforce.TypePercent, salesforce.TypeDate, salesforce.TypeReference:
	case salesforce.TypeID:
		k.prefix = object.KeyPrefix
	default:
		return nil, fmt.Errorf("%s is of type %s, by which no record is found, since %s: use a text, e-mail, phone, URL, picklist, number, percent, date, reference or id field", f.Name, f.Type, unkeyed(f.Type))
	}
	k.form, _ = New(f, Options{}) // each of these types has a form
	if !trimsOnly(o.FieldTransform) {
		k.field, k.exact = o.FieldTransform, true
	}
	if !f.Filterable && len(k.field) == 0 {
		return nil, fmt.Errorf("%s is not filterable, so Salesforce can't search by it: use another field, such as an external id", f.Name)
	}
	return k, nil
}

// unkeyed says why no record is found by fields of a type.
func unkeyed(t salesforce.FieldType) string {
	switch t { //nolint:exhaustive // the others hold nothing to compare
	case salesforce.TypeCurrency:
		return "in an org with several currencies Salesforce converts amounts before it compares them"
	case salesforce.TypeDateTime, salesforce.TypeTime:
		return "Salesforce compares it to a fraction of a second, which it neither shows nor keeps everywhere"
	case salesforce.TypeBoolean:
		return "it has two values only"
	case salesforce.TypeMultiPicklist:
		return "one value may be written in several ways"
	}
	return "its values can't be compared"
}

// mindsCase reports whether Salesforce tells texts apart that differ by case alone. SOQL's = does so for unique fields
// that are case-sensitive only (SOQL reference: comparison operators). An upsert by an external id does so for all but
// unique fields that are not case-sensitive (Apex developer guide: upsert).
func mindsCase(f salesforce.Field, operation reportsync.Operation) bool {
	if operation == reportsync.OperationUpsert && f.ExternalID {
		return !f.Unique || f.CaseSensitive
	}
	return f.Unique && f.CaseSensitive
}

func trimsOnly(chain transform.Chain) bool {
	for _, step := range chain {
		if step.String() != "trim" {
			return false
		}
	}
	return true
}

// Field returns the field as describe shows it.
func (k *Key) Field() salesforce.Field { return k.form.Field }

// Searchable reports whether records can be looked up by their key; otherwise every record has to be read, since
// Salesforce knows nothing of the field's transform.
func (k *Key) Searchable() bool { return len(k.field) == 0 }

// FromReport returns a report's key as it is looked up and shown: transformed and canonical, empty for none. The error
// says why no record can have it; the text beside it is the one that it is about.
func (k *Key) FromReport(text string) (string, error) {
	text = applied(k.chain, text)
	if text == "" || !k.Searchable() {
		return text, nil // what a transform makes of a value need be no value itself
	}
	key, err := k.form.read(k.form, text)
	if err != nil {
		return text, err
	}
	if numeric(k.form.Type) && !k.form.exactly(text) {
		return text, fmt.Errorf("%s has more decimal places than %s", Quote(text), k.form.Name)
	}
	if !strings.HasPrefix(key, k.prefix) {
		return text, fmt.Errorf("%s is the id of another kind of object: those of this one start with %s", Quote(text), k.prefix)
	}
	return key, nil
}

// Value returns what is sent for a key where a record is created with it.
func (k *Key) Value(key string) salesforce.Value { return k.form.Value(key) }

// Fold returns what two keys have in common exactly when Salesforce takes them for the same.
func (k *Key) Fold(key string) string {
	if k.exact {
		return key
	}
	return lower(key)
}

// FromOrg returns the folded key of a record by what its field holds, empty for none.
func (k *Key) FromOrg(text string) string {
	key := k.form.FromOrg(text)
	if len(k.field) > 0 {
		return applied(k.field, key)
	}
	if k.form.Type == salesforce.TypeEmail {
		return key // has no capitals
	}
	return k.Fold(key)
}

// Literal returns a key as SOQL writes it: numbers and dates bare, all else quoted.
func (k *Key) Literal(key string) string {
	if numeric(k.form.Type) || k.form.Type == salesforce.TypeDate {
		return key
	}
	return salesforce.QuoteSOQL(key)
}

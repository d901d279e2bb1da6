package value

import (
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

// Options say how a report writes the values of a field.
type Options struct {
	Zone       *time.Location  // of times without an offset; nil for UTC
	DateFormat string          // as [reportsync.DateLayout] takes it; empty for the forms that readDate, readDateTime and readTime take
	Transform  transform.Chain // what cells pass first
}

// Form brings the values of one field to their canonical text.
type Form struct {
	salesforce.Field

	options Options
	read    reading
	choices *choices // of a restricted picklist; nil where any value goes
	layout  layout   // of dates and times; the zero one for the usual forms
	stored  *Form    // the form of what Salesforce holds; nil in that one itself
}

// checks reports whether what Salesforce would refuse is refused: not where Salesforce holds it already.
func (f *Form) checks() bool { return f.stored != nil }

// reading turns a trimmed, non-empty text into canonical form. The error says what was expected instead.
type reading func(f *Form, text string) (string, error)

// readings are the types that a report can feed; [Unfed] says why it can't feed the others.
var readings = map[salesforce.FieldType]reading{
	salesforce.TypeString:        readText,
	salesforce.TypeTextArea:      readText,
	salesforce.TypePhone:         readText,
	salesforce.TypeURL:           readText,
	salesforce.TypeCombobox:      readText,
	salesforce.TypeEmail:         readEmail,
	salesforce.TypeInt:           readNumber,
	salesforce.TypeDouble:        readNumber,
	salesforce.TypeCurrency:      readNumber,
	salesforce.TypePercent:       readNumber,
	salesforce.TypeBoolean:       readBoolean,
	salesforce.TypeDate:          readDate,
	salesforce.TypeDateTime:      readDateTime,
	salesforce.TypeTime:          readTime,
	salesforce.TypePicklist:      readPicklist,
	salesforce.TypeMultiPicklist: readMultiPicklist,
	salesforce.TypeReference:     readID,
	salesforce.TypeID:            readID,
}

// New returns the form of a field, and false when no report can feed its type. A date format that the field can't
// have, see [CheckDateFormat], makes a form that refuses every cell.
func New(field salesforce.Field, o Options) (*Form, bool) {
	read, ok := readings[field.Type]
	if !ok {
		return nil, false
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	f := &Form{Field: field, options: o, read: read}
	f.stored = &Form{Field: unlimited(field), options: Options{Zone: time.UTC}, read: read}
	if field.RestrictedPicklist {
		f.choices = newChoices(field)
	}
	if o.DateFormat != "" {
		var err error
		if f.layout, err = newLayout(field, o.DateFormat); err != nil {
			f.read = func(*Form, string) (string, error) { return "", err }
		}
	}
	return f, true
}

// unlimited is a field that takes whatever its type can: definitions grow stricter than the values that are stored.
func unlimited(field salesforce.Field) salesforce.Field {
	field.Length, field.RestrictedPicklist = 0, false
	return field
}

// Unfed says why no report can feed a type that [New] has no form for, fit to follow "because".
func Unfed(t salesforce.FieldType) string {
	switch t { //nolint:exhaustive // the others are fed, or unknown
	case salesforce.TypeAddress, salesforce.TypeLocation:
		return "it is made of other fields: its parts are written one by one"
	case salesforce.TypeEncrypted:
		return "Salesforce shows its values masked, so it could never be told whether they are right"
	case salesforce.TypeBase64:
		return "it holds a file, which no report cell does"
	case salesforce.TypeAnyType:
		return "its values have no type of their own"
	case salesforce.TypeID:
		return "Salesforce gives records their ids itself"
	}
	return "it is not known how Salesforce compares values of this type"
}

// FromReport returns the canonical form of a report cell: transformed first, empty for one that says nothing. The
// error says what the cell should look like, and is fit to be shown; the text beside it is what can't be read.
func (f *Form) FromReport(text string) (string, error) {
	if text = applied(f.options.Transform, text); text == "" {
		return "", nil
	}
	canonical, err := f.read(f, text)
	if err != nil {
		return text, err
	}
	return canonical, nil
}

// applied returns a cell as its transform leaves it, without blanks at its ends. A blank cell says nothing, and a hash
// of its blanks would say something.
func applied(chain transform.Chain, text string) string {
	if len(chain) == 0 {
		return trim(text)
	}
	if trim(text) == "" {
		return ""
	}
	return trim(chain.Apply(text))
}

// FromOrg returns the canonical form of a value that Salesforce holds, as any of its APIs prints it. One that can't be
// read stays as it is, and differs from whatever the report says.
func (f *Form) FromOrg(text string) string {
	if text = trim(text); text == "" {
		return f.Null()
	}
	if canonical, err := f.stored.read(f.stored, text); err == nil {
		return canonical
	}
	return text
}

// AppendFromOrg appends what FromOrg returns, in the common case without making a text of it first.
func (f *Form) AppendFromOrg(dst []byte, text string) []byte {
	if f.Type == salesforce.TypeDateTime && usuallyPrinted(text) {
		return append(append(dst, text[:len(wallLayout)]...), 'Z')
	}
	return append(dst, f.FromOrg(text)...)
}

// Prints reports whether one of the APIs prints a canonical text so. It is asked for every field of every record, and knows
// the common cases only: where it is false, FromOrg may still find the two to be the same.
func (f *Form) Prints(canonical []byte, printed string) bool {
	same := len(canonical)
	switch {
	case len(printed) == same:
		return string(canonical) == printed
	case len(printed) < same:
		return false
	case f.Type == salesforce.TypeDateTime:
		same-- // the Z
		rest := printed[same:]
		return same > 0 && (rest == ".000Z" || rest == ".000+0000") && string(canonical[:same]) == printed[:same]
	case numeric(f.Type):
		return printed[same:] == ".0" && string(canonical) == printed[:same]
	}
	return false
}

// Null returns the canonical form of what the field holds when it is emptied: a checkbox is never null (Salesforce
// reads it back as false).
func (f *Form) Null() string {
	if f.Type == salesforce.TypeBoolean {
		return "false"
	}
	return ""
}

// Value returns what is sent for a canonical text.
func (f *Form) Value(canonical string) salesforce.Value {
	switch {
	case f.Type == salesforce.TypeBoolean:
		return salesforce.Bool(canonical == "true")
	case canonical == "":
		return salesforce.Null()
	case numeric(f.Type):
		return salesforce.Number(canonical)
	}
	return salesforce.Text(canonical)
}

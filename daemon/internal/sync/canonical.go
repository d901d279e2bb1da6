package sync

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// blanks is the white space that Salesforce strips from the ends of a text; a no-break space survives there (Apex
// developer guide: primitive data types).
const blanks = " \t\n\v\f\r"

// form brings the values of one field to their canonical text. The empty text stands for null; a checkbox, which is
// never null, has "false" instead.
type form struct {
	salesforce.Field
	zone *time.Location // of times without an offset
	read reading
}

// reading turns a trimmed, non-empty text into canonical form, or says what was expected instead.
type reading func(f *form, text string) (string, error)

// readings are the field types that a report can feed. Of the others, addresses and locations are written through
// their parts, and an encrypted field reads back masked, so that a comparison would never settle.
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
	salesforce.TypePicklist:      readPicklist,
	salesforce.TypeMultiPicklist: readMultiPicklist,
	salesforce.TypeReference:     readID,
	salesforce.TypeID:            readID,
}

// newForm returns the form of a field, and false when no report can feed it.
func newForm(field salesforce.Field, zone *time.Location) (form, bool) {
	read, ok := readings[field.Type]
	return form{Field: field, zone: zone, read: read}, ok
}

// fromReport returns the canonical form of a report cell. The error says what the cell should look like.
func (f *form) fromReport(text string) (string, error) {
	text = trim(text)
	if text == "" {
		return "", nil
	}
	return f.read(f, text)
}

// fromOrg returns the canonical form of a value that Salesforce holds. One that can't be read, because the field's
// definition is stricter than its old values, stays as it is: it differs from whatever the report says.
func (f *form) fromOrg(text string) string {
	text = trim(text)
	if text == "" {
		return f.null()
	}
	stored := *f
	stored.Length, stored.RestrictedPicklist = 0, false
	if canonical, err := stored.read(&stored, text); err == nil {
		return canonical
	}
	return text
}

// null returns what the field holds when it is emptied.
func (f *form) null() string {
	if f.Type == salesforce.TypeBoolean {
		return "false"
	}
	return ""
}

// value returns what is sent for a canonical text.
func (f *form) value(canonical string) salesforce.Value {
	switch {
	case f.Type == salesforce.TypeBoolean:
		return salesforce.Bool(canonical == "true")
	case canonical == "":
		return salesforce.Null()
	case f.numeric():
		return salesforce.Number(canonical)
	}
	return salesforce.Text(canonical)
}

func (f *form) numeric() bool {
	return slices.Contains([]salesforce.FieldType{salesforce.TypeInt, salesforce.TypeDouble, salesforce.TypeCurrency, salesforce.TypePercent}, f.Type)
}

func trim(text string) string { return strings.Trim(text, blanks) }

// lineBreaks makes every line break LF, because Bulk jobs take only one kind (Bulk API 2.0 guide: prepare CSV files).
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func readText(f *form, text string) (string, error) {
	if strings.IndexByte(text, '\r') >= 0 {
		text = lineBreaks.Replace(text)
	}
	return text, f.fits(text)
}

// readEmail lower-cases, as Salesforce does on save.
func readEmail(f *form, text string) (string, error) { return readText(f, strings.ToLower(text)) }

// fits refuses what Salesforce would refuse with STRING_TOO_LONG.
func (f *form) fits(text string) error {
	if f.Length <= 0 || len(text) <= f.Length {
		return nil
	}
	if n := utf8.RuneCountInString(text); n > f.Length {
		return fmt.Errorf("the text has %d characters, %s takes %d", n, f.Name, f.Length)
	}
	return nil
}

// booleans are the words for a checkbox that reports use; Salesforce itself takes only true and false.
var booleans = map[string]string{
	"true": "true", "yes": "true", "y": "true", "on": "true", "1": "true",
	"false": "false", "no": "false", "n": "false", "off": "false", "0": "false",
}

func readBoolean(_ *form, text string) (string, error) {
	if b, ok := booleans[strings.ToLower(text)]; ok {
		return b, nil
	}
	return "", fmt.Errorf("%s is neither true nor false: use true or false, yes or no, y or n, on or off, 1 or 0", quote(text))
}

// readPicklist takes the API value. In a restricted picklist, whose values never differ by case alone, the value's
// own spelling is meant by any other.
func readPicklist(f *form, text string) (string, error) {
	if !f.RestrictedPicklist {
		return readText(f, text)
	}
	if slices.Contains(f.PicklistValues, text) {
		return text, nil
	}
	for _, v := range f.PicklistValues {
		if strings.EqualFold(v, text) {
			return v, nil
		}
	}
	return "", fmt.Errorf("%s is not one of the values that %s takes: %s", quote(text), f.Name, enumerate(f.PicklistValues))
}

// readMultiPicklist makes a set: Salesforce may give the values back in the order of the field's definition.
func readMultiPicklist(f *form, text string) (string, error) {
	var set []string
	for part := range strings.SplitSeq(text, ";") {
		if part = trim(part); part == "" {
			continue
		}
		one := *f
		one.Length = 0
		value, err := readPicklist(&one, part)
		if err != nil {
			return "", err
		}
		set = append(set, value)
	}
	slices.Sort(set)
	text = strings.Join(slices.Compact(set), ";")
	return text, f.fits(text)
}

func readID(f *form, text string) (string, error) {
	id, err := salesforce.ID18(text)
	if err != nil {
		return "", fmt.Errorf("%s is no Salesforce id of 15 or 18 characters", quote(text))
	}
	return id, nil
}

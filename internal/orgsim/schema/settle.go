package schema

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var apiName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*(__c)?$`)

// counter is the part of a display format that the number takes.
var counter = regexp.MustCompile(`\{0+\}`)

// Types lists the types that a schema file may name.
func Types() []Type {
	return []Type{
		Text, TextArea, Email, Phone, URL, Number, Currency, Percent, Checkbox, Date, DateTime, Time,
		Picklist, MultiPicklist, Reference, MasterDetail, AutoNumber, Formula,
	}
}

func checkName(name string) error {
	if !apiName.MatchString(name) {
		return errors.New("not an API name: letters, digits and single underscores, starting with a letter, and __c at the end where custom")
	}
	return checkLength("API name", strings.TrimSuffix(name, "__c"), MaxName)
}

// settle fills in what Salesforce fills in when a field is made, and refuses
// what its setup page refuses.
func settle(f *Field, customObject bool) error {
	if err := checkName(f.Name); err != nil {
		return err
	}
	isName := customObject && strings.EqualFold(f.Name, "Name")
	if isName {
		f.Name, f.nameField, f.idLookup, f.defaulted = "Name", true, true, true
		if f.Type != Text && f.Type != AutoNumber {
			return fmt.Errorf("the name of a custom object is of type text or autonumber, not %q", f.Type)
		}
	} else if !f.Custom() {
		return errors.New("a custom field's API name ends in __c")
	}
	if !slices.Contains(Types(), f.Type) {
		return fmt.Errorf("type %q is none of %v", f.Type, Types())
	}
	if f.Type == MasterDetail {
		f.Type, f.Required, f.CreateOnly = Reference, true, true
	}
	if f.Label == "" {
		f.Label = labelOf(f.Name)
	}
	if err := checkLabel("label", f.Label); err != nil {
		return err
	}
	if err := settleSize(f); err != nil {
		return err
	}
	return settleKind(f)
}

func settleSize(f *Field) error {
	switch f.Type {
	case Text:
		f.Length = cmp.Or(f.Length, 255)
		if f.nameField {
			f.Length = 80
		}
		return within("length", f.Length, 1, 255)
	case TextArea:
		f.Length = cmp.Or(f.Length, 255)
		return within("length", f.Length, 1, 131072)
	case Email:
		f.Length = 80
	case Phone:
		f.Length = 40
	case URL, Picklist:
		f.Length = 255
	case MultiPicklist:
		f.Length = 4099
	case AutoNumber:
		f.Length = 30
	case Reference:
		f.Length = 18
	case Number, Currency, Percent:
		f.Precision = cmp.Or(f.Precision, 18)
		if err := within("precision", f.Precision, 1, 18); err != nil {
			return err
		}
		return within("scale", f.Scale, 0, f.Precision)
	default:
	}
	return nil
}

func settleKind(f *Field) error {
	if f.Type != Picklist && f.Type != MultiPicklist && (len(f.Values) > 0 || f.Restricted) {
		return fmt.Errorf("values and restricted belong to picklists, not to type %q", f.Type)
	}
	if f.Restricted && len(f.Values) == 0 {
		return errors.New("a restricted picklist needs values")
	}
	if err := checkPicklist(f.Values); err != nil {
		return err
	}
	if (f.Unique || f.ExternalID) && !slices.Contains([]Type{Text, Email, Number, AutoNumber}, f.Type) {
		return fmt.Errorf("a field of type %q can be neither unique nor an external id", f.Type)
	}
	switch f.Type {
	case Reference:
		return settleReference(f)
	case AutoNumber:
		return settleAutoNumber(f)
	case Checkbox:
		if f.Required {
			return errors.New("a checkbox cannot be required: it always has a value")
		}
		f.Default = cmp.Or(f.Default, "false")
	case Formula:
		return settleFormula(f)
	default:
	}
	return nil
}

func settleFormula(f *Field) error {
	if f.Returns == Formula || f.Returns == AutoNumber || !slices.Contains(Types(), f.Returns) {
		return fmt.Errorf("a formula returns a plain type, not %q", f.Returns)
	}
	f.Precision, f.Length = 18, 1300
	return nil
}

func settleReference(f *Field) error {
	if len(f.ReferenceTo) == 0 || slices.Contains(f.ReferenceTo, "") {
		return errors.New("a reference names its object in reference_to, or a list of objects")
	}
	if f.Required && !f.CreateOnly && len(f.ReferenceTo) > 1 {
		return errors.New("a required reference points to one object")
	}
	f.RelationshipName = cmp.Or(f.RelationshipName, strings.TrimSuffix(f.Name, "__c")+"__r")
	return checkLength("relationship name", strings.TrimSuffix(f.RelationshipName, "__r"), MaxName)
}

func settleAutoNumber(f *Field) error {
	f.Format = cmp.Or(f.Format, "{0}")
	if !counter.MatchString(f.Format) {
		return fmt.Errorf("format %q has no counter such as {0000}", f.Format)
	}
	if _, digits, _ := f.Counter(); digits > maxDigits {
		return within("the number of digits of the format's counter,", digits, 1, maxDigits)
	}
	return checkLength("format", f.Format, f.Length)
}

func within(what string, n, low, high int) error {
	if n < low || n > high {
		return fmt.Errorf("%s %d is outside %d to %d", what, n, low, high)
	}
	return nil
}

func labelOf(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(name, "__c"), "_", " ")
}

// Counter splits the display format of an auto number: the text before and after
// the number, and how many digits it has at least.
func (f *Field) Counter() (before string, width int, after string) {
	at := counter.FindStringIndex(f.Format)
	return f.Format[:at[0]], at[1] - at[0] - len("{}"), f.Format[at[1]:]
}

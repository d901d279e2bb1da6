package schema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// What an administrator may make (HELP: custom field attributes; custom field
// allocations per edition). Lengths are those of [TextLength].
const (
	MaxName        = 40 // of an API name, without __c, and of a relationship's
	MaxLabel       = 40
	MaxValue       = 255 // of a picklist
	MaxExternalIDs = 25  // of an object
	maxDigits      = 10  // of an auto number's counter
)

// TextLength is how long a text is against a [Field.Length]: in UTF-16 units, of
// which an emoji has two.
func TextLength(text string) int {
	n := 0
	for _, c := range text {
		n += utf16.RuneLen(c)
	}
	return n
}

func checkLength(what, text string, most int) error {
	if n := TextLength(text); n > most {
		return fmt.Errorf("the %s has %d characters, and may have %d", what, n, most)
	}
	return nil
}

// checkLabel refuses a label that is too long or holds what cannot be shown.
func checkLabel(what, label string) error {
	if strings.ContainsFunc(label, unicode.IsControl) {
		return fmt.Errorf("the %s %q holds a control character", what, label)
	}
	return checkLength(what, label, MaxLabel)
}

// checkObject refuses the names that a custom object cannot have.
func checkObject(o Object) error {
	if err := checkName(o.Name); err != nil {
		return err
	}
	if err := checkLabel("label", o.Label); err != nil {
		return err
	}
	return checkLabel("plural label", o.LabelPlural)
}

// checkPicklist refuses values that Salesforce would not tell apart, or not
// store.
func checkPicklist(values []string) error {
	seen := make(map[string]bool, len(values))
	for _, one := range values {
		key := strings.ToLower(strings.TrimSpace(one))
		switch {
		case key == "":
			return fmt.Errorf("the picklist value %q is blank", one)
		case strings.ContainsFunc(one, unicode.IsControl):
			return fmt.Errorf("the picklist value %q holds a control character", one)
		case seen[key]:
			return fmt.Errorf("the picklist value %q stands there twice: case does not count", one)
		}
		seen[key] = true
		if err := checkLength("picklist value", one, MaxValue); err != nil {
			return err
		}
	}
	return nil
}

func (o *Object) checkExternalIDs() error {
	n := 0
	for i := range o.Fields {
		if o.Fields[i].ExternalID {
			n++
		}
	}
	if n > MaxExternalIDs {
		return fmt.Errorf("an object has %d external ids at most", MaxExternalIDs)
	}
	return nil
}

// plural is the plural label of an object that was given none.
func plural(label string) string {
	if TextLength(label) == MaxLabel {
		return label
	}
	return label + "s"
}

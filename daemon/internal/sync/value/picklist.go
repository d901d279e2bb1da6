package value

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maxSelected is how many values a record can have in a multi-select picklist (Salesforce limits quick reference:
// picklists).
const maxSelected = 100

// choices are the values of a restricted picklist.
type choices struct {
	field  string
	values []string
	known  map[string]bool
	meant  map[string]string // the value by its label and by its folded spelling, for hints
}

func newChoices(field salesforce.Field) *choices {
	c := &choices{field: field.Name, values: field.PicklistValues, known: map[string]bool{}, meant: map[string]string{}}
	for i, label := range field.PicklistLabels {
		if i < len(c.values) {
			c.meant[lower(trim(label))] = c.values[i]
		}
	}
	for _, v := range c.values {
		c.known[v] = true
		c.meant[lower(v)] = v
	}
	return c
}

// check refuses what Salesforce would refuse with INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST. What a record type allows
// is not in describe, and left to Salesforce (REST API guide: describe).
func (c *choices) check(value string) error {
	if c == nil || c.known[value] {
		return nil
	}
	hint := reportsync.DidYouMean(value, c.values)
	if v, ok := c.meant[lower(value)]; ok {
		hint = fmt.Sprintf("; did you mean %q? The API takes values in their own spelling, not labels", v)
	}
	if len(c.values) == 0 {
		return fmt.Errorf("%s is not a value of %s, which has none that is active", Quote(value), c.field)
	}
	return fmt.Errorf("%s is not one of the values that %s takes: %s%s", Quote(value), c.field, enumerate(c.values), hint)
}

// readPicklist takes the API value, and any text where the picklist is not restricted.
func readPicklist(f *Form, text string) (string, error) {
	if err := f.choices.check(text); err != nil {
		return "", err
	}
	return readText(f, text)
}

// readMultiPicklist makes a set: Salesforce may give the values back in the order of the field's definition.
func readMultiPicklist(f *Form, text string) (string, error) {
	text = unified(text)
	if err := f.eachSelected(text, f.choices.check); err != nil {
		return "", err
	}
	if ordered(text) {
		return text, f.fitsSelected(text)
	}
	var set []string
	_ = f.eachSelected(text, func(value string) error { set = append(set, value); return nil })
	slices.Sort(set)
	text = strings.Join(slices.Compact(set), ";")
	return text, f.fitsSelected(text)
}

func (f *Form) eachSelected(text string, each func(value string) error) error {
	for part := range strings.SplitSeq(text, ";") {
		if part = trim(part); part == "" {
			continue
		}
		if err := each(part); err != nil {
			return err
		}
	}
	return nil
}

// ordered reports whether the values of a set stand in canonical form already.
func ordered(text string) bool {
	last := ""
	for part := range strings.SplitSeq(text, ";") {
		if part <= last || part != trim(part) {
			return false
		}
		last = part
	}
	return true
}

// fitsSelected refuses a set that Salesforce would refuse as too large.
func (f *Form) fitsSelected(set string) error {
	if n := strings.Count(set, ";") + 1; f.checks() && n > maxSelected {
		return fmt.Errorf("there are %d values, and a multi-select picklist takes %d", n, maxSelected)
	}
	return f.fits(set)
}

package value

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Null is the text that empties a field in a Bulk CSV cell (Bulk API 2.0 guide:
// valid CSV record rows).
const Null = "#N/A"

// FromCSV reads a field's value from a CSV cell that is neither empty, which the
// caller leaves out, nor [Null]. The column, counted from 0, is what the message
// names. Values are not trimmed here: only text types trim on save.
func FromCSV(f *schema.Field, cell string, column int) (string, *sferr.Error) {
	ok, xsd := true, ""
	switch kind := f.Kind(); {
	case kind == schema.Checkbox:
		xsd = "xsd:boolean"
		if canonical := strings.ToLower(cell); canonical == "true" || canonical == "false" {
			return canonical, nil
		}
		ok = false
	case kind == schema.Int:
		ok, xsd = IsInteger(cell), "xsd:int"
	case numeric(kind):
		ok, xsd = isNumber(cell), "xsd:double"
	case kind == schema.Date:
		xsd = "xsd:date"
		_, ok = ParseDate(cell)
	case kind == schema.DateTime:
		var canonical string
		xsd = "xsd:dateTime"
		if canonical, ok = ParseDateTime(cell); ok {
			return canonical, nil
		}
	case kind == schema.Time:
		var canonical string
		xsd = "xsd:time"
		if canonical, ok = ParseTimeOfDay(cell); ok {
			return canonical, nil
		}
	}
	if !ok {
		return "", sferr.On([]string{f.Name}, "INVALID_FIELD",
			"Failed to deserialize field at col %d. Due to, '%s' is not a valid value for the type %s", column, cell, xsd)
	}
	return cell, nil
}

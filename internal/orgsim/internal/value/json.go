package value

import (
	"bytes"
	"encoding/json"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Position is where in a request body a value stands, both counted from 1.
type Position struct{ Line, Column int }

// FromJSON reads a field's value from one JSON value. Null gives empty text.
// JSON of another type than the field's is a JSON_PARSER_ERROR, as is text that
// is no number, date or datetime; numbers may come as text (recorded).
func FromJSON(f *schema.Field, raw json.RawMessage, at Position) (string, *sferr.Error) {
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		return "", Clearable(f)
	}
	token, text := tokenOf(raw)
	refuse := func() (string, *sferr.Error) {
		return "", sferr.On(nil, "JSON_PARSER_ERROR",
			"Cannot deserialize instance of %s from %s value %s or request may be missing a required field at [line:%d, column:%d]",
			jsonType(f.Kind()), token, text, at.Line, at.Column)
	}
	switch kind := f.Kind(); {
	case kind == schema.Address:
		return "", nil // nobody writes it, whatever its form
	case kind == schema.Checkbox:
		if token != "VALUE_TRUE" && token != "VALUE_FALSE" {
			return refuse()
		}
	case numeric(kind):
		if !jsonNumber(kind, token, text) {
			return refuse()
		}
	case kind == schema.Date:
		canonical, ok := ParseDate(text)
		if token != "VALUE_STRING" || !ok {
			return refuse()
		}
		return canonical, nil
	case kind == schema.DateTime:
		canonical, ok := ParseDateTime(text)
		if token != "VALUE_STRING" || !ok {
			return refuse()
		}
		return canonical, nil
	case kind == schema.Time:
		canonical, ok := ParseTimeOfDay(text)
		if token != "VALUE_STRING" || !ok {
			return refuse()
		}
		return canonical, nil
	case token != "VALUE_STRING":
		return refuse()
	}
	return text, nil
}

func jsonNumber(kind schema.Type, token, text string) bool {
	if token != "VALUE_STRING" && token != "VALUE_NUMBER_INT" && token != "VALUE_NUMBER_FLOAT" {
		return false
	}
	if kind == schema.Int {
		return IsInteger(text)
	}
	return isNumber(text)
}

// tokenOf names the JSON value as Salesforce's parser does and gives its text.
func tokenOf(raw json.RawMessage) (token, text string) {
	switch raw[0] {
	case '"':
		if json.Unmarshal(raw, &text) != nil {
			return "NOT_AVAILABLE", string(raw)
		}
		return "VALUE_STRING", text
	case 't':
		return "VALUE_TRUE", "true"
	case 'f':
		return "VALUE_FALSE", "false"
	case '{':
		return "START_OBJECT", "{"
	case '[':
		return "START_ARRAY", "["
	}
	if bytes.ContainsAny(raw, ".eE") {
		return "VALUE_NUMBER_FLOAT", string(raw)
	}
	return "VALUE_NUMBER_INT", string(raw)
}

func jsonType(kind schema.Type) string {
	switch kind {
	case schema.Checkbox:
		return "boolean"
	case schema.Int:
		return "int"
	case schema.Number, schema.Currency, schema.Percent:
		return "double"
	case schema.Date:
		return "date"
	case schema.DateTime:
		return "datetime"
	case schema.Time:
		return "time"
	default:
		return "string"
	}
}

// Clearable refuses null for a checkbox, the one type that always has a value.
func Clearable(f *schema.Field) *sferr.Error {
	if f.Kind() != schema.Checkbox {
		return nil
	}
	return sferr.On([]string{f.Name}, "INVALID_TYPE_ON_FIELD_IN_RECORD", "%s: value not of required type: ", f.Label)
}

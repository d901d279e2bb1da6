package web

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

var (
	decodesItself = reflect.TypeFor[json.Unmarshaler]()
	nothing       = reflect.TypeFor[struct{}]()
)

// shapeDecoder holds a document, which is known to be JSON, against the type it
// is meant for. The library's decoder would take names of any case, a name twice,
// and null for whatever cannot be null.
type shapeDecoder struct {
	*json.Decoder

	text []byte
}

// value checks the next value. What decodes itself, and what may be anything, is
// left alone.
func (d *shapeDecoder) value(t reflect.Type) *sferr.Error {
	if t.Kind() == reflect.Interface || t.Implements(decodesItself) || reflect.PointerTo(t).Implements(decodesItself) {
		var passed json.RawMessage
		return d.failed(d.Decode(&passed))
	}
	token, err := d.Token()
	if err != nil {
		return d.failed(err)
	}
	if t.Kind() == reflect.Pointer {
		if token == nil {
			return nil
		}
		t = t.Elem()
	}
	switch {
	case !fits(token, t.Kind()):
		return d.wrongType(t, token)
	case token == json.Delim('{'):
		return d.members(t)
	case token == json.Delim('['):
		return d.elements(t.Elem())
	}
	return nil
}

func fits(token json.Token, kind reflect.Kind) bool {
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return kind == reflect.Slice
		}
		return kind == reflect.Struct || kind == reflect.Map
	case string:
		return kind == reflect.String
	case bool:
		return kind == reflect.Bool
	case json.Number:
		_, err := token.Int64()
		return err == nil && kind == reflect.Int
	}
	return false // null
}

func (d *shapeDecoder) members(t reflect.Type) *sferr.Error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return d.failed(err)
		}
		name, _ := token.(string) // names are: the document is JSON
		at := PositionOf(d.text, d.InputOffset())
		if seen[name] {
			return DuplicateMember(name, at)
		}
		seen[name] = true
		of := memberType(t, name)
		if of == nothing {
			return sferr.New("JSON_PARSER_ERROR", "Unrecognized field \"%s\" at [line:%d, column:%d]", name, at.Line, at.Column)
		}
		if refused := d.value(of); refused != nil {
			return refused
		}
	}
	_, err := d.Token()
	return d.failed(err)
}

func (d *shapeDecoder) elements(t reflect.Type) *sferr.Error {
	for d.More() {
		if refused := d.value(t); refused != nil {
			return refused
		}
	}
	_, err := d.Token()
	return d.failed(err)
}

// memberType is the type of the member with exactly this name, or nothing. A map
// has members of any name.
func memberType(t reflect.Type, name string) reflect.Type {
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	for field := range t.Fields() {
		if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name {
			return field.Type
		}
	}
	return nothing
}

func (d *shapeDecoder) failed(err error) *sferr.Error {
	if err == nil {
		return nil
	}
	return malformed(d.text, err)
}

func (d *shapeDecoder) wrongType(t reflect.Type, token json.Token) *sferr.Error {
	at := PositionOf(d.text, d.InputOffset())
	kind, shown := "VALUE_NULL", "null"
	switch token := token.(type) {
	case json.Delim:
		kind, shown = map[json.Delim]string{'{': "START_OBJECT", '[': "START_ARRAY"}[token], token.String()
	case string:
		kind, shown = "VALUE_STRING", token
	case bool:
		shown = strconv.FormatBool(token)
		kind = "VALUE_" + strings.ToUpper(shown)
	case json.Number:
		kind, shown = "VALUE_NUMBER_INT", token.String()
		if strings.ContainsAny(shown, ".eE") {
			kind = "VALUE_NUMBER_FLOAT"
		}
	}
	return sferr.New("JSON_PARSER_ERROR",
		"Cannot deserialize instance of %s from %s value %s or request may be missing a required field at [line:%d, column:%d]",
		shapeName(t), kind, shown, at.Line, at.Column)
}

// shapeName is what Salesforce calls the kind of value that was expected.
func shapeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Int:
		return "int"
	case reflect.Slice:
		return "list"
	case reflect.Map:
		return "map"
	default:
		return "object"
	}
}

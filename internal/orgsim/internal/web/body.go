package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
)

// maxJSONBody is the most that a REST request may carry.
const maxJSONBody = 50_000_000

// ReadJSON decodes the request's body; where it cannot, it answers and returns
// false. What the type does not name is refused, and names count with their case.
func (c *Call) ReadJSON(into any) bool {
	mediaType, _, _ := strings.Cut(c.Request.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/json") {
		c.Fail(http.StatusUnsupportedMediaType, sferr.New("UNSUPPORTED_MEDIA_TYPE",
			"Content-type '%s' is not supported; use application/json", mediaType))
		return false
	}
	text, err := io.ReadAll(http.MaxBytesReader(c.Out, c.Request.Body, maxJSONBody))
	refused := unreadable(err)
	if refused == nil {
		refused = DecodeJSON(text, into)
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
	}
	return refused == nil
}

func unreadable(err error) *sferr.Error {
	if err == nil {
		return nil
	}
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return sferr.New("JSON_PARSER_ERROR", "The request body is longer than %d bytes", maxJSONBody)
	}
	return sferr.New("JSON_PARSER_ERROR", "%s", err)
}

// DecodeJSON reads a document as [Call.ReadJSON] does.
func DecodeJSON(text []byte, into any) *sferr.Error {
	if len(bytes.TrimSpace(text)) == 0 {
		return sferr.New("JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.")
	}
	if refused := checkText(text); refused != nil {
		return refused
	}
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		return malformed(text, err)
	}
	d := shapeDecoder{text: text, Decoder: json.NewDecoder(bytes.NewReader(text))}
	d.UseNumber()
	if refused := d.value(reflect.TypeOf(into).Elem()); refused != nil {
		return refused
	}
	if err := json.Unmarshal(text, into); err != nil {
		return sferr.New("JSON_PARSER_ERROR", "%s", err) // the words of a type that decodes itself
	}
	return nil
}

// malformed says where the document stops being JSON.
func malformed(text []byte, err error) *sferr.Error {
	wrong, ok := errors.AsType[*json.SyntaxError](err)
	if !ok || wrong.Offset < 1 || wrong.Error() == "unexpected end of JSON input" {
		at := PositionOf(text, int64(len(text)))
		return sferr.New("JSON_PARSER_ERROR", "Unexpected end-of-input at [line:%d, column:%d]", at.Line, at.Column)
	}
	r, _ := utf8.DecodeRune(text[wrong.Offset-1:])
	at := PositionOf(text, wrong.Offset-1)
	return sferr.New("JSON_PARSER_ERROR", "Unexpected character ('%c' (code %d)) at [line:%d, column:%d]", r, r, at.Line, at.Column)
}

// PositionOf counts lines and columns up to an offset of a JSON text.
func PositionOf(text []byte, offset int64) value.Position {
	before := text[:offset]
	return value.Position{
		Line:   bytes.Count(before, []byte("\n")) + 1,
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
	}
}

// DuplicateMember refuses a member that an object has twice.
func DuplicateMember(name string, at value.Position) *sferr.Error {
	return sferr.New("JSON_PARSER_ERROR", "Duplicate field '%s' at [line:%d, column:%d]", name, at.Line, at.Column)
}

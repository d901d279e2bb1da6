package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// newHumaError gives errors of huma outside of a request their type.
func newHumaError(status int, message string, _ ...error) huma.StatusError {
	return newProblem(&exchange{}, status, &reportsync.Error{Code: codeOfStatus(status), Message: message})
}

// newHumaErrorWithContext makes the answer for what huma itself refuses: a body, a header or a query that does not fit
// the schema.
func newHumaErrorWithContext(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
	x := exchangeOf(ctx.Context())
	e := &reportsync.Error{Code: codeOfStatus(status), Message: "the request is not valid"}
	if len(errs) == 0 {
		e.Message = message
	}
	var blamed []string // in the body
	for _, err := range errs {
		f := fieldError(x, err)
		if d, ok := errors.AsType[*huma.ErrorDetail](err); !ok || inBody(d.Location) {
			blamed = append(blamed, f.Pointer)
		}
		e.Fields = append(e.Fields, f)
	}
	e.Fields = append(e.Fields, brokenRules(x, blamed)...)
	return newProblem(x, status, e)
}

// keepRules keeps what checks a body against the rules of the domain. Huma decodes bodies that break the schema too, as far
// as they go, and asks resolvers before it answers.
func keepRules(ctx huma.Context, body any) []error {
	x := exchangeOf(ctx.Context())
	switch spec := body.(type) {
	case interface{ Validate() error }:
		x.rules = spec.Validate
	case interface{ Validate(now time.Time) error }:
		x.rules = func() error { return spec.Validate(time.Now()) }
	}
	return nil
}

// brokenRules returns what is wrong with a body beside what its schema blames, so that all mistakes are told at once. What
// stands around or within a place that is blamed already may be wrong only because of that.
func brokenRules(x *exchange, blamed []string) []reportsync.FieldError {
	if x.rules == nil {
		return nil
	}
	e, ok := asDomainError(x.rules())
	if !ok {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(e.Fields), func(f reportsync.FieldError) bool {
		return slices.ContainsFunc(blamed, func(pointer string) bool { return within(pointer, f.Pointer) || within(f.Pointer, pointer) })
	})
}

// within reports whether the value at a JSON pointer is, or is part of, the one at another.
func within(pointer, of string) bool { return pointer == of || strings.HasPrefix(pointer, of+"/") }

func inBody(location string) bool { return location == "body" || strings.HasPrefix(location, "body.") }

func codeOfStatus(status int) reportsync.Code {
	if status >= http.StatusInternalServerError {
		return reportsync.CodeInternal
	}
	return reportsync.CodeInvalid
}

// invalidParameter is the error for a query parameter that only its handler can judge. Parameters have no pointer: those
// lead into bodies.
func invalidParameter(name, detail string) error {
	return reportsync.Invalid("the request", []reportsync.FieldError{{Code: reportsync.CodeInvalid, Detail: fmt.Sprintf("query parameter %s: %s", name, detail)}})
}

// fieldError translates one finding of huma: its dotted location into a JSON pointer, its message into ours. The value
// itself is left out, since it may be a secret.
func fieldError(x *exchange, err error) reportsync.FieldError {
	found, ok := errors.AsType[*huma.ErrorDetail](err)
	if !ok {
		return reportsync.FieldError{Code: reportsync.CodeInvalid, Detail: err.Error()}
	}
	where, rest, _ := strings.Cut(found.Location, ".")
	if !inBody(found.Location) {
		return reportsync.FieldError{Code: reportsync.CodeInvalid, Detail: fmt.Sprintf("%s parameter %s: %s", where, rest, found.Message)}
	}
	tokens := locate(x.body, rest)
	detail := found.Message
	if name, missing := missingProperty(found.Message); missing {
		tokens, detail = append(tokens, name), "is required"
	} else if found.Message == validation.MsgUnexpectedProperty && len(tokens) > 0 {
		detail = unexpectedProperty(x, tokens)
	} else if text, ok := found.Value.(string); ok {
		detail = withNearest(found.Message, text)
	}
	return reportsync.FieldError{Pointer: pointer(tokens), Code: reportsync.CodeInvalid, Detail: detail}
}

func pointer(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString("/" + reportsync.EscapePointer(t))
	}
	return b.String()
}

// locate splits a dotted location by walking the body along it: a key that holds a dot can be told only there.
func locate(body []byte, location string) []string {
	var at any
	_ = json.Unmarshal(body, &at) // what is no JSON has no places either: the location is empty then
	var tokens []string
	for location != "" {
		token, rest := nextToken(at, location)
		tokens = append(tokens, token)
		switch v := at.(type) {
		case map[string]any:
			at = v[token]
		case []any:
			at = nil
			if i, err := strconv.Atoi(token); err == nil && i < len(v) {
				at = v[i]
			}
		}
		location = strings.TrimPrefix(rest, ".")
	}
	return tokens
}

// nextToken takes the first part off a location: the longest key of the object there that fits, an index in brackets,
// or what stands before the next dot.
func nextToken(at any, location string) (token, rest string) {
	if object, ok := at.(map[string]any); ok {
		keys := slices.SortedFunc(maps.Keys(object), func(a, b string) int { return len(b) - len(a) })
		for _, k := range keys {
			after, fits := strings.CutPrefix(location, k)
			if fits && k != "" && (after == "" || after[0] == '.' || after[0] == '[') {
				return k, after
			}
		}
	}
	if index, after, ok := strings.Cut(strings.TrimPrefix(location, "["), "]"); ok && strings.HasPrefix(location, "[") {
		return index, after
	}
	token, rest, _ = strings.Cut(location, ".")
	return token, rest
}

// missingProperty recognises huma's message for a required property that is absent; its location is the object's.
func missingProperty(message string) (string, bool) {
	before, after, _ := strings.Cut(validation.MsgExpectedRequiredProperty, "%s")
	name, ok := strings.CutPrefix(message, before)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, after)
}

// unexpectedProperty names what the object may hold instead.
func unexpectedProperty(x *exchange, tokens []string) string {
	name := tokens[len(tokens)-1]
	known := knownProperties(x, tokens[:len(tokens)-1])
	if len(known) == 0 {
		return "is not known here"
	}
	return fmt.Sprintf("is not known here; the properties are %s%s", strings.Join(known, ", "), reportsync.DidYouMean(name, known))
}

// knownProperties lists what the object at the end of tokens may hold, by the schema of the operation's body.
func knownProperties(x *exchange, tokens []string) []string {
	if x.operation == nil || x.operation.RequestBody == nil {
		return nil
	}
	at := schemaRef(x.doc, x.operation.RequestBody.Content["application/json"].Schema)
	for _, t := range tokens {
		if at == nil {
			return nil
		}
		next, ok := at.Properties[t]
		if !ok {
			next, _ = at.AdditionalProperties.(*huma.Schema)
		}
		at = schemaRef(x.doc, next)
	}
	if at == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(at.Properties))
}

// withNearest adds the nearest allowed value to huma's message for an enumeration.
func withNearest(message, text string) string {
	before, after, _ := strings.Cut(validation.MsgExpectedOneOf, "%s")
	list, ok := strings.CutPrefix(message, before)
	if !ok {
		return message
	}
	list = strings.TrimSuffix(list, after)
	return fmt.Sprintf("%q is not one of %s%s", text, list, reportsync.DidYouMean(text, strings.Split(list, ", ")))
}

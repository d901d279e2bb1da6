package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// references are the answers of a composite request so far, by referenceId.
type references map[string]any

// placeholder is a reference such as @{Account1.records[0].Id}.
var placeholder = regexp.MustCompile(`@\{([^}]*)\}`)

func (r references) add(id string, body json.RawMessage) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&value) == nil {
		r[id] = value
	}
}

// fillURL puts the values in as they are: the rest of the URL is escaped by the
// client, and ids need no escaping.
func (r references) fillURL(text string) (string, error) {
	return r.fill(text, func(value string) string { return value })
}

// fillBody puts the values into the JSON text, where references stand in strings.
func (r references) fillBody(body json.RawMessage) ([]byte, error) {
	if len(body) == 0 || string(body) == "null" {
		return nil, nil
	}
	text, err := r.fill(string(body), func(value string) string {
		quoted := string(web.AppendJSON(nil, value))
		return quoted[1 : len(quoted)-1]
	})
	return []byte(text), err
}

func (r references) fill(text string, escape func(string) string) (string, error) {
	var failed error
	filled := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		value, err := r.lookup(found[2 : len(found)-1])
		if err != nil && failed == nil {
			failed = err
		}
		return escape(value)
	})
	return filled, failed
}

// lookup follows a path such as ref.records[0].Id. Only a text, number or
// boolean can be referred to.
func (r references) lookup(path string) (string, error) {
	taken := steps(path)
	id := taken[0]
	value, ok := r[id], false
	for _, step := range taken[1:] {
		if value, ok = follow(value, step); !ok {
			break
		}
	}
	switch value := value.(type) {
	case string:
		if ok {
			return value, nil
		}
	case json.Number:
		return value.String(), nil
	case bool:
		return strconv.FormatBool(value), nil
	}
	return "", fmt.Errorf("Invalid reference specified. No value for %s found in %s. %s", path, id, notReferenceID(path)) //nolint:staticcheck // Salesforce's words
}

// steps cuts a path at dots and before brackets.
func steps(path string) []string {
	return strings.Split(strings.ReplaceAll(path, "[", ".["), ".")
}

func follow(value any, step string) (any, bool) {
	if number, ok := strings.CutPrefix(step, "["); ok {
		list, isList := value.([]any)
		at, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
		if !isList || err != nil || at < 0 || at >= len(list) {
			return nil, false
		}
		return list[at], true
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, false
	}
	value, ok = object[step]
	return value, ok
}

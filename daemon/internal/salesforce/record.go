package salesforce

import (
	"encoding/json"
	"fmt"
	"strings"
)

// record is one record of a query's answer, its values left as they were sent: a number must not
// pass through float64.
type record map[string]json.RawMessage

// recordReader turns records into rows of text.
type recordReader struct {
	columns []string
	paths   [][]string
}

func newRecordReader(columns []string) recordReader {
	r := recordReader{columns: columns, paths: make([][]string, 0, len(columns))}
	for _, column := range columns {
		r.paths = append(r.paths, strings.Split(column, "."))
	}
	return r
}

func (r recordReader) row(rec record) ([]string, error) {
	row := make([]string, len(r.paths))
	for i, path := range r.paths {
		text, err := rec.text(path)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", r.columns[i], err)
		}
		row[i] = text
	}
	return row, nil
}

// text follows a dotted path; a parent that is null makes everything below it null.
func (rec record) text(path []string) (string, error) {
	raw, ok := rec.member(path[0])
	if !ok {
		return "", fmt.Errorf("the answer has no member %s", path[0])
	}
	if len(path) == 1 {
		return valueText(raw)
	}
	if isNull(raw) {
		return "", nil
	}
	var parent record
	if err := json.Unmarshal(raw, &parent); err != nil {
		return "", fmt.Errorf("%s is not a parent record", path[0])
	}
	return parent.text(path[1:])
}

// member finds a value by name; SOQL ignores case and answers with the API's spelling.
func (rec record) member(name string) (json.RawMessage, bool) {
	if raw, ok := rec[name]; ok {
		return raw, true
	}
	for key, raw := range rec {
		if strings.EqualFold(key, name) {
			return raw, true
		}
	}
	return nil, false
}

// valueText writes a value as Bulk's CSV would: null is empty, numbers keep their digits, compound
// values stay JSON.
func valueText(raw json.RawMessage) (string, error) {
	if isNull(raw) {
		return "", nil
	}
	if raw[0] != '"' {
		return string(raw), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", fmt.Errorf("unreadable text: %w", err)
	}
	return unifyLineBreaks(s), nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

package salesforce

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// rowEncoder writes the records of a Collections call.
type rowEncoder struct {
	batch   Batch
	members []member
	byID    bool
	// key is the column of an upsert's external id, -1 for other operations.
	key int
	// opening is what every record begins with: attributes come first, which Salesforce's own message
	// asks for.
	opening string
}

func encodeCollection(op string, req CollectionRequest, batch Batch) ([]byte, error) {
	members, err := parseMembers(op, batch.Columns)
	if err != nil {
		return nil, err
	}
	e := rowEncoder{
		batch: batch, members: members, byID: req.Operation == OperationUpdate, key: -1,
		opening: `{"attributes":{"type":` + quoteJSON(batch.Object) + `}`,
	}
	if req.Operation == OperationUpsert {
		e.key = slices.IndexFunc(batch.Columns, func(name string) bool { return strings.EqualFold(name, req.ExternalIDField) })
	}
	body := []byte(`{"allOrNone":false,"records":[`)
	for i, row := range batch.Rows {
		if i > 0 {
			body = append(body, ',')
		}
		if body, err = e.append(body, row); err != nil {
			return nil, refuse(op, "row %d: %s", i+1, err)
		}
	}
	return append(body, `]}`...), nil
}

func (e *rowEncoder) append(body []byte, row Row) ([]byte, error) {
	if err := e.check(row); err != nil {
		return nil, err
	}
	body = append(body, e.opening...)
	if e.byID {
		body = append(append(append(body, `,"Id":"`...), row.ID...), '"')
	}
	for i, v := range row.Values {
		if v.IsOmit() {
			continue
		}
		text, err := v.json()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.batch.Columns[i], err)
		}
		body = e.members[i].append(append(body, ','), v, text)
	}
	return append(body, '}'), nil
}

// check is what must hold for a row. A row without a key would be created or refused, depending on the
// API, so none is sent.
func (e *rowEncoder) check(row Row) error {
	if len(row.Values) != len(e.members) {
		return fmt.Errorf("there are %d values for %d columns", len(row.Values), len(e.members))
	}
	if e.byID {
		_, err := ID18(row.ID)
		return err
	}
	switch {
	case row.ID != "":
		return errors.New("a record id has no place in this operation")
	case e.key >= 0 && row.Values[e.key].String() == "":
		return fmt.Errorf("the external id %s is empty", e.batch.Columns[e.key])
	case !row.sendsAnything():
		return errors.New("all fields are omitted")
	}
	return nil
}

// json writes the value as a JSON literal.
func (v Value) json() (string, error) {
	switch v.kind {
	case kindNull:
		return "null", nil
	case kindText:
		if !utf8.ValidString(v.text) {
			return "", errors.New("the text is not valid UTF-8")
		}
		return quoteJSON(v.text), nil
	case kindNumber:
		if !isNumber(v.text) {
			return "", errors.New("not a number")
		}
	case kindBool, kindOmit:
	}
	return v.text, nil
}

// isNumber reports whether digits are a JSON number.
func isNumber(digits string) bool {
	if digits == "" || !strings.ContainsRune("-0123456789", rune(digits[0])) {
		return false
	}
	return json.Valid([]byte(digits)) && strings.TrimSpace(digits) == digits
}

func quoteJSON(s string) string {
	quoted, _ := json.Marshal(s) //nolint:errchkjson // a string can't fail to marshal
	return string(quoted)
}

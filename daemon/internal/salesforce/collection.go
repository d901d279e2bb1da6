package salesforce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// UpdateCollection updates up to MaxCollectionRows records by id in one call and returns an answer for
// each row, in their order; rows fail on their own (allOrNone is false). An error means that nothing
// is known about any row. A request whose fate is unknown is not repeated: triggers and flows would
// run twice, and what somebody else wrote in between would be lost. The caller reads the records and
// sends what they don't hold yet; see the package comment.
func (c *Client) UpdateCollection(ctx context.Context, batch Batch) ([]RowResult, error) {
	op := fmt.Sprintf("update %d %s records", len(batch.Rows), batch.Object)
	body, err := encodeCollection(op, batch)
	if err != nil {
		return nil, err
	}
	answer, err := c.do(ctx, call{
		op: op, method: http.MethodPatch, target: c.org.data("composite/sobjects"),
		body: body, contentType: jsonType, once: true, effective: true,
		// Assignment rules would run by default, and change owners; Bulk doesn't run them either.
		header: map[string]string{"Sforce-Auto-Assign": "FALSE"},
	})
	if err != nil {
		return nil, err
	}
	return readCollection(op, batch.Rows, answer)
}

func encodeCollection(op string, batch Batch) ([]byte, error) {
	switch n := len(batch.Rows); {
	case batch.Object == "":
		return nil, refuse(op, "the object has no name")
	case n == 0 || n > MaxCollectionRows:
		return nil, refuse(op, "there are %d rows; 1 to %d are possible", n, MaxCollectionRows)
	}
	members, err := parseMembers(op, batch.Columns)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	buf.WriteString(`{"allOrNone":false,"records":[`)
	for i, row := range batch.Rows {
		if i > 0 {
			buf.WriteByte(',')
		}
		if err := encodeRow(&buf, batch, members, row); err != nil {
			return nil, refuse(op, "row %d: %s", i+1, err)
		}
	}
	buf.WriteString(`]}`)
	return buf.Bytes(), nil
}

// encodeRow writes a record with attributes first, which Salesforce's own message asks for, and Id.
func encodeRow(buf *bytes.Buffer, batch Batch, members []member, row Row) error {
	if len(row.Values) != len(members) {
		return fmt.Errorf("there are %d values for %d columns", len(row.Values), len(members))
	}
	if _, err := ID18(row.ID); err != nil {
		return err
	}
	fmt.Fprintf(buf, `{"attributes":{"type":%s},"Id":%s`, quoteJSON(batch.Object), quoteJSON(row.ID))
	for i, v := range row.Values {
		if v.IsOmit() {
			continue
		}
		text, err := v.json()
		if err != nil {
			return fmt.Errorf("%s: %w", batch.Columns[i], err)
		}
		buf.WriteByte(',')
		members[i].write(buf, v, text)
	}
	buf.WriteByte('}')
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

// collectionRow is one row's answer: a failed row has no id, and its errors say statusCode where a
// refused request says errorCode (REST API guide: sObject Collections).
type collectionRow struct {
	ID      string `json:"id"`
	Success bool   `json:"success"`
	Created bool   `json:"created"`
	Errors  []struct {
		StatusCode string   `json:"statusCode"`
		Message    string   `json:"message"`
		Fields     []string `json:"fields"`
	} `json:"errors"`
}

// readCollection pairs answers with rows by their order, and doubts answers that don't fit.
func readCollection(op string, rows []Row, answer *reply) ([]RowResult, error) {
	var answers []collectionRow
	if err := decode(op, answer, &answers); err != nil {
		return nil, err
	}
	if len(answers) != len(rows) {
		return nil, unexpected(op, "%d answers came for %d rows", len(answers), len(rows))
	}
	results := make([]RowResult, 0, len(answers))
	for i, a := range answers {
		if a.ID != "" && !sameID(a.ID, rows[i].ID) {
			return nil, unexpected(op, "answer %d is about record %s, not %s", i+1, a.ID, rows[i].ID)
		}
		results = append(results, a.result(rows[i]))
	}
	return results, nil
}

func (a collectionRow) result(row Row) RowResult {
	r := RowResult{ID: row.ID, Success: a.Success, Created: a.Created}
	if full, err := ID18(row.ID); err == nil {
		r.ID = full
	}
	if a.Success {
		return r
	}
	for _, e := range a.Errors {
		r.Errors = append(r.Errors, RowError{Code: e.StatusCode, Message: e.Message, Fields: e.Fields})
	}
	if len(r.Errors) == 0 {
		r.Errors = []RowError{{Code: CodeUnexpectedAnswer, Message: "Salesforce refused the row and gave no reason"}}
	}
	return r
}

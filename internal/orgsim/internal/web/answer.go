package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

// JSONType is the content type of JSON answers.
const JSONType = "application/json;charset=UTF-8"

const limitHeader = "Sforce-Limit-Info"

// topError is an error as it stands in a top-level array: with errorCode.
type topError struct {
	Message string    `json:"message"`
	Code    string    `json:"errorCode"`
	Fields  *[]string `json:"fields,omitempty"`
}

// RowError is an error as it stands in a row of a collection: with statusCode.
type RowError struct {
	Code    string   `json:"statusCode"`
	Message string   `json:"message"`
	Fields  []string `json:"fields"`
}

// Fail answers with the error array of REST.
func (c *Call) Fail(status int, refusal *sferr.Error) {
	c.Raw(status, JSONType, ErrorBody(refusal))
}

// ErrorBody is the error array of REST.
func ErrorBody(refusal *sferr.Error) []byte {
	body := topError{Message: refusal.Message, Code: refusal.Code}
	if refusal.Fields != nil {
		body.Fields = &refusal.Fields
	}
	return AppendJSON(nil, []topError{body})
}

// Refuse is [Call.Fail] with the status that belongs to the code of a single-row call.
func (c *Call) Refuse(refusal *sferr.Error) {
	status := http.StatusBadRequest
	switch refusal.Code {
	case "NOT_FOUND", "ENTITY_IS_DELETED":
		status = http.StatusNotFound
	}
	c.Fail(status, refusal)
}

// RowErrors lists a row's refusal as its answer does: one entry, or none for nil.
func RowErrors(refusal *sferr.Error) []RowError {
	if refusal == nil {
		return []RowError{}
	}
	fields := refusal.Fields
	if fields == nil {
		fields = []string{}
	}
	return []RowError{{Code: refusal.Code, Message: refusal.Message, Fields: fields}}
}

// JSON answers with a document.
func (c *Call) JSON(status int, body any) { c.Raw(status, JSONType, AppendJSON(nil, body)) }

// AppendJSON prints a value as answers do: without escapes for HTML.
func AppendJSON(text []byte, body any) []byte {
	buffer := bytes.NewBuffer(text)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		panic(fmt.Errorf("encode answer: %w", err)) // only a type that JSON cannot hold gets here
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
}

// Raw answers with bytes at hand.
func (c *Call) Raw(status int, contentType string, body []byte) {
	header := c.Out.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	c.Out.WriteHeader(status)
	c.Write(body)
}

// Write sends bytes of an answer that is under way; it returns false where the
// client has gone away, which is its own affair.
func (c *Call) Write(body []byte) bool {
	_, err := c.Out.Write(body) //nolint:gosec // answers for programs, with a content type that no browser runs
	return err == nil
}

// NoContent answers 204. Such answers carry no limit header.
func (c *Call) NoContent() {
	c.Out.Header().Del(limitHeader)
	c.Out.WriteHeader(http.StatusNoContent)
}

// NotFound answers 404 for what the path names.
func (c *Call) NotFound() { c.Fail(http.StatusNotFound, sferr.NotFound()) }

package orgsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

const jsonType = "application/json;charset=UTF-8"

// topError is an error as it stands in a top-level array: with errorCode.
type topError struct {
	Message string    `json:"message"`
	Code    string    `json:"errorCode"`
	Fields  *[]string `json:"fields,omitempty"`
}

// rowError is an error as it stands in a row of a collection: with statusCode.
type rowError struct {
	Code    string   `json:"statusCode"`
	Message string   `json:"message"`
	Fields  []string `json:"fields"`
}

// fail answers with the error array of REST.
func (c *call) fail(status int, refusal *sferr.Error) {
	body := topError{Message: refusal.Message, Code: refusal.Code}
	if refusal.Fields != nil {
		body.Fields = &refusal.Fields
	}
	c.json(status, []topError{body})
}

// refuse is fail with the status that belongs to the code of a single-row call.
func (c *call) refuse(refusal *sferr.Error) {
	status := http.StatusBadRequest
	switch refusal.Code {
	case "NOT_FOUND", "ENTITY_IS_DELETED":
		status = http.StatusNotFound
	}
	c.fail(status, refusal)
}

func asRowErrors(refusal *sferr.Error) []rowError {
	if refusal == nil {
		return []rowError{}
	}
	fields := refusal.Fields
	if fields == nil {
		fields = []string{}
	}
	return []rowError{{Code: refusal.Code, Message: refusal.Message, Fields: fields}}
}

func (c *call) json(status int, body any) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		panic(fmt.Errorf("encode answer: %w", err)) // only a type that JSON cannot hold gets here
	}
	c.raw(status, jsonType, bytes.TrimSuffix(text.Bytes(), []byte("\n")))
}

func (c *call) raw(status int, contentType string, body []byte) {
	header := c.out.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	c.out.WriteHeader(status)
	c.write(body)
}

// write sends bytes; a client that has gone away is its own affair.
func (c *call) write(body []byte) bool {
	_, err := c.out.Write(body)
	return err == nil
}

// noContent answers 204. Such answers carry no limit header.
func (c *call) noContent() {
	c.out.Header().Del(limitHeader)
	c.out.WriteHeader(http.StatusNoContent)
}

// readJSON decodes the request's body; where it cannot, it answers and returns
// false.
func (c *call) readJSON(into any) bool {
	mediaType, _, _ := strings.Cut(c.request.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/json") {
		c.fail(http.StatusUnsupportedMediaType, sferr.New("UNSUPPORTED_MEDIA_TYPE",
			"Content-type '%s' is not supported; use application/json", mediaType))
		return false
	}
	body := http.MaxBytesReader(c.out, c.request.Body, maxJSONBody)
	decoder := json.NewDecoder(body)
	err := decoder.Decode(into)
	if err == nil && decoder.More() {
		err = fmt.Errorf("text after the end of the document at offset %d", decoder.InputOffset())
	}
	if err != nil {
		c.fail(http.StatusBadRequest, sferr.New("JSON_PARSER_ERROR", "%s", strings.TrimPrefix(err.Error(), "json: ")))
		return false
	}
	return true
}

// maxJSONBody is the most that a REST request may carry.
const maxJSONBody = 50_000_000

package salesforce

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// apiFault is one element of an error body: [{"message","errorCode","fields"?}] (REST API guide:
// status codes and error responses).
type apiFault struct {
	Message   string   `json:"message"`
	ErrorCode string   `json:"errorCode"`
	Fields    []string `json:"fields"`
}

// codeBadToken is the plain text that the identity services answer 403 with (userinfo endpoint).
const codeBadToken = "Bad_OAuth_Token"

// answerError turns an answer other than 2xx into an Error. Bodies may be JSON, HTML or empty,
// whatever the headers say, so anything unreadable is described rather than quoted.
func answerError(op, method string, target *url.URL, r *reply) *Error {
	e := &Error{Op: op, Status: r.status, Method: method, URL: withoutQuery(target)}
	if r.status >= 300 && r.status < 400 {
		return redirectError(e, r)
	}
	if fault, ok := readFault(r.body); ok {
		e.Code, e.Message, e.Fields = fault.ErrorCode, fault.Message, fault.Fields
	} else if bytes.Contains(r.body, []byte(codeBadToken)) {
		e.Code, e.Message = codeBadToken, "the session is not valid for the identity service"
	} else {
		e.Code, e.Message, e.anonymous = codeOfStatus(r.status), describeBody(r), true
	}
	e.Hint = hintFor(e.Code, e.Message)
	return e
}

func readFault(body []byte) (apiFault, bool) {
	var list []apiFault
	if json.Unmarshal(body, &list) == nil && len(list) > 0 && list[0].ErrorCode != "" {
		return list[0], true
	}
	var one apiFault
	if json.Unmarshal(body, &one) == nil && one.ErrorCode != "" {
		return one, true
	}
	return apiFault{}, false
}

// redirectError explains a 3xx: 300 lists several matching records, the others point elsewhere.
func redirectError(e *Error, r *reply) *Error {
	if r.status == http.StatusMultipleChoices {
		e.Code, e.Message = "DUPLICATE_EXTERNAL_ID", "more than one record matches"
		return e
	}
	e.Code, e.Message = CodeRedirected, "the answer points elsewhere and was not followed"
	if to, err := url.Parse(r.header.Get("Location")); err == nil && to.Host != "" {
		e.Message = fmt.Sprintf("the answer points to %s and was not followed", to.Host)
	}
	e.Hint = hintFor(e.Code, "")
	return e
}

// codeOfStatus names an error whose body says nothing.
func codeOfStatus(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return CodeInvalidSession
	case http.StatusNotFound:
		return CodeNotFound
	case http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		return "URI_TOO_LONG"
	case http.StatusGone:
		return CodeUnsupportedVersion
	case http.StatusServiceUnavailable:
		return "SERVER_UNAVAILABLE"
	}
	if text := http.StatusText(status); text != "" {
		return strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(text))
	}
	return fmt.Sprintf("HTTP_%d", status)
}

// describeBody says what came instead of an error object. The body itself stays out: a proxy's page
// is noise and may repeat the request.
func describeBody(r *reply) string {
	if len(r.body) == 0 {
		return "the answer has no body"
	}
	kind, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil {
		kind = "an unnamed type"
	}
	return fmt.Sprintf("the answer is %s (%d bytes), not an error object of Salesforce", kind, len(r.body))
}

func withoutQuery(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// sameCode compares a code with a documented name. Bulk API 2.0 spells INVALIDJOBSTATE what its guide
// calls InvalidJobState and REST would call INVALID_JOB_STATE.
func sameCode(code string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return plainCode(code) == plainCode(name) })
}

func plainCode(code string) string {
	return strings.ToLower(strings.ReplaceAll(code, "_", ""))
}

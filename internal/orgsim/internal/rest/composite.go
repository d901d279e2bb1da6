package rest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// The limits of a composite request (REST API guide: composite).
const (
	maxSubrequests = 25
	maxHeavy       = 5 // queries and collections among them
)

// compositeRequest is the body of a composite request, and one graph of a
// composite graph request.
type compositeRequest struct {
	AllOrNone bool         `json:"allOrNone"`
	Collate   bool         `json:"collateSubrequests"` // changes speed only
	Requests  []subrequest `json:"compositeRequest"`
}

type subrequest struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	ReferenceID string            `json:"referenceId"`
	Headers     map[string]string `json:"httpHeaders"`
	Body        json.RawMessage   `json:"body"`
}

// subanswer is the answer to one subrequest.
type subanswer struct {
	Body        json.RawMessage   `json:"body"`
	Headers     map[string]string `json:"httpHeaders"`
	Status      int               `json:"httpStatusCode"`
	ReferenceID string            `json:"referenceId"`

	failedRows bool // the answer to a collection is 200 all the same
}

func (a *subanswer) failed() bool {
	return a.failedRows || a.Status >= http.StatusMultipleChoices && a.Status != http.StatusNotModified
}

type compositeAnswer struct {
	Answers []subanswer `json:"compositeResponse"`
}

// composite carries out up to 25 subrequests in one call; later ones may refer
// to the answers of earlier ones.
func (a *API) composite(c *web.Call) {
	var request compositeRequest
	if !c.ReadJSON(&request) {
		return
	}
	refused := checkSubrequests(request.Requests, maxSubrequests)
	if refused == nil {
		refused = checkHeavy(request.Requests)
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	answers, _ := a.runComposite(c, request.Requests, request.AllOrNone)
	c.JSON(http.StatusOK, compositeAnswer{answers})
}

var referenceID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_]*$`)

// checkSubrequests refuses what is wrong before anything is carried out.
func checkSubrequests(requests []subrequest, most int) *sferr.Error {
	if len(requests) == 0 {
		return sferr.New("JSON_PARSER_ERROR", "compositeRequest must hold at least one subrequest")
	}
	if len(requests) > most {
		return sferr.New("LIMIT_EXCEEDED", "The number of subrequests is %d; the limit is %d", len(requests), most)
	}
	seen := map[string]bool{}
	for i := range requests {
		r := &requests[i]
		if !referenceID.MatchString(r.ReferenceID) {
			return sferr.New("JSON_PARSER_ERROR", "%s", notReferenceID(r.ReferenceID))
		}
		if seen[r.ReferenceID] {
			return sferr.New("JSON_PARSER_ERROR", "Provided referenceId ('%s') is used by more than one subrequest", r.ReferenceID)
		}
		seen[r.ReferenceID] = true
		if refused := r.check(); refused != nil {
			return refused
		}
	}
	return nil
}

func (r *subrequest) check() *sferr.Error {
	for name := range r.Headers {
		switch http.CanonicalHeaderKey(name) {
		case "Accept", "Authorization", "Content-Type":
			return sferr.New("JSON_PARSER_ERROR", "httpHeaders of subrequest '%s' must not hold %s", r.ReferenceID, name)
		}
	}
	return checkMethod(r.Method, richInput(r.Body), r.ReferenceID)
}

// checkMethod refuses a subrequest that does not say what it is to do, and a GET
// with a body. That of a DELETE is passed over: go-salesforce, which works with real
// orgs, sends one.
func checkMethod(method string, body []byte, of string) *sferr.Error {
	switch {
	case method == http.MethodGet && len(body) > 0:
		return sferr.New("JSON_PARSER_ERROR", "subrequest '%s' has a body, which a GET does not take", of)
	case !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, method):
		return sferr.New("JSON_PARSER_ERROR", "the method '%s' of subrequest '%s' is none of GET, POST, PUT, PATCH, DELETE", method, of)
	}
	return nil
}

func notReferenceID(text string) string {
	return "Provided referenceId ('" + text + "') must start with a letter or a number, and it can contain only letters, numbers and underscores ('_')."
}

func checkHeavy(requests []subrequest) *sferr.Error {
	heavy := 0
	for _, r := range requests {
		if resource, _ := resourceOf(r.URL); isQuery(resource) || isCollection(resource) {
			heavy++
		}
	}
	if heavy > maxHeavy {
		return sferr.New("LIMIT_EXCEEDED", "The number of query and sObject Collections subrequests is %d; the limit is %d", heavy, maxHeavy)
	}
	return nil
}

// resourceOf is what follows the version in a subrequest's URL.
func resourceOf(target string) (string, bool) {
	parsed, err := url.Parse(oneSlash(target))
	if err != nil {
		return "", false
	}
	rest, ok := strings.CutPrefix(parsed.Path, "/services/data/v")
	_, resource, below := strings.Cut(rest, "/")
	return strings.TrimSuffix(resource, "/"), ok && below
}

// oneSlash keeps a URL that begins with // from being read as one with a host.
func oneSlash(target string) string { return "/" + strings.TrimLeft(target, "/") }

func isQuery(resource string) bool {
	first, _, _ := strings.Cut(resource, "/")
	return first == "query" || first == "queryAll"
}

func isCollection(resource string) bool { return below(resource, "composite/sobjects") }

func below(resource, parent string) bool {
	return resource == parent || strings.HasPrefix(resource, parent+"/")
}

// runComposite carries out the subrequests one after the other. With allOrNone
// the first failure undoes all of them, and ok is false.
func (a *API) runComposite(c *web.Call, requests []subrequest, allOrNone bool) (answers []subanswer, ok bool) {
	var unit *store.Unit
	if allOrNone {
		unit = a.DB.Begin()
		defer unit.Rollback()
	}
	bodies := references{}
	for i, r := range requests {
		answer := a.answerSubrequest(c, r, bodies, unit)
		answers = append(answers, answer)
		bodies.add(r.ReferenceID, answer.Body)
		if allOrNone && answer.failed() {
			return halted(requests, i, answer), false
		}
	}
	if allOrNone {
		unit.Commit()
	}
	return answers, true
}

// halted is the answer to a request that was undone: the culprit says what went
// wrong, the others that it did.
func halted(requests []subrequest, culprit int, answer subanswer) []subanswer {
	answers := make([]subanswer, len(requests))
	for i, r := range requests {
		answers[i] = refusedSubrequest(r, "The transaction was rolled back since another operation in the same transaction failed.")
	}
	answers[culprit] = answer
	return answers
}

func refusedSubrequest(r subrequest, message string) subanswer {
	return subanswer{
		Body: web.ErrorBody(sferr.New("PROCESSING_HALTED", "%s", message)), Headers: map[string]string{},
		Status: http.StatusBadRequest, ReferenceID: r.ReferenceID,
	}
}

// answerSubrequest fills in the references and sends the subrequest on its way.
func (a *API) answerSubrequest(c *web.Call, r subrequest, bodies references, unit *store.Unit) subanswer {
	target, err := bodies.fillURL(r.URL)
	if err != nil {
		return refusedSubrequest(r, err.Error())
	}
	body, err := bodies.fillBody(r.Body)
	if err != nil {
		return refusedSubrequest(r, err.Error())
	}
	resource, ok := resourceOf(target)
	if !ok || !isQuery(resource) && !isCollection(resource) && !below(resource, "sobjects") {
		return refusedSubrequest(r, "The URL '"+r.URL+"' is not one that a composite request takes: /services/data/vXX.0/ with sobjects, query, queryAll or composite/sobjects")
	}
	got, err := c.Inner(web.Subrequest{Method: r.Method, URL: oneSlash(target), Headers: r.Headers, Body: body, Unit: unit})
	if err != nil {
		return refusedSubrequest(r, err.Error())
	}
	answer := subanswer{Body: got.Body, Headers: map[string]string{}, Status: got.Status, ReferenceID: r.ReferenceID, failedRows: got.FailedRows}
	if len(got.Body) == 0 {
		answer.Body = json.RawMessage("null")
	}
	if location := got.Header.Get("Location"); location != "" {
		answer.Headers["Location"] = location
	}
	return answer
}

// db is the database as the call sees it: from within the unit that it belongs
// to, if it does to one.
func (a *API) db(c *web.Call) *store.DB { return a.DB.In(c.Unit) }

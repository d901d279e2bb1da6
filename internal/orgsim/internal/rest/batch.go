package rest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// batchRequest is a set of subrequests that know nothing of each other.
type batchRequest struct {
	HaltOnError bool `json:"haltOnError"`
	Requests    []struct {
		Method string          `json:"method"`
		URL    string          `json:"url"`
		Input  json.RawMessage `json:"richInput"`
	} `json:"batchRequests"`
}

type batchAnswer struct {
	HasErrors bool          `json:"hasErrors"`
	Results   []batchResult `json:"results"`
}

type batchResult struct {
	Status int             `json:"statusCode"`
	Result json.RawMessage `json:"result"`
}

// batch carries out up to 25 subrequests, each of which counts as a call of its
// own (REST API guide: composite batch).
func (a *API) batch(c *web.Call) {
	var request batchRequest
	if !c.ReadJSON(&request) {
		return
	}
	if n := len(request.Requests); n == 0 || n > maxSubrequests {
		c.Fail(http.StatusBadRequest, sferr.New("LIMIT_EXCEEDED", "A batch holds 1 to %d subrequests, not %d", maxSubrequests, n))
		return
	}
	for i, r := range request.Requests {
		if refused := checkMethod(r.Method, richInput(r.Input), strconv.Itoa(i+1)); refused != nil {
			c.Fail(http.StatusBadRequest, refused)
			return
		}
	}
	answer := batchAnswer{Results: make([]batchResult, 0, len(request.Requests))}
	for i, r := range request.Requests {
		if answer.HasErrors && request.HaltOnError {
			answer.Results = append(answer.Results, batchRefusal(http.StatusPreconditionFailed,
				sferr.New("BATCH_PROCESSING_HALTED", "Batch processing halted per request")))
			continue
		}
		result := batchRefusal(http.StatusNotFound, sferr.NotFound())
		if target, ok := batchURL(c, r.URL); ok {
			// The batch has been paid for as one call: that of its first subrequest.
			got, err := c.Inner(web.Subrequest{Method: r.Method, URL: target, Body: richInput(r.Input), Counted: i > 0})
			if err == nil {
				result = batchResult{Status: got.Status, Result: got.Body}
			}
		}
		if len(result.Result) == 0 {
			result.Result = json.RawMessage("null")
		}
		answer.HasErrors = answer.HasErrors || result.Status >= http.StatusBadRequest
		answer.Results = append(answer.Results, result)
	}
	c.JSON(http.StatusOK, answer)
}

func batchRefusal(status int, refusal *sferr.Error) batchResult {
	return batchResult{Status: status, Result: web.ErrorBody(refusal)}
}

func richInput(input json.RawMessage) []byte {
	if string(input) == "null" {
		return nil
	}
	return input
}

// batchURL completes a URL, which may begin with its version. A batch takes
// limits, queries and records, in its own version or an older one.
func batchURL(c *web.Call, target string) (string, bool) {
	if !strings.HasPrefix(target, "/") {
		target = "/services/data/" + target
	}
	target = oneSlash(target)
	resource, ok := resourceOf(target)
	if !ok || !isQuery(resource) && !below(resource, "sobjects") && !below(resource, "limits") {
		return "", false
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(target, "/services/data/"), "/")
	return target, !c.OlderThan(version)
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

const (
	requestTimeout = time.Minute
	apiPath        = "/services/data/v62.0"
)

// client asks a running org.
type client struct{ http *resty.Client }

func newClient(url string) *client {
	return &client{http: resty.New().SetBaseURL(strings.TrimRight(url, "/")).SetTimeout(requestTimeout)}
}

// login takes a token by client credentials.
func (c *client) login(ctx context.Context, id, secret string) error {
	response, err := c.http.R().SetContext(ctx).
		SetFormData(map[string]string{"grant_type": "client_credentials", "client_id": id, "client_secret": secret}).
		Post("/services/oauth2/token")
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	var token struct {
		AccessToken string `json:"access_token"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(response.Body(), &token); err != nil {
		return fmt.Errorf("log in: the answer (%s) is no JSON: %w", response.Status(), err)
	}
	if response.StatusCode() != http.StatusOK {
		return fmt.Errorf("log in: %s (%s)", token.Description, token.Error)
	}
	c.http.SetAuthToken(token.AccessToken)
	return nil
}

// query asks through the REST API and follows all pages.
func (c *client) query(ctx context.Context, soql string) (found, error) {
	var answer found
	request := c.http.R().SetContext(ctx).SetQueryParam("q", soql)
	next := apiPath + "/query"
	for next != "" {
		var page struct {
			Total   int      `json:"totalSize"`
			Done    bool     `json:"done"`
			Next    string   `json:"nextRecordsUrl"`
			Records []record `json:"records"`
		}
		if err := get(request, next, &page); err != nil {
			return found{}, fmt.Errorf("query: %w", err)
		}
		answer.records = append(answer.records, page.Records...)
		answer.total = page.Total
		answer.counted = len(answer.records) == 0 && page.Total > 0
		next = page.Next
		request = c.http.R().SetContext(ctx)
	}
	return answer, nil
}

// queryAsAdministrator asks the control endpoint.
func (c *client) queryAsAdministrator(ctx context.Context, soql string) (found, error) {
	var raw json.RawMessage
	if err := get(c.http.R().SetContext(ctx).SetQueryParam("q", soql), "/orgsim/query", &raw); err != nil {
		return found{}, fmt.Errorf("query: %w", err)
	}
	var answer found
	if strings.HasPrefix(string(raw), "{") {
		var count struct {
			Total int `json:"totalSize"`
		}
		if err := json.Unmarshal(raw, &count); err != nil {
			return found{}, fmt.Errorf("read count: %w", err)
		}
		return found{total: count.Total, counted: true}, nil
	}
	if err := json.Unmarshal(raw, &answer.records); err != nil {
		return found{}, fmt.Errorf("read records: %w", err)
	}
	return answer, nil
}

func (c *client) journal(ctx context.Context, query map[string]string) (orgsim.JournalAnswer, error) {
	var answer orgsim.JournalAnswer
	if err := get(c.http.R().SetContext(ctx).SetQueryParams(query), "/orgsim/journal", &answer); err != nil {
		return answer, fmt.Errorf("read journal: %w", err)
	}
	return answer, nil
}

func (c *client) resetJournal(ctx context.Context) error {
	if err := send(c.http.R().SetContext(ctx), http.MethodDelete, "/orgsim/journal"); err != nil {
		return fmt.Errorf("reset journal: %w", err)
	}
	return nil
}

// get decodes a JSON answer, or says what the org complains of.
func get(request *resty.Request, path string, into any) error {
	response, err := request.Get(path)
	if err != nil {
		return fmt.Errorf("reach the org: %w", err)
	}
	if response.IsError() {
		return fmt.Errorf("%s: %s", response.Status(), complaint(response.Body()))
	}
	if err := json.Unmarshal(response.Body(), into); err != nil {
		return fmt.Errorf("the answer is not what an orgsim gives: %w", err)
	}
	return nil
}

// complaint is the sentence in an error body of the control or the REST API.
func complaint(body []byte) string {
	var control struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &control) == nil && control.Error != "" {
		return control.Error
	}
	var rest []struct {
		Message string `json:"message"`
		Code    string `json:"errorCode"`
	}
	if json.Unmarshal(body, &rest) == nil && len(rest) > 0 {
		return rest[0].Code + ": " + rest[0].Message
	}
	return strings.TrimSpace(string(body))
}

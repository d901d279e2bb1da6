package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

const queryJobs = "/services/data/v62.0/jobs/query"

// org is a running simulated org.
type org struct {
	url  string
	http *resty.Client
}

func newOrg(url string) *org { return &org{url: url, http: resty.New().SetBaseURL(url)} }

// journal returns what the org was asked since forget.
func (o *org) journal(ctx context.Context) (orgsim.JournalAnswer, error) {
	var answer orgsim.JournalAnswer
	err := o.call(o.http.R().SetContext(ctx), http.MethodGet, "/orgsim/journal", &answer)
	return answer, err
}

// forget empties the org's journal.
func (o *org) forget(ctx context.Context) error {
	return o.call(o.http.R().SetContext(ctx), http.MethodDelete, "/orgsim/journal", nil)
}

// export writes the org's answer to the query that a run over all contacts needs to a file, in the bytes in which the
// Bulk API gives it.
func (o *org) export(ctx context.Context, path string) error {
	var token struct {
		AccessToken string `json:"access_token"`
	}
	login := map[string]string{"grant_type": "client_credentials", "client_id": orgsim.DefaultClientID, "client_secret": orgsim.DefaultClientSecret}
	if err := o.call(o.http.R().SetContext(ctx).SetFormData(login), http.MethodPost, "/services/oauth2/token", &token); err != nil {
		return err
	}
	asked := func() *resty.Request { return o.http.R().SetContext(ctx).SetAuthToken(token.AccessToken) }
	var job struct {
		ID    string `json:"id"`
		State string `json:"state"`
	}
	query := map[string]string{"operation": "query", "query": "SELECT Id, Email, Last_Seen__c, Onboarding_Status__c, Sessions_30d__c, Usage_Account__c FROM Contact"}
	if err := o.call(asked().SetBody(query), http.MethodPost, queryJobs, &job); err != nil {
		return err
	}
	for job.State != "JobComplete" {
		if job.State == "Failed" || job.State == "Aborted" {
			return fmt.Errorf("the query job is %s", job.State)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
		if err := o.call(asked(), http.MethodGet, queryJobs+"/"+job.ID, &job); err != nil {
			return err
		}
	}
	return download(asked, queryJobs+"/"+job.ID+"/results", path)
}

// download writes all pages of a query job's results to a file.
func download(asked func() *resty.Request, results, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for locator := ""; locator != "null"; {
		response, err := asked().SetDoNotParseResponse(true).SetHeader("Accept-Encoding", "identity").
			SetQueryParams(map[string]string{"maxRecords": "250000", "locator": locator}).Get(results)
		if err != nil {
			return fmt.Errorf("reach the org: %w", err)
		}
		_, err = io.Copy(file, response.RawBody())
		if err := errors.Join(err, response.RawBody().Close()); err != nil {
			return fmt.Errorf("download results: %w", err)
		}
		if response.IsError() {
			return fmt.Errorf("download results: %s", response.Status())
		}
		locator = response.Header().Get("Sforce-Locator")
	}
	return file.Close()
}

// call makes a request and decodes its answer; nil for none.
func (o *org) call(r *resty.Request, method, path string, into any) error {
	response, err := r.Execute(method, path)
	if err != nil {
		return fmt.Errorf("reach the org: %w", err)
	}
	if response.IsError() {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status(), response.Body())
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(response.Body(), into); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return nil
}

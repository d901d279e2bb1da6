package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/go-resty/resty/v2"
	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// urlFlag is the flag of every command that asks a running org.
func urlFlag(cmd *cobra.Command, url *string) {
	cmd.Flags().StringVar(url, "url", "", "URL of the org")
	cobra.CheckErr(cmd.MarkFlagRequired("url"))
}

// send makes a control call whose answer does not matter.
func send(request *resty.Request, method, path string) error {
	response, err := request.Execute(method, path)
	if err != nil {
		return fmt.Errorf("reach the org: %w", err)
	}
	if response.IsError() {
		return fmt.Errorf("%s: %s", response.Status(), complaint(response.Body()))
	}
	return nil
}

func (c *client) addFaults(ctx context.Context, faults []fault.Fault) error {
	response, err := c.http.R().SetContext(ctx).SetHeader("Content-Type", "application/json").SetBody(faults).Post("/orgsim/faults")
	if err != nil {
		return fmt.Errorf("reach the org: %w", err)
	}
	if !response.IsError() {
		return nil
	}
	var refusal orgsim.FaultRefusal
	if json.Unmarshal(response.Body(), &refusal) != nil || refusal.Index >= len(faults) || faults[refusal.Index].Source == nil {
		return fmt.Errorf("%s: %s", response.Status(), complaint(response.Body()))
	}
	return faults[refusal.Index].Source.Blame(fault.Mistaken(refusal.Property, errors.New(refusal.Error)))
}

func (c *client) faults(ctx context.Context) ([]orgsim.FaultAnswer, error) {
	var list []orgsim.FaultAnswer
	return list, get(c.http.R().SetContext(ctx), "/orgsim/faults", &list)
}

// clearFaults takes the faults of a name out of force; "" all.
func (c *client) clearFaults(ctx context.Context, name string) error {
	return send(c.named(ctx, name), http.MethodDelete, "/orgsim/faults"+oneOf(name))
}

func (c *client) releaseFaults(ctx context.Context, name string) error {
	return send(c.named(ctx, name), http.MethodPost, "/orgsim/faults"+oneOf(name)+"/release")
}

func (c *client) named(ctx context.Context, name string) *resty.Request {
	return c.http.R().SetContext(ctx).SetPathParam("name", name)
}

func oneOf(name string) string {
	if name == "" {
		return ""
	}
	return "/{name}"
}

// dump copies the org's dump, which may be long.
func (c *client) dump(ctx context.Context, out io.Writer, history bool) error {
	response, err := c.http.SetTimeout(0).R().SetContext(ctx).SetDoNotParseResponse(true).
		SetQueryParam("history", strconv.FormatBool(history)).Get("/orgsim/dump")
	if err != nil {
		return fmt.Errorf("reach the org: %w", err)
	}
	body := response.RawBody()
	defer body.Close()
	if response.IsError() {
		text, err := io.ReadAll(io.LimitReader(body, 1<<16))
		if err != nil {
			return fmt.Errorf("reach the org: %w", err)
		}
		return fmt.Errorf("%s: %s", response.Status(), complaint(text))
	}
	if _, err := io.Copy(out, body); err != nil {
		return fmt.Errorf("copy dump: %w", err)
	}
	return nil
}

// load sends a CSV file's records and returns how many were made.
func (c *client) load(ctx context.Context, object string, csv io.Reader) (int, error) {
	var answer orgsim.LoadAnswer
	response, err := c.http.SetTimeout(0).R().SetContext(ctx).SetQueryParam("object", object).
		SetHeader("Content-Type", "text/csv").SetBody(csv).SetResult(&answer).SetError(&answer).Post("/orgsim/load")
	if err != nil {
		return 0, fmt.Errorf("reach the org: %w", err)
	}
	if response.IsError() {
		return answer.Loaded, fmt.Errorf("after %d records: %s", answer.Loaded, complaint(response.Body()))
	}
	return answer.Loaded, nil
}

func (c *client) history(ctx context.Context, object, id string) ([]orgsim.Write, error) {
	var writes []orgsim.Write
	request := c.http.R().SetContext(ctx).SetPathParams(map[string]string{"object": object, "id": id})
	return writes, get(request, "/orgsim/records/{object}/{id}/history", &writes)
}

// reset makes the org forget; with records also all records but its own.
func (c *client) reset(ctx context.Context, records bool) error {
	request := c.http.R().SetContext(ctx).SetQueryParam("records", strconv.FormatBool(records))
	return send(request, http.MethodPost, "/orgsim/reset")
}

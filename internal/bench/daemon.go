package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// daemon is a running reportsyncd, configured by its API.
type daemon struct {
	program *program
	api     *api.Client
}

func newDaemon(p *program, endpoint, tokenFile string) (*daemon, error) {
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, fmt.Errorf("read the admin token: %w", err)
	}
	client, err := api.NewClient(api.ClientConfig{Endpoint: endpoint, Token: reportsync.Secret(strings.TrimSpace(string(token)))})
	if err != nil {
		return nil, err
	}
	return &daemon{program: p, api: client}, nil
}

// connect declares a connection to an org and returns its id.
func (d *daemon) connect(ctx context.Context, name string, o *org) (string, error) {
	c, err := d.api.CreateConnection(ctx, reportsync.ConnectionSpec{
		Name: name, Environment: reportsync.Production, LoginURL: &o.url,
		ClientCredentials: &reportsync.ClientCredentials{ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret},
	})
	return c.ID, err
}

// source declares the folder of reports and returns its id.
func (d *daemon) source(ctx context.Context, folder string) (string, error) {
	s, err := d.api.CreateSource(ctx, reportsync.SourceSpec{Name: "reports", Files: &reportsync.FilesSource{URL: "file://" + folder}})
	return s.ID, err
}

// integrate declares an integration and returns its id.
func (d *daemon) integrate(ctx context.Context, name, source, report, connection, schedule string) (string, error) {
	i, err := d.api.CreateIntegration(ctx, reportsync.IntegrationSpec{
		Name: name, SourceID: source, Report: report, ConnectionID: connection, Object: "Contact",
		Match: reportsync.Match{Column: keyColumn, Field: keyField}, Mappings: mappings, Schedule: &schedule,
	})
	return i.ID, err
}

// run carries an integration out once.
func (d *daemon) run(ctx context.Context, integration string) (reportsync.Run, error) {
	run, err := d.api.StartRun(ctx, integration, api.StartRun{}, "")
	if err != nil {
		return run, err
	}
	return d.api.FollowRun(ctx, run, func(reportsync.Run, error) {})
}

// check holds the end of a run against what it must be.
func check(run reportsync.Run, want reportsync.Counts) error {
	switch {
	case run.Error != nil:
		return fmt.Errorf("run %s of %s is %s: %s: %s", run.ID, run.IntegrationName, run.Status, run.Error.Code, run.Error.Message)
	case run.Status != reportsync.RunCompleted || run.Counts != want:
		return fmt.Errorf("run %s of %s is %s with %+v, want %s with %+v", run.ID, run.IntegrationName, run.Status, run.Counts, reportsync.RunCompleted, want)
	}
	return nil
}

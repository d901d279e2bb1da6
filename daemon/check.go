package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// checkTimeout bounds a look at an org: somebody waits for the answer, and an org in trouble is tried again for long.
const checkTimeout = 20 * time.Second

// CheckConnection logs in with the secret that the spec carries and compares the org with the declared environment.
func (d *Daemon) CheckConnection(ctx context.Context, spec reportsync.ConnectionSpec) (api.ConnectionTest, error) {
	org, err := d.orgs.dial(spec)
	if err != nil {
		return api.ConnectionTest{}, err
	}
	defer org.Close()
	return logIn(ctx, org, spec)
}

// TestConnection logs in with a stored connection.
func (d *Daemon) TestConnection(ctx context.Context, id string) (api.ConnectionTest, error) {
	connection, err := d.store.Connection(ctx, id)
	if err != nil {
		return api.ConnectionTest{}, err
	}
	org, err := d.orgs.client(ctx, connection)
	if err != nil {
		return api.ConnectionTest{}, err
	}
	return logIn(ctx, org, connection.ConnectionSpec)
}

// CheckSource opens the folder of a source.
func (d *Daemon) CheckSource(_ context.Context, spec reportsync.SourceSpec) error {
	files, err := d.openSource(spec)
	if err != nil {
		return err
	}
	return files.Close()
}

// CheckIntegration compares the integration with its org and its report as they are now. What can't be reached is left
// unchecked: a configuration must not depend on the org being up.
func (d *Daemon) CheckIntegration(ctx context.Context, spec reportsync.IntegrationSpec) (api.Validation, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	connection, err := d.store.Connection(ctx, spec.ConnectionID)
	if err != nil {
		return api.Validation{}, err
	}
	source, err := d.store.Source(ctx, spec.SourceID)
	if err != nil {
		return api.Validation{}, err
	}
	org, err := d.orgs.client(ctx, connection)
	if err != nil {
		return api.Validation{}, err
	}
	reports, done := d.reportsOf(source)
	defer done()
	problems, unchecked, err := sync.Check(ctx, org, reports, spec)
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
		unchecked = append(unchecked, fmt.Sprintf("columns and fields were not checked: connection %q gave no answer within %s", connection.Name, checkTimeout))
	}
	return api.Validation{Errors: problems, Unchecked: unchecked}, err
}

// logIn logs in and checks that the org is of the declared kind.
func logIn(ctx context.Context, org *salesforce.Client, spec reportsync.ConnectionSpec) (api.ConnectionTest, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	who, err := org.Login(ctx)
	if err != nil {
		return api.ConnectionTest{}, loginError(err, spec)
	}
	declared, actual := spec.Environment, reportsync.Production
	if who.IsSandbox {
		actual = reportsync.Sandbox
	}
	if declared != actual {
		return api.ConnectionTest{}, reportsync.Errorf(reportsync.CodeOrgMismatch,
			"%s is a %s org, but the connection is declared as %s", spec.EffectiveLoginURL(), actual, declared).
			WithHint("set environment to %q, or login_url to the org that is meant", actual)
	}
	return api.ConnectionTest{
		OrganizationID: who.OrganizationID, Username: who.Username, InstanceURL: who.InstanceURL, IsSandbox: who.IsSandbox,
	}, nil
}

// loginError translates why a login failed. OAuth's own words stay: they are what an administrator searches for.
func loginError(err error, spec reportsync.ConnectionSpec) error {
	url := spec.EffectiveLoginURL()
	failure, ok := errors.AsType[*salesforce.Error](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return reportsync.Errorf(reportsync.CodeUnavailable, "%s gave no answer within %s", url, checkTimeout)
	case !ok:
		return fmt.Errorf("log in to %s: %w", url, err)
	case salesforce.IsCredentials(err):
		refusal := &reportsync.Error{
			Code: reportsync.CodeCredentials, Err: err, Hint: failure.Hint,
			Message: fmt.Sprintf("%s refused the login: %s (%s)", url, failure.Message, failure.Code),
		}
		if failure.Code == "invalid_client_id" {
			refusal.Fields = []reportsync.FieldError{{
				Pointer: "/client_credentials/client_id", Code: reportsync.CodeCredentials, Detail: refusal.Message,
			}}
		}
		return refusal
	case salesforce.IsUnreachable(err), salesforce.IsRetryable(err):
		return &reportsync.Error{Code: reportsync.CodeUnavailable, Message: fmt.Sprintf("can't reach %s: %s", url, failure.Message), Hint: failure.Hint, Err: err}
	case salesforce.IsLimit(err):
		return &reportsync.Error{Code: reportsync.CodeSalesforceLimit, Message: failure.Message, Hint: failure.Hint, Err: err}
	default:
		return &reportsync.Error{Code: reportsync.CodeSalesforce, Message: failure.Error(), Err: err}
	}
}

// openSource opens the reports of a source.
func (d *Daemon) openSource(spec reportsync.SourceSpec) (*report.Files, error) {
	if spec.Files == nil {
		return nil, reportsync.Errorf(reportsync.CodeReportNotFound, "source %q is of a kind that this version does not know", spec.Name)
	}
	return report.OpenFiles(*spec.Files, d.cfg.FileRoots)
}

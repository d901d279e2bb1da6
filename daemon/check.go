package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// checkTimeout bounds a look at an org: somebody waits for the answer, and an org in trouble is tried again for long.
const checkTimeout = 20 * time.Second

// checks looks at the world outside on behalf of whoever configures: the config API, or "reportsyncd check" without one.
type checks struct {
	store   *store.Store
	orgs    *orgs
	sources sources
}

// CheckConnection logs in with the secret that the spec carries and compares the org with the declared environment.
func (c *checks) CheckConnection(ctx context.Context, spec reportsync.ConnectionSpec) (api.ConnectionTest, error) {
	org, err := c.orgs.dial(spec)
	if err != nil {
		return api.ConnectionTest{}, err
	}
	defer org.Close()
	return logIn(ctx, org, spec)
}

// TestConnection logs in with a stored connection.
func (c *checks) TestConnection(ctx context.Context, id string) (api.ConnectionTest, error) {
	connection, err := c.store.Connection(ctx, id)
	if err != nil {
		return api.ConnectionTest{}, err
	}
	org, err := c.orgs.client(ctx, connection)
	if err != nil {
		return api.ConnectionTest{}, err
	}
	return logIn(ctx, org, connection.ConnectionSpec)
}

// CheckSource opens the folder of a source.
func (c *checks) CheckSource(_ context.Context, spec reportsync.SourceSpec) error {
	files, err := c.sources.open(spec)
	if err != nil {
		return err
	}
	return files.Close()
}

// CheckIntegration compares the integration with its org and its report as they are now. What can't be reached is left
// unchecked: a configuration must not depend on the org being up.
func (c *checks) CheckIntegration(ctx context.Context, spec reportsync.IntegrationSpec) (api.Validation, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	connection, err := c.store.Connection(ctx, spec.ConnectionID)
	if err != nil {
		return api.Validation{}, err
	}
	source, err := c.store.Source(ctx, spec.SourceID)
	if err != nil {
		return api.Validation{}, err
	}
	org, err := c.orgs.client(ctx, connection)
	if err != nil {
		return api.Validation{}, err
	}
	reports, done := c.sources.reportsOf(source)
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

// loginError says at which address a login failed, and points at what is to blame where the answer tells. OAuth's own
// words stay: they are what an administrator searches for.
func loginError(err error, spec reportsync.ConnectionSpec) error {
	url := spec.EffectiveLoginURL()
	if errors.Is(err, context.DeadlineExceeded) {
		return reportsync.Errorf(reportsync.CodeUnavailable, "%s gave no answer within %s", url, checkTimeout)
	}
	failure, ok := errors.AsType[*salesforce.Error](err)
	if !ok {
		return fmt.Errorf("log in to %s: %w", url, err)
	}
	told := sync.Translate(failure)
	switch told.Code {
	case reportsync.CodeCredentials:
		told.Message = fmt.Sprintf("%s refused the login: %s (%s)", url, failure.Message, failure.Code)
	case reportsync.CodeUnavailable:
		told.Message = fmt.Sprintf("can't reach %s: %s", url, failure.Message)
	default:
		told.Message = fmt.Sprintf("can't log in to %s: %s", url, told.Message)
	}
	if failure.Code == "invalid_client_id" {
		told.Fields = []reportsync.FieldError{{Pointer: "/client_credentials/client_id", Code: told.Code, Detail: told.Message}}
	}
	return told
}

package api

import (
	"context"
	"iter"
	"net/http"

	"github.com/google/uuid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// CreateConnection stores a connection after a login with it has worked.
func (c *Client) CreateConnection(ctx context.Context, spec reportsync.ConnectionSpec) (reportsync.Connection, error) {
	return connections.create(ctx, c, spec)
}

// Connection reads a connection; [reportsync.CodeNotFound] means that it is gone.
func (c *Client) Connection(ctx context.Context, id string) (reportsync.Connection, error) {
	return connections.get(ctx, c, id)
}

// ConnectionByName reads the connection with exactly this name.
func (c *Client) ConnectionByName(ctx context.Context, name string) (reportsync.Connection, error) {
	return connections.byName(ctx, c, name)
}

// ReplaceConnection replaces a connection if it still is at the revision; 0 replaces any. A spec without a secret keeps
// the stored one.
func (c *Client) ReplaceConnection(ctx context.Context, id string, revision int64, spec reportsync.ConnectionSpec) (reportsync.Connection, error) {
	return connections.replace(ctx, c, id, revision, spec)
}

// DeleteConnection deletes a connection if it still is at the revision; 0 deletes any.
func (c *Client) DeleteConnection(ctx context.Context, id string, revision int64) error {
	return connections.delete(ctx, c, id, revision)
}

// Connections walks through all connections in the order of their ids.
func (c *Client) Connections(ctx context.Context) iter.Seq2[reportsync.Connection, error] {
	return connections.list(ctx, c, nil)
}

// TestConnection logs in with a stored connection.
func (c *Client) TestConnection(ctx context.Context, id string) (ConnectionTest, error) {
	return send[ConnectionTest](ctx, c, request{
		method: http.MethodPost, path: "/connections/{id}/test", pathParams: map[string]string{"id": id},
		idempotencyKey: uuid.NewString(),
	})
}

// CreateSource stores a source after a look at it.
func (c *Client) CreateSource(ctx context.Context, spec reportsync.SourceSpec) (reportsync.Source, error) {
	return sources.create(ctx, c, spec)
}

// Source reads a source; [reportsync.CodeNotFound] means that it is gone.
func (c *Client) Source(ctx context.Context, id string) (reportsync.Source, error) {
	return sources.get(ctx, c, id)
}

// SourceByName reads the source with exactly this name.
func (c *Client) SourceByName(ctx context.Context, name string) (reportsync.Source, error) {
	return sources.byName(ctx, c, name)
}

// ReplaceSource replaces a source if it still is at the revision; 0 replaces any.
func (c *Client) ReplaceSource(ctx context.Context, id string, revision int64, spec reportsync.SourceSpec) (reportsync.Source, error) {
	return sources.replace(ctx, c, id, revision, spec)
}

// DeleteSource deletes a source if it still is at the revision; 0 deletes any.
func (c *Client) DeleteSource(ctx context.Context, id string, revision int64) error {
	return sources.delete(ctx, c, id, revision)
}

// Sources walks through all sources in the order of their ids.
func (c *Client) Sources(ctx context.Context) iter.Seq2[reportsync.Source, error] {
	return sources.list(ctx, c, nil)
}

// CreateIntegration stores an integration after its columns and fields were checked, as far as report and org can be
// reached.
func (c *Client) CreateIntegration(ctx context.Context, spec reportsync.IntegrationSpec) (reportsync.Integration, error) {
	return integrations.create(ctx, c, spec)
}

// Integration reads an integration; [reportsync.CodeNotFound] means that it is gone.
func (c *Client) Integration(ctx context.Context, id string) (reportsync.Integration, error) {
	return integrations.get(ctx, c, id)
}

// IntegrationByName reads the integration with exactly this name.
func (c *Client) IntegrationByName(ctx context.Context, name string) (reportsync.Integration, error) {
	return integrations.byName(ctx, c, name)
}

// ReplaceIntegration replaces an integration if it still is at the revision; 0 replaces any.
func (c *Client) ReplaceIntegration(ctx context.Context, id string, revision int64, spec reportsync.IntegrationSpec) (reportsync.Integration, error) {
	return integrations.replace(ctx, c, id, revision, spec)
}

// DeleteIntegration deletes an integration if it still is at the revision; 0 deletes any.
func (c *Client) DeleteIntegration(ctx context.Context, id string, revision int64) error {
	return integrations.delete(ctx, c, id, revision)
}

// Integrations walks through all integrations in the order of their ids.
func (c *Client) Integrations(ctx context.Context) iter.Seq2[reportsync.Integration, error] {
	return integrations.list(ctx, c, nil)
}

// ValidateIntegration asks what is wrong with an integration, without storing it.
func (c *Client) ValidateIntegration(ctx context.Context, check IntegrationCheck) (Validation, error) {
	return send[Validation](ctx, c, request{
		method: http.MethodPost, path: "/integrations:validate", body: check, idempotencyKey: uuid.NewString(),
	})
}

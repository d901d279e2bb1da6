package api

import (
	"context"
	"iter"
	"net/http"

	"github.com/google/uuid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// CreateToken makes a token; its secret is in this answer and nowhere else.
func (c *Client) CreateToken(ctx context.Context, spec reportsync.TokenSpec) (NewToken, error) {
	return send[NewToken](ctx, c, request{method: http.MethodPost, path: "/tokens", body: spec, idempotencyKey: uuid.NewString()})
}

// Tokens walks through all tokens in the order of their ids.
func (c *Client) Tokens(ctx context.Context) iter.Seq2[reportsync.Token, error] {
	return all[reportsync.Token](ctx, c, request{path: "/tokens"}, 0)
}

// DeleteToken revokes a token.
func (c *Client) DeleteToken(ctx context.Context, id string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: "/tokens/{id}", pathParams: map[string]string{"id": id}})
}

// Meta says what the daemon is and can do.
func (c *Client) Meta(ctx context.Context) (Meta, error) {
	return send[Meta](ctx, c, request{method: http.MethodGet, path: "/meta"})
}

// Health reports, as an error, that the daemon is not there or not ready to work.
func (c *Client) Health(ctx context.Context) error {
	return c.do(ctx, request{method: http.MethodGet, path: c.endpoint + "/readyz"})
}

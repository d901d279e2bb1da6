package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const tokensPath = prefix + "/tokens"

type newTokenOutput struct {
	Location string `header:"Location" doc:"Path of the token"`
	Body     api.NewToken
}

func (s *server) mountTokens() {
	register(s, reportsync.RoleAdmin, huma.Operation{
		OperationID: "create-token", Method: http.MethodPost, Path: tokensPath, Tags: []string{tagTokens}, Summary: "Create a token",
		Description:   "Only this answer holds the secret. Of the secret a hash is stored; of the answer, with an Idempotency-Key, a sealed copy for a day.",
		DefaultStatus: http.StatusCreated,
	}, s.createToken)
	register(s, reportsync.RoleAdmin, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: tokensPath, Tags: []string{tagTokens}, Summary: "List tokens",
	}, s.listTokens)
	register(s, reportsync.RoleAdmin, huma.Operation{
		OperationID: "delete-token", Method: http.MethodDelete, Path: tokensPath + "/{id}", Tags: []string{tagTokens}, Summary: "Revoke a token",
	}, s.deleteToken)
}

func (s *server) createToken(ctx context.Context, in *createInput[reportsync.TokenSpec]) (*newTokenOutput, error) {
	if err := in.Body.Validate(time.Now()); err != nil {
		return nil, err
	}
	t, secret, err := s.store.CreateToken(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &newTokenOutput{Location: tokensPath + "/" + t.ID, Body: api.NewToken{Token: t, Secret: secret}}, nil
}

// listTokens pages over what the store gives as a whole, by id: there are few tokens.
func (s *server) listTokens(ctx context.Context, in *PageParams) (*pageOutput[reportsync.Token], error) {
	if err := checkCursor(reportsync.TokenID, in.Cursor); err != nil {
		return nil, err
	}
	tokens, err := s.store.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	from, found := slices.BinarySearchFunc(tokens, in.Cursor, func(t reportsync.Token, id string) int { return strings.Compare(t.ID, id) })
	if found {
		from++
	}
	tokens = tokens[from:]
	if len(tokens) <= in.Limit {
		return page(tokens, ""), nil
	}
	return page(tokens[:in.Limit], tokens[in.Limit-1].ID), nil
}

// deleteToken leaves the last admin token alone: without one, nobody could make another.
func (s *server) deleteToken(ctx context.Context, in *IDParam) (*emptyOutput, error) {
	tokens, err := s.store.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	admins := slices.DeleteFunc(tokens, func(t reportsync.Token) bool {
		return t.Role != reportsync.RoleAdmin || t.ExpiresAt != nil && !t.ExpiresAt.After(time.Now())
	})
	if len(admins) == 1 && admins[0].ID == in.ID {
		return nil, reportsync.Errorf(reportsync.CodeConflict, "the token %q is the last one with the role admin", admins[0].Name).
			WithHint("make another admin token first")
	}
	return nil, s.store.DeleteToken(ctx, in.ID)
}

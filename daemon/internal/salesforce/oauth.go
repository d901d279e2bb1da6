package salesforce

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const tokenPath = "/services/oauth2/token"

// authenticate gets a token by the client-credentials flow, repeating it while the login server is
// in trouble. Asking twice is harmless: a token that nobody uses just runs out.
func (s *session) authenticate(ctx context.Context) (*grant, error) {
	op := "log in to " + s.login.Host
	for attempt := 1; ; attempt++ {
		token, err := s.requestToken(ctx)
		if err == nil {
			return readGrant(op, token)
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s: %w", op, context.Cause(ctx))
		}
		failure := s.loginError(op, err)
		verdict := judge(failure)
		if attempt >= verdict.attempts {
			return nil, failure
		}
		if err := pause(ctx, verdict.delay(attempt)); err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
	}
}

func (s *session) requestToken(ctx context.Context) (*oauth2.Token, error) {
	cfg := clientcredentials.Config{
		ClientID: s.clientID, ClientSecret: s.clientSecret,
		TokenURL:  s.login.JoinPath(tokenPath).String(),
		AuthStyle: oauth2.AuthStyleInParams,
	}
	return cfg.Token(context.WithValue(ctx, oauth2.HTTPClient, s.http))
}

// loginError translates what the OAuth library returns. A refusal is a RetrieveError with the two
// OAuth members; anything else with an answer comes from in between, such as a proxy's page.
func (s *session) loginError(op string, err error) *Error {
	e := &Error{Op: op, Method: http.MethodPost, URL: s.login.JoinPath(tokenPath).String()}
	refusal, ok := errors.AsType[*oauth2.RetrieveError](err)
	if _, failed := errors.AsType[*url.Error](err); failed {
		return unreachable(e, err)
	}
	if !ok || refusal.Response == nil {
		e.Code, e.Message, e.Err = CodeUnexpectedAnswer, err.Error(), err
		return e
	}
	e.Status = refusal.Response.StatusCode
	answer := &reply{status: e.Status, header: refusal.Response.Header, body: refusal.Body}
	switch {
	case refusal.ErrorCode != "":
		e.Code, e.Message = refusal.ErrorCode, refusal.ErrorDescription
		e.class = classCredentials
	case e.Status >= 300 && e.Status < 400:
		return redirectError(e, answer)
	case e.Status < 300:
		e.Code, e.Message = CodeUnexpectedAnswer, describeBody(answer)
	default:
		e.Code, e.Message = codeOfStatus(e.Status), describeBody(answer)
		e = classify(e, answer.header)
	}
	e.Hint = hintFor(e.Code, e.Message)
	return e
}

// readGrant checks what came with the token. The instance URL, not the login URL, is where all
// further requests go; the id URL names org and user.
func readGrant(op string, token *oauth2.Token) (*grant, error) {
	address, _ := token.Extra("instance_url").(string)
	instance, err := parseEndpoint("instance_url", strings.TrimSuffix(address, "/"))
	if err != nil {
		return nil, unexpected(op, "the token's %s", err)
	}
	id, _ := token.Extra("id").(string)
	identity, err := url.Parse(id)
	if err != nil {
		return nil, unexpected(op, "the token's identity %q is not a URL", id)
	}
	parts := strings.Split(strings.Trim(identity.Path, "/"), "/")
	if len(parts) != 3 || parts[0] != "id" {
		return nil, unexpected(op, "the token's identity %q does not name an org and a user", id)
	}
	orgID, errOrg := ID18(parts[1])
	userID, errUser := ID18(parts[2])
	if err := errors.Join(errOrg, errUser); err != nil {
		return nil, unexpected(op, "the token's identity: %s", err)
	}
	return &grant{
		token: token.AccessToken, instance: instance, identity: identity,
		orgID: orgID, userID: userID,
	}, nil
}

package auth

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// refusal is an OAuth error as token answers and redirects carry it.
type refusal struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

// What the org refuses (Help: OAuth 2.0 authorization errors).
var (
	errNoForm        = &refusal{"invalid_request", "the request body is not a form"}
	errRepeated      = &refusal{"invalid_request", "a parameter is given more than once"}
	errFormat        = &refusal{"invalid_request", "format not supported"}
	errJSONP         = &refusal{"invalid_request", "callback not supported"}
	errGrantType     = &refusal{"unsupported_grant_type", "grant type not supported"}
	errUnknownClient = &refusal{"invalid_client_id", "client identifier invalid"}
	errClientSecret  = &refusal{"invalid_client", "invalid client credentials"}
	errUninstalled   = &refusal{"invalid_client", "app must be installed into org"}

	errNoCode           = &refusal{"invalid_request", "must provide code"}
	errUnknownCode      = &refusal{"invalid_grant", "invalid authorization code"}
	errExpiredCode      = &refusal{"invalid_grant", "expired authorization code"}
	errRedirectMismatch = &refusal{"redirect_uri_mismatch", "redirect_uri must match configuration"}
	errRedirectMissing  = &refusal{"redirect_uri_missing", "must provide redirect_uri"}
	errNoVerifier       = &refusal{"invalid_grant", "missing required code verifier"}
	errWrongVerifier    = &refusal{"invalid_request", "invalid code verifier"}

	errNoRefreshToken = &refusal{"invalid_request", "must provide refresh_token"}
	errExpiredRefresh = &refusal{"invalid_grant", "expired access/refresh token"}
	errScope          = &refusal{"invalid_scope", "the requested scope is not allowed"}

	errNoAssertion   = &refusal{"invalid_request", "must provide assertion"}
	errAssertion     = &refusal{"invalid_grant", "invalid assertion"}
	errExpiredJWT    = &refusal{"invalid_grant", "expired authorization code"} // Salesforce uses the words of codes
	errAudience      = &refusal{"invalid_grant", "audience is invalid"}
	errNotApproved   = &refusal{"invalid_grant", "user hasn't approved this consumer"}
	errNotAdmitted   = &refusal{"invalid_grant", "user is not admin approved"}
	errAuthFailure   = &refusal{"invalid_grant", "authentication failure"}
	errDomain        = &refusal{"invalid_grant", "request not supported on this domain"}
	errNoRunAs       = &refusal{"invalid_grant", "no client credentials user enabled"}
	errInactiveUser  = &refusal{"inactive_user", "user is inactive"}
	errInactiveOrg   = &refusal{"inactive_org", "organization is inactive"}
	errRate          = &refusal{"rate_limit_exceeded", "login rate exceeded"}
	errTokenType     = &refusal{"unsupported_token_type", "this token type is not supported"}
	errNoToken       = &refusal{"invalid_request", "must provide token"}
	errTokenTypeHint = &refusal{"unsupported_token_type", "token_type_hint not supported"}
)

// What the authorize endpoint sends back to the callback.
var (
	errResponseType    = &refusal{"unsupported_response_type", "response type not supported"}
	errNoChallenge     = &refusal{"invalid_request", "missing required code challenge"}
	errChallenge       = &refusal{"invalid_request", "invalid code challenge"}
	errMethod          = &refusal{"invalid_request", "code challenge method not supported"}
	errPrompt          = &refusal{"invalid_request", "invalid prompt"}
	errLoginRequired   = &refusal{"login_required", "user must log in"}
	errConsentNeeded   = &refusal{"consent_required", "user must approve"}
	errImmediate       = &refusal{"immediate_unsuccessful", "user must log in or approve"}
	errDenied          = &refusal{"access_denied", "end-user denied authorization"}
	errAccessDenied    = &refusal{"OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app"}
	errGenericApproval = &refusal{"OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error has occured during authentication. Please try again."} //nolint:misspell // Salesforce spells it so
)

// errUnknownToken names the token as far as it may be seen.
func errUnknownToken(token string) *refusal {
	return &refusal{"invalid_token", "invalid token: " + token[:min(len(token), 15)]}
}

func refuse(c *web.Call, r *refusal) { c.JSON(http.StatusBadRequest, r) }

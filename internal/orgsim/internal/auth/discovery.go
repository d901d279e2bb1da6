package auth

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// discovery answers with what the host offers (OpenID Connect Discovery, 3).
func (h *Host) discovery(c *web.Call) {
	at := c.Origin()
	oauth := at + "/services/oauth2/"
	c.JSON(http.StatusOK, map[string]any{
		"issuer":                                at,
		"authorization_endpoint":                oauth + "authorize",
		"token_endpoint":                        oauth + "token",
		"revocation_endpoint":                   oauth + "revoke",
		"introspection_endpoint":                oauth + "introspect",
		"userinfo_endpoint":                     oauth + "userinfo",
		"jwks_uri":                              at + "/id/keys",
		"scopes_supported":                      known,
		"response_types_supported":              []string{"code"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token", "client_credentials", jwtBearer},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"code_challenge_methods_supported":      []string{"S256"},
		"display_values_supported":              []string{"page", "popup", "touch"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"},
	})
}

// keys lists the public keys that id tokens are signed for.
func (h *Host) keys(c *web.Call) {
	list := []jwk{}
	for _, s := range h.servers {
		list = append(list, s.signer.public())
	}
	c.JSON(http.StatusOK, map[string]any{"keys": list})
}

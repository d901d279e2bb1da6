package auth

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// identify checks the token of an identity call and finds whose it is. Unlike
// data calls these answer 403 and plain text (Help: identity URLs, error
// responses). The token may come as parameter too.
func (h *Host) identify(c *web.Call) (*Server, string, bool) {
	token := web.Bearer(c.Request)
	if token == "" {
		token = c.Request.URL.Query().Get("oauth_token")
	}
	if token == "" {
		plain(c, http.StatusForbidden, "Missing_OAuth_Token")
		return nil, "", false
	}
	for _, s := range h.servers {
		if g, ok := s.ledger.use(token, false); ok && g.scopes.identity() && s.alive(g.userID) {
			return s, g.userID, true
		}
	}
	plain(c, http.StatusForbidden, "Bad_OAuth_Token")
	return nil, "", false
}

func plain(c *web.Call, status int, text string) {
	c.Raw(status, "text/plain;charset=UTF-8", []byte(text))
}

// userinfo answers the OpenID Connect endpoint.
func (h *Host) userinfo(c *web.Call) {
	s, userID, ok := h.identify(c)
	if !ok {
		return
	}
	user := s.user(userID)
	c.JSON(http.StatusOK, map[string]any{
		"sub":                s.idURL(c, userID),
		"user_id":            userID,
		"organization_id":    s.Org(),
		"preferred_username": user["Username"],
		"nickname":           user["Username"],
		"name":               user["Name"],
		"given_name":         user["FirstName"],
		"family_name":        user["LastName"],
		"email":              user["Email"],
		"email_verified":     true,
		"zoneinfo":           "GMT",
		"locale":             "en_US",
		"language":           "en_US",
		"user_type":          "STANDARD",
		"active":             true,
		"is_app_installed":   !s.policy().Uninstalled,
		"urls":               s.urls(c, userID, ""),
	})
}

// identity answers the id URL of a login.
func (h *Host) identity(c *web.Call) {
	s, of, ok := h.identify(c)
	if !ok {
		return
	}
	org, errOrg := recordid.Parse(c.Request.PathValue("org"))
	userID, errUser := recordid.Parse(c.Request.PathValue("user"))
	query, _ := url.ParseQuery(c.Request.URL.RawQuery) // what it cannot read, it leaves out
	switch {
	case errOrg != nil || org != s.Org():
		plain(c, http.StatusForbidden, "Wrong_Org")
		return
	case errUser != nil || userID != of:
		plain(c, http.StatusNotFound, "Bad_Id")
		return
	case query.Has("format") && query.Get("format") != "json":
		plain(c, http.StatusNotAcceptable, "format must be json")
		return
	}
	user := s.user(userID)
	c.JSON(http.StatusOK, map[string]any{
		"id":                      s.idURL(c, userID),
		"asserted_user":           true,
		"user_id":                 userID,
		"organization_id":         s.Org(),
		"username":                user["Username"],
		"nick_name":               user["Username"],
		"display_name":            user["Name"],
		"first_name":              user["FirstName"],
		"last_name":               user["LastName"],
		"email":                   user["Email"],
		"email_verified":          true,
		"timezone":                "GMT",
		"locale":                  "en_US",
		"language":                "en_US",
		"user_type":               "STANDARD",
		"active":                  true,
		"is_lightning_login_user": false,
		"is_app_installed":        !s.policy().Uninstalled,
		"mobile_phone":            nil,
		"mobile_phone_verified":   false,
		"utcOffset":               0,
		"last_modified_date":      user["LastModifiedDate"],
		"urls":                    s.urls(c, userID, query.Get("version")),
	})
}

func (s *Server) user(id string) map[string]string {
	record, _ := s.User(id) // alive has seen it
	return record
}

// urls are templates into which the client puts the version, unless it has asked
// for one.
func (s *Server) urls(c *web.Call, userID, version string) map[string]string {
	at := "{version}"
	if _, err := strconv.ParseUint(strings.TrimSuffix(version, ".0"), 10, 16); err == nil {
		at = version
	} else if version == "latest" {
		at = strconv.Itoa(web.NewestVersion) + ".0"
	}
	own := s.origin(c)
	data := own + "/services/data/v" + at + "/"
	return map[string]string{
		"rest":          data,
		"sobjects":      data + "sobjects/",
		"query":         data + "query/",
		"recent":        data + "recent/",
		"search":        data + "search/",
		"profile":       own + "/" + userID,
		"custom_domain": own,
	}
}

package auth

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// identify checks the token of an identity call. Unlike data calls these answer
// 403 and plain text (Help: identity URLs, error responses).
func (s *Server) identify(c *web.Call) (*session, bool) {
	token := web.Bearer(c.Request)
	if token == "" {
		c.Raw(http.StatusForbidden, "text/plain;charset=UTF-8", []byte("Missing_OAuth_Token"))
		return nil, false
	}
	found, ok := s.sessions.find(token, false)
	if !ok {
		c.Raw(http.StatusForbidden, "text/plain;charset=UTF-8", []byte("Bad_OAuth_Token"))
	}
	return found, ok
}

// userinfo answers the OpenID Connect endpoint.
func (s *Server) userinfo(c *web.Call) {
	session, ok := s.identify(c)
	if !ok {
		return
	}
	user := s.user(session.userID)
	c.JSON(http.StatusOK, map[string]any{
		"sub":                c.Origin() + "/id/" + s.Org() + "/" + session.userID,
		"user_id":            session.userID,
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
		"is_app_installed":   true,
		"urls":               s.urls(c, session.userID),
	})
}

// identity answers the id URL of a login.
func (s *Server) identity(c *web.Call) {
	session, ok := s.identify(c)
	if !ok {
		return
	}
	org, errOrg := recordid.Parse(c.Request.PathValue("org"))
	userID, errUser := recordid.Parse(c.Request.PathValue("user"))
	switch {
	case errOrg != nil || org != s.Org():
		c.Raw(http.StatusForbidden, "text/plain;charset=UTF-8", []byte("Wrong_Org"))
		return
	case errUser != nil || userID != session.userID:
		c.Raw(http.StatusNotFound, "text/plain;charset=UTF-8", []byte("Bad_Id"))
		return
	}
	user := s.user(session.userID)
	c.JSON(http.StatusOK, map[string]any{
		"id":                      c.Origin() + "/id/" + s.Org() + "/" + session.userID,
		"asserted_user":           true,
		"user_id":                 session.userID,
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
		"is_app_installed":        true,
		"mobile_phone":            nil,
		"mobile_phone_verified":   false,
		"utcOffset":               0,
		"last_modified_date":      user["LastModifiedDate"],
		"urls":                    s.urls(c, session.userID),
	})
}

func (s *Server) user(id string) map[string]string {
	record, _ := s.User(id) // the session's user is never deleted
	return record
}

// urls are templates: the client puts the version in.
func (s *Server) urls(c *web.Call, userID string) map[string]string {
	data := c.Origin() + "/services/data/v{version}/"
	return map[string]string{
		"rest":          data,
		"sobjects":      data + "sobjects/",
		"query":         data + "query/",
		"recent":        data + "recent/",
		"search":        data + "search/",
		"profile":       c.Origin() + "/" + userID,
		"custom_domain": c.Origin(),
	}
}

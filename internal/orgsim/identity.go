package orgsim

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
)

// identify checks the token of an identity call. Unlike data calls these answer
// 403 and plain text (Help: identity URLs, error responses).
func (o *Org) identify(c *call) (*session, bool) {
	token := bearer(c.request)
	if token == "" {
		c.raw(http.StatusForbidden, "text/plain;charset=UTF-8", []byte("Missing_OAuth_Token"))
		return nil, false
	}
	found, ok := o.sessions.find(token, false)
	if !ok {
		c.raw(http.StatusForbidden, "text/plain;charset=UTF-8", []byte("Bad_OAuth_Token"))
	}
	return found, ok
}

// userinfo answers the OpenID Connect endpoint.
func (o *Org) userinfo(c *call) {
	s, ok := o.identify(c)
	if !ok {
		return
	}
	user := o.user(s.userID)
	c.json(http.StatusOK, map[string]any{
		"sub":                c.origin() + "/id/" + o.id + "/" + s.userID,
		"user_id":            s.userID,
		"organization_id":    o.id,
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
		"urls":               o.urls(c, s.userID),
	})
}

// identity answers the id URL of a login.
func (o *Org) identity(c *call) {
	s, ok := o.identify(c)
	if !ok {
		return
	}
	org, errOrg := recordid.Parse(c.request.PathValue("org"))
	userID, errUser := recordid.Parse(c.request.PathValue("user"))
	switch {
	case errOrg != nil || org != o.id:
		c.raw(http.StatusForbidden, "text/plain;charset=UTF-8", []byte("Wrong_Org"))
		return
	case errUser != nil || userID != s.userID:
		c.raw(http.StatusNotFound, "text/plain;charset=UTF-8", []byte("Bad_Id"))
		return
	}
	user := o.user(s.userID)
	c.json(http.StatusOK, map[string]any{
		"id":                      c.origin() + "/id/" + o.id + "/" + s.userID,
		"asserted_user":           true,
		"user_id":                 s.userID,
		"organization_id":         o.id,
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
		"urls":                    o.urls(c, s.userID),
	})
}

func (o *Org) user(id string) map[string]string {
	record, _ := o.Record("User", id) // the session's user is never deleted
	return record
}

// urls are templates: the client puts the version in.
func (o *Org) urls(c *call, userID string) map[string]string {
	data := c.origin() + "/services/data/v{version}/"
	return map[string]string{
		"rest":          data,
		"sobjects":      data + "sobjects/",
		"query":         data + "query/",
		"recent":        data + "recent/",
		"search":        data + "search/",
		"profile":       c.origin() + "/" + userID,
		"custom_domain": c.origin(),
	}
}

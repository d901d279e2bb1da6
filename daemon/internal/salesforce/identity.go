package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Identity is the org that a client is logged in to and the user it runs as.
type Identity struct {
	// OrganizationID and UserID have 18 characters. A refreshed sandbox has a new organization id.
	OrganizationID string
	UserID         string
	// Username is empty where the app's scopes don't let the user be read.
	Username    string
	InstanceURL string
	IsSandbox   bool
}

// Org is the org and user that a session is for, as the token's answer names them.
type Org struct {
	// OrgID and UserID have 18 characters.
	OrgID  string
	UserID string
	// Instance is the URL that requests go to, without a slash at its end.
	Instance string
}

// Org says which org the client speaks with. It logs in where nobody has yet, and makes no call that
// counts against the org's limit.
func (c *Client) Org(ctx context.Context) (Org, error) {
	g, err := c.org.session.grant(ctx)
	if err != nil {
		return Org{}, err
	}
	return Org{OrgID: g.orgID, UserID: g.userID, Instance: g.instance.String()}, nil
}

// Login opens a new session, checks that the org offers the pinned API version and says who and
// where the client is. It may be called again at any time: later calls then use the new session.
func (c *Client) Login(ctx context.Context) (Identity, error) {
	g, err := c.org.session.renew(ctx, c.org.session.peek())
	if err != nil {
		return Identity{}, err
	}
	if err := c.checkVersion(ctx); err != nil {
		return Identity{}, err
	}
	username, err := c.username(ctx)
	if err != nil {
		return Identity{}, err
	}
	sandbox, err := c.isSandbox(ctx, g)
	if err != nil {
		return Identity{}, err
	}
	return Identity{
		OrganizationID: g.orgID, UserID: g.userID, Username: username,
		InstanceURL: g.instance.String(), IsSandbox: sandbox,
	}, nil
}

// Username returns the name of the run-as user, empty where the app's scopes don't let it be read. It is asked once, and
// costs no call that counts.
func (c *Client) Username(ctx context.Context) (string, error) {
	g, err := c.org.session.grant(ctx)
	if err != nil {
		return "", err
	}
	if known, ok := c.org.usernames.Load(g.userID); ok {
		return known.(string), nil //nolint:forcetypeassert // nothing else is stored
	}
	name, err := c.username(ctx)
	if err == nil {
		c.org.usernames.Store(g.userID, name)
	}
	return name, err
}

// checkVersion reads the list of versions, which needs no session.
func (c *Client) checkVersion(ctx context.Context) error {
	const op = "read the org's API versions"
	answer, err := c.do(ctx, call{
		op: op, method: http.MethodGet, target: "/services/data", free: true, anonymous: true,
	})
	if err != nil {
		return err
	}
	var versions []struct {
		Version string `json:"version"`
	}
	if err := decode(op, answer, &versions); err != nil {
		return err
	}
	offered := make([]string, 0, len(versions))
	for _, v := range versions {
		offered = append(offered, v.Version)
	}
	if slices.Contains(offered, c.org.version) {
		return nil
	}
	return &Error{
		Op: op, Code: CodeUnsupportedVersion, Hint: hintFor(CodeUnsupportedVersion, ""),
		Message: fmt.Sprintf("the org does not offer version %s; it offers %s", c.org.version, strings.Join(offered, ", ")),
	}
}

// username asks the identity service, which an app without a scope for it answers with a refusal.
func (c *Client) username(ctx context.Context) (string, error) {
	const op = "read the run-as user"
	answer, err := c.do(ctx, call{
		op: op, method: http.MethodGet, target: "/services/oauth2/userinfo", free: true,
	})
	if err != nil {
		// The session is new, so a refused token means a missing scope.
		if e, ok := errors.AsType[*Error](err); ok && e.Code == codeBadToken {
			return "", nil
		}
		if refused(err, http.StatusForbidden, http.StatusNotFound) {
			return "", nil
		}
		return "", err
	}
	var user struct {
		PreferredUsername string `json:"preferred_username"`
	}
	if err := decode(op, answer, &user); err != nil {
		return "", err
	}
	return user.PreferredUsername, nil
}

// isSandbox asks the org itself, and reads its host name where the run-as user may not see the
// Organization record.
func (c *Client) isSandbox(ctx context.Context, g *grant) (bool, error) {
	for row, err := range c.Query(ctx, "SELECT IsSandbox FROM Organization", []string{"IsSandbox"}) {
		if err == nil {
			return row[0] == "true", nil
		}
		if !IsNotFound(err) && !refused(err, http.StatusForbidden) {
			return false, err
		}
	}
	host := strings.ToLower(g.instance.Hostname())
	return strings.Contains(host, ".sandbox.") || g.identity.Hostname() == "test.salesforce.com", nil
}

// refused reports whether the answer had one of the statuses, with a session that was accepted.
func refused(err error, statuses ...int) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.class == classOther && slices.Contains(statuses, e.Status)
}

// decode reads a JSON answer.
func decode(op string, answer *reply, into any) error {
	if err := json.Unmarshal(answer.body, into); err != nil {
		e := unexpected(op, "the answer is not the JSON that the API documents: %s", describeJSON(err))
		e.Status, e.Err = answer.status, err
		return e
	}
	return nil
}

// describeJSON says what is wrong with an answer without repeating what stands in it.
func describeJSON(err error) string {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("syntax error at byte %d", syntax.Offset)
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("member %q has another type at byte %d", kind.Field, kind.Offset)
	}
	return "it can't be read"
}

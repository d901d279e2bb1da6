package auth

import (
	"slices"
	"strings"
)

// scopes are what a grant allows, in the order they were asked for.
type scopes []string

// known lists the scopes that Salesforce offers to apps (Help: OAuth tokens and
// scopes), as far as they bear on what the org answers.
var known = scopes{
	"api", "web", "full", "refresh_token", "offline_access", "openid", "id", "profile", "email", "address", "phone",
	"chatter_api", "custom_permissions", "content", "lightning", "visualforce", "wave_api",
}

// usual is what an app may ask for where it names nothing.
var usual = scopes{"api", "web", "refresh_token", "offline_access", "openid", "id", "profile", "email"}

func parseScopes(text string) scopes {
	var list scopes
	for name := range strings.FieldsSeq(text) {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

func (s scopes) String() string { return strings.Join(s, " ") }

func (s scopes) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(s, name) })
}

// within reports whether every scope is among others.
func (s scopes) within(others scopes) bool {
	return !slices.ContainsFunc(s, func(name string) bool { return !slices.Contains(others, name) })
}

// offline reports whether the grant comes with a refresh token.
func (s scopes) offline() bool { return s.has("refresh_token", "offline_access") }

// data reports whether the session may use data APIs.
func (s scopes) data() bool { return s.has("api", "full") }

// identity reports whether the session may ask who its user is. profile, email,
// address and phone do the same as id (Help: OAuth tokens and scopes). Apps that log
// in with web, as the Salesforce CLI and the Mobile SDK do, ask as well; api alone is
// for data.
func (s scopes) identity() bool {
	return s.has("id", "openid", "profile", "email", "address", "phone", "full", "web")
}

// online leaves out what only a person can grant.
func (s scopes) online() scopes {
	return slices.DeleteFunc(slices.Clone(s), func(name string) bool {
		return name == "refresh_token" || name == "offline_access" || name == "openid"
	})
}

func (s scopes) union(others scopes) scopes {
	all := slices.Clone(s)
	for _, name := range others {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

package orgsim

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// authChanges are what POST /orgsim/auth/{change} does.
func (o *Org) authChanges() map[string]func() error {
	done := func(act func()) func() error {
		return func() error {
			act()
			return nil
		}
	}
	return map[string]func() error{
		"revoke-refresh-tokens": done(o.RevokeRefreshTokens),
		"expire-sessions":       done(o.ExpireSessions),
		"refresh-sandbox":       o.RefreshSandbox,
		"deactivate-org":        done(func() { o.SetOrgActive(false) }),
		"activate-org":          done(func() { o.SetOrgActive(true) }),
		"uninstall-app":         done(func() { o.SetAppInstalled(false) }),
		"install-app":           done(func() { o.SetAppInstalled(true) }),
		"admin-approved-users":  done(func() { o.SetPermittedUsers(AdminApproved) }),
		"self-authorized-users": done(func() { o.SetPermittedUsers(SelfAuthorized) }),
		"rotation-on":           done(func() { o.SetRotation(true) }),
		"rotation-off":          done(func() { o.SetRotation(false) }),
	}
}

// userChanges are what POST /orgsim/auth/users/{username}/{change} does.
func (o *Org) userChanges(username string) map[string]func() error {
	set := func(change func(string, bool) error, to bool) func() error {
		return func() error { return change(username, to) }
	}
	return map[string]func() error{
		"deactivate": set(o.SetUserActive, false),
		"activate":   set(o.SetUserActive, true),
		"lock":       set(o.SetUserLocked, true),
		"unlock":     set(o.SetUserLocked, false),
		"approve":    set(o.SetUserApproved, true),
		"disapprove": set(o.SetUserApproved, false),
	}
}

func (o *Org) controlAuth(w http.ResponseWriter, r *http.Request) {
	controlChange(w, o.authChanges(), r.PathValue("change"))
}

func (o *Org) controlUser(w http.ResponseWriter, r *http.Request) {
	controlChange(w, o.userChanges(r.PathValue("username")), r.PathValue("change"))
}

// controlChange makes the change of that name, or lists those there are.
func controlChange(w http.ResponseWriter, changes map[string]func() error, name string) {
	change, ok := changes[name]
	if !ok {
		names := slices.Sorted(maps.Keys(changes))
		controlFail(w, http.StatusNotFound, "there is no change "+name+"; there are "+strings.Join(names, ", "))
		return
	}
	switch err := change(); {
	case errors.Is(err, errNoUser):
		controlFail(w, http.StatusNotFound, err.Error())
	case err != nil:
		controlFail(w, http.StatusInternalServerError, err.Error())
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

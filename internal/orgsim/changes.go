package orgsim

import (
	"fmt"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// ExpireSessions ends all sessions: their tokens are INVALID_SESSION_ID from now
// on. Refresh tokens stay good.
func (o *Org) ExpireSessions() { o.auth.ExpireAll() }

// RevokeRefreshTokens revokes all refresh tokens, as an administrator does on the
// page of OAuth usage: what they gave is INVALID_SESSION_ID, using them is
// invalid_grant, and users must approve the app again.
func (o *Org) RevokeRefreshTokens() { o.auth.RevokeAll() }

// SetOrgActive opens or closes the org: closed, it answers inactive_org to logins,
// and no session is good.
func (o *Org) SetOrgActive(active bool) { o.auth.SetOpen(active) }

// SetAppInstalled installs or uninstalls the app. Sessions go on; logins,
// refreshes included, need it installed.
func (o *Org) SetAppInstalled(installed bool) { o.auth.SetInstalled(installed) }

// SetPermittedUsers changes the app's policy of who may use it.
func (o *Org) SetPermittedUsers(policy PermittedUsers) { o.auth.SetPermittedUsers(policy) }

// SetRotation turns refresh token rotation on or off.
func (o *Org) SetRotation(on bool) { o.auth.SetRotation(on) }

// SetUserActive activates or deactivates a user, which is the record's IsActive:
// inactive, all logins are inactive_user and no session is good. It fails where
// there is no such user.
func (o *Org) SetUserActive(username string, active bool) error {
	id, err := o.userID(username)
	if err != nil {
		return err
	}
	return o.Update("User", id, map[string]string{"IsActive": strconv.FormatBool(active)})
}

// SetUserLocked locks a user out of the login page and of assertions, or lets the
// user in again. It fails where there is no such user.
func (o *Org) SetUserLocked(username string, locked bool) error {
	id, err := o.userID(username)
	if err == nil {
		o.auth.SetLocked(id, locked)
	}
	return err
}

// SetUserApproved pre-authorizes a user for the app, or takes back whatever
// approval there is, refresh tokens included. It fails where there is no such
// user.
func (o *Org) SetUserApproved(username string, approved bool) error {
	id, err := o.userID(username)
	if err == nil {
		o.auth.SetApproved(id, approved)
	}
	return err
}

// RefreshSandbox does what a sandbox refresh does to connections: the org has
// another id, every token and code is dead, and nobody has approved the app.
// Records and users stay.
func (o *Org) RefreshSandbox() error {
	if err := o.Delete("Organization", o.ID()); err != nil {
		return fmt.Errorf("drop organization: %w", err)
	}
	if err := o.found(); err != nil {
		return err
	}
	o.auth.Forget()
	o.host.Reset()
	return nil
}

// acts is what faults do to the org as a whole.
func (o *Org) acts() map[fault.Action]func() {
	return map[fault.Action]func(){
		fault.RevokeRefresh: o.RevokeRefreshTokens,
		fault.ChangeOrg: func() {
			if err := o.RefreshSandbox(); err != nil {
				o.config.Logger.Error("the fault could not change the org's id", "error", err)
			}
		},
	}
}

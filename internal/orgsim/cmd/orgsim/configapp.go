package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// app is the app that the file describes; nil is the default one.
func (a *fileApp) app(beside func(string) string) (orgsim.App, error) {
	if a == nil {
		return orgsim.App{}, nil
	}
	if reflect.DeepEqual(*a, fileApp{Range: a.Range}) {
		return orgsim.App{}, errors.New("app says nothing: without it the org has the default app")
	}
	app := orgsim.App{
		Name:     a.Name,
		ClientID: a.ClientID, ClientSecret: a.ClientSecret, Public: a.Public, RedirectURIs: a.RedirectURIs, Scopes: a.Scopes,
		OptionalPKCE: a.OptionalPKCE, NoRunAsUser: a.NoRunAsUser, JWTAccessTokens: a.JWTTokens,
		Uninstalled: a.Uninstalled,
	}
	app.RefreshTokens.Rotate, app.RefreshTokens.MaxPerUser = a.RotateRefresh, a.MaxRefreshTokens
	for _, duration := range []struct {
		name, text string
		into       *time.Duration
		negative   bool
	}{
		{"refresh_token_lifetime", a.RefreshLifetime, &app.RefreshTokens.Lifetime, false},
		{"refresh_token_idle_lifetime", a.RefreshIdleLifetime, &app.RefreshTokens.IdleLifetime, false},
		{"assertion_window", a.AssertionWindow, &app.AssertionWindow, true},
	} {
		var err error
		if *duration.into, err = parseDuration(duration.name, duration.text, duration.negative); err != nil {
			return app, err
		}
	}
	if a.AdminApproved {
		app.Users = orgsim.AdminApproved
	}
	for _, name := range a.Certificates {
		pem, err := os.ReadFile(beside(name))
		if err != nil {
			return app, fmt.Errorf("read certificate: %w", err)
		}
		app.Certificates = append(app.Certificates, string(pem))
	}
	return app, nil
}

// user is the user that the file describes; who has no name gets that of the
// account.
func (u *fileUser) user() orgsim.User {
	account, _, _ := strings.Cut(u.Username, "@")
	return orgsim.User{
		Username: u.Username, FirstName: u.FirstName, LastName: cmp.Or(u.LastName, account), Email: cmp.Or(u.Email, u.Username),
		Password: u.Password, Inactive: u.Inactive, Locked: u.Locked, Approved: u.Approved,
		NoCustomize: u.NoCustomize, HardDelete: u.HardDelete,
	}
}

// parseDuration reads an attribute; "" is 0.
func parseDuration(name, text string, negative bool) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 && !negative {
		return 0, fmt.Errorf("%s %q is not a duration such as 30s", name, text)
	}
	return d, nil
}

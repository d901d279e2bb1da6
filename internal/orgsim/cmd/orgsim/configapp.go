package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// app is the app that the file describes; nil is the default one.
func (a *fileApp) app(beside func(string) string) (orgsim.App, error) {
	if a == nil {
		return orgsim.App{}, nil
	}
	app := orgsim.App{
		ClientID: a.ClientID, ClientSecret: a.ClientSecret, Public: a.Public, RedirectURIs: a.RedirectURIs, Scopes: a.Scopes,
		OptionalPKCE: a.OptionalPKCE, NoRunAsUser: a.NoRunAsUser, JWTAccessTokens: a.JWTTokens,
	}
	app.RefreshTokens.Rotate = a.RotateRefresh
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
		Password: u.Password, Inactive: u.Inactive, Approved: u.Approved,
		NoCustomize: u.NoCustomize, HardDelete: u.HardDelete,
	}
}

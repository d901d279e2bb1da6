package orgsim

import (
	"cmp"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/auth"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// The credentials of the org's connected app where [Config] names none.
const (
	DefaultClientID     = "3MVG9.orgsim.client"
	DefaultClientSecret = "orgsim-secret"
)

// The user of the org where [Config] names none.
const (
	DefaultUsername        = "integration@orgsim.example"
	DefaultSandboxUsername = DefaultUsername + ".dev" // of a sandbox
	DefaultPassword        = "orgsim-password"
)

// defaultPageSize is the page of a REST query where [Config] sets none.
const defaultPageSize = 2_000

// maxPageSize is the most records that a REST query page holds (REST API guide:
// query options header).
const maxPageSize = 2_000

// Config describes an org. The zero value is a production org with the standard
// objects, one user and no records.
type Config struct {
	Seed    uint64 // of ids, tokens, page sizes and the order of Bulk results; equal seeds and requests give equal answers
	Sandbox bool   // IsSandbox of the Organization

	App App // the app that clients log in through

	ClientID     string // of App, where that has none; default DefaultClientID
	ClientSecret string // of App, where that has none; default DefaultClientSecret
	NoRunAsUser  bool   // App has no run-as user: client credentials are refused

	Users  []User         // the first is the app's run-as user; default: one integration user
	Schema *schema.Schema // default schema.Standard()

	PageSize     int  // most rows of a REST query page, up to 2,000, which is the default
	BulkPageRows int  // most rows of a Bulk result page; default what the client asks for, else 50,000
	SteadyPages  bool // pages are always full, where otherwise the size varies

	DailyCalls   int // API calls a day, enforced; 0: 15,000 announced, none enforced
	DailyBatches int // Bulk ingest batches a day, enforced; 0: 15,000; negative: 15,000 announced, none enforced
	LongCalls    int // calls under way for 20 seconds or more, enforced; 0: any number

	BulkPace time.Duration // that a Bulk job waits before it is begun, and again before it ends; default none

	Sessions         SessionPolicy
	MaxLoginAttempts int // wrong passwords before an account is shut for 15 minutes; default 10
	MaxLogins        int // logins of a user in an hour; default 3,600

	Latency time.Duration    // added to every request
	Now     func() time.Time // default time.Now
	Logger  hclog.Logger     // default: silent; never gets values, tokens or query text
}

// SessionPolicy says when a session ends by itself. Zero values: never.
type SessionPolicy = auth.Policy

// App is the connected app or External Client App of an org.
type App = auth.App

// PermittedUsers is an app's policy of who may use it.
type PermittedUsers = auth.PermittedUsers

// The policies: all users may self-authorize, or those whom an administrator has
// approved.
const (
	SelfAuthorized = auth.SelfAuthorized
	AdminApproved  = auth.AdminApproved
)

// RefreshPolicy says how long an app's refresh tokens are good.
type RefreshPolicy = auth.RefreshPolicy

// User is a person or program that logs in and owns records.
type User struct {
	Username  string `json:"username,omitzero"`
	FirstName string `json:"first_name,omitzero"`
	LastName  string `json:"last_name,omitzero"`
	Email     string `json:"email,omitzero"`

	Password string `json:"password,omitzero"` // for the login page; "": none is right
	Inactive bool   `json:"inactive,omitzero"` // the record's IsActive is false: all logins are refused
	Locked   bool   `json:"locked,omitzero"`   // shut out of password and assertion logins
	Approved bool   `json:"approved,omitzero"` // has approved the app, or was pre-authorized

	NoCustomize bool `json:"no_customize,omitzero"` // lacks the permission Customize Application: makes and changes no fields, and no permission sets
	HardDelete  bool `json:"hard_delete,omitzero"`  // has the permission Bulk API Hard Delete
}

// Check refuses numbers that no org can have.
func (c Config) Check() error {
	if c.PageSize > maxPageSize {
		return fmt.Errorf("page size %d is more than %d", c.PageSize, maxPageSize)
	}
	for _, number := range []struct {
		what  string
		value int64
	}{
		{"page size", int64(c.PageSize)},
		{"rows of a Bulk page", int64(c.BulkPageRows)},
		{"daily calls", int64(c.DailyCalls)},
		{"long calls", int64(c.LongCalls)},
		{"pace of Bulk jobs", int64(c.BulkPace)},
		{"session lifetime", int64(c.Sessions.Lifetime)},
		{"calls of a session", int64(c.Sessions.MaxCalls)},
		{"login attempts", int64(c.MaxLoginAttempts)},
		{"logins", int64(c.MaxLogins)},
		{"latency", int64(c.Latency)},
		{"lifetime of refresh tokens", int64(c.App.RefreshTokens.Lifetime)},
		{"idle lifetime of refresh tokens", int64(c.App.RefreshTokens.IdleLifetime)},
	} {
		if number.value < 0 {
			return fmt.Errorf("%s must not be negative", number.what)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	c.App.ClientID = cmp.Or(c.App.ClientID, c.ClientID, DefaultClientID)
	if !c.App.Public {
		c.App.ClientSecret = cmp.Or(c.App.ClientSecret, c.ClientSecret, DefaultClientSecret)
	}
	c.App.NoRunAsUser = c.App.NoRunAsUser || c.NoRunAsUser
	c.PageSize = cmp.Or(c.PageSize, defaultPageSize)
	if len(c.Users) == 0 {
		username := DefaultUsername
		if c.Sandbox {
			username = DefaultSandboxUsername
		}
		c.Users = []User{{Username: username, FirstName: "Integration", LastName: "User", Email: DefaultUsername, Password: DefaultPassword}}
	}
	if c.Schema == nil {
		c.Schema = schema.Standard()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = hclog.NewNullLogger()
	}
	return c
}

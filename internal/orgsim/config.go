package orgsim

import (
	"cmp"
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

// The pages of an org where [Config] sets none.
const (
	defaultPageSize     = 2_000
	defaultBulkPageRows = 50_000
)

// Config describes an org. The zero value is a production org with the standard
// objects, one user and no records.
type Config struct {
	Seed    uint64 // of ids, tokens, page sizes and the order of Bulk results; equal seeds and requests give equal answers
	Sandbox bool   // IsSandbox of the Organization

	ClientID     string // of the connected app; default DefaultClientID
	ClientSecret string // default DefaultClientSecret
	NoRunAsUser  bool   // the app has no run-as user: logins are refused

	Users  []User         // the first is the app's run-as user; default: one integration user
	Schema *schema.Schema // default schema.Standard()

	PageSize     int  // most rows of a REST query page; default 2,000
	BulkPageRows int  // most rows of a Bulk result page; default 50,000
	SteadyPages  bool // pages are always full, where otherwise the size varies

	DailyCalls   int // API calls a day, enforced; 0: 15,000 announced, none enforced
	DailyBatches int // Bulk ingest batches a day, enforced; 0: likewise

	Sessions SessionPolicy
	Latency  time.Duration    // added to every request
	Now      func() time.Time // default time.Now
	Logger   hclog.Logger     // default: silent; never gets values, tokens or query text
}

// SessionPolicy says when a session ends by itself. Zero values: never.
type SessionPolicy = auth.Policy

// User is a person or program that logs in and owns records.
type User struct {
	Username  string
	FirstName string
	LastName  string
	Email     string
}

func (c Config) withDefaults() Config {
	c.ClientID = cmp.Or(c.ClientID, DefaultClientID)
	c.ClientSecret = cmp.Or(c.ClientSecret, DefaultClientSecret)
	c.PageSize = cmp.Or(c.PageSize, defaultPageSize)
	c.BulkPageRows = cmp.Or(c.BulkPageRows, defaultBulkPageRows)
	if len(c.Users) == 0 {
		c.Users = []User{{Username: "integration@orgsim.example", FirstName: "Integration", LastName: "User", Email: "integration@orgsim.example"}}
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

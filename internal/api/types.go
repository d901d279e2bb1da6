package api

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Version is the version of the config API, the first part of its paths.
const Version = "v1"

// Headers of the config API beyond the usual ones.
const (
	HeaderRequestID      = "X-Request-Id"    // on every answer; quoted in the daemon's log
	HeaderIdempotencyKey = "Idempotency-Key" // on POST: the same key within a day gives the first answer again
	HeaderClient         = "X-Reportsync-Client"
	HeaderPartial        = "X-Reportsync-Partial" // on outcomes as CSV: why those are not of all rows; absent where they are
)

// Clients that name themselves by [HeaderClient], so that a run knows what triggered it.
const (
	ClientTerraform = "terraform" // runs get the trigger terraform
	ClientCLI       = "cli"       // runs get the trigger manual
)

// Page is one page of a list.
type Page[T any] struct {
	Items      []T    `json:"items" doc:"The objects: runs newest first, log entries by number, outcomes by row of the report, all others by id, which is the order in which they were made"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Give it as cursor to get the next page; absent on the last"`
}

// OutcomePage is one page of the outcomes of a run.
type OutcomePage struct {
	Page[reportsync.Outcome]
	Partial       bool   `json:"partial,omitempty" doc:"Whether the run has rows whose outcome is on no page: it has not ended, or could not keep its outcomes"`
	PartialReason string `json:"partial_reason,omitempty" doc:"Why that is so"`
}

// StartRun asks for a run on demand.
type StartRun struct {
	DryRun       bool `json:"dry_run,omitempty" doc:"Stop before the first write and report what would have happened"`
	FullResync   bool `json:"full_resync,omitempty" doc:"Write matched rows even where nothing differs"`
	IgnoreGuards bool `json:"ignore_guards,omitempty" doc:"Let this run through whatever guards, freshness and limits of API calls say; it waits for no newer report"`
}

// IntegrationCheck asks what is wrong with an integration that may not be stored yet.
type IntegrationCheck struct {
	reportsync.IntegrationSpec
}

// Validation says what is wrong with a configuration object and what could not be looked at.
type Validation struct {
	Errors    []reportsync.FieldError `json:"errors" doc:"What is wrong; empty when nothing was found"`
	Unchecked []string                `json:"unchecked" doc:"What could not be checked and why, for instance because the org can't be reached"`
}

// NewToken answers the creation of a token.
type NewToken struct {
	reportsync.Token
	Secret string `json:"secret" doc:"The bearer token. Shown in this answer alone; a hash of it is stored"`
}

// ConnectionTest says what a login found.
type ConnectionTest struct {
	OrganizationID string `json:"organization_id" doc:"Id of the org, 18 characters"`
	Username       string `json:"username" doc:"User that writes"`
	InstanceURL    string `json:"instance_url"`
	IsSandbox      bool   `json:"is_sandbox"`
}

// Meta says what the daemon is and can do.
type Meta struct {
	Version      string   `json:"version" doc:"Version of reportsyncd"`
	APIVersion   string   `json:"api_version" doc:"Version of the config API" example:"v1"`
	Capabilities []string `json:"capabilities" doc:"What this daemon can do, by name, for clients that want more than an older one has"`
}

// Capabilities of a daemon, as [Meta] lists them.
const (
	CapabilityClientCredentials = "connection.client_credentials"
	CapabilityFiles             = "source.files"
	CapabilityCSV               = "report.csv"
	CapabilityUpdate            = "operation.update"
	CapabilityUpsert            = "operation.upsert"
	CapabilityInsert            = "operation.insert"
	CapabilityDryRun            = "run.dry_run"
	CapabilityIgnoreGuards      = "run.ignore_guards"
)

// Problem is an error answer, application/problem+json (RFC 9457).
type Problem struct {
	Type      string                  `json:"type" doc:"URI of the kind of problem" example:"urn:reportsync:problem:invalid"`
	Title     string                  `json:"title" doc:"The kind of problem in words"`
	Status    int                     `json:"status" doc:"HTTP status"`
	Code      reportsync.Code         `json:"code" doc:"The kind of problem, for programs"`
	Detail    string                  `json:"detail" doc:"What went wrong here"`
	Hint      string                  `json:"hint,omitempty" doc:"The way out"`
	RequestID string                  `json:"request_id" doc:"Quoted in the daemon's log"`
	Errors    []reportsync.FieldError `json:"errors,omitempty" doc:"The values to blame"`
}

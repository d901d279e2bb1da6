package server

import (
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

const apiDescription = `The config API of reportsyncd: what the Terraform provider and the command line write to and read from.

Every call needs a bearer token, apart from the health checks. Roles include each other: viewer, operator, admin.

Configuration objects come back exactly as they were sent; what was left out stays out. Secrets never come back. Errors
are application/problem+json. Answers about configuration objects carry their revision as ETag: send it as If-Match with
PUT or DELETE, and a change that somebody else made in between is answered with 412 instead of being lost; without
If-Match the last writer wins. A POST with an Idempotency-Key can be repeated for a day and counts once.`

// setUpHuma sets what huma keeps in package variables: they hold for the whole process, so they are set once.
var setUpHuma = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false // lists are empty, never null
	huma.ValidateStrictCasing = true  // "Name" is not "name": what is sent must come back as sent
	huma.NewError = newHumaError      // gives the schema of errors its type
	huma.NewErrorWithContext = newHumaErrorWithContext
})

// openAPIConfig configures huma without its links to schemas, which would add to what was sent, and without its docs
// page, which loads scripts from other sites.
func openAPIConfig(version string) huma.Config {
	cfg := huma.DefaultConfig("reportsync config API", version)
	cfg.CreateHooks = nil
	cfg.Transformers = nil
	cfg.SchemasPath = ""
	cfg.DocsPath = ""
	cfg.RejectUnknownQueryParameters = true
	cfg.Info.Description = apiDescription
	cfg.Info.License = &huma.License{Name: "MPL-2.0", Identifier: "MPL-2.0"}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		securityScheme: {Type: "http", Scheme: "bearer", Description: "A token; the scopes of an operation name the role it needs"},
	}
	cfg.Tags = []*huma.Tag{
		{Name: tagConnections, Description: "Authorised Salesforce orgs"},
		{Name: tagSources, Description: "Places that reports come from"},
		{Name: tagIntegrations, Description: "Reports mapped onto Salesforce objects"},
		{Name: tagRuns, Description: "Executions of integrations, and what happened to every row"},
		{Name: tagTokens, Description: "Bearer tokens and their roles"},
		{Name: tagMeta, Description: "The daemon itself"},
	}
	return cfg
}

// The tags that group operations.
const (
	tagConnections  = "Connections"
	tagSources      = "Sources"
	tagIntegrations = "Integrations"
	tagRuns         = "Runs"
	tagTokens       = "Tokens"
	tagMeta         = "Daemon"
)

// finishOpenAPI completes what struct tags can't say: members that are an object or null.
func finishOpenAPI(doc *huma.OpenAPI) {
	run := doc.Components.Schemas.Map()["Run"]
	for _, name := range []string{"error", "report_version", "org", "forecast", "would_stop", "waiting", "artifact"} {
		object := run.Properties[name]
		run.Properties[name] = &huma.Schema{
			Description: object.Description,
			AnyOf:       []*huma.Schema{{Ref: object.Ref}, {Type: "null"}},
		}
	}
	run.PrecomputeMessages()
}

// schemaRef resolves a reference within the document, as often as needed.
func schemaRef(doc *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	for s != nil && s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// schemaName returns the name of the schema that a reference leads to.
func schemaName(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

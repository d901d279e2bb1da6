package server

import "github.com/danielgtaylor/huma/v2"

// OpenAPI returns the document that a server with this configuration describes itself by.
func OpenAPI(cfg Config) *huma.OpenAPI { return build(cfg).api.OpenAPI() }

// Exposed for tests of what no request can show alone.
var (
	Locate  = locate
	Pointer = pointer
)

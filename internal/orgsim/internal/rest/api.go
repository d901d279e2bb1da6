package rest

import (
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/paging"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// Config is what the org gives its REST API. All fields must be set.
type Config struct {
	DB       *store.DB
	Quota    *quota.Usage
	Pages    paging.Pages
	PageSize int // most rows of a query page
	Now      func() time.Time
	Org      func() string // id of the organization
}

// API answers the resources below /services/data.
type API struct {
	Config

	cursors  *cursors
	editions editions
}

// New returns an API without open cursors.
func New(config Config) *API { return &API{Config: config, cursors: newCursors()} }

// Reset forgets the open cursors. Descriptions go on from the edition they have: a
// client from before the reset must not take another one for its own.
func (a *API) Reset() { a.cursors.clear() }

// The versions that brought resources (REST API guide: the resources' own pages).
const (
	sinceBatch             = 34
	sinceComposite         = 38
	sinceCollections       = 42
	sinceCollectionsUpsert = 46
	sinceGraph             = 50
)

// Register adds the API's resources to the gate.
func (a *API) Register(g *web.Gate) {
	RegisterVersions(g)
	g.Data(map[string]web.Methods{
		"":                            {"GET": {Kind: "resources", Serve: a.resources}},
		"/limits":                     {"GET": {Kind: "limits", Serve: a.limits}},
		"/limits/recordCount":         {"GET": {Kind: "limits", Serve: a.recordCount, Since: 40}},
		"/query":                      {"GET": {Kind: "query", Serve: a.query}},
		"/query/{locator}":            {"GET": {Kind: "query more", Serve: a.queryMore}},
		"/queryAll":                   {"GET": {Kind: "query", Serve: a.queryAll}},
		"/queryAll/{locator}":         {"GET": {Kind: "query more", Serve: a.queryMore}},
		"/composite":                  {"GET": {Kind: "resources", Serve: a.compositeResources, Since: sinceComposite}, "POST": {Kind: "composite", Serve: a.composite, Since: sinceComposite}},
		"/composite/batch":            {"POST": {Kind: "composite batch", Serve: a.batch, Since: sinceBatch}},
		"/composite/graph":            {"POST": {Kind: "composite graph", Serve: a.graph, Since: sinceGraph}},
		"/sobjects":                   {"GET": {Kind: "describe global", Serve: a.describeGlobal}},
		"/sobjects/{object}":          {"GET": {Kind: "describe", Serve: a.basicInfo}, "POST": {Kind: "record create", Serve: a.createRecord}},
		"/sobjects/{object}/describe": {"GET": {Kind: "describe", Serve: a.describe}},
		"/sobjects/{object}/{id}": {
			"GET":    {Kind: "record read", Serve: a.readRecord},
			"PATCH":  {Kind: "record update", Serve: a.updateRecord},
			"DELETE": {Kind: "record delete", Serve: a.deleteRecord},
		},
		"/sobjects/{object}/{field}/{key}": {
			"GET":    {Kind: "record read", Serve: a.readByKey},
			"PATCH":  {Kind: "record upsert", Serve: a.upsertRecord},
			"DELETE": {Kind: "record delete", Serve: a.deleteByKey},
		},
		"/sobjects/{object}/Id":              {"POST": {Kind: "record create", Serve: a.createRecord}}, // an upsert by Id without one
		"/sobjects/{object}/describe/{part}": nil,                                                      // layouts and the like: the org has no pages
		"/composite/sobjects": {
			"POST":   {Kind: "collections create", Serve: a.collectionsCreate, Since: sinceCollections},
			"PATCH":  {Kind: "collections update", Serve: a.collectionsUpdate, Since: sinceCollections},
			"DELETE": {Kind: "collections delete", Serve: a.collectionsDelete, Since: sinceCollections},
		},
		"/composite/sobjects/{object}": {
			"GET":  {Kind: "collections read", Serve: a.collectionsRead, Since: sinceCollections},
			"POST": {Kind: "collections read", Serve: a.collectionsReadMany, Since: sinceCollections},
		},
		"/composite/sobjects/{object}/{field}": {"PATCH": {Kind: "collections upsert", Serve: a.collectionsUpsert, Since: sinceCollectionsUpsert}},
	})
}

// RegisterVersions adds the list of API versions, which login hosts have too.
func RegisterVersions(g *web.Gate) {
	g.Open("/services/data", web.Methods{"GET": {Kind: "versions", Serve: versions}})
}

package tooling

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sobject"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// Config is what the org gives its Tooling API. All fields must be set.
type Config struct {
	DB  *store.DB
	Pod string // of record ids
	Now func() time.Time

	// MayCustomize tells whether a user has the permission "Customize
	// Application", without which fields are neither made nor changed.
	MayCustomize func(userID string) bool
}

// API answers the resources below /services/data/vXX.0/tooling.
type API struct {
	Config

	catalog  *catalog
	changing sync.Mutex // held while a field is checked against others and then made or changed
}

// New returns the API of an org with the schema that its database has now.
func New(config Config) (*API, error) {
	c, err := newCatalog(config)
	if err != nil {
		return nil, fmt.Errorf("set up the catalog of fields: %w", err)
	}
	return &API{Config: config, catalog: c}, nil
}

// Register adds the API's resources to the gate.
func (a *API) Register(g *web.Gate) {
	g.Data(map[string]web.Methods{
		"/tooling":                      {"GET": {Kind: "resources", Serve: a.resources}},
		"/tooling/query":                {"GET": {Kind: "tooling query", Serve: a.query}},
		"/tooling/sobjects":             {"GET": {Kind: "describe global", Serve: a.describeGlobal}},
		"/tooling/sobjects/CustomField": {"POST": {Kind: "field create", Serve: a.createField}},
		"/tooling/sobjects/CustomField/{id}": {
			"GET":    {Kind: "field read", Serve: a.readField},
			"PATCH":  {Kind: "field change", Serve: a.changeField},
			"DELETE": {Kind: "field delete", Serve: a.deleteField},
		},
	})
}

func base(c *web.Call) string { return c.Base() + "/tooling" }

func (a *API) resources(c *web.Call) {
	list := map[string]string{}
	for _, name := range []string{"query", "sobjects"} {
		list[name] = base(c) + "/" + name
	}
	c.JSON(http.StatusOK, list)
}

func (a *API) describeGlobal(c *web.Call) {
	c.JSON(http.StatusOK, sobject.Global(base(c), a.catalog.records.Schema()))
}

// query runs SOQL on the org's schema, and answers in one page.
func (a *API) query(c *web.Call) {
	text := c.Request.URL.Query().Get("q")
	if text == "" {
		c.Fail(http.StatusBadRequest, sferr.New("MALFORMED_QUERY", "A query string has to be specified"))
		return
	}
	a.catalog.follow()
	result, err := a.catalog.records.Query(text, store.Scope{})
	if err != nil {
		c.Fail(http.StatusBadRequest, store.QueryRefusal(err))
		return
	}
	if refused := tooMany(result); refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	c.Entry.Rows = len(result.Rows)
	body := fmt.Appendf(nil, `{"size":%d,"totalSize":%d,"done":true,"queryLocator":null,"entityTypeName":`, len(result.Rows), result.Total)
	body = value.AppendString(body, result.Object.Name)
	body = append(body, `,"records":[`...)
	body = sobject.AppendRecords(body, base(c), result)
	c.Raw(http.StatusOK, web.JSONType, append(body, "]}"...))
}

// tooMany refuses FullName of more than one record (Tooling API guide:
// CustomField).
func tooMany(result *store.Result) *sferr.Error {
	for _, column := range result.Columns() {
		if column.Name == "FullName" && len(result.Rows) > 1 {
			return sferr.New("MALFORMED_QUERY",
				"When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row for retrieval. Result size: %d", len(result.Rows))
		}
	}
	return nil
}

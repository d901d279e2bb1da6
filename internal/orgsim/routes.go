package orgsim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

// The API versions that the org lists; older ones are retired.
const (
	oldestVersion = 31
	newestVersion = 67
)

// endpoint is what one method of a resource does; kind names it in the journal.
type endpoint struct {
	kind  string
	serve func(*call)
}

// methods are a resource's endpoints by HTTP method.
type methods map[string]endpoint

// apiRoutes is the list of everything that the org answers.
func (o *Org) apiRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	o.open(mux, "/services/oauth2/token", methods{"POST": {"oauth", o.token}})
	o.open(mux, "/services/oauth2/revoke", methods{"POST": {"oauth", o.revoke}})
	o.open(mux, "/services/oauth2/userinfo", methods{"GET": {"identity", o.userinfo}, "POST": {"identity", o.userinfo}})
	o.open(mux, "/id/{org}/{user}", methods{"GET": {"identity", o.identity}})
	o.open(mux, "/services/data", methods{"GET": {"versions", o.versions}})
	for path, m := range o.restRoutes() {
		o.data(mux, "/services/data/{version}"+path, m)
	}
	for path, m := range o.bulkRoutes() {
		o.data(mux, "/services/data/{version}/jobs"+path, m)
	}
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		callOf(r).fail(http.StatusNotFound, sferr.NotFound())
	})
	return mux
}

func (o *Org) restRoutes() map[string]methods {
	return map[string]methods{
		"":                                     {"GET": {"resources", o.resources}},
		"/limits":                              {"GET": {"limits", o.limits}},
		"/sobjects":                            {"GET": {"describe global", o.describeGlobal}},
		"/sobjects/{object}":                   {"GET": {"describe", o.basicInfo}, "POST": {"record create", o.createRecord}},
		"/sobjects/{object}/describe":          {"GET": {"describe", o.describe}},
		"/sobjects/{object}/{id}":              {"GET": {"record read", o.readRecord}, "PATCH": {"record update", o.updateRecord}, "DELETE": {"record delete", o.deleteRecord}},
		"/sobjects/{object}/{field}/{key}":     {"GET": {"record read", o.readByKey}, "PATCH": {"record upsert", o.upsertRecord}},
		"/query":                               {"GET": {"query", o.query}},
		"/query/{locator}":                     {"GET": {"query more", o.queryMore}},
		"/queryAll":                            {"GET": {"query", o.queryAll}},
		"/queryAll/{locator}":                  {"GET": {"query more", o.queryMore}},
		"/composite/sobjects":                  {"POST": {"collections create", o.collectionsCreate}, "PATCH": {"collections update", o.collectionsUpdate}, "DELETE": {"collections delete", o.collectionsDelete}},
		"/composite/sobjects/{object}/{field}": {"PATCH": {"collections upsert", o.collectionsUpsert}},
	}
}

func (o *Org) bulkRoutes() map[string]methods {
	return map[string]methods{
		"/ingest":                         {"GET": {"ingest list", o.listIngest}, "POST": {"ingest create", o.createIngest}},
		"/ingest/{id}":                    {"GET": {"ingest poll", o.getIngest}, "PATCH": {"ingest close", o.patchIngest}, "DELETE": {"ingest delete", o.deleteIngest}},
		"/ingest/{id}/batches":            {"PUT": {"ingest upload", o.uploadIngest}},
		"/ingest/{id}/successfulResults":  {"GET": {"ingest results", o.successfulResults}},
		"/ingest/{id}/failedResults":      {"GET": {"ingest results", o.failedResults}},
		"/ingest/{id}/unprocessedrecords": {"GET": {"ingest results", o.unprocessedRecords}},
		"/query":                          {"GET": {"bulk query list", o.listQueryJobs}, "POST": {"bulk query create", o.createQueryJob}},
		"/query/{id}":                     {"GET": {"bulk query poll", o.getQueryJob}, "PATCH": {"bulk query abort", o.abortQueryJob}, "DELETE": {"bulk query delete", o.deleteQueryJob}},
		"/query/{id}/results":             {"GET": {"bulk query results", o.queryJobResults}},
	}
}

// open registers a resource that needs no session.
func (o *Org) open(mux *http.ServeMux, pattern string, m methods) {
	mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.request = r
		if e, ok := c.endpoint(m); ok {
			e.serve(c)
		}
	})
}

// data registers a resource that needs a session and counts against the daily
// limit.
func (o *Org) data(mux *http.ServeMux, pattern string, m methods) {
	mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.request = r
		e, known := c.lookUp(m)
		c.entry.Kind = e.kind
		if !c.checkVersion() || !c.checkSession() || !c.spend() {
			return
		}
		if !known {
			c.notAllowed(m)
			return
		}
		e.serve(c)
	})
}

func (c *call) lookUp(m methods) (endpoint, bool) {
	e, ok := m[c.request.Method]
	if !ok {
		e.kind = "other"
	}
	return e, ok
}

func (c *call) endpoint(m methods) (endpoint, bool) {
	e, ok := c.lookUp(m)
	c.entry.Kind = e.kind
	if !ok {
		c.notAllowed(m)
	}
	return e, ok
}

func (c *call) notAllowed(m methods) {
	var allowed []string
	for method := range m {
		allowed = append(allowed, method)
	}
	slices.Sort(allowed)
	c.out.Header().Set("Allow", strings.Join(allowed, ","))
	c.fail(http.StatusMethodNotAllowed, sferr.New("METHOD_NOT_ALLOWED",
		"HTTP Method '%s' not allowed. Allowed are %s", c.request.Method, strings.Join(allowed, ",")))
}

// checkVersion reads the version of the path.
func (c *call) checkVersion() bool {
	version, ok := strings.CutPrefix(c.request.PathValue("version"), "v")
	major, whole := strings.CutSuffix(version, ".0")
	n, err := strconv.Atoi(major)
	switch {
	case !ok || !whole || err != nil || n > newestVersion || strconv.Itoa(n) != major:
		c.fail(http.StatusNotFound, sferr.NotFound())
		return false
	case n < oldestVersion:
		c.fail(http.StatusGone, sferr.New("GONE", "API version %s is retired; the oldest supported is %d.0", version, oldestVersion))
		return false
	}
	c.version = version
	return true
}

// checkSession answers 401 to a call without a good token.
func (c *call) checkSession() bool {
	s, ok := c.org.sessions.find(bearer(c.request), true)
	if !ok {
		c.out.Header().Set("WWW-Authenticate", "Token")
		c.fail(http.StatusUnauthorized, sferr.New("INVALID_SESSION_ID", "Session expired or invalid"))
		return false
	}
	c.session = s
	return true
}

// spend counts the call and sets the limit header.
func (c *call) spend() bool {
	header, ok := c.org.usage.spend()
	if header != "" {
		c.out.Header().Set(limitHeader, header)
	}
	if !ok {
		c.fail(http.StatusForbidden, sferr.New("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
		return false
	}
	c.entry.Calls = 1
	return true
}

// base is the path of the version that the call uses.
func (c *call) base() string { return "/services/data/v" + c.version }

// notFound answers 404 for what the path names.
func (c *call) notFound() { c.fail(http.StatusNotFound, sferr.NotFound()) }

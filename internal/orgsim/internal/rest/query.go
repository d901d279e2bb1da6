package rest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// The bounds of Sforce-Query-Options: batchSize (SOQL reference: changing the
// batch size in queries).
const (
	minBatchSize = 200
	maxBatchSize = 2_000
)

func (a *API) query(c *web.Call)    { a.answerQuery(c, store.Scope{View: c.Schema}) }
func (a *API) queryAll(c *web.Call) { a.answerQuery(c, store.Scope{View: c.Schema, Deleted: true}) }

func (a *API) answerQuery(c *web.Call, scope store.Scope) {
	text := c.Request.URL.Query().Get("q")
	if text == "" {
		c.Fail(http.StatusBadRequest, sferr.New("MALFORMED_QUERY", "A query string has to be specified"))
		return
	}
	if strings.EqualFold(c.Request.URL.Query().Get("columns"), "true") {
		a.answerColumns(c, text, scope)
		return
	}
	result, err := a.DB.Query(text, scope)
	if err != nil {
		c.Fail(http.StatusBadRequest, store.QueryRefusal(err))
		return
	}
	if result.Counts != nil {
		c.Entry.Rows = 1
		c.Raw(http.StatusOK, web.JSONType, appendCounts(nil, result.Counts))
		return
	}
	cur := a.cursors.open(result, c.Request.URL.Path)
	a.answerPage(c, cur, 0)
}

// queryMore answers the next page: the locator's path is <id>-<offset>.
func (a *API) queryMore(c *web.Call) {
	id, offset, _ := strings.Cut(c.Request.PathValue("locator"), "-")
	from, err := strconv.Atoi(offset)
	cur, ok := a.cursors.find(id)
	if !ok || err != nil || from < 0 || from > len(cur.result.Rows) {
		c.Fail(http.StatusBadRequest, sferr.New("INVALID_QUERY_LOCATOR", "invalid query locator"))
		return
	}
	a.answerPage(c, cur, from)
}

func (a *API) answerPage(c *web.Call, cur *cursor, from int) {
	next := min(len(cur.result.Rows), from+a.pageSize(c, cur, from))
	c.Entry.Rows = next - from
	body := append([]byte(`{"totalSize":`), strconv.Itoa(cur.result.Total)...)
	if next < len(cur.result.Rows) {
		body = append(body, `,"done":false,"nextRecordsUrl":`...)
		body = value.AppendString(body, cur.path+"/"+cur.id+"-"+strconv.Itoa(next))
	} else {
		body = append(body, `,"done":true`...)
	}
	body = append(body, `,"records":[`...)
	members := cur.result.Members()
	for row := from; row < next; row++ {
		if row > from {
			body = append(body, ',')
		}
		body = appendFound(body, c.Base(), cur.result, members, row)
	}
	c.Raw(http.StatusOK, web.JSONType, append(body, "]}"...))
}

// pageSize is how many rows a page has: what the client asked for, or less, as
// the server pleases.
func (a *API) pageSize(c *web.Call, cur *cursor, from int) int {
	size := a.PageSize
	for option := range strings.SplitSeq(c.Request.Header.Get("Sforce-Query-Options"), ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(option), "=")
		if asked, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && strings.EqualFold(name, "batchSize") {
			size = min(size, max(minBatchSize, min(asked, maxBatchSize)))
		}
	}
	return a.Pages.Size(size, cur.number, uint64(from)) //nolint:gosec // offsets are not negative
}

package rest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sobject"
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
	columns, ok := c.Flag("columns")
	if !ok {
		return
	}
	if columns {
		a.answerColumns(c, text, scope)
		return
	}
	result, err := a.db(c).Query(text, scope)
	if err != nil {
		c.Fail(http.StatusBadRequest, store.QueryRefusal(err))
		return
	}
	if result.Counts != nil {
		c.Entry.Rows = 1
		c.Raw(http.StatusOK, web.JSONType, sobject.AppendCounts(nil, result.Counts))
		return
	}
	size, refused := a.batchSize(c)
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	cur := &cursor{path: c.Request.URL.Path, userID: c.UserID, opened: a.Now(), result: result}
	a.cursors.open(cur)
	a.answerPage(c, cur, 0, size)
}

// queryMore answers the next page: the locator's path is <id>-<offset>.
func (a *API) queryMore(c *web.Call) {
	cur, from, ok := a.cursors.find(c.Request.URL.Path, c.UserID, a.Now())
	if !ok {
		c.Fail(http.StatusBadRequest, sferr.New("INVALID_QUERY_LOCATOR", "invalid query locator"))
		return
	}
	size, refused := a.batchSize(c)
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	a.answerPage(c, cur, from, size)
}

// answerPage answers at most size rows, or less, as the server pleases.
func (a *API) answerPage(c *web.Call, cur *cursor, from, size int) {
	size = a.Pages.Size(size, cur.number, uint64(from)) //nolint:gosec // offsets are not negative
	next := min(len(cur.result.Rows), from+size)
	c.Entry.Rows = next - from
	body := append([]byte(`{"totalSize":`), strconv.Itoa(cur.result.Total)...)
	if next < len(cur.result.Rows) {
		body = append(body, `,"done":false,"nextRecordsUrl":`...)
		body = value.AppendString(body, a.cursors.offer(cur, next))
	} else {
		body = append(body, `,"done":true`...)
	}
	body = append(body, `,"records":[`...)
	members := cur.result.Members()
	for row := from; row < next; row++ {
		if row > from {
			body = append(body, ',')
		}
		body = sobject.AppendFound(body, c.Base(), cur.result, members, row)
	}
	c.Raw(http.StatusOK, web.JSONType, append(body, "]}"...))
}

// batchSize is the most rows that the client takes in a page.
func (a *API) batchSize(c *web.Call) (int, *sferr.Error) {
	const header = "Sforce-Query-Options"
	text := c.Request.Header.Get(header)
	if text == "" {
		return a.PageSize, nil
	}
	name, number, _ := strings.Cut(text, "=")
	asked, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || !strings.EqualFold(strings.TrimSpace(name), "batchSize") {
		return 0, malformedHeader(header, text, "batchSize=number")
	}
	return min(a.PageSize, max(minBatchSize, min(asked, maxBatchSize))), nil
}

package rest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// The bounds of Sforce-Query-Options: batchSize (SOQL reference: changing the
// batch size in queries).
const (
	minBatchSize = 200
	maxBatchSize = 2_000
)

func (a *API) query(c *web.Call)    { a.answerQuery(c, store.Scope{}) }
func (a *API) queryAll(c *web.Call) { a.answerQuery(c, store.Scope{Deleted: true}) }

func (a *API) answerQuery(c *web.Call, scope store.Scope) {
	text := c.Request.URL.Query().Get("q")
	if text == "" {
		c.Fail(http.StatusBadRequest, sferr.New("MALFORMED_QUERY", "A query string has to be specified"))
		return
	}
	result, err := a.DB.Query(text, scope)
	if err != nil {
		c.Fail(http.StatusBadRequest, store.QueryRefusal(err))
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
	rows := cur.result.Rows[from:]
	rows = rows[:min(len(rows), a.pageSize(c, cur, from))]
	c.Entry.Rows = len(rows)
	next := from + len(rows)
	body := append([]byte(`{"totalSize":`), strconv.Itoa(cur.result.Total)...)
	if next < len(cur.result.Rows) {
		body = append(body, `,"done":false,"nextRecordsUrl":`...)
		body = value.AppendString(body, cur.path+"/"+cur.id+"-"+strconv.Itoa(next))
	} else {
		body = append(body, `,"done":true`...)
	}
	body = append(body, `,"records":[`...)
	for i, row := range rows {
		if i > 0 {
			body = append(body, ',')
		}
		body = appendRecord(body, c.Base(), cur.result.Object, cur.result.Fields, row)
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

// appendRecord prints one record with its attributes.
func appendRecord(body []byte, base string, object *schema.Object, fields []int, row store.Row) []byte {
	body = append(body, `{"attributes":{"type":"`+object.Name+`","url":"`+base+`/sobjects/`+object.Name+`/`...)
	body = append(body, row.At(idField)...)
	body = append(body, `"}`...)
	for _, i := range fields {
		f := &object.Fields[i]
		body = append(body, `,"`+f.Name+`":`...)
		body = value.AppendJSON(body, f, row.At(i))
	}
	return append(body, '}')
}

// idField is the place of Id in every object.
const idField = 0

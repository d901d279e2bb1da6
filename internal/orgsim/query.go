package orgsim

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// The bounds of Sforce-Query-Options: batchSize (SOQL reference: changing the
// batch size in queries).
const (
	minBatchSize = 200
	maxBatchSize = 2_000
)

func (o *Org) query(c *call)    { o.answerQuery(c, store.Scope{}) }
func (o *Org) queryAll(c *call) { o.answerQuery(c, store.Scope{Deleted: true}) }

func (o *Org) answerQuery(c *call, scope store.Scope) {
	text := c.request.URL.Query().Get("q")
	if text == "" {
		c.fail(http.StatusBadRequest, sferr.New("MALFORMED_QUERY", "A query string has to be specified"))
		return
	}
	result, err := o.run(text, scope)
	if err != nil {
		c.fail(http.StatusBadRequest, queryRefusal(err))
		return
	}
	cur := o.cursors.open(result, c.request.URL.Path)
	o.answerPage(c, cur, 0)
}

// run parses, binds and executes a query.
func (o *Org) run(text string, scope store.Scope) (*store.Result, error) {
	q, err := soql.Parse(text)
	if err != nil {
		return nil, err //nolint:wrapcheck // the parser's error is what the client is told
	}
	return o.db.Select(q, scope) //nolint:wrapcheck // as above
}

// queryRefusal is a query's error in the org's form.
func queryRefusal(err error) *sferr.Error {
	if refused, ok := errors.AsType[*soql.Error](err); ok {
		return sferr.New(refused.Code, "%s", refused.Error())
	}
	return sferr.New("UNKNOWN_EXCEPTION", "%s", err.Error())
}

// queryMore answers the next page: the locator's path is <id>-<offset>.
func (o *Org) queryMore(c *call) {
	id, offset, _ := strings.Cut(c.request.PathValue("locator"), "-")
	from, err := strconv.Atoi(offset)
	cur, ok := o.cursors.find(id)
	if !ok || err != nil || from < 0 || from > len(cur.result.Rows) {
		c.fail(http.StatusBadRequest, sferr.New("INVALID_QUERY_LOCATOR", "invalid query locator"))
		return
	}
	o.answerPage(c, cur, from)
}

func (o *Org) answerPage(c *call, cur *cursor, from int) {
	rows := cur.result.Rows[from:]
	rows = rows[:min(len(rows), o.pageSize(c, cur, from))]
	c.entry.Rows = len(rows)
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
		body = appendRecord(body, c.base(), cur.result.Object, cur.result.Fields, row)
	}
	c.raw(http.StatusOK, jsonType, append(body, "]}"...))
}

// pageSize is how many rows a page has: what the client asked for, or less, as
// the server pleases.
func (o *Org) pageSize(c *call, cur *cursor, from int) int {
	size := o.config.PageSize
	for option := range strings.SplitSeq(c.request.Header.Get("Sforce-Query-Options"), ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(option), "=")
		if asked, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && strings.EqualFold(name, "batchSize") {
			size = min(size, max(minBatchSize, min(asked, maxBatchSize)))
		}
	}
	return o.vary(size, cur.number, uint64(from)) //nolint:gosec // offsets are not negative
}

// vary shrinks a page size by up to a half, the same way for the same page.
func (o *Org) vary(size int, of, page uint64) int {
	if o.config.SteadyPages || size < 2 {
		return size
	}
	drawn := mix(o.config.Seed, of, page)
	return size - int(drawn%uint64(size/2+1)) //nolint:gosec // less than size
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

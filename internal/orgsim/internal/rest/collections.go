package rest

import (
	"encoding/json"
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// The limits of one sObject Collections request (REST API guide: sObject
// Collections).
const (
	maxRows   = 200
	maxChunks = 10 // runs of one type in a create
)

// collection is the body of a write.
type collection struct {
	AllOrNone bool              `json:"allOrNone"`
	Records   []json.RawMessage `json:"records"`
}

func (a *API) collectionsCreate(c *web.Call) {
	a.writeCollection(c, &rowReader{schema: c.Schema, op: store.Insert})
}
func (a *API) collectionsUpdate(c *web.Call) {
	a.writeCollection(c, &rowReader{schema: c.Schema, op: store.Update})
}

// collectionsUpsert matches by the field of the path.
func (a *API) collectionsUpsert(c *web.Call) {
	object, key, ok := pathKey(c)
	if ok {
		a.writeCollection(c, &rowReader{schema: c.Schema, op: store.Upsert, object: object, key: key})
	}
}

func (a *API) writeCollection(c *web.Call, rows *rowReader) {
	var body collection
	if !c.ReadJSON(&body) {
		return
	}
	c.Entry.Rows = len(body.Records)
	switch n := len(body.Records); {
	case n == 0:
		c.Fail(http.StatusBadRequest, sferr.New("REQUIRED_FIELD_MISSING", "At least 1 record is required"))
		return
	case n > maxRows:
		c.Fail(http.StatusBadRequest, tooManyRows())
		return
	}
	mutations := make([]store.Mutation, 0, len(body.Records))
	for _, raw := range body.Records {
		mutations = append(mutations, rows.read(raw))
	}
	if rows.op == store.Insert && chunks(mutations) > maxChunks {
		c.Fail(http.StatusBadRequest, sferr.New("LIMIT_EXCEEDED",
			"Cannot have more than %d chunks in a single operation. Please rearrange the data to reduce chunking.", maxChunks))
		return
	}
	a.write(c, rows.op, body.AllOrNone, mutations)
}

// collectionsDelete takes its ids from the URL.
func (a *API) collectionsDelete(c *web.Call) {
	query := c.Request.URL.Query()
	ids := separated(query.Get("ids"))
	c.Entry.Rows = len(ids)
	if len(ids) == 0 {
		c.Fail(http.StatusBadRequest, sferr.New("REQUIRED_FIELD_MISSING", "At least 1 record is required"))
		return
	}
	if len(ids) > maxRows {
		c.Fail(http.StatusBadRequest, tooManyRows())
		return
	}
	mutations := make([]store.Mutation, 0, len(ids))
	for _, id := range ids {
		object, ok := c.Schema.ByPrefix(id)
		m := store.Mutation{Op: store.Delete, ID: id, Object: object}
		if !ok {
			m.Refused = sferr.MalformedID(id)
		}
		mutations = append(mutations, m)
	}
	if allOrNone, ok := c.Flag("allOrNone"); ok {
		a.write(c, store.Delete, allOrNone, mutations)
	}
}

// write answers 200 whatever became of the rows, in the request's order.
func (a *API) write(c *web.Call, op store.Op, allOrNone bool, mutations []store.Mutation) {
	actor, ok := a.actor(c)
	if !ok {
		return
	}
	results := make([]saveResult, 0, len(mutations))
	outcomes := a.db(c).Apply(actor, allOrNone, mutations)
	for i := range outcomes {
		if outcomes[i].Err != nil {
			c.FailedRows = true
		}
		results = append(results, saved(c, op, &outcomes[i]))
	}
	c.JSON(http.StatusOK, results)
}

// pathKey finds object and key field of the path, or answers 404.
func pathKey(c *web.Call) (*schema.Object, int, bool) {
	object, ok := pathObject(c)
	if !ok {
		return nil, 0, false
	}
	name := c.Request.PathValue("field")
	key, ok := object.Field(name)
	if !ok || !object.Fields[key].IDLookup() {
		c.Fail(http.StatusNotFound, sferr.New("NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", name))
		return nil, 0, false
	}
	return object, key, true
}

func tooManyRows() *sferr.Error {
	return sferr.New("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than %d records into this call", maxRows)
}

// chunks counts the runs of rows of one type.
func chunks(rows []store.Mutation) int {
	n := 0
	for i := range rows {
		if i == 0 || rows[i].Object != rows[i-1].Object {
			n++
		}
	}
	return n
}

package orgsim

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
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

// saveResult is the answer for one row. Created is present in upserts only.
type saveResult struct {
	ID      string     `json:"id,omitempty"`
	Success bool       `json:"success"`
	Errors  []rowError `json:"errors"`
	Created *bool      `json:"created,omitempty"`
}

func (o *Org) collectionsCreate(c *call) { o.writeCollection(c, &rowReader{org: o, op: store.Insert}) }
func (o *Org) collectionsUpdate(c *call) { o.writeCollection(c, &rowReader{org: o, op: store.Update}) }

// collectionsUpsert matches by the field of the path.
func (o *Org) collectionsUpsert(c *call) {
	object, key, ok := c.pathKey()
	if ok {
		o.writeCollection(c, &rowReader{org: o, op: store.Upsert, object: object, key: key})
	}
}

func (o *Org) writeCollection(c *call, rows *rowReader) {
	var body collection
	if !c.readJSON(&body) {
		return
	}
	c.entry.Rows = len(body.Records)
	switch n := len(body.Records); {
	case n == 0:
		c.fail(http.StatusBadRequest, sferr.New("REQUIRED_FIELD_MISSING", "At least 1 record is required"))
		return
	case n > maxRows:
		c.fail(http.StatusBadRequest, tooManyRows())
		return
	}
	mutations := make([]store.Mutation, 0, len(body.Records))
	for _, raw := range body.Records {
		mutations = append(mutations, rows.read(raw))
	}
	if rows.op == store.Insert && chunks(mutations) > maxChunks {
		c.fail(http.StatusBadRequest, sferr.New("LIMIT_EXCEEDED",
			"Cannot have more than %d chunks in a single operation. Please rearrange the data to reduce chunking.", maxChunks))
		return
	}
	o.answerOutcomes(c, rows.op, o.db.Apply(o.actor(c), body.AllOrNone, mutations))
}

// collectionsDelete takes its ids from the URL.
func (o *Org) collectionsDelete(c *call) {
	query := c.request.URL.Query()
	ids := strings.FieldsFunc(query.Get("ids"), func(r rune) bool { return r == ',' || r == ' ' })
	c.entry.Rows = len(ids)
	if len(ids) == 0 {
		c.fail(http.StatusBadRequest, sferr.New("REQUIRED_FIELD_MISSING", "At least 1 record is required"))
		return
	}
	if len(ids) > maxRows {
		c.fail(http.StatusBadRequest, tooManyRows())
		return
	}
	mutations := make([]store.Mutation, 0, len(ids))
	for _, id := range ids {
		m := store.Mutation{Op: store.Delete, ID: id}
		if m.Object = o.objectOfID(id); m.Object == nil {
			m.Refused = sferr.MalformedID(id)
		}
		mutations = append(mutations, m)
	}
	allOrNone := strings.EqualFold(query.Get("allOrNone"), "true")
	o.answerOutcomes(c, store.Delete, o.db.Apply(o.actor(c), allOrNone, mutations))
}

// answerOutcomes is 200 whatever became of the rows, in the request's order.
func (o *Org) answerOutcomes(c *call, op store.Op, outcomes []store.Outcome) {
	results := make([]saveResult, 0, len(outcomes))
	for _, outcome := range outcomes {
		result := saveResult{Success: outcome.Err == nil, Errors: asRowErrors(outcome.Err)}
		if result.Success {
			result.ID = outcome.ID
			if op == store.Upsert {
				result.Created = &outcome.Created
			}
		}
		results = append(results, result)
	}
	c.json(http.StatusOK, results)
}

// actor is the call's user, with the lock rules in force.
func (o *Org) actor(c *call) store.Actor {
	return store.Actor{UserID: c.session.userID, By: "rest", Locked: o.faults.Locked}
}

// pathKey finds object and key field of the path, or answers 404.
func (c *call) pathKey() (*schema.Object, int, bool) {
	object, ok := c.pathObject()
	if !ok {
		return nil, 0, false
	}
	name := c.request.PathValue("field")
	key, ok := object.Field(name)
	if !ok || !object.Fields[key].IDLookup() {
		c.fail(http.StatusNotFound, sferr.New("NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", name))
		return nil, 0, false
	}
	return object, key, true
}

func (o *Org) objectOfID(id string) *schema.Object {
	for _, object := range o.config.Schema.Objects() {
		if strings.HasPrefix(id, object.KeyPrefix) {
			return object
		}
	}
	return nil
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

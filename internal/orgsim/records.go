package orgsim

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func (o *Org) createRecord(c *call) {
	object, ok := c.pathObject()
	if !ok {
		return
	}
	outcome, ok := o.writeOne(c, object, store.Mutation{Op: store.Insert, Object: object})
	if !ok {
		return
	}
	c.out.Header().Set("Location", c.base()+"/sobjects/"+object.Name+"/"+outcome.ID)
	c.json(http.StatusCreated, saveResult{ID: outcome.ID, Success: true, Errors: []rowError{}})
}

func (o *Org) updateRecord(c *call) {
	object, id, ok := c.pathRecord()
	if !ok {
		return
	}
	if _, ok := o.writeOne(c, object, store.Mutation{Op: store.Update, Object: object, ID: id}, "Id"); ok {
		c.noContent()
	}
}

func (o *Org) deleteRecord(c *call) {
	object, id, ok := c.pathRecord()
	if !ok {
		return
	}
	c.entry.Rows = 1
	outcome := o.db.Apply(o.actor(c), true, []store.Mutation{{Op: store.Delete, Object: object, ID: id}})[0]
	if outcome.Err != nil {
		c.refuse(missingRecord(outcome.Err))
		return
	}
	c.noContent()
}

func (o *Org) readRecord(c *call) {
	object, id, ok := c.pathRecord()
	if !ok {
		return
	}
	o.answerRecord(c, object, id)
}

// readByKey reads the record that an external id names; several are a 300.
func (o *Org) readByKey(c *call) {
	object, key, ok := c.pathKey()
	if !ok {
		return
	}
	id, ok := o.idByKey(c, object, key)
	if !ok {
		return
	}
	if id == "" {
		c.notFound()
		return
	}
	o.answerRecord(c, object, id)
}

// upsertRecord writes the record that the path's key names (REST API guide:
// insert or update a record using an external ID).
func (o *Org) upsertRecord(c *call) {
	object, key, ok := c.pathKey()
	if !ok {
		return
	}
	id, ok := o.idByKey(c, object, key)
	if !ok {
		return
	}
	m := store.Mutation{Op: store.Update, Object: object, ID: id}
	if id == "" {
		if strings.EqualFold(c.request.URL.Query().Get("updateOnly"), "true") {
			c.notFound()
			return
		}
		// An upsert and no insert: another request may create it meanwhile.
		m = store.Mutation{Op: store.Upsert, Object: object, Key: key, Cells: []store.Cell{{Field: key, Text: c.request.PathValue("key")}}}
	}
	outcome, ok := o.writeOne(c, object, m, "Id", object.Fields[key].Name)
	if !ok {
		return
	}
	status := http.StatusOK
	if outcome.Created {
		status = http.StatusCreated
	}
	c.json(status, saveResult{ID: outcome.ID, Success: true, Errors: []rowError{}, Created: &outcome.Created})
}

// idByKey finds the one record of the path's key: "" for none, and an answer of
// 300 with their URLs for several.
func (o *Org) idByKey(c *call, object *schema.Object, key int) (string, bool) {
	text := c.request.PathValue("key")
	if object.Fields[key].Type == schema.ID {
		return text, true
	}
	ids, err := o.db.Matches(object, key, text)
	if err != nil {
		c.refuse(err)
		return "", false
	}
	if len(ids) > 1 {
		urls := make([]string, 0, len(ids))
		for _, id := range ids {
			urls = append(urls, c.base()+"/sobjects/"+object.Name+"/"+id)
		}
		c.json(http.StatusMultipleChoices, urls)
		return "", false
	}
	return strings.Join(ids, ""), true
}

// writeOne reads the fields of the body into the mutation and applies it; where
// that fails it answers and returns false. What the path says, the body must not
// repeat.
func (o *Org) writeOne(c *call, object *schema.Object, m store.Mutation, inPath ...string) (store.Outcome, bool) {
	c.entry.Rows = 1
	var raw json.RawMessage
	if !c.readJSON(&raw) {
		return store.Outcome{}, false
	}
	list, err := members(raw)
	for _, field := range list {
		for _, name := range inPath {
			if strings.EqualFold(field.name, name) {
				err = sferr.New("INVALID_FIELD", "The %s field should not be specified in the sobject data.", name)
			}
		}
	}
	if err == nil {
		read := (&rowReader{org: o, op: store.Insert}).row(object, list)
		m.Cells, err = append(m.Cells, read.Cells...), read.Refused
	}
	if err != nil {
		c.refuse(err)
		return store.Outcome{}, false
	}
	outcome := o.db.Apply(o.actor(c), true, []store.Mutation{m})[0]
	if outcome.Err != nil {
		c.refuse(missingRecord(outcome.Err))
		return outcome, false
	}
	return outcome, true
}

func (o *Org) answerRecord(c *call, object *schema.Object, id string) {
	row, ok := o.db.Row(object.Name, id)
	if !ok || o.db.Deleted(object.Name, row) {
		c.notFound()
		return
	}
	fields, refused := selected(object, c.request.URL.Query().Get("fields"))
	if refused != nil {
		c.refuse(refused)
		return
	}
	c.entry.Rows = 1
	c.raw(http.StatusOK, jsonType, appendRecord(nil, c.base(), object, fields, row))
}

// selected are the fields of a comma-separated list, or all visible ones.
func selected(object *schema.Object, list string) ([]int, *sferr.Error) {
	var fields []int
	if list == "" {
		for i := range object.Fields {
			if !object.Fields[i].Hidden {
				fields = append(fields, i)
			}
		}
		return fields, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		field, ok := object.Field(strings.TrimSpace(name))
		if !ok {
			return nil, sferr.UnknownField(name, object.Name)
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// pathRecord reads object and id of the path; text that is no id is taken for an
// external id, as the path /sobjects/X/field/value would have it.
func (c *call) pathRecord() (*schema.Object, string, bool) {
	object, ok := c.pathObject()
	if !ok {
		return nil, "", false
	}
	sent := c.request.PathValue("id")
	id, err := recordid.Parse(sent)
	if err != nil {
		c.fail(http.StatusNotFound, sferr.New("NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", sent))
		return nil, "", false
	}
	if !strings.HasPrefix(id, object.KeyPrefix) {
		c.refuse(sferr.WrongIDType(object.Label+" ID", "Id", sent))
		return nil, "", false
	}
	return object, id, true
}

// missingRecord turns the row error for an id of nothing into REST's 404.
func missingRecord(err *sferr.Error) *sferr.Error {
	if err.Code == "INVALID_CROSS_REFERENCE_KEY" && len(err.Fields) == 0 {
		return sferr.NotFound()
	}
	return err
}

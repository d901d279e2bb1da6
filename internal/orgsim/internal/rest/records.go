package rest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func (a *API) createRecord(c *web.Call) {
	object, ok := pathObject(c)
	if !ok {
		return
	}
	outcome, ok := a.writeOne(c, object, store.Mutation{Op: store.Insert, Object: object})
	if !ok {
		return
	}
	c.Out.Header().Set("Location", c.Base()+"/sobjects/"+object.Name+"/"+outcome.ID)
	c.JSON(http.StatusCreated, saveResult{ID: outcome.ID, Success: true, Errors: []web.RowError{}})
}

func (a *API) updateRecord(c *web.Call) {
	object, id, ok := pathRecord(c)
	if !ok {
		return
	}
	if _, ok := a.writeOne(c, object, store.Mutation{Op: store.Update, Object: object, ID: id}, "Id"); ok {
		c.NoContent()
	}
}

func (a *API) deleteRecord(c *web.Call) {
	object, id, ok := pathRecord(c)
	if !ok {
		return
	}
	c.Entry.Rows = 1
	outcome := a.DB.Apply(a.actor(c), true, []store.Mutation{{Op: store.Delete, Object: object, ID: id}})[0]
	if outcome.Err != nil {
		c.Refuse(missingRecord(outcome.Err))
		return
	}
	c.NoContent()
}

func (a *API) readRecord(c *web.Call) {
	object, id, ok := pathRecord(c)
	if !ok {
		return
	}
	a.answerRecord(c, object, id)
}

// readByKey reads the record that an external id names; several are a 300.
func (a *API) readByKey(c *web.Call) {
	object, key, ok := pathKey(c)
	if !ok {
		return
	}
	id, ok := a.idByKey(c, object, key)
	if !ok {
		return
	}
	if id == "" {
		c.NotFound()
		return
	}
	a.answerRecord(c, object, id)
}

// upsertRecord writes the record that the path's key names (REST API guide:
// insert or update a record using an external ID).
func (a *API) upsertRecord(c *web.Call) {
	object, key, ok := pathKey(c)
	if !ok {
		return
	}
	id, ok := a.idByKey(c, object, key)
	if !ok {
		return
	}
	m := store.Mutation{Op: store.Update, Object: object, ID: id}
	if id == "" {
		if strings.EqualFold(c.Request.URL.Query().Get("updateOnly"), "true") {
			c.NotFound()
			return
		}
		// An upsert and no insert: another request may create it meanwhile.
		m = store.Mutation{Op: store.Upsert, Object: object, Key: key, Cells: []store.Cell{{Field: key, Text: c.Request.PathValue("key")}}}
	}
	outcome, ok := a.writeOne(c, object, m, "Id", object.Fields[key].Name)
	if !ok {
		return
	}
	status := http.StatusOK
	if outcome.Created {
		status = http.StatusCreated
	}
	c.JSON(status, saveResult{ID: outcome.ID, Success: true, Errors: []web.RowError{}, Created: &outcome.Created})
}

// idByKey finds the one record of the path's key: "" for none, and an answer of
// 300 with their URLs for several.
func (a *API) idByKey(c *web.Call, object *schema.Object, key int) (string, bool) {
	text := c.Request.PathValue("key")
	if object.Fields[key].Type == schema.ID {
		return text, true
	}
	ids, err := a.DB.Matches(object, key, text)
	if err != nil {
		c.Refuse(err)
		return "", false
	}
	if len(ids) > 1 {
		urls := make([]string, 0, len(ids))
		for _, id := range ids {
			urls = append(urls, c.Base()+"/sobjects/"+object.Name+"/"+id)
		}
		c.JSON(http.StatusMultipleChoices, urls)
		return "", false
	}
	return strings.Join(ids, ""), true
}

// writeOne reads the fields of the body into the mutation and applies it; where
// that fails it answers and returns false. What the path says, the body must not
// repeat.
func (a *API) writeOne(c *web.Call, object *schema.Object, m store.Mutation, inPath ...string) (store.Outcome, bool) {
	c.Entry.Rows = 1
	var raw json.RawMessage
	if !c.ReadJSON(&raw) {
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
		read := (&rowReader{schema: c.Schema, op: store.Insert}).row(object, list)
		m.Cells, err = append(m.Cells, read.Cells...), read.Refused
	}
	if err != nil {
		c.Refuse(err)
		return store.Outcome{}, false
	}
	outcome := a.DB.Apply(a.actor(c), true, []store.Mutation{m})[0]
	if outcome.Err != nil {
		c.Refuse(missingRecord(outcome.Err))
		return outcome, false
	}
	return outcome, true
}

func (a *API) answerRecord(c *web.Call, object *schema.Object, id string) {
	row, ok := a.DB.Row(object.Name, id)
	if !ok || a.DB.Deleted(object.Name, row) {
		c.NotFound()
		return
	}
	fields, refused := selected(object, c.Request.URL.Query().Get("fields"))
	if refused != nil {
		c.Refuse(refused)
		return
	}
	c.Entry.Rows = 1
	c.Raw(http.StatusOK, web.JSONType, appendRecord(nil, c.Base(), object, fields, row))
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
func pathRecord(c *web.Call) (*schema.Object, string, bool) {
	object, ok := pathObject(c)
	if !ok {
		return nil, "", false
	}
	sent := c.Request.PathValue("id")
	id, err := recordid.Parse(sent)
	if err != nil {
		c.Fail(http.StatusNotFound, sferr.New("NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", sent))
		return nil, "", false
	}
	if !strings.HasPrefix(id, object.KeyPrefix) {
		c.Refuse(sferr.WrongIDType(object.Label+" ID", "Id", sent))
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

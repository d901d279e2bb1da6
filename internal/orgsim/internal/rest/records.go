package rest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sobject"
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
	a.answerCreated(c, object, saved(c, store.Insert, &outcome))
}

// answerCreated is 201 with the place of the new record.
func (a *API) answerCreated(c *web.Call, object *schema.Object, result saveResult) {
	c.Out.Header().Set("Location", c.Base()+"/sobjects/"+object.Name+"/"+result.ID)
	c.JSON(http.StatusCreated, result)
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
	if object, id, ok := pathRecord(c); ok {
		a.deleteOne(c, object, id)
	}
}

func (a *API) deleteOne(c *web.Call, object *schema.Object, id string) {
	if _, ok := a.applyOne(c, store.Mutation{Op: store.Delete, Object: object, ID: id}); ok {
		c.NoContent()
	}
}

func (a *API) readRecord(c *web.Call) {
	object, id, ok := pathRecord(c)
	if !ok {
		return
	}
	a.answerRecord(c, object, id)
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
	if err == nil {
		err = repeatsPath(list, inPath)
	}
	if err == nil {
		read := (&rowReader{schema: c.Schema, op: store.Insert, object: object}).single(list)
		m.Cells, err = append(m.Cells, read.Cells...), read.Refused
	}
	if err != nil {
		c.Refuse(unread(err))
		return store.Outcome{}, false
	}
	return a.applyOne(c, m)
}

// unread is a row error as the answer to a single row has it that was refused
// before it reached the database: without an empty list of fields (recorded).
func unread(err *sferr.Error) *sferr.Error {
	bare := *err
	if len(bare.Fields) == 0 {
		bare.Fields = nil
	}
	return &bare
}

func repeatsPath(list []member, inPath []string) *sferr.Error {
	for _, field := range list {
		for _, name := range inPath {
			if strings.EqualFold(field.name, name) {
				return sferr.New("INVALID_FIELD", "The %s field should not be specified in the sobject data.", name)
			}
		}
	}
	return nil
}

func (a *API) applyOne(c *web.Call, m store.Mutation) (store.Outcome, bool) {
	c.Entry.Rows = 1
	actor, ok := a.actor(c)
	if !ok {
		return store.Outcome{}, false
	}
	when, refused := readConditions(c.Request.Header, m.Object)
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return store.Outcome{}, false
	}
	outcome, met := a.applyWhen(c, when, actor, m)
	if !met {
		preconditionFailed(c)
		return outcome, false
	}
	if outcome.Err != nil {
		refuseRow(c, outcome.Err)
		return outcome, false
	}
	return outcome, true
}

func (a *API) answerRecord(c *web.Call, object *schema.Object, id string) {
	row, ok := a.db(c).Row(object.Name, id)
	if !ok || a.db(c).Deleted(object.Name, row) {
		c.NotFound()
		return
	}
	var names []string
	if list := c.Request.URL.Query().Get("fields"); list != "" {
		names = strings.Split(list, ",")
	}
	fields, refused := selected(object, names)
	if refused != nil {
		c.Refuse(refused)
		return
	}
	if unneeded(c, object, row) {
		return
	}
	c.Entry.Rows = 1
	c.Raw(http.StatusOK, web.JSONType, sobject.AppendRecord(nil, c.Base(), object, fields, row))
}

// selected are the named fields, or all visible ones.
func selected(object *schema.Object, names []string) ([]int, *sferr.Error) {
	var fields []int
	if len(names) == 0 {
		for i := range object.Fields {
			if !object.Fields[i].Hidden {
				fields = append(fields, i)
			}
		}
		return fields, nil
	}
	for _, name := range names {
		field, ok := object.Field(strings.TrimSpace(name))
		if !ok {
			return nil, unread(sferr.UnknownField(name, object.Name))
		}
		if slices.Contains(fields, field) {
			return nil, sferr.New("INVALID_FIELD", "duplicate field selected: %s", object.Fields[field].Name)
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

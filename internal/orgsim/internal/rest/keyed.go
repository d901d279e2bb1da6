package rest

import (
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// readByKey reads the record that an external id names; several are a 300.
func (a *API) readByKey(c *web.Call) {
	object, id, ok := a.pathKeyed(c)
	if ok {
		a.answerRecord(c, object, id)
	}
}

// deleteByKey deletes the record that an external id names.
func (a *API) deleteByKey(c *web.Call) {
	object, id, ok := a.pathKeyed(c)
	if ok {
		a.deleteOne(c, object, id)
	}
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
	updateOnly, ok := c.Flag("updateOnly")
	if !ok {
		return
	}
	if id == "" {
		if updateOnly {
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
	op := store.Upsert
	if c.Older(createdSince) {
		op = store.Insert // such answers have no "created"
	}
	switch result := saved(c, op, &outcome); {
	case outcome.Created:
		a.answerCreated(c, object, result)
	case c.Older(createdSince):
		c.NoContent()
	default:
		c.JSON(http.StatusOK, result)
	}
}

// createdSince is the version from which on an upsert that updates answers 200
// with a body, where it answered 204 before.
const createdSince = 46

// pathKeyed finds the one record that the path names by key, or answers.
func (a *API) pathKeyed(c *web.Call) (*schema.Object, string, bool) {
	object, key, ok := pathKey(c)
	if !ok {
		return nil, "", false
	}
	id, ok := a.idByKey(c, object, key)
	if ok && id == "" {
		c.NotFound()
		return nil, "", false
	}
	return object, id, ok
}

// idByKey finds the one record of the path's key: "" for none, and an answer of
// 300 with their URLs for several.
func (a *API) idByKey(c *web.Call, object *schema.Object, key int) (string, bool) {
	text := c.Request.PathValue("key")
	if strings.TrimSpace(text) == "" {
		name := object.Fields[key].Name
		c.Refuse(sferr.On([]string{name}, "MISSING_ARGUMENT", "%s not specified", name))
		return "", false
	}
	if object.Fields[key].Type == schema.ID {
		return text, true
	}
	ids, err := a.db(c).Matches(object, key, text)
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

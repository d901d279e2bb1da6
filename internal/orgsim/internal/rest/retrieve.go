package rest

import (
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sobject"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// maxRetrieved is the most records that one request reads by id; a GET ends
// sooner, at the URI limit (REST API guide: get records using sObject
// Collections).
const maxRetrieved = 2_000

// collectionsRead takes ids and fields from the URL.
func (a *API) collectionsRead(c *web.Call) {
	query := c.Request.URL.Query()
	a.retrieve(c, separated(query.Get("ids")), separated(query.Get("fields")))
}

// collectionsReadMany takes them from the body.
func (a *API) collectionsReadMany(c *web.Call) {
	var body struct {
		IDs    []string `json:"ids"`
		Fields []string `json:"fields"`
	}
	if c.ReadJSON(&body) {
		a.retrieve(c, body.IDs, body.Fields)
	}
}

// retrieve answers in the order of the ids, with null for each that is no live
// record of the object.
func (a *API) retrieve(c *web.Call, ids, names []string) {
	object, ok := pathObject(c)
	if !ok {
		return
	}
	switch {
	case len(ids) == 0 || len(names) == 0:
		c.Fail(http.StatusBadRequest, sferr.New("REQUIRED_FIELD_MISSING", "Both ids and fields are required"))
		return
	case len(ids) > maxRetrieved:
		c.Fail(http.StatusBadRequest, sferr.New("EXCEEDED_ID_LIMIT", "record limit reached. cannot read more than %d records in this call", maxRetrieved))
		return
	}
	fields, refused := selected(object, names)
	if refused != nil {
		c.Refuse(refused)
		return
	}
	for _, id := range ids {
		if _, err := recordid.Parse(id); err != nil {
			c.Refuse(sferr.MalformedID(id))
			return
		}
	}
	body := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			body = append(body, ',')
		}
		row, ok := a.db(c).Row(object.Name, id)
		if !ok || a.db(c).Deleted(object.Name, row) {
			body = append(body, "null"...)
			continue
		}
		c.Entry.Rows++
		body = sobject.AppendRecord(body, c.Base(), object, fields, row)
	}
	c.Raw(http.StatusOK, web.JSONType, append(body, ']'))
}

func separated(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

package bulk

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// bulkPlan binds the query and refuses what Bulk queries do not offer (Bulk API
// 2.0 guide: query considerations). SOQL's own codes become API_ERROR here, save
// for an unknown object. The org reads in chunks by primary key where neither
// ORDER BY nor LIMIT keeps it from that.
func (a *API) bulkPlan(c *web.Call, request jobRequest) (plan *store.Plan, chunked bool, refused *sferr.Error) {
	q, err := soql.Parse(request.Query)
	if err == nil {
		if what := notInBulk(q); what != "" {
			return nil, false, sferr.New("API_ERROR", "%s", what)
		}
		plan, err = a.DB.Bind(q, store.Scope{View: c.Schema, Flat: true, Deleted: request.Operation == "queryAll"})
	}
	if err == nil {
		return plan, len(q.Order) == 0 && q.Limit < 0, nil
	}
	refused = store.QueryRefusal(err)
	switch refused.Code {
	case "INVALID_TYPE":
		return nil, false, notBulk(q.Object.Text)
	case "FUNCTIONALITY_NOT_ENABLED":
		return nil, false, sferr.New("API_ERROR", "%s", refused.Message)
	}
	return nil, false, sferr.New("API_ERROR", "%s: %s", refused.Code, refused.Message)
}

// notInBulk names what a statement has and Bulk queries lack, or is empty.
func notInBulk(q *soql.Query) string {
	if q.Count {
		return "Aggregate functions are not supported in Bulk Query: COUNT()"
	}
	if q.Skips {
		return "OFFSET is not supported in Bulk Query"
	}
	for _, item := range q.Select {
		switch item := item.(type) {
		case soql.FieldCount:
			return "Aggregate functions are not supported in Bulk Query: COUNT(" + item.Field.Text + ")"
		case soql.FieldSet:
			if item.Set != "STANDARD" {
				return "The SOQL FIELDS function is not supported with an unbounded set of fields in this API"
			}
		}
	}
	return ""
}

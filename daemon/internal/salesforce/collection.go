package salesforce

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// AssignActive is the assignment rule that is active in the org, whichever that is.
const AssignActive = "active"

// WriteOptions is what Salesforce is to let pass, and to run, when records are written by Collections.
type WriteOptions struct {
	// AllowDuplicates saves records that a duplicate rule would only have alerted to; a rule that blocks
	// still does (REST API guide: duplicate rule header).
	AllowDuplicates bool
	// AssignmentRule assigns Cases and Leads, and changes their owners by it: "" runs no rule, AssignActive
	// the active one, anything else is a rule's id (REST API guide: assignment rule header).
	AssignmentRule string
}

// header writes the options down. Without a word Salesforce would run the active assignment rule.
func (o WriteOptions) header(op string) (map[string]string, error) {
	header := map[string]string{"Sforce-Auto-Assign": "FALSE"}
	switch o.AssignmentRule {
	case "":
	case AssignActive:
		header["Sforce-Auto-Assign"] = "TRUE"
	default:
		if _, err := ID18(o.AssignmentRule); err != nil {
			return nil, refuse(op, "assignment rule: %s", err)
		}
		header["Sforce-Auto-Assign"] = o.AssignmentRule
	}
	if o.AllowDuplicates {
		header["Sforce-Duplicate-Rule-Header"] = "allowSave=true"
	}
	return header, nil
}

// CollectionRequest says what becomes of the rows of a Collections call. ExternalIDField is the key of an
// upsert, one of the batch's columns, and empty otherwise.
type CollectionRequest struct {
	Operation       Operation
	ExternalIDField string
	Options         WriteOptions
}

// WriteCollection inserts, updates or upserts up to MaxCollectionRows records in one call and returns an
// answer for each row, in their order; rows fail on their own (allOrNone is false). An error means that
// nothing is known about any row.
//
// A request whose fate is unknown is not repeated: an insert would create its records twice, an update
// would run triggers and flows twice and take back what somebody else wrote in between, and an upsert
// finds what the first one created but is an update then. The caller looks what the org holds and sends
// the rest; see the package comment.
func (c *Client) WriteCollection(ctx context.Context, req CollectionRequest, batch Batch) ([]RowResult, error) {
	op := fmt.Sprintf("%s %d %s records", req.Operation, len(batch.Rows), batch.Object)
	if err := req.check(op, batch); err != nil {
		return nil, err
	}
	body, err := encodeCollection(op, req, batch)
	if err != nil {
		return nil, err
	}
	header, err := req.Options.header(op)
	if err != nil {
		return nil, err
	}
	answer, err := c.do(ctx, call{
		op: op, method: req.method(), target: c.org.data(req.resource(batch.Object)),
		body: inMemory(body), contentType: jsonType, header: header, once: true, effective: true,
	})
	if err != nil {
		return nil, err
	}
	return readCollection(op, req.Operation, batch.Rows, answer)
}

func (r CollectionRequest) method() string {
	if r.Operation == OperationInsert {
		return http.MethodPost
	}
	return http.MethodPatch
}

func (r CollectionRequest) resource(object string) string {
	if r.Operation == OperationUpsert {
		return "composite/sobjects/" + url.PathEscape(object) + "/" + url.PathEscape(r.ExternalIDField)
	}
	return "composite/sobjects"
}

func (r CollectionRequest) check(op string, batch Batch) error {
	n := len(batch.Rows)
	switch {
	case !r.Operation.known():
		return refuse(op, "%s", r.Operation.unknown())
	case batch.Object == "":
		return refuse(op, "the object has no name")
	case n == 0 || n > MaxCollectionRows:
		return refuse(op, "there are %d rows; 1 to %d are possible", n, MaxCollectionRows)
	case r.Operation == OperationUpsert && (strings.Contains(r.ExternalIDField, ".") || !containsFold(batch.Columns, r.ExternalIDField)):
		return refuse(op, "an upsert needs its external id field %q among the columns", r.ExternalIDField)
	case r.Operation != OperationUpsert && r.ExternalIDField != "":
		return refuse(op, "an external id field is for upserts only")
	}
	return nil
}

package bulk

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// maxMultipart is how many characters of data a multipart request may carry
// (Bulk API 2.0 guide: create a job); maxJobPart bounds its JSON.
const (
	maxMultipart = 100_000
	maxJobPart   = 64 << 10
)

// readIngestRequest reads a body of either kind; content is nil where it was
// JSON. Where it cannot be read, the call is answered and ok is false.
func readIngestRequest(c *web.Call) (request jobRequest, content *string, ok bool) {
	kind, params, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return request, nil, c.ReadJSON(&request)
	}
	text, refused := readMultipart(multipart.NewReader(c.Request.Body, params["boundary"]), &request)
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return request, nil, false
	}
	return request, &text, true
}

// readMultipart reads the parts job and content, in this order.
func readMultipart(parts *multipart.Reader, request *jobRequest) (content string, refused *sferr.Error) {
	job, refused := readPart(parts, "job", "application/json", maxJobPart)
	if refused != nil {
		return "", refused
	}
	if refused := web.DecodeJSON(job, request); refused != nil {
		return "", refused
	}
	text, refused := readPart(parts, "content", "text/csv", utf8.UTFMax*maxMultipart)
	if refused != nil {
		return "", refused
	}
	if utf8.RuneCount(text) > maxMultipart {
		return "", tooMuchContent()
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		return "", sferr.New("CLIENTINPUTERROR", "the multipart body goes on after its content part, or does not end with its boundary")
	}
	return string(text), nil
}

// readPart reads the next part, which must be the named one and no longer than
// limit bytes.
func readPart(parts *multipart.Reader, name, contentType string, limit int64) ([]byte, *sferr.Error) {
	part, err := parts.NextRawPart()
	if err != nil || part.FormName() != name {
		return nil, sferr.New("CLIENTINPUTERROR", "the multipart body lacks part '%s'; it has the parts job and content, in this order", name)
	}
	kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	if err != nil || kind != contentType {
		return nil, sferr.New("CLIENTINPUTERROR", "part '%s' is of type '%s' instead of %s", name, part.Header.Get("Content-Type"), contentType)
	}
	text, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return nil, sferr.New("CLIENTINPUTERROR", "part '%s' ended before its boundary", name)
	}
	if int64(len(text)) > limit {
		return nil, tooMuchContent()
	}
	return text, nil
}

func tooMuchContent() *sferr.Error {
	return sferr.New("CLIENTINPUTERROR", "a multipart request carries at most %d characters; create the job first and upload the data to it", maxMultipart)
}

// target checks operation, object, external id and assignment rule of a request
// and sets them in the job.
func (a *API) target(c *web.Call, j *ingestJob, request jobRequest) *sferr.Error {
	var refused *sferr.Error
	if j.op, refused = a.operation(c.UserID, request.Operation); refused != nil {
		return refused
	}
	if _, refused = choice("concurrencyMode", request.ConcurrencyMode, "Parallel"); refused != nil {
		return refused
	}
	var ok bool
	if j.object, ok = c.Schema.Object(request.Object); !ok || j.object.ReadOnly {
		return notBulk(request.Object)
	}
	if refused = a.assignment(j, request.AssignmentRuleID); refused != nil {
		return refused
	}
	return j.matchBy(request.ExternalID)
}

func (a *API) operation(userID, name string) (store.Op, *sferr.Error) {
	switch name {
	case "insert":
		return store.Insert, nil
	case "update":
		return store.Update, nil
	case "upsert":
		return store.Upsert, nil
	case "delete":
		return store.Delete, nil
	case "hardDelete":
		if !a.HardDelete(userID) {
			return 0, sferr.New("FEATURENOTENABLED", "hardDelete needs the permission Bulk API Hard Delete, which the user has not")
		}
		return store.HardDelete, nil
	}
	return 0, sferr.New("INVALIDOPERATION", "operation '%s' is none of insert, update, upsert, delete, hardDelete", name)
}

// matchBy sets the field that an upsert matches by.
func (j *ingestJob) matchBy(field string) *sferr.Error {
	if j.op != store.Upsert {
		if field != "" {
			return invalidJob("externalIdFieldName belongs to upsert, not to %s", j.operation)
		}
		return nil
	}
	if field == "" {
		return invalidJob("External ID was blank for %s. An External ID must be specified for upsert.", j.object.Name)
	}
	var ok bool
	if j.key, ok = j.object.Field(field); !ok || !j.object.Fields[j.key].IDLookup() {
		return invalidJob("Field name provided, %s does not match an External ID, Salesforce Id, or indexed field for %s", field, j.object.Name)
	}
	j.externalID = field
	return nil
}

// assignment sets the rule that gives the job's cases or leads their owners.
// Without one none runs (Bulk API 2.0 guide: create a job).
func (a *API) assignment(j *ingestJob, rule string) *sferr.Error {
	if rule == "" {
		return nil
	}
	if j.object.Name != "Case" && j.object.Name != "Lead" {
		return invalidJob("assignmentRuleId belongs to jobs on Case or Lead, not on %s", j.object.Name)
	}
	id, err := recordid.Parse(rule)
	if err != nil || !a.ruleOn(id, j.object.Name) {
		return invalidJob("assignmentRuleId '%s' is not the id of an assignment rule on %s", rule, j.object.Name)
	}
	j.assignmentBy = id
	return nil
}

// ruleOn tells whether the id is that of an assignment rule on the object, and one
// that was not deleted.
func (a *API) ruleOn(id, object string) bool {
	const rules = "AssignmentRule"
	row, ok := a.DB.Row(rules, id)
	if !ok || a.DB.Deleted(rules, row) {
		return false
	}
	o, ok := a.DB.Schema().Object(rules)
	if !ok {
		return false
	}
	on, ok := o.AnyField("SobjectType")
	return ok && row.At(on) == object
}

func notBulk(object string) *sferr.Error {
	return sferr.New("INVALIDENTITY", "Entity '%s' is not supported by the Bulk API.", object)
}

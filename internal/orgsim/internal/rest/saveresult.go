package rest

import (
	"net/http"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// saveResult is the answer for one row. Created is present in upserts only.
type saveResult struct {
	ID      string     `json:"id,omitempty"`
	Success bool       `json:"success"`
	Errors  []rowError `json:"errors"`
	Created *bool      `json:"created,omitempty"`
}

type rowError struct {
	web.RowError

	Duplicates *duplicateResult `json:"duplicateResult,omitempty"`
}

// duplicateResult says what a duplicate rule found (SOAP API guide:
// DuplicateResult).
type duplicateResult struct {
	AllowSave    bool          `json:"allowSave"`
	Rule         string        `json:"duplicateRule"`
	Entity       string        `json:"duplicateRuleEntityType"`
	ErrorMessage string        `json:"errorMessage"`
	Matches      []matchResult `json:"matchResults"`
}

type matchResult struct {
	Entity  string        `json:"entityType"`
	Errors  []any         `json:"errors"`
	Engine  string        `json:"matchEngine"`
	Records []matchRecord `json:"matchRecords"`
	Rule    string        `json:"rule"`
	Size    int           `json:"size"`
	Success bool          `json:"success"`
}

type matchRecord struct {
	AdditionalInformation []any   `json:"additionalInformation"`
	FieldDiffs            []any   `json:"fieldDiffs"`
	Confidence            percent `json:"matchConfidence"`
	Record                struct {
		Attributes attributes `json:"attributes"`
		ID         string     `json:"Id"`
	} `json:"record"`
}

type attributes struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// percent is printed as Salesforce prints a double.
type percent int

func (p percent) MarshalJSON() ([]byte, error) { return []byte(strconv.Itoa(int(p)) + ".0"), nil }

// saved is the answer for one outcome of an operation.
func saved(c *web.Call, op store.Op, outcome *store.Outcome) saveResult {
	result := saveResult{Success: outcome.Err == nil, Errors: rowErrors(c, outcome.Err)}
	if result.Success {
		result.ID = outcome.ID
		if op == store.Upsert {
			result.Created = &outcome.Created
		}
	}
	return result
}

func rowErrors(c *web.Call, refusal *sferr.Error) []rowError {
	list := []rowError{}
	for _, e := range web.RowErrors(refusal) {
		list = append(list, rowError{RowError: e, Duplicates: duplicatesOf(c, refusal)})
	}
	return list
}

func duplicatesOf(c *web.Call, refusal *sferr.Error) *duplicateResult {
	found := refusal.Duplicates
	if found == nil {
		return nil
	}
	match := matchResult{
		Entity: found.Entity, Errors: []any{}, Engine: "ExactMatchEngine", Records: []matchRecord{},
		Rule: found.Rule, Size: len(found.Records), Success: true,
	}
	for _, id := range found.Records {
		record := matchRecord{AdditionalInformation: []any{}, FieldDiffs: []any{}, Confidence: 100}
		record.Record.Attributes = attributes{Type: found.Entity, URL: c.Base() + "/sobjects/" + found.Entity + "/" + id}
		record.Record.ID = id
		match.Records = append(match.Records, record)
	}
	return &duplicateResult{
		AllowSave: found.AllowSave, Rule: found.Rule, Entity: found.Entity, ErrorMessage: refusal.Message, Matches: []matchResult{match},
	}
}

// refuseRow answers the failure of a single-row call. What a duplicate rule found
// stands there under a misspelt name, and without "fields" (recorded).
func refuseRow(c *web.Call, refusal *sferr.Error) {
	found := duplicatesOf(c, refusal)
	if found == nil {
		c.Refuse(missingRecord(refusal))
		return
	}
	c.JSON(http.StatusBadRequest, []any{struct {
		Duplicates *duplicateResult `json:"duplicateResut"`
		Code       string           `json:"errorCode"`
		Message    string           `json:"message"`
	}{found, refusal.Code, refusal.Message}})
}

// missingRecord turns the row error for an id of nothing into REST's 404.
func missingRecord(err *sferr.Error) *sferr.Error {
	if err.Code == "INVALID_CROSS_REFERENCE_KEY" && len(err.Fields) == 0 {
		return sferr.NotFound()
	}
	return err
}

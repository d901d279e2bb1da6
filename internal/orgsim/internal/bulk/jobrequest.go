package bulk

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// jobRequest is a body that creates or changes a job of either kind.
type jobRequest struct {
	Operation        string `json:"operation"`
	Object           string `json:"object"`
	Query            string `json:"query"`
	ExternalID       string `json:"externalIdFieldName"`
	AssignmentRuleID string `json:"assignmentRuleId"`
	ContentType      string `json:"contentType"`
	ConcurrencyMode  string `json:"concurrencyMode"`
	LineEnding       string `json:"lineEnding"`
	ColumnDelimiter  string `json:"columnDelimiter"`
	State            string `json:"state"`
}

// jobProperties are the members that such a body may have. Salesforce takes job
// information back as it gives it out, so that clients send members which only
// an answer needs.
var jobProperties = []string{
	"operation", "object", "query", "externalIdFieldName", "assignmentRuleId", "contentType", "concurrencyMode",
	"lineEnding", "columnDelimiter", "state", "id", "createdById", "createdDate", "systemModstamp", "apiVersion", "contentUrl", "jobType",
}

// UnmarshalJSON refuses members that a job does not have.
func (r *jobRequest) UnmarshalJSON(text []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return err //nolint:wrapcheck // the client is told the decoder's own words
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(jobProperties, name) {
			return fmt.Errorf("unrecognized field %q", name)
		}
	}
	type plain jobRequest
	return json.Unmarshal(text, (*plain)(r)) //nolint:wrapcheck // as above
}

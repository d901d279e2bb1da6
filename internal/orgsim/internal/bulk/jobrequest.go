package bulk

import "github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"

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

	// Salesforce takes job information back as it gives it out, so that clients
	// send members which only an answer needs.
	ID             string `json:"id"`
	CreatedByID    string `json:"createdById"`
	CreatedDate    string `json:"createdDate"`
	SystemModstamp string `json:"systemModstamp"`
	APIVersion     any    `json:"apiVersion"`
	ContentURL     string `json:"contentUrl"`
	JobType        string `json:"jobType"`
}

// refuseOnCreate refuses the named members, which a job of the kind to be created
// would pass over. Empty ones are none.
func (r *jobRequest) refuseOnCreate(names ...string) *sferr.Error {
	members := map[string]string{
		"state": r.State, "object": r.Object, "query": r.Query,
		"externalIdFieldName": r.ExternalID, "assignmentRuleId": r.AssignmentRuleID,
	}
	for _, name := range names {
		if members[name] != "" {
			return invalidJob("%s cannot be specified in a request that creates this kind of job", name)
		}
	}
	return nil
}

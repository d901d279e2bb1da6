package sync_test

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maxSends is how often a row is sent at most, however long what is in its way may stay.
const maxSends = 4

// rowCodes are the codes with which Salesforce refuses a row, and whether the same row may be taken a moment later. The
// message is the one that comes with the code unless it says more.
var rowCodes = []struct {
	code    string
	message string
	again   bool
	kind    reportsync.OutcomeKind // empty for failed
}{
	{code: "UNABLE_TO_LOCK_ROW", again: true},
	{code: "TOO_MANY_APEX_REQUESTS", again: true},
	{code: "UNKNOWN_EXCEPTION", again: true},
	{code: "INTERNAL_ERROR", again: true},
	{code: "ALL_OR_NONE_OPERATION_ROLLED_BACK", again: true},
	{code: "LIMIT_EXCEEDED", again: true},
	{code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", again: true},
	{code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message: "ContactTrigger: System.LimitException: Too many SOQL queries: 101", again: true},
	{code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message: "ContactTrigger: System.NullPointerException: Attempt to de-reference a null object"},
	{code: "CANNOT_EXECUTE_FLOW_TRIGGER", again: true},
	{code: "CANNOT_EXECUTE_FLOW_TRIGGER", message: "The flow failed to access the value for myVariable.Contact.Account.Name"},

	{code: "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"}, // which takes longer than a run
	{code: "ENTITY_IS_LOCKED"},
	{code: "TXN_SECURITY_METERING_ERROR"},
	{code: "INSUFFICIENT_ACCESS"},
	{code: "INSUFFICIENT_ACCESS_OR_READONLY"},
	{code: "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"},
	{code: "INVALID_FIELD"},
	{code: "INVALID_FIELD_FOR_INSERT_UPDATE"},
	{code: "MALFORMED_ID"},
	{code: "NOT_FOUND"},
	{code: "ENTITY_IS_DELETED"},
	{code: "INVALID_CROSS_REFERENCE_KEY"},
	{code: "MISSING_ARGUMENT"},
	{code: "REQUIRED_FIELD_MISSING"},
	{code: "DUPLICATE_VALUE"},
	{code: "DUPLICATE_EXTERNAL_ID", kind: reportsync.Ambiguous},
	{code: "DUPLICATES_DETECTED"},
	{code: "FIELD_CUSTOM_VALIDATION_EXCEPTION"},
	{code: "STRING_TOO_LONG"},
	{code: "NUMBER_OUTSIDE_VALID_RANGE"},
	{code: "INVALID_TYPE_ON_FIELD_IN_RECORD"},
	{code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
	{code: "INVALID_EMAIL_ADDRESS"},
	{code: "JSON_PARSER_ERROR"},
	{code: "FIELD_INTEGRITY_EXCEPTION"},
	{code: "FIELD_FILTER_VALIDATION_EXCEPTION"},
	{code: "CANNOT_UPDATE_CONVERTED_LEAD"},
	{code: "DELETE_FAILED"},
	{code: "STORAGE_LIMIT_EXCEEDED"},
}

// threeThings is a run that writes three records.
func threeThings() scene {
	fields := map[string]model.Field{
		"Id":      {Type: model.ID},
		"Key__c":  {Type: model.Text, Length: 12, ExternalID: true},
		"Name__c": {Type: model.Text, Length: 12},
	}
	sc := scene{
		objects: map[string]model.Object{parent: {}, thing: {Fields: fields}},
		spec: reportsync.IntegrationSpec{
			Name: "codes", SourceID: "source", ConnectionID: "connection", Object: thing,
			Match:    reportsync.Match{Column: "Key", Field: "Key__c"},
			Mappings: map[string]reportsync.Mapping{"Name__c": {Column: new("Name")}},
		},
	}
	for _, name := range []string{"one", "two", "three"} {
		sc.things = append(sc.things, map[string]string{"Key__c": name, "Name__c": "before"})
		sc.rows = append(sc.rows, model.Row{Cells: map[string]string{"Key": name, "Name": name}})
	}
	return sc
}

// A row that Salesforce refuses ends as failed with its code and its words, after as many tries as its code is worth, and
// keeps its record as it was. The other rows go through. Where trying again helps, nobody hears of it.
func TestRowCodes(t *testing.T) {
	t.Parallel()
	for name, routes := range bothRoutes {
		for _, tc := range rowCodes {
			t.Run(fmt.Sprintf("%s by %s %.20s", tc.code, name, tc.message), func(t *testing.T) {
				t.Parallel()
				stage := newStage(t, routes)
				refusal := fault.Fault{Action: fault.RowError, Code: tc.code, Message: tc.message, Object: thing, Where: map[string]string{"Name__c": "two"}}
				p := stage.play(threeThings(), refusal)
				noError(t, p.err)
				sends := p.rules[0].Hits()
				if tc.again && (sends < 2 || sends > maxSends) || !tc.again && sends != 1 {
					t.Errorf("the row was sent %d times", sends)
				}
				o := p.outcomes[1]
				if o.Kind != cmp.Or(tc.kind, reportsync.Failed) || o.Code != tc.code || o.RecordID == "" || len(o.Changes) != 1 || !strings.Contains(o.Message, tc.message) || o.Message == "" {
					t.Errorf("outcome = %+v", o)
				}
				if p.result.Status != reportsync.RunCompletedWithErrors {
					t.Errorf("the run is %s: %+v", p.result.Status, p.result.Err)
				}
				if wrong := p.misstated(); wrong != "" {
					t.Errorf("%s\n%s", wrong, p.describe())
				}
				if !tc.again {
					return
				}
				refusal.Times = 1
				p = stage.play(threeThings(), refusal)
				if wrong := p.differs(); wrong != "" {
					t.Errorf("%s\n%s", wrong, p.describe())
				}
			})
		}
	}
}

// Where requests are refused.
const (
	lookUps     = "/services/data/*/query"
	bulkQueries = "/services/data/*/jobs/query{,/**}"
)

// requestCodes are the codes with which Salesforce refuses a request as a whole.
var requestCodes = []struct {
	code    string
	message string
	status  int
	path    string
	tries   int  // of the request, at most; of one that reads too much, those that ask for less included
	lost    bool // whether Salesforce may have carried it out
	want    reportsync.Code
}{
	{code: "INVALID_SESSION_ID", status: http.StatusUnauthorized, path: lookUps, tries: 2, want: reportsync.CodeCredentials},
	{code: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded.", status: http.StatusForbidden, path: lookUps, tries: 1, want: reportsync.CodeSalesforceLimit},
	{code: "REQUEST_LIMIT_EXCEEDED", message: "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", status: http.StatusForbidden, path: lookUps, tries: 6, want: reportsync.CodeUnavailable},
	{code: "SERVER_UNAVAILABLE", status: http.StatusServiceUnavailable, path: lookUps, tries: 5, want: reportsync.CodeUnavailable},
	{code: "UNKNOWN_EXCEPTION", status: http.StatusInternalServerError, path: lookUps, tries: 3, want: reportsync.CodeUnavailable},
	{code: "INTERNAL_ERROR", status: http.StatusInternalServerError, path: lookUps, tries: 3, want: reportsync.CodeUnavailable},
	{code: "QUERY_TIMEOUT", status: http.StatusBadRequest, path: lookUps, tries: 5, want: reportsync.CodeSalesforce},
	{code: "REQUEST_RUNNING_TOO_LONG", status: http.StatusServiceUnavailable, path: lookUps, tries: 5, want: reportsync.CodeSalesforce},
	{code: "INVALID_QUERY_LOCATOR", status: http.StatusBadRequest, path: lookUps, tries: 3, want: reportsync.CodeSalesforce},
	{code: "TEMPORARY_QUERY_MORE_FAILURE", status: http.StatusBadRequest, path: lookUps, tries: 5, want: reportsync.CodeUnavailable},
	{code: "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", status: http.StatusServiceUnavailable, path: anyWrite, tries: 25, lost: true, want: reportsync.CodeUnavailable},
	{code: "TXN_SECURITY_NO_ACCESS", status: http.StatusForbidden, path: lookUps, tries: 1, want: reportsync.CodeSalesforce},
	{code: "API_DISABLED_FOR_ORG", status: http.StatusForbidden, path: lookUps, tries: 1, want: reportsync.CodeSalesforce},
	{code: "API_CURRENTLY_DISABLED", status: http.StatusForbidden, path: lookUps, tries: 1, want: reportsync.CodeSalesforce},
	{code: "INSUFFICIENT_ACCESS", status: http.StatusForbidden, path: anyWrite, tries: 1, want: reportsync.CodeSalesforce},
	{code: "INVALID_FIELD", status: http.StatusBadRequest, path: lookUps, tries: 1, want: reportsync.CodeSalesforce},
	{code: "INVALID_TYPE", status: http.StatusBadRequest, path: lookUps, tries: 1, want: reportsync.CodeSalesforce},
	{code: "MALFORMED_QUERY", status: http.StatusBadRequest, path: lookUps, tries: 1, want: reportsync.CodeSalesforce},
}

// A run whose requests are refused fails with Salesforce's code and words after as many tries as the code is worth, and
// says of every row that it was not sent. Where nobody knows whether rows were written it waits instead.
func TestRequestCodes(t *testing.T) {
	t.Parallel()
	for _, tc := range requestCodes {
		t.Run(tc.code+" "+tc.message, func(t *testing.T) {
			t.Parallel()
			stage := newStage(t, sync.Routes{Read: "lookups", Write: reportsync.RouteCollections})
			message := tc.message
			if message == "" {
				message = "Salesforce's own words"
			}
			refusal := fault.Fault{
				Action: fault.Respond, Path: tc.path, Status: tc.status,
				Body: fmt.Sprintf(`[{"message":%q,"errorCode":%q}]`, message, tc.code),
			}
			p := stage.play(threeThings(), refusal)
			noError(t, p.err)
			if tries := p.rules[0].Hits(); tries > tc.tries {
				t.Errorf("the request was tried %d times, want %d at most", tries, tc.tries)
			}
			if tc.lost { // it waits for the org's answers, and then goes on
				if p.result.Status.Live() || p.result.Err != nil {
					t.Errorf("the run is %s, error %+v", p.result.Status, p.result.Err)
				}
				return
			}
			if p.result.Status != reportsync.RunFailed || p.result.Err == nil {
				t.Fatalf("the run is %s", p.result.Status)
			}
			if e := p.result.Err; e.Code != tc.want || !strings.Contains(e.Message, tc.code) || !strings.Contains(e.Message, message) {
				t.Errorf("error = %+v", e)
			}
			for _, o := range p.outcomes {
				if o.Kind != reportsync.Unprocessed || o.Code != reportsync.RowNotSent {
					t.Errorf("outcome = %+v", o)
				}
			}
			if wrong := p.untouched(); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}

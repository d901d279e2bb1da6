package salesforce_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const (
	lockMessage  = "unable to obtain exclusive access to this record or 1 records: 003ak00000luKU1"
	nestedLock   = "Trigger: execution of AfterUpdate\n\ncaused by: System.DmlException: Update failed. First exception on row 0 with id 001ak00000abcde; first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record: []"
	nestedLimit  = "Trigger: execution of BeforeUpdate\n\ncaused by: System.LimitException: Too many SOQL queries: 101"
	nestedFlow   = "The flow failed. Details: Apex CPU time limit exceeded"
	nestedFault  = "Trigger: execution of BeforeUpdate\n\ncaused by: System.NullPointerException: Attempt to de-reference a null object"
	maintenance  = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"
	foreignKey   = "Foreign key external ID: k not found for field Ext__c in entity Account"
	wrapped      = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
	noneRetry    = salesforce.RetryNone
	againRetry   = salesforce.RetryAgain
	smallerRetry = salesforce.RetrySmaller
	laterRetry   = salesforce.RetryLater
	matchRetry   = salesforce.RetryMatch
)

// Every code that can be a row's, with what is done about it and a part of what users are told.
func TestRowErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		code, message string
		fields        []string
		want          salesforce.Retry
		hint          string
	}{
		{"UNKNOWN_EXCEPTION", "An unexpected error occurred", nil, againRetry, ""},
		{"INTERNAL_ERROR", "", nil, againRetry, ""},
		{"SERVER_UNAVAILABLE", "", nil, againRetry, "maintenance"},
		{"TEMPORARY_QUERY_MORE_FAILURE", "", nil, againRetry, ""},
		{"TOO_MANY_APEX_REQUESTS", "", nil, againRetry, "too many triggers"},
		{"ALL_OR_NONE_OPERATION_ROLLED_BACK", "", nil, againRetry, "another one"},
		{"UNABLE_TO_LOCK_ROW", lockMessage, nil, smallerRetry, "other processes"},
		{"LIMIT_EXCEEDED", "", nil, smallerRetry, "fewer rows"},
		{"APEX_CPU_TIME_LIMIT_EXCEEDED", "", nil, smallerRetry, "fewer rows"},
		{"REQUEST_RUNNING_TOO_LONG", "", nil, smallerRetry, "fewer rows"},
		{"QUERY_TIMEOUT", "", nil, smallerRetry, "120 s"},
		{maintenance, "", nil, laterRetry, "read-only"},
		{"REQUEST_LIMIT_EXCEEDED", "", nil, laterRetry, "24 hours"},
		{"NOT_FOUND", "", nil, matchRetry, "deleted"},
		{"ENTITY_IS_DELETED", "entity is deleted", nil, matchRetry, "deleted"},
		{"ENTITY_IS_DELETED", "entity is deleted", []string{"AccountId"}, noneRetry, "deleted"},
		{"INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", nil, matchRetry, "deleted"},
		{"INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", []string{"OwnerId"}, noneRetry, "deleted"},
		{wrapped, nestedLock, nil, smallerRetry, "fewer rows"},
		{wrapped, nestedLimit, nil, smallerRetry, "fewer rows"},
		{wrapped, nestedFault, nil, noneRetry, "administrator"},
		{wrapped, "caused by: " + maintenance, nil, laterRetry, "administrator"},
		{"CANNOT_EXECUTE_FLOW_TRIGGER", nestedFlow, nil, smallerRetry, "fewer rows"},
		{"CANNOT_EXECUTE_FLOW_TRIGGER", "The flow failed to access the value", nil, noneRetry, "administrator"},
		{"ENTITY_IS_LOCKED", "", nil, noneRetry, "approval"},
		{"TXN_SECURITY_METERING_ERROR", "", nil, noneRetry, "exempt"},
		{"TXN_SECURITY_NO_ACCESS", "", nil, noneRetry, "exempt"},
		{"API_DISABLED_FOR_ORG", "", nil, noneRetry, "API Enabled"},
		{"API_CURRENTLY_DISABLED", "", nil, noneRetry, "API Enabled"},
		{"INSUFFICIENT_ACCESS", "", nil, noneRetry, "run-as user the rights"},
		{"INSUFFICIENT_ACCESS_OR_READONLY", "", nil, noneRetry, "sharing"},
		{"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "", nil, noneRetry, "parent"},
		{"INVALID_FIELD", "No such column 'x'", nil, noneRetry, "field-level security"},
		{"INVALID_FIELD", foreignKey, nil, noneRetry, "no parent record"},
		{"INVALID_FIELD_FOR_INSERT_UPDATE", "", []string{"X"}, noneRetry, "read-only"},
		{"INVALID_TYPE", "", nil, noneRetry, "no access"},
		{"MALFORMED_ID", "", nil, noneRetry, "15 or 18"},
		{"MALFORMED_QUERY", "", nil, noneRetry, ""},
		{"MISSING_ARGUMENT", "Id not specified in an update call", nil, noneRetry, "message names"},
		{"REQUIRED_FIELD_MISSING", "", []string{"Name"}, noneRetry, "map a column"},
		{"DUPLICATE_VALUE", "", nil, noneRetry, "unique"},
		{"DUPLICATE_EXTERNAL_ID", "", nil, noneRetry, "several records"},
		{"DUPLICATES_DETECTED", "", nil, noneRetry, "duplicate rule"},
		{"FIELD_CUSTOM_VALIDATION_EXCEPTION", "", nil, noneRetry, "validation rule"},
		{"STRING_TOO_LONG", "", []string{"Title"}, noneRetry, "longer"},
		{"NUMBER_OUTSIDE_VALID_RANGE", "", nil, noneRetry, "digits"},
		{"INVALID_TYPE_ON_FIELD_IN_RECORD", "", nil, noneRetry, "another type"},
		{"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "", nil, noneRetry, "picklist"},
		{"INVALID_EMAIL_ADDRESS", "", nil, noneRetry, "e-mail"},
		{"JSON_PARSER_ERROR", "", nil, noneRetry, "another type"},
		{"FIELD_INTEGRITY_EXCEPTION", "", nil, noneRetry, "message names"},
		{"FIELD_FILTER_VALIDATION_EXCEPTION", "", nil, noneRetry, "lookup filter"},
		{"CANNOT_UPDATE_CONVERTED_LEAD", "", nil, noneRetry, "converted"},
		{"DELETE_FAILED", "", nil, noneRetry, "depend"},
		{"STORAGE_LIMIT_EXCEEDED", "", nil, noneRetry, "storage"},
		{"A_CODE_OF_TOMORROW", lockMessage, nil, noneRetry, ""},
		{"", "something went wrong", nil, noneRetry, ""},
	} {
		e := salesforce.RowError{Code: tc.code, Message: tc.message, Fields: tc.fields}
		if got := e.Retry(); got != tc.want {
			t.Errorf("%s %q: retry %s, want %s", tc.code, tc.message, got, tc.want)
		}
		hint := e.Hint()
		if !strings.Contains(hint, tc.hint) || tc.hint == "" && hint != "" {
			t.Errorf("%s: hint %q, want %q in it", tc.code, hint, tc.hint)
		}
	}
}

// Every code that can be a request's, with its status, how often a read is sent and what is said.
func TestRequestErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status        int
		code, message string
		times         int
		class         func(error) bool
		hint          string
	}{
		{401, "INVALID_SESSION_ID", "Session expired or invalid", 2, salesforce.IsAuth, "IP restrictions"},
		{403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.", 6, salesforce.IsRetryable, "seconds"},
		{403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 1, salesforce.IsLimit, "hours"},
		{503, "SERVER_UNAVAILABLE", "", 5, salesforce.IsRetryable, "maintenance"},
		{500, "UNKNOWN_EXCEPTION", "", 3, salesforce.IsRetryable, ""},
		{500, "INTERNAL_ERROR", "", 3, salesforce.IsRetryable, ""},
		{400, "QUERY_TIMEOUT", "", 1, nil, "indexed"},
		{503, "REQUEST_RUNNING_TOO_LONG", "", 1, nil, "fewer rows"},
		{400, "INVALID_QUERY_LOCATOR", "", 1, nil, "start the query again"},
		{400, "TEMPORARY_QUERY_MORE_FAILURE", "", 5, salesforce.IsRetryable, ""},
		{503, maintenance, "", 5, salesforce.IsRetryable, "read-only"},
		{403, "TXN_SECURITY_METERING_ERROR", "", 1, nil, "exempt"},
		{403, "API_DISABLED_FOR_ORG", "", 1, nil, "edition"},
		{403, "API_CURRENTLY_DISABLED", "", 1, nil, "API Enabled"},
		{403, "INSUFFICIENT_ACCESS", "", 1, nil, "rights"},
		{400, "INVALID_FIELD", "", 1, salesforce.IsNotFound, "field-level security"},
		{400, "INVALID_TYPE", "", 1, salesforce.IsNotFound, "no access"},
		{400, "MALFORMED_QUERY", "", 1, nil, ""},
		{400, "MALFORMED_ID", "", 1, nil, "15 or 18"},
		{404, "NOT_FOUND", "", 1, salesforce.IsNotFound, ""},
		{404, "ENTITY_IS_DELETED", "", 1, salesforce.IsNotFound, ""},
		{400, "JSON_PARSER_ERROR", "", 1, nil, ""},
	} {
		t.Run(tc.code+" "+http.StatusText(tc.status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				route := "GET " + data + "/limits"
				org := newOrg(t, map[string]handler{route: answer(tc.status, refusal(tc.code, tc.message))})
				_, err := org.client(nil).Limits(t.Context())
				wantError(t, err, tc.code)
				if n := len(org.seen(route)); n != tc.times {
					t.Errorf("sent %d times, want %d", n, tc.times)
				}
				if e := asError(err); !strings.Contains(e.Hint, tc.hint) || tc.hint == "" && e.Hint != "" {
					t.Errorf("hint %q, want %q in it", e.Hint, tc.hint)
				}
				if tc.class != nil && !tc.class(err) || tc.class == nil && (salesforce.IsRetryable(err) || salesforce.IsNotFound(err) || salesforce.IsLimit(err)) {
					t.Errorf("classed wrongly: %v", err)
				}
			})
		})
	}
}

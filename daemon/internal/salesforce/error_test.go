package salesforce_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func TestErrorsByStatusAlone(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status     int
		body       string
		code, says string
	}{
		"not found":      {404, "", "NOT_FOUND", "no body"},
		"gone":           {410, "<html>", "UNSUPPORTED_API_VERSION", "update reportsync"},
		"long URL":       {414, "", "URI_TOO_LONG", "fewer keys"},
		"long headers":   {431, "", "URI_TOO_LONG", "fewer keys"},
		"several":        {300, `["/services/data/v62.0/sobjects/X/a","/services/data/v62.0/sobjects/X/b"]`, "DUPLICATE_EXTERNAL_ID", "more than one"},
		"media type":     {415, "{", "UNSUPPORTED_MEDIA_TYPE", "application/json (1 bytes)"},
		"unknown status": {499, "", "HTTP_499", "HTTP 499"},
		"object body":    {400, `{"errorCode":"API_ERROR","message":"one, not a list"}`, "API_ERROR", "one, not a list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, map[string]handler{"GET " + data + "/limits": answer(tc.status, tc.body)})
			_, err := org.client(nil).Limits(t.Context())
			wantError(t, err, tc.code, tc.says, "GET https://"+host+data+"/limits")
			if e := asError(err); e.Status != tc.status {
				t.Errorf("status %d, want %d", e.Status, tc.status)
			}
		})
	}
}

func TestErrorKeepsFieldsAndCause(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"GET " + data + "/limits": answer(400, string(recorded(t, "error-invalid-field-for-insert-update-400.json")))})
	_, err := org.client(nil).Limits(t.Context())
	wantError(t, err, "INVALID_FIELD_FOR_INSERT_UPDATE", "MasterRecordId")
	if e := asError(err); len(e.Fields) != 1 || e.Fields[0] != "MasterRecordId" {
		t.Errorf("fields %q", e.Fields)
	}
	cause := errors.New("broken")
	wrapped := fmt.Errorf("run: %w", &salesforce.Error{Op: "read", Code: "X", Message: "m", Err: cause})
	if !errors.Is(wrapped, cause) || wrapped.Error() != "run: read: X: m" {
		t.Errorf("got %q", wrapped)
	}
}

func TestPlainErrorsAreInNoClass(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("x"), http.ErrServerClosed} {
		for name, is := range map[string]func(error) bool{
			"retryable": salesforce.IsRetryable, "auth": salesforce.IsAuth, "credentials": salesforce.IsCredentials,
			"unreachable": salesforce.IsUnreachable, "limit": salesforce.IsLimit, "not found": salesforce.IsNotFound,
		} {
			if is(err) {
				t.Errorf("%v is %s", err, name)
			}
		}
	}
}

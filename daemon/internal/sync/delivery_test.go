package sync_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// refuseCalls answers a collections call whose body holds a text with HTTP 400, as Salesforce does when it can't parse
// a value, and counts the calls.
func (b *bundle) refuseCalls(culprit string) *int {
	calls := new(int)
	b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
		if !strings.HasSuffix(request.URL.Path, "/composite/sobjects") {
			return deliver(), nil
		}
		*calls++
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(body, []byte(culprit)) {
			refusal := `[{"errorCode":"JSON_PARSER_ERROR","message":"Cannot deserialize instance"}]`
			return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(refusal)), Request: request}, nil
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		return deliver(), nil
	}
	return calls
}

// One row for which Salesforce refuses a whole call fails alone.
func TestCulpritsAreFoundInRefusedCalls(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 200, sync.Routes{Write: reportsync.RouteCollections})
		calls := b.refuseCalls(`"Title 77"`)
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 200, Updated: 199, Failed: 1}, result.Counts)
		o := lastOf(b.outcomes(id), reportsync.Failed)
		if o.Row != 78 || o.Code != "JSON_PARSER_ERROR" || o.Message != "Cannot deserialize instance" {
			t.Errorf("outcome = %+v", o)
		}
		if result.Status != reportsync.RunCompletedWithErrors || *calls > 17 || b.org.Writes("Contact") != 199 {
			t.Errorf("%s after %d calls, %d writes", result.Status, *calls, b.org.Writes("Contact"))
		}
	})
}

// When every call is refused the search for culprits ends, and no row that was sent is said not to have been.
func TestEveryCallIsRefused(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 200, sync.Routes{Write: reportsync.RouteCollections})
		calls := b.refuseCalls("")
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 200, Failed: 200}, result.Counts)
		if *calls > 40 {
			t.Errorf("%d calls", *calls)
		}
		if o := b.outcomes(id)[199]; o.Code != "JSON_PARSER_ERROR" || !strings.Contains(o.Message, "refused a call with this and 99 other rows: Cannot") {
			t.Errorf("outcome = %+v", o)
		}
	})
}

// Rows that stay locked cost few calls, however many they are; their last answers are final.
func TestManyRowsStayLocked(t *testing.T) {
	t.Parallel()
	for name, routes := range bothRoutes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 1000, routes)
				b.refuse()
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 1000, Failed: 1000}, result.Counts)
				// Collections have 5 calls in the first round, a Bulk job counts as 12.
				if n := b.calls()["collections update"]; n == 0 || n > 5+5+2*12 || name == "collections" && n > 5+5+2*5 {
					t.Errorf("calls: %v", b.calls())
				}
				if o := b.outcomes(id)[999]; o.Code != "UNABLE_TO_LOCK_ROW" || o.Message == "" {
					t.Errorf("outcome = %+v", o)
				}
				if log := b.log(id); strings.Count(log, "no more calls are made to send rows again") != 1 {
					t.Errorf("log:\n%s", log)
				}
			})
		})
	}
}

// An answer that is lost is not asked for by writing again: the records tell.
func TestLostAnswerIsLookedUp(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 450, sync.Routes{Write: reportsync.RouteCollections})
		b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.ResetAfter, Times: 2})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 450, Updated: 450}, result.Counts)
		if n := b.org.Writes("Contact"); n != 450 {
			t.Errorf("%d rows were written", n)
		}
		if log := b.log(id); strings.Count(log, "is lost; read again") != 2 {
			t.Errorf("log:\n%s", log)
		}
	})
}

// Of a call whose answer is lost only the rows that did not get through are sent again, and one that Salesforce
// refuses gets that answer.
func TestLostAnswerOfSomeRows(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title"), "Active__c": column("Active")}),
			"Email,Title,Active\na@x.example,x,no\nb@x.example,y,yes\nc@x.example,z,yes\n")
		for _, key := range []string{"a", "b"} {
			b.insert(map[string]string{"Email": key + "@x.example", "Active__c": "true"})
		}
		locked := b.insert(map[string]string{"Email": "c@x.example"})
		b.refuse(locked)
		b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.ResetAfter, Times: 1})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 3, Updated: 2, Failed: 1}, result.Counts)
		if o := b.outcomes(id)[2]; o.Code != "UNABLE_TO_LOCK_ROW" || b.org.Writes("Contact") != 2 {
			t.Errorf("%d writes, outcome = %+v", b.org.Writes("Contact"), o)
		}
	})
}

// Records are read again within the length that a URL may have, however many fields were sent.
func TestLostAnswerOfManyFields(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		s, mappings := schema.Standard(), map[string]reportsync.Mapping{}
		var fields []schema.Field
		for i := range 320 {
			name := fmt.Sprintf("A_Field_With_A_Rather_Long_Name_%03d__c", i)
			fields = append(fields, schema.Field{Name: name, Type: schema.Text, Length: 10})
			mappings[name] = reportsync.Mapping{Constant: new("x")}
		}
		noError(t, s.Add(schema.Object{Name: "Contact", Fields: fields}))
		var report strings.Builder
		report.WriteString("Email\n")
		b := setupOrg(t, s, byEmail(mappings), "")
		for i := range 200 {
			b.insert(map[string]string{"Email": fmt.Sprintf("user%d@x.example", i)})
			fmt.Fprintf(&report, "user%d@x.example\n", i)
		}
		b.write("report.csv", report.String())
		b.routes.Write = reportsync.RouteCollections
		b.routes.Read = "bulk"
		b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.ResetAfter, Times: 1})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 200, Updated: 200}, result.Counts)
		if n := b.org.Writes("Contact"); n != 200 || !strings.Contains(b.log(id), "200 of them hold what was sent") {
			t.Errorf("%d writes\n%s", n, b.log(id))
		}
	})
}

// Result files that lack rows are read once more before they are believed.
func TestShortResultsAreReadAgain(t *testing.T) {
	t.Parallel()
	for name, shorten := range map[string]func(string) string{
		"short": func(body string) string { return body[:strings.LastIndex(body[:len(body)-1], "\n")+1] },
		"empty": func(body string) string { return body[:strings.Index(body, "\n")+1] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 50, sync.Routes{Write: reportsync.RouteBulk})
				times := 0
				b.rewrite("/successfulResults", func(body string) string {
					if times++; times == 1 {
						return shorten(body)
					}
					return body
				})
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 50, Updated: 50}, result.Counts)
				if times != 2 || result.Status != reportsync.RunCompleted || strings.Contains(b.log(id), "not sent, or came twice") {
					t.Errorf("%s after %d reads\n%s", result.Status, times, b.log(id))
				}
			})
		})
	}
}

// When the report of an attempt that was cut off is another one by now, the records tell which rows it had written.
func TestReportChangesAfterRowsWereSent(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "Email,Title\na@x.example,x\nb@x.example,y\nc@x.example,z\n")
		ids := []string{}
		for _, key := range []string{"a", "b", "c"} {
			ids = append(ids, b.insert(map[string]string{"Email": key + "@x.example"}))
		}
		id := b.queue(reportsync.NewRun{})
		ctx, kill := context.WithCancelCause(t.Context())
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			response := deliver()
			if request.Method == http.MethodPatch {
				kill(reportsync.ErrLeaseLost)
				return nil, errReset
			}
			return response, nil
		}
		if _, err := b.attempt(ctx, id, nil); !errors.Is(err, reportsync.ErrLeaseLost) {
			t.Fatalf("error = %v", err)
		}
		b.wire.cut = nil
		noError(t, b.org.Update("Contact", ids[1], map[string]string{"Title": "by hand", "Email": "elsewhere@x.example"}))
		noError(t, b.org.Update("Contact", ids[2], map[string]string{"Email": "elsewhere@x.example"}))
		b.write("report.csv", "Email,Title\n")
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 3, Updated: 2, Unprocessed: 1}, result.Counts)
		if result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeReportChanged || b.org.Writes("Contact") != 3 {
			t.Errorf("%d writes, result = %+v, error %+v", b.org.Writes("Contact"), result, result.Err)
		}
		if o := b.outcomes(id)[1]; o.Kind != reportsync.Unprocessed || o.Code != reportsync.RowNoAnswer {
			t.Errorf("outcome = %+v", o)
		}
	})
}

// What a run has used is stored with its batches, so that it is known of an attempt that dies.
func TestUsageOutlivesTheAttempt(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 50, sync.Routes{Write: reportsync.RouteBulk})
		id := b.queue(reportsync.NewRun{})
		ctx, kill := context.WithCancelCause(t.Context())
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			if request.Method == http.MethodPatch {
				kill(reportsync.ErrLeaseLost)
				return nil, errReset
			}
			return deliver(), nil
		}
		if _, err := b.attempt(ctx, id, nil); !errors.Is(err, reportsync.ErrLeaseLost) {
			t.Fatalf("error = %v", err)
		}
		run, err := b.store.Run(t.Context(), id)
		noError(t, err)
		// Describe, one look-up, limits, create, upload. The job was not closed, so no batch is used.
		if run.APICalls != 5 || run.BulkBatches != 0 {
			t.Errorf("%d calls, %d batches, calls of the org %v", run.APICalls, run.BulkBatches, b.calls())
		}
	})
}

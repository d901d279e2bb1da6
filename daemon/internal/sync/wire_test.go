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
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// rewrite changes the bodies of answers whose URL contains a text.
func (b *bundle) rewrite(at string, change func(body string) string) {
	b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
		response := deliver()
		if !strings.Contains(request.URL.String(), at) {
			return response, nil
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return nil, err
		}
		body = []byte(change(string(body)))
		response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return response, nil
	}
}

// A row that stands in none of a job's result files is named; its record tells what became of it.
func TestResultsMissARow(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 50, sync.Routes{Write: reportsync.RouteBulk})
		lost := b.insert(map[string]string{"Email": "lost@x.example"})
		b.write("report.csv", "Email,Title\nuser1@x.example,x\nlost@x.example,x\n")
		b.rewrite("/successfulResults", func(body string) string {
			return strings.ReplaceAll(body, lost, "003000000000001AAA")
		})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 2, Updated: 2}, result.Counts)
		if o := b.outcomes(id)[1]; o.RecordID != lost || len(o.Changes) != 1 {
			t.Errorf("outcome = %+v", o)
		}
		log := b.log(id)
		if !strings.Contains(log, "1 rows of the report are in no result file: 2") || !strings.Contains(log, "1 result rows are about records that were not sent") {
			t.Errorf("log:\n%s", log)
		}
	})
}

// Rows whose results can't be read, and whose records don't hold what was sent, end as what they are: without an answer.
func TestResultsBreakOff(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		undone bool
		want   reportsync.Counts
	}{
		"read back":        {false, reportsync.Counts{Read: 50, Updated: 50}},
		"undone meanwhile": {true, reportsync.Counts{Read: 50, Updated: 49, Unprocessed: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 50, sync.Routes{Write: reportsync.RouteBulk})
				b.rewrite("/successfulResults", func(body string) string {
					cut := strings.LastIndex(body[:len(body)-1], "\n") + 1
					if lost := strings.Trim(strings.Split(body[cut:], ",")[0], `"`); tc.undone {
						noError(t, b.org.Update("Contact", lost, map[string]string{"Title": "undone"}))
					}
					return body[:cut]
				})
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, tc.want, result.Counts)
				for _, o := range b.outcomes(id) {
					if o.Kind == reportsync.Unprocessed && o.Code != reportsync.RowNoAnswer {
						t.Errorf("outcome = %+v", o)
					}
				}
			})
		})
	}
}

// A job that somebody aborts in Salesforce is not done behind their back: the run says what is left.
func TestJobAbortedByOthers(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		held := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200})
		time.AfterFunc(time.Minute, func() {
			for _, e := range b.org.Journal().Entries() {
				if id, ok := strings.CutSuffix(e.Path, "/batches"); ok {
					noError(t, b.client.AbortIngest(t.Context(), id[strings.LastIndex(id, "/")+1:]))
				}
			}
		})
		result, id := b.run(reportsync.NewRun{})
		held.Remove()
		if result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeSalesforce || !strings.Contains(result.Err.Hint, "somebody aborted it") {
			t.Errorf("result = %+v, error %+v", result, result.Err)
		}
		if result.Counts.Updated != int64(b.org.Writes("Contact")) || result.Counts.Unprocessed == 0 {
			t.Errorf("%d writes, counts %+v\n%s", b.org.Writes("Contact"), result.Counts, b.log(id))
		}
	})
}

// Whatever becomes of the calls around a job, its rows are written once and every row ends with an outcome.
func TestJobCallsFail(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault   fault.Fault
		jobs    int // that were made
		updated int64
		code    reportsync.Code
	}{
		"create, unseen":     {fault.Fault{Method: "POST", Path: "/services/data/*/jobs/ingest", Action: fault.ResetAfter, Times: 1}, 2, 50, ""},
		"upload, unseen":     {fault.Fault{Method: "PUT", Path: jobsPath, Action: fault.ResetAfter, Times: 1}, 2, 50, ""},
		"upload, every time": {fault.Fault{Method: "PUT", Path: jobsPath, Action: fault.ResetBefore}, 3, 0, reportsync.CodeUnavailable},
		"create, refused": {
			fault.Fault{Method: "POST", Path: "/services/data/*/jobs/ingest", Action: fault.Respond, Status: 400, Body: `[{"errorCode":"EXCEEDEDQUOTA","message":"no"}]`},
			0, 0, reportsync.CodeSalesforce,
		},
		"close":             {fault.Fault{Method: "PATCH", Path: jobsPath, Action: fault.Respond, Status: 400, Body: `[{"errorCode":"API_ERROR","message":"no"}]`}, 1, 0, reportsync.CodeSalesforce},
		"close, unseen":     {fault.Fault{Method: "PATCH", Path: jobsPath, Action: fault.ResetAfter, Times: 1}, 1, 50, ""},
		"poll":              {fault.Fault{Method: "GET", Path: "/services/data/*/jobs/ingest/*", Action: fault.Respond, Status: 403, Body: `[{"errorCode":"INSUFFICIENT_ACCESS","message":"no"}]`}, 1, -1, reportsync.CodeSalesforce},
		"delete, who cares": {fault.Fault{Method: "DELETE", Path: jobsPath, Action: fault.Respond, Status: 403, Body: `[{"errorCode":"INSUFFICIENT_ACCESS","message":"no"}]`}, 1, 50, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 50, sync.Routes{Write: reportsync.RouteBulk})
				b.org.Faults().Add(tc.fault)
				result, id := b.run(reportsync.NewRun{})
				if result.Err == nil && tc.code != "" || result.Err != nil && result.Err.Code != tc.code {
					t.Errorf("error = %+v", result.Err)
				}
				if tc.updated >= 0 && (result.Counts.Updated != tc.updated || b.org.Writes("Contact") != int(tc.updated)) {
					t.Errorf("%d writes, counts %+v\n%s", b.org.Writes("Contact"), result.Counts, b.log(id))
				}
				if n := b.calls()["ingest create"]; n != tc.jobs {
					t.Errorf("%d jobs were made, want %d", n, tc.jobs)
				}
			})
		})
	}
}

// What somebody else does between two attempts is not overwritten blindly, and the first before-image stays.
func TestOthersWriteBetweenAttempts(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title"), "Department": column("Department")}),
			"Email,Title,Department\nedited@x.example,T,D\nmoved@x.example,T,D\ndone@x.example,T,D\nsame@x.example,T,D\n")
		ids := map[string]string{}
		for _, name := range []string{"edited", "moved", "done", "same"} {
			ids[name] = b.insert(map[string]string{"Email": name + "@x.example", "Title": "before"})
		}
		// The first attempt plans all rows and is killed before it sends any.
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
		b.wire.cut = nil
		noError(t, b.org.Update("Contact", ids["edited"], map[string]string{"Title": "by hand"}))
		noError(t, b.org.Update("Contact", ids["moved"], map[string]string{"Email": "elsewhere@x.example"}))
		noError(t, b.org.Update("Contact", ids["done"], map[string]string{"Title": "T", "Department": "D"}))
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 4, Updated: 3, Unprocessed: 1}, result.Counts)
		changes := []reportsync.Change{{Field: "Department", After: new("D")}, {Field: "Title", Before: new("before"), After: new("T")}}
		want := []reportsync.Outcome{
			{Row: 1, Line: 2, Key: "edited@x.example", Kind: reportsync.Updated, RecordID: ids["edited"], Changes: changes},
			{
				Row: 2, Line: 3, Key: "moved@x.example", Kind: reportsync.Unprocessed, RecordID: ids["moved"], Changes: changes, Code: reportsync.RowNoAnswer,
				Message: "an attempt that was cut off may have written the record, which is no longer the one that has the key",
			},
			{Row: 3, Line: 4, Key: "done@x.example", Kind: reportsync.Updated, RecordID: ids["done"], Changes: changes},
			{Row: 4, Line: 5, Key: "same@x.example", Kind: reportsync.Updated, RecordID: ids["same"], Changes: changes},
		}
		if diff := cmp.Diff(want, b.outcomes(id)); diff != "" {
			t.Errorf("outcomes (-want +got):\n%s", diff)
		}
		if n := b.org.Writes("Contact"); n != 2 {
			t.Errorf("%d rows were written, want 2: one stood as planned", n)
		}
	})
}

// Where the mapped fields leave no room for keys in a URL, a Bulk query is the only way.
func TestTooManyFieldsForLookups(t *testing.T) {
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
		b := setupOrg(t, s, byEmail(mappings), "Email\na@x.example\n")
		b.insert(map[string]string{"Email": "a@x.example"})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 1, Updated: 1}, result.Counts)
		if !strings.Contains(b.log(id), "finding 1 key of Contact by a Bulk query") {
			t.Errorf("log:\n%s", b.log(id))
		}
	})
}

// A Bulk query reads the whole object, so against a very large one look-ups are cheaper.
func TestRouteMindsTheSizeOfTheObject(t *testing.T) {
	t.Parallel()
	for records, want := range map[int]string{
		4_000:     "by a SOQL query, page by page (about 2 calls), not by a Bulk query (about 4), not by SOQL look-ups (about 10); the object has 4000 records",
		100_000:   "by a Bulk query (about 4 calls), not by SOQL look-ups (about 10)",
		5_000_000: "by SOQL look-ups (about 10 calls), not by a Bulk query (about 23)",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 4000, sync.Routes{})
				b.rewrite("COUNT", func(string) string { return fmt.Sprintf(`{"totalSize":%d,"done":true,"records":[]}`, records) })
				_, id := b.run(reportsync.NewRun{DryRun: true})
				if !strings.Contains(b.log(id), want) {
					t.Errorf("log:\n%s", b.log(id))
				}
			})
		})
	}
}

// Fields of types that no report can feed are refused with what can be done instead.
func TestCheckFieldTypes(t *testing.T) {
	t.Parallel()
	b := setup(t, byEmail(map[string]reportsync.Mapping{"MailingAddress": column("T"), "Secret": column("T"), "Number": column("T"), "Photo": column("T")}), "Email,T\n")
	b.rewrite("/describe", func(string) string {
		return `{"name":"Contact","queryable":true,"updateable":true,"fields":[
			{"name":"Email","type":"email","filterable":true},
			{"name":"MailingAddress","type":"address"},
			{"name":"MailingCity","type":"string","updateable":true,"compoundFieldName":"MailingAddress"},
			{"name":"Secret","type":"encryptedstring","updateable":true},
			{"name":"Number","type":"string","autoNumber":true},
			{"name":"Photo","type":"base64","updateable":true}]}`
	})
	problems, _, err := sync.Check(t.Context(), b.client, b.files, b.integration.IntegrationSpec)
	noError(t, err)
	wantBlame(t, []blame{
		{"/mappings/MailingAddress", reportsync.CodeFieldUnsupported, "map its parts, such as MailingCity"},
		{"/mappings/Number", reportsync.CodeFieldNotWritable, "Salesforce numbers it itself"},
		{"/mappings/Photo", reportsync.CodeFieldUnsupported, "of type base64"},
		{"/mappings/Secret", reportsync.CodeFieldUnsupported, "of type encryptedstring"},
	}, problems)
}

// A fault of ours tells the user no more than that; the daemon's log has it.
func TestFaultOfOurs(t *testing.T) {
	t.Parallel()
	b := titles(t, 3, sync.Routes{})
	b.reports = brokenReports{b.files}
	result, _ := b.run(reportsync.NewRun{})
	if result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeInternal || strings.Contains(result.Err.Message, "wires crossed") {
		t.Errorf("result = %+v, error %+v", result, result.Err)
	}
	if !strings.Contains(b.logged.String(), "wires crossed") {
		t.Errorf("the daemon's log has: %s", b.logged.String())
	}
}

type brokenReports struct{ sync.Reports }

func (brokenReports) Resolve(context.Context, string) (v reportsync.ReportVersion, err error) {
	return v, errors.New("wires crossed")
}

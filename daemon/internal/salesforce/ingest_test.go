package salesforce_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const (
	ingestJob  = "750ak000009BWKLAA4"
	ingestPath = data + "/jobs/ingest/" + ingestJob
	contactA   = "003ak00000luKU1AAM"
	contactB   = "003ak00000luKU2AAM"
)

func openJob() salesforce.IngestJob {
	return salesforce.IngestJob{
		ID: ingestJob, Object: "Contact", Operation: salesforce.OperationUpdate, State: salesforce.JobOpen,
		ContentURL: strings.TrimPrefix(ingestPath, "/") + "/batches",
	}
}

// uploadRows writes the rows of a batch and uploads them to a job.
func uploadRows(ctx context.Context, client *salesforce.Client, job salesforce.IngestJob, batch salesforce.Batch) error {
	var upload bytes.Buffer
	w, err := salesforce.NewIngestWriter(&upload, job.Operation, batch.Columns)
	if err != nil {
		return err
	}
	for _, row := range batch.Rows {
		if err := w.Write(row); err != nil {
			return err
		}
	}
	return client.UploadIngestContent(ctx, job, w.Rows(), w.Bytes(), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(upload.Bytes())), nil
	})
}

func oneRow() salesforce.Batch {
	return salesforce.Batch{Object: "Contact", Columns: []string{"Title"}, Rows: []salesforce.Row{
		{ID: contactA, Values: []salesforce.Value{salesforce.Text("CEO")}},
	}}
}

func ingestState(state salesforce.JobState, processed int, extra string) string {
	return fmt.Sprintf(`{"id":%q,"operation":"update","object":"Contact","state":%q,"apiVersion":62.0,"jobType":"V2Ingest","numberRecordsProcessed":%d,"numberRecordsFailed":0%s}`,
		ingestJob, state, processed, extra)
}

func TestIngestStepByStep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{
			"POST " + data + "/jobs/ingest":  answer(200, ingestState(salesforce.JobOpen, 0, `,"contentUrl":"`+openJob().ContentURL+`"`)),
			"PUT " + ingestPath + "/batches": answer(201, ""),
			"PATCH " + ingestPath:            answer(200, ingestState(salesforce.JobUploadComplete, 0, "")),
			"GET " + ingestPath: answers(
				answer(200, ingestState(salesforce.JobUploadComplete, 0, "")),
				answer(200, ingestState(salesforce.JobInProgress, 1, "")),
				answer(200, ingestState(salesforce.JobComplete, 1, ""))),
			"DELETE " + ingestPath: answer(204, ""),
		})
		client, ctx := org.client(nil), t.Context()
		job, err := client.CreateIngest(ctx, salesforce.IngestRequest{Object: "Contact", Operation: salesforce.OperationUpdate, Columns: []string{"Title"}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(openJob(), job); diff != "" {
			t.Errorf("job (-want +got):\n%s", diff)
		}
		if err := uploadRows(ctx, client, job, oneRow()); err != nil {
			t.Fatal(err)
		}
		if err := client.CloseIngest(ctx, job.ID, 1); err != nil {
			t.Fatal(err)
		}
		var states []salesforce.JobState
		began := time.Now()
		done, err := client.WaitIngest(ctx, job.ID, salesforce.IngestWait{Closed: began, Progress: func(j salesforce.IngestJob) { states = append(states, j.State) }})
		if err != nil {
			t.Fatal(err)
		}
		if done.State != salesforce.JobComplete || done.Processed != 1 || done.Err() != nil {
			t.Errorf("ended as %+v, %v", done, done.Err())
		}
		if took := time.Since(began); took != 400*time.Millisecond {
			t.Errorf("three looks took %s, want 100 ms, another 100 ms and 200 ms", took)
		}
		if diff := cmp.Diff([]salesforce.JobState{"UploadComplete", "InProgress", "JobComplete"}, states); diff != "" {
			t.Error(diff)
		}
		if err := client.DeleteIngest(ctx, job.ID); err != nil {
			t.Fatal(err)
		}
		if u := client.Usage(); u.Calls != 7 || u.BulkBatches != 1 {
			t.Errorf("used %d calls and %d batches, want 7 and 1", u.Calls, u.BulkBatches)
		}
		if body := org.seen("PATCH " + ingestPath)[0].Body; body != `{"state":"UploadComplete"}` {
			t.Errorf("closed with %s", body)
		}
	})
}

func TestCreateIngestSettings(t *testing.T) {
	t.Parallel()
	opened := `{"id":"` + ingestJob + `","operation":"upsert","object":"Contact","state":"Open","externalIdFieldName":"Ext__c"}`
	org := newOrg(t, map[string]handler{"POST " + data + "/jobs/ingest": answers(answer(200, opened), answer(200, strings.Replace(opened, "Open", "InProgress", 1)))})
	client := org.client(nil)
	req := salesforce.IngestRequest{Object: "Contact", Operation: salesforce.OperationUpsert, ExternalIDField: "Ext__c", Columns: []string{"ext__c", "Title"}}
	if _, err := client.CreateIngest(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	want := `{"columnDelimiter":"COMMA","contentType":"CSV","externalIdFieldName":"Ext__c","lineEnding":"LF","object":"Contact","operation":"upsert"}`
	if got := org.seen("POST " + data + "/jobs/ingest")[0].Body; got != want {
		t.Errorf("created with %s, want %s", got, want)
	}
	_, err := client.CreateIngest(t.Context(), req)
	wantError(t, err, salesforce.CodeUnexpectedAnswer, "not Open")

	for name, change := range map[string]func(*salesforce.IngestRequest){
		"object":       func(r *salesforce.IngestRequest) { r.Object = "" },
		"operation":    func(r *salesforce.IngestRequest) { r.Operation = "hardDelete" },
		"external id":  func(r *salesforce.IngestRequest) { r.ExternalIDField = "Other__c" },
		"0 columns":    func(r *salesforce.IngestRequest) { r.Columns, r.Operation, r.ExternalIDField = nil, "insert", "" },
		"stands twice": func(r *salesforce.IngestRequest) { r.Columns = []string{"Ext__c", "Title", "TITLE"} },
		"record id":    func(r *salesforce.IngestRequest) { r.Columns = []string{"Ext__c", "Id"} },
	} {
		bad := req
		change(&bad)
		_, err := client.CreateIngest(t.Context(), bad)
		wantError(t, err, salesforce.CodeInvalidRequest, name)
	}
}

func TestUploadCSV(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"PUT " + ingestPath + "/batches": answer(201, "")})
	batch := salesforce.Batch{
		Object: "Contact", Columns: []string{"Title", "Score__c", "Active__c", "Account.Ext__c"},
		Rows: []salesforce.Row{
			{ID: contactA, Values: []salesforce.Value{salesforce.Text("a, \"b\"\r\nc\rd"), salesforce.Number("1E+3"), salesforce.Bool(true), salesforce.Null()}},
			{ID: contactB, Values: []salesforce.Value{salesforce.Omit(), salesforce.Null(), salesforce.Bool(false), salesforce.Text("Zoë")}},
			{ID: contactB, Values: []salesforce.Value{salesforce.Text(""), {}, {}, salesforce.Text(" x")}},
		},
	}
	if err := uploadRows(t.Context(), org.client(nil), openJob(), batch); err != nil {
		t.Fatal(err)
	}
	sent := org.seen("PUT " + ingestPath + "/batches")[0]
	want := "Id,Title,Score__c,Active__c,Account.Ext__c\n" +
		contactA + ",\"a, \"\"b\"\"\nc\nd\",1E+3,true,#N/A\n" +
		contactB + ",,#N/A,false,Zoë\n" +
		contactB + ",#N/A,,,\" x\"\n"
	if diff := cmp.Diff(want, sent.Body); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
	if got := sent.Header.Get("Content-Type"); got != "text/csv; charset=UTF-8" {
		t.Errorf("content type %q", got)
	}
	lines := strings.SplitAfterN(want, "\n", 2)
	bound := 0
	for _, row := range batch.Rows {
		bound += row.UploadBytes()
	}
	if len(lines[1]) > bound {
		t.Errorf("rows take %d bytes, more than the bound of %d", len(lines[1]), bound)
	}
}

func TestUploadRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*salesforce.IngestJob)
		rows   int
		says   string
	}{
		"no rows":       {func(*salesforce.IngestJob) {}, 0, "no rows"},
		"closed job":    {func(j *salesforce.IngestJob) { j.State = salesforce.JobInProgress }, 1, "InProgress"},
		"id of nothing": {func(j *salesforce.IngestJob) { j.Operation = "" }, 1, "CreateIngest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job, org := openJob(), newOrg(t, nil)
			tc.change(&job)
			err := org.client(nil).UploadIngestContent(t.Context(), job, tc.rows, 10, func() (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader("Id,Title\n")), nil
			})
			wantError(t, err, salesforce.CodeInvalidRequest, tc.says)
			if calls := org.calls(); len(calls) != 0 {
				t.Errorf("sent %v all the same", calls)
			}
		})
	}
}

func TestUploadIsNotRepeatedWhenItMayHaveLanded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{"PUT " + ingestPath + "/batches": failWith(errCut)})
		client := org.client(nil)
		err := uploadRows(t.Context(), client, openJob(), oneRow())
		wantError(t, err, salesforce.CodeUnreachable, "unknown")
		if n := len(org.seen("PUT " + ingestPath + "/batches")); n != 1 || !salesforce.IsRetryable(err) {
			t.Errorf("%d uploads, retryable %t; want one and true", n, salesforce.IsRetryable(err))
		}
		org = newOrg(t, map[string]handler{"PUT " + ingestPath + "/batches": answers(answer(401, refusal("INVALID_SESSION_ID", "expired")), answer(503, ""), answer(201, ""))})
		if err := uploadRows(t.Context(), org.client(nil), openJob(), oneRow()); err != nil {
			t.Errorf("an upload that was turned away was not repeated: %v", err)
		}
	})
}

func TestMovingAJobLooksWhereItStands(t *testing.T) {
	t.Parallel()
	type move func(*salesforce.Client) error
	closing := func(c *salesforce.Client) error { return c.CloseIngest(t.Context(), ingestJob, 1) }
	aborting := func(c *salesforce.Client) error { return c.AbortIngest(t.Context(), ingestJob) }
	for name, tc := range map[string]struct {
		do     move
		stands salesforce.JobState
		fails  bool
	}{
		"close, closed":   {closing, salesforce.JobUploadComplete, false},
		"close, running":  {closing, salesforce.JobInProgress, false},
		"close, complete": {closing, salesforce.JobComplete, false},
		"close, aborted":  {closing, salesforce.JobAborted, true},
		"close, open":     {closing, salesforce.JobOpen, true},
		"abort, aborted":  {aborting, salesforce.JobAborted, false},
		"abort, failed":   {aborting, salesforce.JobFailed, false},
		"abort, complete": {aborting, salesforce.JobComplete, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, map[string]handler{
				"PATCH " + ingestPath: answer(400, refusal("INVALIDJOBSTATE", "Aborting already Completed Job not allowed")),
				"GET " + ingestPath:   answer(200, ingestState(tc.stands, 0, "")),
			})
			err := tc.do(org.client(nil))
			if tc.fails {
				wantError(t, err, "INVALIDJOBSTATE", ingestJob)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// Batches are used by a job that Salesforce may have begun, not by one that it refuses to.
func TestBatchesAreUsedByJobsThatBegin(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		close   handler
		batches int64
	}{
		"closed":      {answer(200, ingestState(salesforce.JobUploadComplete, 0, "")), 2},
		"lost":        {failWith(errCut), 2},
		"daily limit": {answer(403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")), 0},
		"refused":     {answer(403, refusal("INSUFFICIENT_ACCESS", "not for you")), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newOrg(t, map[string]handler{"PATCH " + ingestPath: tc.close}).client(nil)
				_ = client.CloseIngest(t.Context(), ingestJob, 15_000) // what it says is tested elsewhere
				if u := client.Usage(); u.BulkBatches != tc.batches || u.LimitReached != (name == "daily limit") {
					t.Errorf("usage %+v, want %d batches", u, tc.batches)
				}
			})
		})
	}
}

func TestDeleteIngestOfJobThatIsGone(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"DELETE " + ingestPath: answers(answer(404, refusal("NOT_FOUND", "gone")), answer(400, refusal("INVALIDJOBSTATE", "open")))})
	client := org.client(nil)
	if err := client.DeleteIngest(t.Context(), ingestJob); err != nil {
		t.Error(err)
	}
	wantError(t, client.DeleteIngest(t.Context(), ingestJob), "INVALIDJOBSTATE", "delete Bulk job")
}

// The looks at a job are counted from its closing, and from one to the next: what a call takes is part of the interval.
func TestWaitIngestIntervalsGrow(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, tc := range map[string]struct {
		takes, ago time.Duration // a call, and since the job was closed
		rows, pace int           // of the job, and worked on in a millisecond
		want       []time.Duration
	}{
		"near":        {0, 0, 0, 0, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 6400 * ms, 12_800 * ms, 22_800 * ms}},
		"far":         {150 * ms, 150 * ms, 0, 0, []time.Duration{0, 150 * ms, 350 * ms, 750 * ms}},
		"very far":    {time.Second, time.Second, 0, 0, []time.Duration{0, 1000 * ms, 2000 * ms, 3000 * ms, 4000 * ms}},
		"closed long": {0, time.Hour, 0, 0, []time.Duration{0, 100 * ms, 300 * ms}},
		"nearly done": {0, 0, 1500, 10, []time.Duration{100 * ms, 166666666}},
		"half done":   {0, 0, 10_000, 10, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1333333333}},
		"not over":    {0, 0, 1000, 10, []time.Duration{100 * ms, 166666666, 277777776}},
		"no end":      {0, 0, 1_000_000, 1, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var looks []time.Duration
				began := time.Now()
				org := newOrg(t, map[string]handler{"GET " + ingestPath: func(w http.ResponseWriter, x exchange) {
					looks = append(looks, time.Since(began))
					time.Sleep(tc.takes)
					state := salesforce.JobInProgress
					if x.Nth == len(tc.want) {
						state = salesforce.JobFailed
					}
					done := min(tc.rows, tc.pace*int(time.Since(began)/ms))
					reply(w, 200, ingestState(state, done, `,"errorMessage":"InvalidBatch : Field name not found : Nope__c"`))
				}})
				job, err := org.client(nil).WaitIngest(t.Context(), ingestJob, salesforce.IngestWait{Closed: began.Add(-tc.ago), Rows: tc.rows})
				if err != nil {
					t.Fatal(err)
				}
				wantError(t, job.Err(), salesforce.CodeJobFailed, "Nope__c", "field-level security")
				if diff := cmp.Diff(tc.want, looks); diff != "" {
					t.Errorf("looks (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestJobAnswerOfAnotherJob(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"GET " + ingestPath: answer(200, strings.Replace(ingestState(salesforce.JobComplete, 0, ""), ingestJob, queryJob, 1))})
	_, err := org.client(nil).IngestJob(t.Context(), ingestJob)
	wantError(t, err, salesforce.CodeUnexpectedAnswer, queryJob)
}

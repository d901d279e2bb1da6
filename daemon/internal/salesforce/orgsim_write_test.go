package salesforce_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// titles returns the contacts' titles as the org has them, in the order they were made.
func (s *simulated) titles(t *testing.T) []string {
	t.Helper()
	var titles []string
	for _, id := range s.ids {
		record, ok := s.org.Record("Contact", id)
		if !ok {
			t.Fatalf("contact %s is gone", id)
		}
		titles = append(titles, record["Title"])
	}
	return titles
}

func TestOrgCollectionUpdate(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{}, 3)
	got, err := s.WriteCollection(t.Context(), updates, salesforce.Batch{
		Object: "Contact", Columns: []string{"Title", "Email"},
		Rows: []salesforce.Row{
			{ID: s.ids[0], Values: []salesforce.Value{salesforce.Text(" CEO "), salesforce.Text("Mixed@Case.Example")}},
			{ID: s.ids[1], Values: []salesforce.Value{salesforce.Text("x"), salesforce.Text("not an address")}},
			{ID: s.ids[2], Values: []salesforce.Value{salesforce.Omit(), salesforce.Null()}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !got[0].Success || got[1].Success || !got[2].Success || got[1].Errors[0].Code != "INVALID_EMAIL_ADDRESS" {
		t.Errorf("results %+v", got)
	}
	first, _ := s.org.Record("Contact", s.ids[0])
	third, _ := s.org.Record("Contact", s.ids[2])
	if first["Title"] != "CEO" || first["Email"] != "mixed@case.example" || third["Email"] != "" {
		t.Errorf("the org has %v and %v", first, third)
	}
}

// ingest runs a whole job and returns it as it ended.
func (s *simulated) ingest(t *testing.T, batch salesforce.Batch) salesforce.IngestJob {
	t.Helper()
	job, err := s.CreateIngest(t.Context(), salesforce.IngestRequest{Object: batch.Object, Operation: salesforce.OperationUpdate, Columns: batch.Columns})
	if err != nil {
		t.Fatal(err)
	}
	if err := uploadRows(t.Context(), s.Client, job, batch); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int{len(batch.Rows), 0} { // the second time nothing begins any more
		if err := s.CloseIngest(t.Context(), job.ID, rows); err != nil {
			t.Fatal(err)
		}
	}
	done, err := s.WaitIngest(t.Context(), job.ID, salesforce.IngestWait{Closed: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestOrgIngest(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{Seed: 3}, 5)
	batch := salesforce.Batch{Object: "Contact", Columns: []string{"Title", "Email"}}
	want := map[string]salesforce.IngestStatus{}
	for i, id := range s.ids {
		batch.Rows = append(batch.Rows, salesforce.Row{ID: id, Values: []salesforce.Value{salesforce.Text(fmt.Sprintf("line, \"%d\"\r\nnext", i)), salesforce.Omit()}})
		want[id] = salesforce.IngestSucceeded
	}
	batch.Rows[3].Values[1], want[s.ids[3]] = salesforce.Text("not an address"), salesforce.IngestFailed
	batch.Rows[4].Values[1] = salesforce.Null()

	done := s.ingest(t, batch)
	if done.State != salesforce.JobComplete || done.Processed != 5 || done.Failed != 1 {
		t.Errorf("the job ended as %+v", done)
	}
	results, err := collect(s.IngestResultsOf(t.Context(), done, len(batch.Rows)))
	if err != nil {
		t.Fatal(err)
	}
	status := map[string]salesforce.IngestStatus{}
	for _, r := range results {
		status[r.ID] = r.Status
		if r.Status == salesforce.IngestFailed && r.Error.Code != "INVALID_EMAIL_ADDRESS" {
			t.Errorf("failed with %+v", r.Error)
		}
	}
	if diff := cmp.Diff(want, status); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"line, \"0\"\nnext", "line, \"1\"\nnext", "line, \"2\"\nnext", "", "line, \"4\"\nnext"}, s.titles(t)); diff != "" {
		t.Errorf("titles in the org:\n%s", diff)
	}
	if last, _ := s.org.Record("Contact", s.ids[4]); last["Email"] != "" {
		t.Errorf("the e-mail was to be emptied and is %q", last["Email"])
	}
	if u := s.Usage(); u.BulkBatches != int64(s.org.Journal().Summary().Bulk) {
		t.Errorf("the client predicts %d batches and the org counts %d", u.BulkBatches, s.org.Journal().Summary().Bulk)
	}
	if err := s.DeleteIngest(t.Context(), done.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.IngestJob(t.Context(), done.ID); !salesforce.IsNotFound(err) {
		t.Errorf("a deleted job gave %v", err)
	}
}

func TestOrgIngestThatFails(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{}, 1)
	done := s.ingest(t, salesforce.Batch{Object: "Contact", Columns: []string{"Nope__c"}, Rows: []salesforce.Row{{ID: s.ids[0], Values: []salesforce.Value{salesforce.Text("x")}}}})
	wantError(t, done.Err(), salesforce.CodeJobFailed, "Nope__c", "field-level security")
	results, err := collect(s.IngestResultsOf(t.Context(), done, 1))
	if err != nil || len(results) != 1 || results[0].Status != salesforce.IngestUnprocessed || results[0].ID != s.ids[0] {
		t.Errorf("results %+v, %v", results, err)
	}
}

func TestOrgAbortsOpenJob(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{}, 0)
	job, err := s.CreateIngest(t.Context(), salesforce.IngestRequest{Object: "Contact", Operation: salesforce.OperationUpdate, Columns: []string{"Title"}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.AbortIngest(t.Context(), job.ID); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := s.IngestJob(t.Context(), job.ID); err != nil || done.State != salesforce.JobAborted {
		t.Errorf("the job is %+v, %v", done, err)
	}
}

// A lost answer is not sent again blindly; what was turned away is.
func TestOrgTroubleDuringUpdate(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault    fault.Fault
		repeated bool
		writes   int
	}{
		"unavailable":  {fault.Unavailable(), false, 0},
		"server error": {fault.ServerError(), false, 0},
		"lost request": {fault.Fault{Action: fault.ResetBefore}, false, 0},
		"lost answer":  {fault.Fault{Action: fault.ResetAfter}, false, 1},
		"session":      {fault.Fault{Action: fault.ExpireSession}, true, 1},
		"concurrent":   {fault.Fault{Action: fault.Respond, Status: 429}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, orgsim.Config{}, 1)
			tc.fault.Path, tc.fault.Times = "/services/data/*/composite/sobjects", 1
			rule := s.org.Faults().Add(tc.fault)
			got, err := s.WriteCollection(t.Context(), updates, salesforce.Batch{Object: "Contact", Columns: []string{"Title"},
				Rows: []salesforce.Row{{ID: s.ids[0], Values: []salesforce.Value{salesforce.Text("CEO")}}}})
			if (err == nil) != tc.repeated || err != nil && !salesforce.IsRetryable(err) || err == nil && !got[0].Success {
				t.Fatalf("got %+v, %v", got, err)
			}
			if n := s.org.Writes("Contact"); n != tc.writes || rule.Hits() != 1 {
				t.Errorf("%d writes, want %d, after %d hits", n, tc.writes, rule.Hits())
			}
		})
	}
}

func TestOrgDailyLimit(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{DailyCalls: 2}, 1)
	var err error
	for range 3 {
		_, err = s.Objects(t.Context())
	}
	if !salesforce.IsLimit(err) {
		t.Errorf("the third call of two gave %v", err)
	}
}

func TestOrgSessionThatEnds(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{PageSize: 200, SteadyPages: true}, 401)
	n := 0
	for _, err := range s.Query(t.Context(), "SELECT Id FROM Contact", []string{"Id"}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 100 {
			s.org.ExpireSessions()
		}
	}
	if n != 401 {
		t.Errorf("%d rows, want 401", n)
	}
}

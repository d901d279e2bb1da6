package salesforce_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// keyed is a batch of contacts by e-mail: the first of the org's, in another case, and a new one.
func keyed() salesforce.Batch {
	return salesforce.Batch{Object: "Contact", Columns: []string{"Email", "LastName"}, Rows: []salesforce.Row{
		{Values: []salesforce.Value{salesforce.Text("USER0@acme.example"), salesforce.Text("Known")}},
		{Values: []salesforce.Value{salesforce.Text("new@acme.example"), salesforce.Text("New")}},
		{Values: []salesforce.Value{salesforce.Text("not an address"), salesforce.Text("Nobody")}},
	}}
}

// contacts counts the org's contacts.
func (s *simulated) contacts() int {
	n := 0
	for range s.org.Records("Contact") {
		n++
	}
	return n
}

func TestOrgUpsertAndInsert(t *testing.T) {
	t.Parallel()
	s := simulate(t, orgsim.Config{}, 1)
	got, err := s.WriteCollection(t.Context(), salesforce.CollectionRequest{Operation: salesforce.OperationUpsert, ExternalIDField: "Email"}, keyed())
	if err != nil {
		t.Fatal(err)
	}
	if got[0].ID != s.ids[0] || got[0].Created || !got[1].Created || got[2].Success || got[2].Errors[0].Code != "INVALID_EMAIL_ADDRESS" {
		t.Errorf("results %+v", got)
	}
	got, err = s.WriteCollection(t.Context(), salesforce.CollectionRequest{Operation: salesforce.OperationInsert}, keyed())
	if err != nil {
		t.Fatal(err)
	}
	if !got[0].Created || got[0].ID == s.ids[0] || !got[1].Created || got[2].Success {
		t.Errorf("results %+v", got)
	}
	if n := s.contacts(); n != 4 {
		t.Errorf("%d contacts, want the first, one upserted and two inserted", n)
	}
	read, err := s.Retrieve(t.Context(), "Contact", []string{got[0].ID, s.ids[0], "003000000000001"}, []string{"LastName", "Email"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{got[0].ID: {"Known", "user0@acme.example"}, s.ids[0]: {"Known", "user0@acme.example"}}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
}

// A create whose answer is lost happens once and is reported as of unknown fate.
func TestOrgLosesTheAnswerToACreate(t *testing.T) {
	t.Parallel()
	for _, req := range []salesforce.CollectionRequest{{Operation: salesforce.OperationInsert}, {Operation: salesforce.OperationUpsert, ExternalIDField: "Email"}} {
		s := simulate(t, orgsim.Config{}, 0)
		s.org.Faults().Add(fault.Fault{Action: fault.ResetAfter, Path: "/services/data/*/composite/**", Times: 1})
		_, err := s.WriteCollection(t.Context(), req, keyed())
		if !salesforce.IsRetryable(err) || s.contacts() != 2 {
			t.Errorf("%s: %v with %d contacts, want one attempt that created 2", req.Operation, err, s.contacts())
		}
	}
}

// insertJob runs a job of n new contacts through a streamed upload.
func (s *simulated) insertJob(t *testing.T, n int) salesforce.IngestJob {
	t.Helper()
	columns := []string{"LastName", "Email"}
	var upload bytes.Buffer
	w, err := salesforce.NewIngestWriter(&upload, salesforce.OperationInsert, columns)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		row := salesforce.Row{Values: []salesforce.Value{salesforce.Text(fmt.Sprintf("Made %d", i)), salesforce.Text(fmt.Sprintf("made%d@acme.example", i))}}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	job, err := s.CreateIngest(t.Context(), salesforce.IngestRequest{Object: "Contact", Operation: salesforce.OperationInsert, Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(upload.Bytes())), nil }
	if err := s.UploadIngestContent(t.Context(), job, w.Rows(), w.Bytes(), open); err != nil {
		t.Fatal(err)
	}
	if err := s.CloseIngest(t.Context(), job.ID, w.Rows()); err != nil {
		t.Fatal(err)
	}
	done, err := s.WaitIngest(t.Context(), job.ID, salesforce.IngestWait{Closed: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// Whatever happens on the way, a job's rows are all accounted for, each once, by their own values.
func TestOrgIngestInTrouble(t *testing.T) {
	t.Parallel()
	const rows = 450
	results := "/services/data/*/jobs/ingest/*/*{esults,records}"
	for name, tc := range map[string]struct {
		fault                          fault.Fault
		succeeded, failed, unprocessed int
		downloads                      int // 0: any number, since a transport may read again by itself what was lost
	}{
		"none":                {fault.Fault{Action: fault.Delay, Times: 1}, rows, 0, 0, 1},
		"session ends midway": {fault.Fault{Preset: "expire_session_mid_job"}, rows, 0, 0, 1},
		"download is cut":     {fault.Fault{Preset: "truncate_download", Times: 1}, rows, 0, 0, 2},
		"download ends early": {fault.Fault{Preset: "short_download", Times: 1}, rows, 0, 0, 2},
		"answer is lost":      {fault.Fault{Action: fault.ResetAfter, Path: results, Times: 1}, rows, 0, 0, 0},
		"HTML in its place":   {fault.Fault{Preset: "html_503", Path: results, Times: 1}, rows, 0, 0, 2},
		"rows are locked":     {fault.Fault{Preset: "lock_rows", Object: "Contact", Times: 30}, rows - 30, 30, 0, 2},
		"job fails midway":    {fault.Fault{Preset: "fail_job", Rows: 200}, 200, 0, rows - 200, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, orgsim.Config{Seed: 11}, 0)
			rule := s.org.Faults().Add(tc.fault)
			job := s.insertJob(t, rows)
			before := s.Usage().Calls
			counts, seen := map[salesforce.IngestStatus]int{}, map[string]bool{}
			for r, err := range s.IngestResultsOf(t.Context(), job, rows) {
				if err != nil {
					t.Fatal(err)
				}
				key, _ := r.Value("Email")
				counts[r.Status]++
				if seen[key] || r.Created != (r.Status == salesforce.IngestSucceeded) {
					t.Errorf("result %+v", r)
				}
				seen[key] = true
				if r.Status == salesforce.IngestFailed && r.Error.Retry() != salesforce.RetrySmaller {
					t.Errorf("a locked row is %+v", r.Error)
				}
			}
			want := map[salesforce.IngestStatus]int{salesforce.IngestSucceeded: tc.succeeded, salesforce.IngestFailed: tc.failed, salesforce.IngestUnprocessed: tc.unprocessed}
			for status, n := range want {
				if counts[status] != n {
					t.Errorf("%d rows %s, want %d", counts[status], status, n)
				}
			}
			if rule.Hits() == 0 || s.contacts() != tc.succeeded {
				t.Errorf("%d hits, %d contacts in the org, want %d", rule.Hits(), s.contacts(), tc.succeeded)
			}
			if n := int(s.Usage().Calls - before); tc.downloads > 0 && n != tc.downloads {
				t.Errorf("the results took %d calls, want %d", n, tc.downloads)
			}
		})
	}
}

// A Bulk query yields each record once, whatever happens to its job and pages.
func TestOrgBulkQueryInTrouble(t *testing.T) {
	t.Parallel()
	const contacts = 701
	results := "/services/data/*/jobs/query/*/results"
	for name, f := range map[string]fault.Fault{
		"session ends midway": {Preset: "expire_session_mid_job"},
		"page is cut":         {Preset: "truncate_download", Times: 2, Share: 60},
		"page ends early":     {Preset: "short_download", Times: 2, Lines: 40},
		"answers are lost":    {Action: fault.ResetAfter, Path: results, Times: 2},
		"HTML in its place":   {Preset: "html_503", Path: results, Times: 2},
		"busy when polled":    {Preset: "json_503", Path: "/services/data/*/jobs/query/*", Method: "GET", Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, orgsim.Config{BulkPageRows: 250, Seed: 5}, contacts)
			rule := s.org.Faults().Add(f)
			var read []string
			for row, err := range bulkQuery(t.Context(), s.Client, "SELECT LastName, Id FROM Contact", []string{"Id"}) {
				if err != nil {
					t.Fatal(err)
				}
				read = append(read, row[0])
			}
			slices.Sort(read)
			if want := slices.Sorted(slices.Values(s.ids)); !slices.Equal(want, read) {
				t.Errorf("%d records came, %d are there", len(read), len(want))
			}
			if rule.Hits() == 0 {
				t.Error("the fault never came")
			}
		})
	}
}

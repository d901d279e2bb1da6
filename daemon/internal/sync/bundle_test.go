package sync_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	node      = "node-1"
	longLease = time.Hour // no test outlives it
)

// bundle is an integration with everything behind it: a folder of reports, an org, a store on SQLite. The org is
// reached without sockets, so that tests can run on fake time.
type bundle struct {
	t           testing.TB
	store       *store.Store
	org         *orgsim.Org
	wire        *wire
	client      *salesforce.Client
	folder      string
	files       *report.Files
	reports     sync.Reports // what a run gets; the files as a rule
	integration reportsync.Integration
	routes      sync.Routes
	evidence    shelf
	keeps       sync.Evidence // instead of evidence, unless nil
	previous    sync.Previous
	limits      reportsync.Limits
	usedToday   int64
	logged      strings.Builder // by the daemon
}

// contactFields are the custom fields that the tests write to.
var contactFields = []schema.Field{
	{Name: "Onboarding_Status__c", Type: schema.Picklist, Values: []string{"Not Started", "In Progress", "Stuck", "Completed"}, Restricted: true},
	{Name: "Sessions_30d__c", Type: schema.Number, Precision: 9},
	{Name: "Score__c", Type: schema.Number, Precision: 6, Scale: 2},
	{Name: "Last_Seen__c", Type: schema.DateTime},
	{Name: "NPS__c", Type: schema.Number, Precision: 2},
	{Name: "Feature_Tags__c", Type: schema.MultiPicklist, Values: []string{"Api", "Dashboards", "Mobile", "Workflows"}},
	{Name: "Usage_Source__c", Type: schema.Text, Length: 40},
	{Name: "Active__c", Type: schema.Checkbox},
	{Name: "WalkMe_User_Id__c", Type: schema.Text, Length: 80, ExternalID: true},
	{Name: "Login__c", Type: schema.Text, Length: 40, Unique: true, CaseSensitive: true},
	{Name: "Age__c", Type: schema.Formula, Returns: schema.Number, Value: "7"},
	{Name: "Secret__c", Type: schema.Text, Hidden: true},
	{Name: "Locked__c", Type: schema.Text, ReadOnly: true},
	{Name: "Notes__c", Type: schema.TextArea, Length: 2000},
}

// setup makes a bundle around an org with Contacts. The report has the given content.
func setup(t testing.TB, spec reportsync.IntegrationSpec, content string) *bundle {
	t.Helper()
	s := schema.Standard()
	noError(t, s.Add(schema.Object{Name: "Contact", Fields: contactFields}))
	return setupOrg(t, s, spec, content)
}

func setupOrg(t testing.TB, s *schema.Schema, spec reportsync.IntegrationSpec, content string) *bundle {
	t.Helper()
	b := &bundle{t: t, folder: t.TempDir()}
	var err error
	b.org, err = orgsim.New(orgsim.Config{Schema: s})
	noError(t, err)
	t.Cleanup(b.org.Close)
	b.wire = &wire{org: b.org}
	b.client, err = salesforce.New(salesforce.Config{
		LoginURL: "http://127.0.0.1:1", ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret, Transport: b.wire,
	})
	noError(t, err)
	b.write("report.csv", content)
	b.files, err = report.OpenFiles(reportsync.FilesSource{URL: "file://" + b.folder}, []string{b.folder})
	noError(t, err)
	t.Cleanup(func() { noError(t, b.files.Close()) })
	b.reports = b.files
	b.openStore()
	b.configure(spec)
	return b
}

func (b *bundle) openStore() {
	b.t.Helper()
	dir := b.t.TempDir()
	key, _, err := store.LoadOrCreateKey(filepath.Join(dir, "key"))
	noError(b.t, err)
	b.store, err = store.Open(b.t.Context(), store.Options{URL: "sqlite://" + filepath.Join(dir, "test.db"), Key: key, Logger: hclog.NewNullLogger()})
	noError(b.t, err)
	b.t.Cleanup(func() { noError(b.t, b.store.Close()) })
}

func (b *bundle) configure(spec reportsync.IntegrationSpec) {
	b.t.Helper()
	ctx := b.t.Context()
	source, err := b.store.CreateSource(ctx, reportsync.SourceSpec{Name: "reports", Files: &reportsync.FilesSource{URL: "file://" + b.folder}})
	noError(b.t, err)
	connection, err := b.store.CreateConnection(ctx, reportsync.ConnectionSpec{
		Name: "org", Environment: reportsync.Production, LoginURL: new("http://127.0.0.1:1"),
		ClientCredentials: &reportsync.ClientCredentials{ClientID: "x", ClientSecret: "y"},
	})
	noError(b.t, err)
	spec.SourceID, spec.ConnectionID = source.ID, connection.ID
	if spec.Name == "" {
		spec.Name = "integration"
	}
	if spec.Report == "" {
		spec.Report = "report.csv"
	}
	if spec.Object == "" {
		spec.Object = "Contact"
	}
	noError(b.t, spec.Validate())
	b.integration, err = b.store.CreateIntegration(ctx, spec)
	noError(b.t, err)
}

func (b *bundle) write(name, content string) {
	b.t.Helper()
	noError(b.t, os.WriteFile(filepath.Join(b.folder, name), []byte(content), 0o600))
}

// insert makes a contact.
func (b *bundle) insert(fields map[string]string) string {
	b.t.Helper()
	if fields["LastName"] == "" {
		fields["LastName"] = "Doe"
	}
	id, err := b.org.Insert("Contact", fields)
	noError(b.t, err)
	return id
}

// queue queues a run.
func (b *bundle) queue(n reportsync.NewRun) string {
	b.t.Helper()
	n.IntegrationID, n.Trigger = b.integration.ID, reportsync.TriggerManual
	run, err := b.store.CreateRun(b.t.Context(), n)
	noError(b.t, err)
	return run.ID
}

// attempt takes a queued run up, executes it, and stores its end, or puts it back into the queue. Journal and context
// are what the test makes of them.
func (b *bundle) attempt(ctx context.Context, runID string, wrap func(sync.Journal) sync.Journal) (sync.Result, error) {
	b.t.Helper()
	kept := b.t.Context()
	claim, err := b.store.ClaimRun(kept, runID, node, longLease)
	noError(b.t, err)
	var journal sync.Journal = b.store.Journal(runID, node, claim.Run.Attempt)
	if wrap != nil {
		journal = wrap(journal)
	}
	job := sync.Job{
		Run: claim.Run, Integration: claim.Integration,
		Limits: b.limits, UsedToday: func(context.Context) (int64, error) { return b.usedToday, nil }, Previous: b.previous, Reports: b.reports, Org: b.client.Metered(), Journal: journal, Evidence: b.keeper(),
		Scratch: b.t.TempDir(), Logger: hclog.New(&hclog.LoggerOptions{Output: &b.logged, Level: hclog.Trace}),
	}
	var result sync.Result
	if b.routes == (sync.Routes{}) {
		result, err = sync.Execute(ctx, job)
	} else {
		result, err = sync.ExecuteBy(ctx, job, b.routes)
	}
	if waits, postponed := errors.AsType[*sync.PostponedError](err); postponed {
		noError(b.t, b.store.PostponeRun(kept, runID, node, claim.Run.Attempt, waits.Until))
		return result, err
	}
	if err != nil {
		noError(b.t, b.store.ReleaseRun(kept, runID, node, claim.Run.Attempt))
		return result, err
	}
	if total := result.Counts.Total(); total != result.Counts.Read {
		b.t.Errorf("invariant 2: %d rows read, %d outcomes: %+v", result.Counts.Read, total, result.Counts)
	}
	noError(b.t, b.store.FinishRun(kept, runID, node, claim.Run.Attempt, result))
	return result, nil
}

// run runs the integration to its end, through the waits of the run.
func (b *bundle) run(n reportsync.NewRun) (sync.Result, string) {
	b.t.Helper()
	id := b.queue(n)
	for {
		result, err := b.attempt(b.t.Context(), id, nil)
		waits, postponed := errors.AsType[*sync.PostponedError](err)
		if !postponed {
			noError(b.t, err)
			return result, id
		}
		time.Sleep(time.Until(waits.Until))
	}
}

// outcomes returns all outcomes of a run, by row.
func (b *bundle) outcomes(runID string) []reportsync.Outcome {
	b.t.Helper()
	return b.evidence.runs[runID]
}

// log returns the run's log as text.
func (b *bundle) log(runID string) string {
	b.t.Helper()
	entries, err := b.store.RunLog(b.t.Context(), runID, 0, 1000)
	noError(b.t, err)
	var text strings.Builder
	for _, e := range entries {
		text.WriteString(string(e.Level) + " " + string(e.Stage) + ": " + e.Message + "\n")
	}
	return text.String()
}

// calls returns how many API calls the org has counted, by kind.
func (b *bundle) calls() map[string]int {
	calls := map[string]int{}
	for _, kind := range b.org.Journal().Summary().Kinds {
		if kind.Calls > 0 {
			calls[kind.Kind] = kind.Calls
		}
	}
	return calls
}

// field returns a field of a contact.
func (b *bundle) field(id, name string) string {
	record, _ := b.org.Record("Contact", id)
	return record[name]
}

// wire carries requests to the org within the process.
type wire struct {
	org http.Handler
	cut func(request *http.Request, deliver func() *http.Response) (*http.Response, error) // nil delivers everything
}

var errReset = errors.New("connection reset")

func (w *wire) RoundTrip(request *http.Request) (response *http.Response, err error) {
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	deliver := func() *http.Response {
		inner := request.Clone(request.Context())
		inner.RequestURI, inner.RemoteAddr, inner.Host = request.URL.RequestURI(), "127.0.0.1:9", request.URL.Host
		if inner.Body == nil {
			inner.Body = http.NoBody
		}
		answer := httptest.NewRecorder()
		w.org.ServeHTTP(answer, inner)
		return answer.Result()
	}
	defer func() {
		if gone := recover(); gone != nil { // how the org resets a connection
			response, err = nil, errReset
		}
	}()
	if w.cut != nil {
		return w.cut(request, deliver)
	}
	return deliver(), nil
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCounts(t testing.TB, want, got reportsync.Counts) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// column feeds a field from a report column.
func column(name string) reportsync.Mapping { return reportsync.Mapping{Column: &name} }

// byEmail is an integration that matches Contacts by e-mail.
func byEmail(mappings map[string]reportsync.Mapping) reportsync.IntegrationSpec {
	return reportsync.IntegrationSpec{Match: reportsync.Match{Column: "Email", Field: "Email"}, Mappings: mappings}
}

// load makes records out of a CSV file.
func (b *bundle) load(object, path string) {
	b.t.Helper()
	file, err := os.Open(path)
	noError(b.t, err)
	defer file.Close()
	_, err = b.org.LoadCSV(object, file)
	noError(b.t, err)
}

// refuse makes the org refuse every write to some records.
func (b *bundle) refuse(ids ...string) *fault.Rule {
	return b.org.Faults().Add(fault.Fault{Action: fault.LockRows, Object: "Contact", IDs: ids})
}

// keeper returns what keeps outcomes.
func (b *bundle) keeper() sync.Evidence {
	if b.keeps != nil {
		return b.keeps
	}
	return &b.evidence
}

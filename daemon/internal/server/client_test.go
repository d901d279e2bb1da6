package server_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// client calls the real API as the role.
func (w *world) client(role reportsync.Role, name string) *api.Client {
	w.t.Helper()
	c, err := api.NewClient(api.ClientConfig{Endpoint: w.url + "/", Token: reportsync.Secret(w.tokens[role]), Client: name})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Close)
	return c
}

// ok takes a result and its error, and fails the test for the latter.
func ok[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestClientConfigures(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, c := t.Context(), w.client(reportsync.RoleAdmin, api.ClientTerraform)

	connection := ok(c.CreateConnection(ctx, connectionSpec("production")))(t)
	renamed := connectionSpec("renamed").WithSecret("")
	connection = ok(c.ReplaceConnection(ctx, connection.ID, connection.Revision, renamed))(t)
	if diff := cmp.Diff(renamed, connection.ConnectionSpec); diff != "" || connection.Revision != 2 {
		t.Errorf("revision %d (-sent +got):\n%s", connection.Revision, diff)
	}
	if diff := cmp.Diff(connection, ok(c.ConnectionByName(ctx, "renamed"))(t)); diff != "" {
		t.Errorf("by name (-want +got):\n%s", diff)
	}
	test := ok(c.TestConnection(ctx, connection.ID))(t)
	if diff := cmp.Diff(login, test); diff != "" {
		t.Errorf("test (-want +got):\n%s", diff)
	}
	source := ok(c.CreateSource(ctx, sourceSpec("files")))(t)
	column := "Title"
	spec := reportsync.IntegrationSpec{
		Name: "a", SourceID: source.ID, ConnectionID: connection.ID, Report: "a.csv", Object: "Contact",
		Match: reportsync.Match{Column: "Key", Field: "Email"}, Mappings: map[string]reportsync.Mapping{"Title": {Column: &column}},
	}
	found := ok(c.ValidateIntegration(ctx, api.IntegrationCheck{IntegrationSpec: spec}))(t)
	if len(found.Errors)+len(found.Unchecked) > 0 {
		t.Errorf("validation %+v", found)
	}
	integration := ok(c.CreateIntegration(ctx, spec))(t)

	err := c.DeleteConnection(ctx, connection.ID, 0)
	if reportsync.CodeOf(err) != reportsync.CodeInUse {
		t.Errorf("delete of what is used: %v", err)
	}
	for _, err := range []error{
		c.DeleteIntegration(ctx, integration.ID, integration.Revision), c.DeleteSource(ctx, source.ID, source.Revision), c.DeleteConnection(ctx, connection.ID, connection.Revision),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Integration(ctx, integration.ID); reportsync.CodeOf(err) != reportsync.CodeNotFound {
		t.Errorf("deleted integration: %v", err)
	}
}

func TestClientErrors(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, c := t.Context(), w.client(reportsync.RoleAdmin, "")
	source := ok(c.CreateSource(ctx, sourceSpec("walkme-insights")))(t)

	_, err := c.SourceByName(ctx, "walkme-insight")
	if reportsync.CodeOf(err) != reportsync.CodeNotFound || !strings.Contains(err.Error(), `did you mean "walkme-insights"`) {
		t.Errorf("by a wrong name: %v", err)
	}
	_, err = c.ReplaceSource(ctx, source.ID, 7, sourceSpec("b"))
	if reportsync.CodeOf(err) != reportsync.CodePreconditionFailed {
		t.Errorf("wrong revision: %v", err)
	}
	_, err = c.CreateSource(ctx, reportsync.SourceSpec{Name: "b", Files: &reportsync.FilesSource{URL: "ftp://x"}})
	answer, is := errors.AsType[*api.ResponseError](err)
	if !is || answer.Status != http.StatusUnprocessableEntity || answer.RequestID == "" || !strings.Contains(err.Error(), answer.RequestID) {
		t.Fatalf("error %#v", err)
	}
	domain, is := errors.AsType[*reportsync.Error](err)
	if !is || domain.Code != reportsync.CodeInvalid || len(domain.Fields) != 1 || domain.Fields[0].Pointer != "/files/url" {
		t.Errorf("domain error %+v", domain)
	}
	if _, err := w.client(reportsync.RoleViewer, "").CreateSource(ctx, sourceSpec("b")); reportsync.CodeOf(err) != reportsync.CodeForbidden {
		t.Errorf("as viewer: %v", err)
	}
	anonymous := ok(api.NewClient(api.ClientConfig{Endpoint: w.url}))(t)
	if _, err := anonymous.Meta(ctx); reportsync.CodeOf(err) != reportsync.CodeUnauthorized {
		t.Errorf("without a token: %v", err)
	}
	if err := anonymous.Health(ctx); err != nil {
		t.Errorf("health needs no token: %v", err)
	}
}

func TestClientRuns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, c := t.Context(), w.client(reportsync.RoleOperator, api.ClientCLI)
	integration := w.integration("queued")

	run := ok(c.StartRun(ctx, integration.ID, api.StartRun{DryRun: true}, "key"))(t)
	if run.Trigger != reportsync.TriggerManual || !run.DryRun {
		t.Errorf("run %+v", run)
	}
	again := ok(c.StartRun(ctx, integration.ID, api.StartRun{DryRun: true}, "key"))(t)
	if again.ID != run.ID {
		t.Errorf("the same key started %s and %s", run.ID, again.ID)
	}
	waited := ok(c.WaitRun(ctx, run.ID, time.Millisecond))(t)
	if diff := cmp.Diff(run, waited); diff != "" {
		t.Errorf("waited (-want +got):\n%s", diff)
	}
	cancelled := ok(c.CancelRun(ctx, run.ID))(t)
	if cancelled.Status != reportsync.RunCancelled {
		t.Errorf("cancelled %+v", cancelled)
	}
	ended := w.finishedRun("ended")
	read := ok(c.Run(ctx, ended.ID))(t)
	if read.Counts.Read != 3 || read.Status != reportsync.RunCompletedWithErrors {
		t.Errorf("ended run %+v", read)
	}
	list := ok(api.Collect(c.Runs(ctx, api.RunQuery{Status: []reportsync.RunStatus{reportsync.RunCancelled, reportsync.RunCompletedWithErrors}})))(t)
	if len(list) != 2 || list[0].ID != ended.ID {
		t.Errorf("runs %+v", list)
	}
	one := ok(api.Collect(c.Runs(ctx, api.RunQuery{Limit: 1})))(t)
	if len(one) != 1 {
		t.Errorf("%d runs for a limit of 1", len(one))
	}
	log := ok(api.Collect(c.RunLog(ctx, ended.ID)))(t)
	if len(log) != 3 || log[2].Message != "entry 3" {
		t.Errorf("log %+v", log)
	}
	rows := ok(api.Collect(c.Outcomes(ctx, ended.ID, api.OutcomeQuery{Kinds: []reportsync.OutcomeKind{reportsync.Unmatched}})))(t)
	if diff := cmp.Diff(outcomes[1:2], rows); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

// Lists longer than a page come whole, in order, each item once; a second walk begins anew.
func TestClientWalksPages(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run, journal := w.liveRun("many")
	rows := make([]reportsync.Outcome, 2*api.MaxPageSize+1)
	for i := range rows {
		rows[i] = reportsync.Outcome{Row: int64(i + 1), Line: int64(i + 2), Key: strconv.Itoa(i), Kind: reportsync.Unmatched, Code: reportsync.RowNoRecord}
	}
	settle(t, journal, rows)
	c := w.client(reportsync.RoleOperator, "")
	walk := c.Outcomes(t.Context(), run.ID, api.OutcomeQuery{})
	for range 2 {
		if diff := cmp.Diff(rows, ok(api.Collect(walk))(t)); diff != "" {
			t.Fatalf("outcomes (-want +got):\n%s", diff)
		}
	}
	for limit, want := range map[int]int{1: 1, api.MaxPageSize: api.MaxPageSize, api.MaxPageSize + 1: api.MaxPageSize + 1} {
		if got := ok(api.Collect(c.Outcomes(t.Context(), run.ID, api.OutcomeQuery{Limit: limit})))(t); len(got) != want {
			t.Errorf("%d outcomes for a limit of %d", len(got), limit)
		}
	}
	if _, err := api.Collect(c.Outcomes(t.Context(), "run_nothing", api.OutcomeQuery{})); reportsync.CodeOf(err) != reportsync.CodeNotFound {
		t.Errorf("outcomes of no run: %v", err)
	}
}

func TestClientTokens(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, c := t.Context(), w.client(reportsync.RoleAdmin, "")
	made := ok(c.CreateToken(ctx, reportsync.TokenSpec{Name: "ci", Role: reportsync.RoleViewer}))(t)
	list := ok(api.Collect(c.Tokens(ctx)))(t)
	if len(list) != 4 || list[3].ID != made.ID {
		t.Errorf("tokens %+v", list)
	}
	if err := c.DeleteToken(ctx, made.ID); err != nil {
		t.Error(err)
	}
	meta := ok(c.Meta(ctx))(t)
	if meta.Version != "1.2.3" || meta.APIVersion != api.Version || len(meta.Capabilities) == 0 {
		t.Errorf("meta %+v", meta)
	}
}

package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestRunFactsOfARunThatHasNone(t *testing.T) {
	t.Parallel()
	var m runModel
	if diags := m.take(t.Context(), reportsync.Run{ID: "run_1"}); diags.HasError() {
		t.Fatal(diags)
	}
	for name, v := range map[string]attr.Value{"org": m.Org, "forecast": m.Forecast, "artifact": m.Artifact, "would_stop": m.WouldStop, "waiting": m.Waiting, "error": m.Error} {
		if !v.IsNull() {
			t.Errorf("%s is %s", name, v)
		}
	}
	if m.BulkJobs.IsNull() || len(m.BulkJobs.Elements()) != 0 {
		t.Errorf("bulk jobs are %s", m.BulkJobs)
	}
}

func TestRunFacts(t *testing.T) {
	t.Parallel()
	run := reportsync.Run{ID: "run_1", IgnoreGuards: true, BytesSent: 11, BytesReceived: 12}
	run.Org = &reportsync.OrgIdentity{OrgID: "00D", UserID: "005", Instance: "https://acme.my.salesforce.com"}
	run.Forecast = &reportsync.Forecast{
		Parents: []reportsync.ParentChoice{{Field: "AccountId", Object: "Account", Choice: reportsync.Choice{Route: "lookups", Rows: 12}}},
		Match: reportsync.Choice{Route: "bulk", Why: "fewer calls", Rows: 20_000, Routes: []reportsync.RouteCost{
			{Route: "bulk", APICalls: 4}, {Route: "lookups", APICalls: 70},
		}},
		APICalls: 5, CallsRemaining: new(int64(0)),
	}
	run.Jobs = []reportsync.BulkJob{{ID: "750", Operation: "query", Rows: 20_000}}
	run.Artifact = &reportsync.Artifact{Key: "runs/run_1/outcomes-1.jsonl.zst", Rows: 3, Bytes: 99, SHA256: "ab"}
	run.WouldStop = &reportsync.RunError{Code: reportsync.CodeGuard, Message: "too many"}
	run.Waiting = &reportsync.Waiting{Until: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Reason: "too old"}
	var m runModel
	if diags := m.take(t.Context(), run); diags.HasError() {
		t.Fatal(diags)
	}
	if got := m.WouldStop.String() + m.Waiting.String(); got != `{"code":"guard","hint":<null>,"message":"too many"}{"reason":"too old","until":"2026-11-22T12:00:00Z"}` {
		t.Errorf("what would stop it, and what it waits for, is %s", got)
	}
	if !m.IgnoreGuards.ValueBool() || m.BytesSent.ValueInt64() != 11 || m.BytesReceived.ValueInt64() != 12 {
		t.Errorf("flag %s, bytes %s and %s", m.IgnoreGuards, m.BytesSent, m.BytesReceived)
	}
	if v := m.Org.Attributes()["username"]; !v.IsNull() {
		t.Errorf("a name that may not be read is %s", v)
	}
	forecast := m.Forecast.Attributes()
	if left := forecast["api_calls_remaining"]; !left.Equal(types.Int64Value(0)) {
		t.Errorf("nothing left is %s", left)
	}
	for _, name := range []string{"write", "bulk_batches_remaining"} {
		if !forecast[name].IsNull() {
			t.Errorf("%s, which is not known, is %s", name, forecast[name])
		}
	}
	want := types.ObjectValueMust(routeCostTypes, map[string]attr.Value{
		"route": types.StringValue("lookups"), "api_calls": types.Int64Value(70), "looks": types.Int64Value(0), "bulk_batches": types.Int64Value(0),
	})
	if parents, ok := forecast["parents"].(types.List); !ok || len(parents.Elements()) != 1 || !strings.Contains(parents.String(), `"field":"AccountId"`) {
		t.Errorf("parents are %s", forecast["parents"])
	}
	match, ok := forecast["match"].(types.Object)
	if !ok {
		t.Fatalf("the choice is %T", forecast["match"])
	}
	routes, ok := match.Attributes()["routes"].(types.List)
	if !ok || len(routes.Elements()) != 2 || !routes.Elements()[1].Equal(want) {
		t.Errorf("routes are %s", routes)
	}
	if n := len(m.BulkJobs.Elements()); n != 1 || m.Artifact.Attributes()["bytes"].String() != "99" {
		t.Errorf("%d jobs, artifact %s", n, m.Artifact)
	}
}

// A flag that is unset stays unset where the run says the same, and one that is set beside Terraform is seen.
func TestRunFlags(t *testing.T) {
	t.Parallel()
	for _, set := range []bool{false, true} {
		var m runResourceModel
		if diags := m.take(reportsync.Run{ID: "run_1", DryRun: set, FullResync: set, IgnoreGuards: set}); diags.HasError() {
			t.Fatal(diags)
		}
		for name, flag := range map[string]types.Bool{"dry_run": m.DryRun, "full_resync": m.FullResync, "ignore_guards": m.IgnoreGuards} {
			if flag.IsNull() == set || flag.ValueBool() != set {
				t.Errorf("%s is %s for a run that says %v", name, flag, set)
			}
		}
	}
}

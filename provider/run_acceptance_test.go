package provider_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func (w *world) run() block {
	return block{
		"integration_id": integrationAddress + ".id",
		"triggers":       "{ revision = " + integrationAddress + ".revision }",
	}
}

func TestAccRunLifeCycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(i, r block) string { return w.config(map[string]block{integrationAddress: i, runAddress: r}) }
	i, r := w.integration(), w.run()
	another, same := statecheck.CompareValue(compare.ValuesDiffer()), statecheck.CompareValue(compare.ValuesSame())
	id := at("id")

	steps := []resource.TestStep{
		{
			Config:           config(i, r),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				another.AddStateValue(runAddress, id), same.AddStateValue(runAddress, id),
				has(runAddress, "status", knownvalue.StringExact("completed_with_errors")),
				has(runAddress, "trigger", knownvalue.StringExact("terraform")),
				has(runAddress, "integration_name", knownvalue.StringExact("onboarding")),
				has(runAddress, "object", knownvalue.StringExact("Contact")),
				has(runAddress, "report", knownvalue.StringExact("onboarding/2026-11-06.csv")),
				has(runAddress, "report_version.sha256", knownvalue.NotNull()),
				has(runAddress, "revision", knownvalue.Int64Exact(1)),
				has(runAddress, "counts.read", knownvalue.Int64Exact(3)),
				has(runAddress, "counts.updated", knownvalue.Int64Exact(2)),
				has(runAddress, "counts.unmatched", knownvalue.Int64Exact(1)),
				has(runAddress, "counts.failed", knownvalue.Int64Exact(0)),
				has(runAddress, "started_at", knownvalue.NotNull()),
				has(runAddress, "finished_at", knownvalue.NotNull()),
				has(runAddress, "runtime_seconds", knownvalue.NotNull()),
				has(runAddress, "api_calls", knownvalue.NotNull()),
				has(runAddress, "error", knownvalue.Null()),
				has(runAddress, "dry_run", knownvalue.Null()),
			},
		},
		{ // what only steers Terraform changes in place, and what runs no differently too
			Config: config(i, r.with("wait", "false").with("fail_on", `"any_row"`).with("timeouts", `{ create = "5m" }`).
				with("dry_run", "false").with("full_resync", "false").with("ignore_guards", "false")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(runAddress, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(runAddress, at("counts.updated"), knownvalue.Int64Exact(2)),
			}},
			ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(runAddress, id)},
		},
		{ // another revision, another run, which finds nothing to write
			Config:           config(i.with("description", `"changed"`), r),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				another.AddStateValue(runAddress, id),
				has(runAddress, "revision", knownvalue.Int64Exact(2)),
				has(runAddress, "counts.unchanged", knownvalue.Int64Exact(2)),
				has(runAddress, "counts.updated", knownvalue.Int64Exact(0)),
			},
		},
		{
			Config:           config(i.with("description", `"changed"`), r.with("dry_run", "true")),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				another.AddStateValue(runAddress, id),
				has(runAddress, "dry_run", knownvalue.Bool(true)),
			},
		},
		{
			Config:           config(i.with("description", `"changed"`), r.with("full_resync", "true").with("triggers", `{ by = "hand" }`)),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				another.AddStateValue(runAddress, id),
				has(runAddress, "counts.updated", knownvalue.Int64Exact(2)),
			},
		},
		{
			Config:           config(i.with("description", `"changed"`), r.with("ignore_guards", "true").with("triggers", `{ by = "hand" }`)),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				another.AddStateValue(runAddress, id),
				has(runAddress, "ignore_guards", knownvalue.Bool(true)),
			},
		},
	}
	w.test(t, steps...)
	runs := w.runs(t)
	if len(runs) != 5 {
		t.Fatalf("there were %d runs, want 5: %v", len(runs), runs)
	}
	if !runs[0].IgnoreGuards || runs[1].IgnoreGuards {
		t.Errorf("of the last two runs, newest first, guards are ignored by %v and %v", runs[0].IgnoreGuards, runs[1].IgnoreGuards)
	}
}

// runs returns all runs that the daemon has records of.
func (w *world) runs(t *testing.T) []reportsync.Run {
	t.Helper()
	runs, err := api.Collect(w.client.Runs(t.Context(), api.RunQuery{}))
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// awaitEnd waits until a run has ended.
func (w *world) awaitEnd(t *testing.T, run reportsync.Run) {
	t.Helper()
	for run.Status.Live() {
		var err error
		if run, err = w.client.WaitRun(t.Context(), run.ID, api.MaxRunWait); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAccRunImport takes a run over, and its configured triggers with it, without running again.
func TestAccRunImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(r block) string {
		return w.config(map[string]block{integrationAddress: w.integration(), runAddress: r})
	}
	plain := w.run().with("triggers", "")
	steps := []resource.TestStep{{Config: config(plain)}}
	steps = append(steps, imports(runAddress, "", "timeouts")...)
	steps = append(steps,
		resource.TestStep{ResourceName: runAddress, ImportState: true, ImportStateId: "name=onboarding", ExpectError: loosely(`"name=onboarding" is no id of a run`)},
		resource.TestStep{ResourceName: runAddress, ImportState: true, ImportStateId: "run_nothing", ExpectError: loosely("Can't read run run_nothing")},
	)
	w.test(t, steps...)
}

// TestAccRunAdoptsTriggers imports a run into a configuration that has triggers.
func TestAccRunAdoptsTriggers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	integration := w.config(map[string]block{integrationAddress: w.integration()})
	withRun := integration + w.run().with("triggers", `{ by = "hand" }`).hcl(head(runAddress))
	var run reportsync.Run
	w.test(t,
		resource.TestStep{Config: integration},
		resource.TestStep{
			PreConfig: func() {
				var err error
				run, err = w.client.StartRun(t.Context(), only(t, w.client.Integrations(t.Context())).ID, api.StartRun{}, "")
				if err != nil {
					t.Fatal(err)
				}
				w.awaitEnd(t, run)
			},
			Config: withRun, ResourceName: runAddress, ImportState: true, ImportStatePersist: true,
			ImportStateIdFunc: func(*terraform.State) (string, error) { return run.ID, nil },
		},
		resource.TestStep{
			Config:           withRun,
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(runAddress, "triggers.by", knownvalue.StringExact("hand")),
				has(runAddress, "trigger", knownvalue.StringExact("api")),
			},
		},
		resource.TestStep{ // from now on they are triggers
			Config:           integration + w.run().with("triggers", `{ by = "me" }`).hcl(head(runAddress)),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
	)
}

func TestAccRunErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(r block) string {
		return w.config(map[string]block{integrationAddress: w.integration(), runAddress: r})
	}
	w.test(t,
		resource.TestStep{Config: config(w.run().with("fail_on", `"any"`)), ExpectError: loosely(`fail_on = "any"`, `"failed" "any_row" "never"`)},
		resource.TestStep{Config: config(w.run().with("timeouts", `{ create = "soon" }`)), ExpectError: loosely(`"soon" must be a string`)},
		resource.TestStep{Config: config(w.run().with("fail_on", `"any_row"`)), ExpectError: loosely("rejected rows", "1 of 3 rows")},
		resource.TestStep{ // the run failed the apply, so the next apply starts another
			Config:           config(w.run()),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
		resource.TestStep{
			PreConfig:   func() { w.writeReport(t, "onboarding/2026-11-07.csv", "Nothing,That,Is,Needed\n") },
			Config:      config(w.run().with("triggers", `{ report = "broken" }`)),
			ExpectError: loosely(`of integration "onboarding" failed`, `"User Email"`),
		},
		resource.TestStep{
			Config:            config(w.run().with("triggers", `{ report = "broken" }`).with("fail_on", `"never"`)),
			ConfigStateChecks: []statecheck.StateCheck{has(runAddress, "status", knownvalue.StringExact("failed")), has(runAddress, "error.message", knownvalue.NotNull())},
		},
		resource.TestStep{
			Config:      config(w.run().with("integration_id", `"int_nothing"`)),
			ExpectError: loosely("Can't start a run of integration int_nothing", `integration_id = "int_nothing"`),
		},
	)
}

// TestAccRunUnderWay holds runs in the middle: they are followed, cancelled and given up.
func TestAccRunUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(r block) string {
		return w.config(map[string]block{integrationAddress: w.integration(), runAddress: r})
	}
	var held *fault.Rule
	started := w.run().with("triggers", `{ n = "1" }`).with("wait", "false")
	w.test(t,
		resource.TestStep{Config: w.config(map[string]block{integrationAddress: w.integration()})},
		resource.TestStep{ // it is not waited for
			PreConfig: func() {
				held = w.org.Faults().Add(fault.Fault{Path: "/services/data/*/query", Action: fault.Hold})
			},
			Config:            config(started),
			ConfigStateChecks: []statecheck.StateCheck{has(runAddress, "finished_at", knownvalue.Null())},
		},
		resource.TestStep{ // refreshing changes nothing but what is known of it
			PreConfig: func() {
				if err := held.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
			},
			Config:            config(started),
			ConfigPlanChecks:  planned(runAddress, plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{has(runAddress, "status", knownvalue.StringExact("running"))},
		},
		resource.TestStep{ // replacing it cancels it; the next one takes too long
			Config:           config(w.run().with("triggers", `{ n = "2" }`).with("timeouts", `{ create = "2s" }`)),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionDestroyBeforeCreate),
			ExpectError:      loosely("Lost sight of run", "has not ended within 2s", "The run goes on"),
		},
		resource.TestStep{ // that one is in the state: it is cancelled and replaced too
			Config:           config(started.with("triggers", `{ n = "2" }`)),
			ConfigPlanChecks: planned(runAddress, plancheck.ResourceActionDestroyBeforeCreate),
		},
		resource.TestStep{ // and the last one's end is seen when it is there
			PreConfig: func() {
				held.Remove()
				w.awaitEnd(t, w.runs(t)[0])
			},
			Config:            config(started.with("triggers", `{ n = "2" }`)),
			ConfigPlanChecks:  planned(runAddress, plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{has(runAddress, "status", knownvalue.StringExact("completed_with_errors"))},
		},
	)
	var statuses []reportsync.RunStatus
	for _, run := range w.runs(t) {
		statuses = append(statuses, run.Status)
	}
	want := []reportsync.RunStatus{reportsync.RunCompletedWithErrors, reportsync.RunCancelled, reportsync.RunCancelled}
	if diff := cmp.Diff(want, statuses); diff != "" {
		t.Errorf("runs, newest first (-want +got):\n%s", diff)
	}
}

// TestAccRunOutlivesItsRecord asks a daemon that knows nothing of the run: a run that has happened is not run again for
// that.
func TestAccRunOutlivesItsRecord(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t), newWorld(t)
	integration := w.makeIntegration(t)
	run := w.run().with("integration_id", `"`+integration.ID+`"`).with("triggers", "").hcl(head(runAddress))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		CheckDestroy:             func(*terraform.State) error { return other.checkEmpty(t.Context()) },
		Steps: []resource.TestStep{
			{Config: w.provider() + run},
			{
				Config:            other.provider() + run,
				ConfigPlanChecks:  planned(runAddress, plancheck.ResourceActionNoop),
				ConfigStateChecks: []statecheck.StateCheck{has(runAddress, "counts.updated", knownvalue.Int64Exact(2))},
			},
		},
	})
}

// makeIntegration makes an integration, with what it needs, that Terraform does not know.
func (w *world) makeIntegration(t *testing.T) reportsync.Integration {
	t.Helper()
	ctx := t.Context()
	connection, err := w.client.CreateConnection(ctx, reportsync.ConnectionSpec{
		Name: "by hand", Environment: reportsync.Production, LoginURL: &w.orgURL,
		ClientCredentials: &reportsync.ClientCredentials{ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret},
	})
	if err != nil {
		t.Fatal(err)
	}
	source, err := w.client.CreateSource(ctx, reportsync.SourceSpec{Name: "by hand", Files: &reportsync.FilesSource{URL: "file://" + w.reports}})
	if err != nil {
		t.Fatal(err)
	}
	return w.integrate(t, connection.ID, source.ID)
}

// integrate makes an integration that Terraform does not know.
func (w *world) integrate(t *testing.T, connectionID, sourceID string) reportsync.Integration {
	t.Helper()
	integration, err := w.client.CreateIntegration(t.Context(), reportsync.IntegrationSpec{
		Name: "by hand", SourceID: sourceID, ConnectionID: connectionID,
		Report: "onboarding/*.csv", Object: "Contact", Match: reportsync.Match{Column: "User Email", Field: "Email"},
		Mappings: map[string]reportsync.Mapping{"Usage_Source__c": {Constant: new("x")}}, Schedule: new(reportsync.ManualSchedule),
	})
	if err != nil {
		t.Fatal(err)
	}
	return integration
}

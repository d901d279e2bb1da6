package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestAccIntegrationLifeCycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeReport(t, "other/only.csv", "User Email,Mail,Status\nada@example.com,ada@example.com,Completed\n")
	i := w.integration()
	config := func() string { return w.config(map[string]block{integrationAddress: i}) }

	steps := []resource.TestStep{{
		Config:           config(),
		ConfigPlanChecks: planned(integrationAddress, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{
			has(integrationAddress, "id", knownvalue.NotNull()),
			has(integrationAddress, "revision", knownvalue.Int64Exact(1)),
			has(integrationAddress, "description", knownvalue.Null()), // what is unset stays so, whatever is in force
			has(integrationAddress, "enabled", knownvalue.Null()),
			has(integrationAddress, "operation", knownvalue.Null()),
			has(integrationAddress, "time_zone", knownvalue.Null()),
			has(integrationAddress, "mappings.Usage_Source__c.column", knownvalue.Null()),
			has(integrationAddress, "mappings.Usage_Source__c.constant", knownvalue.StringExact("WalkMe")),
		},
	}}
	steps = append(steps, imports(integrationAddress, "onboarding")...)

	var edits []edit
	change := func(name, expression, path string, value knownvalue.Check) {
		i = i.with(name, expression)
		edits = append(edits, edit{config(), path, value})
	}
	text := knownvalue.StringExact
	change("name", `"renamed"`, "name", text("renamed"))
	change("description", `"for tests"`, "description", text("for tests"))
	change("description", `""`, "description", text("")) // empty is not unset
	change("description", "", "description", knownvalue.Null())
	change("enabled", "false", "enabled", knownvalue.Bool(false))
	change("enabled", "true", "enabled", knownvalue.Bool(true))
	change("report", `"onboarding/2026-11-06.csv"`, "report", text("onboarding/2026-11-06.csv"))
	change("operation", `"update"`, "operation", text("update"))
	change("schedule", `"30 6 * * 1-5"`, "schedule", text("30 6 * * 1-5"))
	change("time_zone", `"Europe/Berlin"`, "time_zone", text("Europe/Berlin"))
	change("time_zone", "", "time_zone", knownvalue.Null())
	mapping := func(more string) string {
		return "{\n    Last_Seen__c = { column = \"Last Seen (UTC)\"" + more + " }\n  }"
	}
	change("mappings", mapping(""), "mappings.Last_Seen__c.column", text("Last Seen (UTC)"))
	change("mappings", mapping(`, on_null = "clear"`), "mappings.Last_Seen__c.on_null", text("clear"))
	change("mappings", mapping(`, time_zone = "Asia/Tokyo"`), "mappings.Last_Seen__c.time_zone", text("Asia/Tokyo"))
	change("mappings", `{ Usage_Source__c = { constant = "x" } }`, "mappings.Usage_Source__c.constant", text("x"))
	change("report", `"other/only.csv"`, "report", text("other/only.csv"))
	change("match", `{ column = "Mail", field = "Email" }`, "match.column", text("Mail"))
	change("match", `{ column = "Mail", field = "LastName" }`, "match.field", text("LastName"))
	i = i.with("mappings", `{ Company = { constant = "x" } }`)
	change("object", `"Lead"`, "object", text("Lead"))
	w.test(t, append(steps, inPlace(t, integrationAddress, edits)...)...)
}

// TestAccIntegrationReferences moves an integration to another source and another connection, in place.
func TestAccIntegrationReferences(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const secondSource, secondConnection = "reportsync_report_source.second", "reportsync_salesforce_connection.second"
	config := func(i block) string {
		return w.config(map[string]block{
			integrationAddress: i,
			secondSource:       w.source().with("name", `"second"`),
			secondConnection:   w.connection().with("name", `"second"`),
		})
	}
	first := w.integration()
	second := first.with("source_id", secondSource+".id").with("connection_id", secondConnection+".id")
	w.test(t,
		resource.TestStep{Config: config(first)},
		resource.TestStep{
			Config:           config(second),
			ConfigPlanChecks: planned(integrationAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.CompareValuePairs(integrationAddress, at("source_id"), secondSource, at("id"), compare.ValuesSame()),
				statecheck.CompareValuePairs(integrationAddress, at("connection_id"), secondConnection, at("id"), compare.ValuesSame()),
			},
		},
		resource.TestStep{Config: config(first), ConfigPlanChecks: planned(integrationAddress, plancheck.ResourceActionUpdate)},
	)
}

// TestAccIntegrationDrift changes every attribute beside Terraform, one after the other, and wants each back.
func TestAccIntegrationDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := w.config(map[string]block{integrationAddress: w.integration()})
	steps := []resource.TestStep{{Config: config}}
	for _, change := range []func(*reportsync.IntegrationSpec){
		func(s *reportsync.IntegrationSpec) { s.Name = "renamed" },
		func(s *reportsync.IntegrationSpec) { s.Description = new("") },
		func(s *reportsync.IntegrationSpec) { s.Enabled = new(true) }, // the default, but said
		func(s *reportsync.IntegrationSpec) { s.Report = "onboarding/2026-11-06.csv" },
		func(s *reportsync.IntegrationSpec) { s.Operation = new(reportsync.OperationUpdate) },
		func(s *reportsync.IntegrationSpec) { s.Match.Field = "LastName" },
		func(s *reportsync.IntegrationSpec) { s.Match.Column = "Onboarding Status" },
		func(s *reportsync.IntegrationSpec) { delete(s.Mappings, "Usage_Source__c") },
		func(s *reportsync.IntegrationSpec) {
			s.Mappings["Usage_Source__c"] = reportsync.Mapping{Constant: new("by hand"), OnNull: new(reportsync.OnNullSkip)}
		},
		func(s *reportsync.IntegrationSpec) { s.Schedule = nil },
		func(s *reportsync.IntegrationSpec) { s.TimeZone = new("UTC") },
		func(s *reportsync.IntegrationSpec) {
			s.Object, s.Mappings = "Lead", map[string]reportsync.Mapping{"Company": {Constant: new("x")}}
		},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				old := only(t, w.client.Integrations(t.Context()))
				spec := old.IntegrationSpec
				change(&spec)
				if _, err := w.client.ReplaceIntegration(t.Context(), old.ID, old.Revision, spec); err != nil {
					t.Fatal(err)
				}
			},
			Config:           config,
			ConfigPlanChecks: planned(integrationAddress, plancheck.ResourceActionUpdate),
		})
	}
	w.test(t, append(steps, resource.TestStep{
		PreConfig: func() {
			if err := w.client.DeleteIntegration(t.Context(), only(t, w.client.Integrations(t.Context())).ID, 0); err != nil {
				t.Fatal(err)
			}
		},
		Config:           config,
		ConfigPlanChecks: planned(integrationAddress, plancheck.ResourceActionCreate),
	})...)
}

// TestAccIntegrationUnknown gets everything that may be computed from something that is known only after apply.
func TestAccIntegrationUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := block{"input": `{
    name = "onboarding", report = "onboarding/*.csv", column = "User Email", status = "Onboarding Status"
    match = { column = "User Email", field = "Email" }
  }`}
	i := w.integration().
		with("name", "terraform_data.known.output.name").
		with("report", "terraform_data.known.output.report").
		with("mappings", `{
    Onboarding_Status__c = { column = terraform_data.known.output.status }
    Usage_Source__c      = { constant = terraform_data.known.output.name, on_null = "clear" }
  }`)
	config := func(i block) string {
		return w.config(map[string]block{"terraform_data.known": known, integrationAddress: i})
	}
	w.test(t,
		resource.TestStep{Config: config(i.with("match", "terraform_data.known.output.match"))},
		resource.TestStep{
			Config:           config(i.with("match", `{ column = terraform_data.known.output.column, field = "Email" }`)),
			ConfigPlanChecks: planned(integrationAddress, plancheck.ResourceActionNoop),
		},
		resource.TestStep{ // known by now, so wrong values are found when planning
			Config:      config(i.with("report", "terraform_data.known.output.column")),
			PlanOnly:    true,
			ExpectError: loosely(`can't work as planned`, "report:", "User Email"),
		},
	)
}

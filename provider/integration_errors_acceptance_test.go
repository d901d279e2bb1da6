package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// mistake is a wrong attribute of an integration and what the user must read: the line of the configuration that is to
// blame, and the way out.
type mistake struct {
	name, expression string
	want             []string
}

// spelling are mistakes that need neither daemon nor org to be found.
var spelling = []mistake{
	{"schedule", `"0 9 * *"`, []string{`schedule = "0 9 * *"`, "has 4 fields", `"0 9 * * *"`}},
	{"schedule", `"61 9 * * *"`, []string{`schedule = "61 9 * * *"`, "is no cron expression"}},
	{"time_zone", `"Europe/Berlni"`, []string{`time_zone = "Europe/Berlni"`, `did you mean "Europe/Berlin"?`}},
	{"operation", `"updaet"`, []string{`operation = "updaet"`, "is not one of update"}},
	{"report", `"onboarding/[a.csv"`, []string{`report = "onboarding/[a.csv"`, "is no valid glob"}},
	{"object", `"My Object"`, []string{`object = "My Object"`, "is no API name"}},
	{"name", `""`, []string{`name = ""`, "must not be empty"}},
	{"mappings", "{}", []string{"mappings = {}", "must map between 1 and"}},
	{"mappings", "{\n    Email = { constant = \"x\" }\n  }", []string{`Email = { constant = "x" }`, "is the field that records are matched by"}},
	{"mappings", "{\n    Phone = {}\n  }", []string{"Phone = {}", "needs a column, a constant or a lookup"}},
	{"mappings", "{\n    Phone = { column = \"a\", on_null = \"cleer\" }\n  }", []string{`mappings["Phone"].on_null:`, `did you mean "clear"?`}},
	{"match", "{\n    column = \"a\", field = \"Email\"\n    transform = [\"trim\", \"sha256\"]\n  }", []string{
		`match.transform[1]:`, `did you mean "sha256_base64"?`,
	}},
	{"mappings", "{\n    Phone = { column = \"a\", date_format = \"DD/MM\" }\n  }", []string{`mappings["Phone"].date_format:`, "needs YYYY, MM and DD"}},
	{"mappings", "{\n    Phone = { lookup = { object = \"Account\", field = \"a.b\", column = \"a\" } }\n  }", []string{
		`mappings["Phone"].lookup.field:`, `"a.b" is no API name`,
	}},
	{"duplicates", `{ order_by = "Date" }`, []string{"duplicates.order_by:", "set keep to first or last"}},
	{"freshness", `{ max_age = "2d" }`, []string{"freshness.max_age:", "a day is 24h"}},
	{"guards", `{ max_changed_percent = 101 }`, []string{"guards.max_changed_percent:", "101 is no percentage"}},
	{"writes", `{ batch_rows = 201 }`, []string{"writes.batch_rows:", "takes 1 to 200 rows"}},
	{"writes", `{ route = "bulk", duplicate_rules = "allow_save" }`, []string{"writes.duplicate_rules:", "not possible with route bulk"}},
	{"change_detection", `"hash"`, []string{`change_detection = "hash"`, "is not one of salesforce, none"}},
}

// substance are mistakes that only a look at the report and at the org can find.
var substance = []mistake{
	{"match", `{ column = "User Emial", field = "Email" }`, []string{`match = { column = "User Emial"`, "match.column:", `"User Email"`}},
	{"match", `{ column = "User Email", field = "Emial" }`, []string{"match = {", "match.field:", `"Email"`}},
	{"object", `"Contcat"`, []string{`object = "Contcat"`, `"Contact"`}},
	{"report", `"onbording/*.csv"`, []string{`report = "onbording/*.csv"`, "onboarding/2026-11-06.csv"}},
	{"mappings", "{\n    Sessions_30d__c = { column = \"Sesions (30d)\" }\n  }", []string{
		`Sessions_30d__c = { column = "Sesions (30d)" }`, `mappings["Sessions_30d__c"].column:`, `"Sessions (30d)"`,
	}},
	{"mappings", "{\n    Sesions_30d__c = { column = \"Sessions (30d)\" }\n  }", []string{
		`Sesions_30d__c = { column = "Sessions (30d)" }`, `"Sessions_30d__c"`,
	}},
	{"mappings", "{\n    Score__c = { column = \"Sessions (30d)\" }\n  }", []string{`Score__c = { column = "Sessions (30d)" }`, "Score__c"}},
	{"source_id", `"src_nothing"`, []string{`source_id = "src_nothing"`, "src_nothing"}},
	{"connection_id", `"con_nothing"`, []string{`connection_id = "con_nothing"`, "con_nothing"}},
}

func TestAccIntegrationErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := w.integration()
	config := func(m mistake) string {
		return w.config(map[string]block{integrationAddress: i.with(m.name, m.expression)})
	}

	var steps []resource.TestStep
	for _, m := range spelling {
		steps = append(steps, resource.TestStep{Config: config(m), PlanOnly: true, ExpectError: loosely(append([]string{"Invalid integration"}, m.want...)...)})
	}
	// With nothing applied yet, source and connection are unknown and the mistake is found on apply …
	first := substance[0]
	steps = append(steps,
		resource.TestStep{Config: config(first), ExpectError: loosely(first.want...)},
		resource.TestStep{Config: w.config(map[string]block{integrationAddress: i})},
	)
	// … afterwards the plan tells.
	for _, m := range substance {
		steps = append(steps, resource.TestStep{
			Config: config(m), PlanOnly: true, ExpectError: loosely(append([]string{`Integration "onboarding" can't work as planned`}, m.want...)...),
		})
	}
	w.test(t, steps...)
}

// TestAccIntegrationSkipsPlanTimeValidation wants a mistake to be found on apply only.
func TestAccIntegrationSkipsPlanTimeValidation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.connection().hcl(head(connectionAddress)) + w.source().hcl(head(sourceAddress))
	provider := block{"endpoint": `"` + w.daemon.URL() + `"`, "token": `"` + w.token + `"`, "skip_plan_time_validation": "true"}.hcl(`provider "reportsync"`)
	good, bad := w.integration(), w.integration().with("object", `"Contcat"`)
	w.test(t,
		resource.TestStep{Config: provider + base + good.hcl(head(integrationAddress))},
		resource.TestStep{Config: provider + base + bad.hcl(head(integrationAddress)), PlanOnly: true, ExpectNonEmptyPlan: true},
		resource.TestStep{
			Config:      provider + base + bad.hcl(head(integrationAddress)),
			ExpectError: loosely(`Can't update integration "onboarding"`, `object = "Contcat"`, `"Contact"`),
		},
	)
}

// TestAccIntegrationFollowsItsSource changes the source and what is read from it in one go: a check against the report
// as it is now would refuse that.
func TestAccIntegrationFollowsItsSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeReport(t, "moved/new/weekly.csv", "Mail,Status\nada@example.com,Completed\n")
	before := w.config(map[string]block{integrationAddress: w.integration()})
	after := w.config(map[string]block{
		sourceAddress: w.source().with("files", `{ url = "file://`+w.reports+`/moved" }`),
		integrationAddress: w.integration().with("report", `"new/*.csv"`).with("match", `{ column = "Mail", field = "Email" }`).
			with("mappings", `{ Onboarding_Status__c = { column = "Status" } }`),
	})
	w.test(t,
		resource.TestStep{Config: before},
		resource.TestStep{Config: after, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(sourceAddress, plancheck.ResourceActionUpdate),
			plancheck.ExpectResourceAction(integrationAddress, plancheck.ResourceActionUpdate),
		}}},
	)
}

// TestAccLostUpdate changes an integration between Terraform's look at it and its own change.
func TestAccLostUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(i block) string { return w.config(map[string]block{integrationAddress: i}) }
	i := w.integration().with("description", `"before"`)
	w.test(t,
		resource.TestStep{Config: config(i)},
		resource.TestStep{
			Config: config(i.with("description", `"after"`)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				doing(func() error { return w.renameIntegration(t, "renamed meanwhile") }),
			}},
			ExpectError: loosely(`Can't update integration "onboarding"`, "revision", "It was changed after Terraform had read it"),
		},
		resource.TestStep{
			Config:            config(i.with("description", `"after"`)),
			ConfigPlanChecks:  planned(integrationAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{has(integrationAddress, "revision", knownvalue.Int64Exact(3))},
		},
	)
}

func (w *world) renameIntegration(t *testing.T, name string) error {
	t.Helper()
	old := only(t, w.client.Integrations(t.Context()))
	spec := old.IntegrationSpec
	spec.Name = name
	_, err := w.client.ReplaceIntegration(t.Context(), old.ID, old.Revision, spec)
	return err
}

func TestAccInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// An integration that Terraform does not know uses the source, which therefore can't be destroyed.
	base := w.config(nil)
	var made reportsync.Integration
	w.test(t,
		resource.TestStep{Config: base},
		resource.TestStep{
			PreConfig: func() {
				made = w.integrate(t, w.onlyConnection(t).ID, only(t, w.client.Sources(t.Context())).ID)
			},
			Config:      base,
			Destroy:     true,
			ExpectError: loosely(`Can't delete`, `"by hand"`),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := w.client.DeleteIntegration(t.Context(), made.ID, 0); err != nil {
					t.Fatal(err)
				}
			},
			Config: base,
		},
	)
}

// TestAccNameTaken wants the name to be blamed.
func TestAccNameTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.test(t, resource.TestStep{
		Config:      w.config(map[string]block{"reportsync_report_source.second": w.source().with("name", sourceAddress+".name")}),
		ExpectError: loosely(`Can't create source "insights"`, "name = "+sourceAddress+".name", "is taken"),
	})
}

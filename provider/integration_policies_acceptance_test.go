package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// everything sets each attribute of an integration that may be set along with the others.
func (w *world) everything() block {
	return w.integration().
		with("description", `"everything"`).
		with("enabled", "false").
		with("operation", `"update"`).
		with("match", `{
    column          = "User Email"
    field           = "Email"
    transform       = ["trim", "lower", "sha256_base64"]
    field_transform = ["lower", "sha256_base64"]
    on_multiple     = "update_all"
  }`).
		with("mappings", `{
    Onboarding_Status__c = { column = "Onboarding Status", transform = ["trim", "regex:^(.+)$"], on_null = "clear" }
    Last_Seen__c         = { column = "Last Seen (UTC)", date_format = "YYYY-MM-DD HH:mm:ss", time_zone = "Asia/Tokyo" }
    AccountId            = { lookup = { object = "Account", field = "Name", column = "Onboarding Status" } }
    Usage_Source__c      = { constant = "WalkMe" }
  }`).
		with("duplicates", `{ keep = "last", order_by = "Last Seen (UTC)" }`).
		with("change_detection", `"none"`).
		with("freshness", `{ max_age = "744h", wait = "1h30m" }`).
		with("guards", `{
    max_rejected_percent = 0
    max_changed_percent  = 33.3
    max_cleared_percent  = 0.1
    max_created_percent  = 1e1
    min_rows_percent     = 100
  }`).
		with("writes", `{ route = "collections", batch_rows = 50, duplicate_rules = "allow_save", assignment_rule = "none" }`).
		with("schedule", `"0 9 * * *"`).
		with("time_zone", `"Europe/Berlin"`)
}

// TestAccIntegrationWithEverything makes, imports and reads an integration with every attribute set. The testing
// framework wants an empty plan after it.
func TestAccIntegrationWithEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const data = "data.reportsync_integration.test"
	config := w.config(map[string]block{integrationAddress: w.everything(), data: {"id": integrationAddress + ".id"}})
	text, steps := knownvalue.StringExact, func(texts ...string) knownvalue.Check {
		checks := make([]knownvalue.Check, len(texts))
		for i, text := range texts {
			checks[i] = knownvalue.StringExact(text)
		}
		return knownvalue.ListExact(checks)
	}
	var checks []statecheck.StateCheck
	for path, value := range map[string]knownvalue.Check{
		"match.transform":                         steps("trim", "lower", "sha256_base64"),
		"match.field_transform":                   steps("lower", "sha256_base64"),
		"match.on_multiple":                       text("update_all"),
		"mappings.Onboarding_Status__c.transform": steps("trim", "regex:^(.+)$"),
		"mappings.Onboarding_Status__c.lookup":    knownvalue.Null(),
		"mappings.Last_Seen__c.date_format":       text("YYYY-MM-DD HH:mm:ss"),
		"mappings.Last_Seen__c.transform":         knownvalue.Null(),
		"mappings.AccountId.lookup.object":        text("Account"),
		"mappings.AccountId.lookup.field":         text("Name"),
		"mappings.AccountId.lookup.column":        text("Onboarding Status"),
		"duplicates.keep":                         text("last"),
		"duplicates.order_by":                     text("Last Seen (UTC)"),
		"change_detection":                        text("none"),
		"freshness.max_age":                       text("744h"),
		"freshness.wait":                          text("1h30m"),
		"guards.max_rejected_percent":             knownvalue.Float64Exact(0),
		"guards.max_changed_percent":              knownvalue.Float64Exact(33.3),
		"guards.max_cleared_percent":              knownvalue.Float64Exact(0.1),
		"guards.max_created_percent":              knownvalue.Float64Exact(10),
		"guards.min_rows_percent":                 knownvalue.Float64Exact(100),
		"writes.route":                            text("collections"),
		"writes.batch_rows":                       knownvalue.Int64Exact(50),
		"writes.duplicate_rules":                  text("allow_save"),
		"writes.assignment_rule":                  text("none"),
	} {
		checks = append(checks, has(integrationAddress, path, value), has(data, path, value))
	}
	w.test(t, append([]resource.TestStep{
		{Config: config, ConfigStateChecks: checks},
		{Config: config, ConfigPlanChecks: planned(integrationAddress, plancheck.ResourceActionNoop)},
	}, imports(integrationAddress, "onboarding")...)...)
}

// TestAccIntegrationPolicies changes each policy in place: it is unset, empty, and set, and comes back as that.
func TestAccIntegrationPolicies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := w.integration()
	config := func() string { return w.config(map[string]block{integrationAddress: i}) }
	unset := []statecheck.StateCheck{
		has(integrationAddress, "match.transform", knownvalue.Null()),
		has(integrationAddress, "match.on_multiple", knownvalue.Null()),
		has(integrationAddress, "mappings.Usage_Source__c.lookup", knownvalue.Null()),
	}
	for _, name := range []string{"duplicates", "change_detection", "freshness", "guards", "writes"} {
		unset = append(unset, has(integrationAddress, name, knownvalue.Null()))
	}
	steps := []resource.TestStep{{Config: config(), ConfigStateChecks: unset}}

	var edits []edit
	change := func(name, expression, path string, value knownvalue.Check) {
		i = i.with(name, expression)
		edits = append(edits, edit{config(), path, value})
	}
	text := knownvalue.StringExact
	match := func(more string) string { return `{ column = "User Email", field = "Email"` + more + ` }` }
	change("match", match(", transform = []"), "match.transform", knownvalue.ListSizeExact(0)) // empty is not unset
	change("match", match(`, transform = ["lower"]`), "match.transform", knownvalue.ListSizeExact(1))
	change("match", match(`, on_multiple = "update_all"`), "match.on_multiple", text("update_all"))
	change("match", match(`, on_multiple = "reject"`), "match.on_multiple", text("reject"))
	change("match", match(""), "match.on_multiple", knownvalue.Null())
	for name, set := range map[string]struct{ expression, path, value string }{
		"duplicates": {`{ keep = "first" }`, "duplicates.keep", "first"},
		"writes":     {`{ route = "bulk" }`, "writes.route", "bulk"},
	} {
		change(name, "{}", name+"."+set.path[len(name)+1:], knownvalue.Null())
		change(name, set.expression, set.path, text(set.value))
		change(name, "", name, knownvalue.Null())
	}
	change("guards", "{}", "guards.max_changed_percent", knownvalue.Null())
	change("guards", "{ max_changed_percent = 12.5 }", "guards.max_changed_percent", knownvalue.Float64Exact(12.5))
	change("guards", "{ max_changed_percent = 0 }", "guards.max_changed_percent", knownvalue.Float64Exact(0))
	change("guards", "{ max_changed_percent = 100 / 3 }", "guards.max_changed_percent", knownvalue.NotNull())
	change("guards", "", "guards", knownvalue.Null())
	change("freshness", `{ max_age = "26h" }`, "freshness.wait", knownvalue.Null())
	change("freshness", `{ max_age = "26h", wait = "3h" }`, "freshness.wait", text("3h"))
	change("change_detection", `"salesforce"`, "change_detection", text("salesforce"))
	i = i.with("mappings", `{ LastName = { column = "Onboarding Status" } }`)
	change("operation", `"upsert"`, "operation", text("upsert"))
	change("operation", `"insert"`, "operation", text("insert"))
	w.test(t, append(steps, inPlace(t, integrationAddress, edits)...)...)
}

// TestAccIntegrationPolicyDrift changes policies beside Terraform and wants each back.
func TestAccIntegrationPolicyDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := w.config(map[string]block{integrationAddress: w.everything()})
	steps := []resource.TestStep{{Config: config}}
	for _, change := range []func(*reportsync.IntegrationSpec){
		func(s *reportsync.IntegrationSpec) { s.Match.Transform = s.Match.Transform[1:] },
		func(s *reportsync.IntegrationSpec) { s.Match.OnMultiple = nil },
		func(s *reportsync.IntegrationSpec) {
			m := s.Mappings["AccountId"]
			m.Lookup.Column = "User Email"
			s.Mappings["AccountId"] = m
		},
		func(s *reportsync.IntegrationSpec) { s.Duplicates = &reportsync.Duplicates{} },
		func(s *reportsync.IntegrationSpec) { s.ChangeDetection = nil },
		func(s *reportsync.IntegrationSpec) { s.Freshness.Wait = nil },
		func(s *reportsync.IntegrationSpec) { s.Guards.MaxChangedPercent = new(33.4) },
		func(s *reportsync.IntegrationSpec) { s.Writes.BatchRows = nil },
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
	w.test(t, steps...)
}

// TestAccIntegrationPoliciesUnknown gets policies from what is known only after apply.
func TestAccIntegrationPoliciesUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := block{"input": `{ step = "lower", steps = ["trim"], keep = "last", percent = 12.5, object = "Account", rule = "allow_save" }`}
	const output = "terraform_data.known.output."
	i := w.integration().
		with("match", `{ column = "User Email", field = "Email", transform = ["trim", `+output+`step], field_transform = `+output+`steps }`).
		with("mappings", `{
    Onboarding_Status__c = { column = "Onboarding Status", transform = [`+output+`step] }
    AccountId            = { lookup = { object = `+output+`object, field = "Name", column = "Onboarding Status" } }
  }`).
		with("duplicates", `{ keep = `+output+`keep, order_by = "Last Seen (UTC)" }`).
		with("guards", `{ max_changed_percent = `+output+`percent }`).
		with("writes", `{ duplicate_rules = `+output+`rule }`)
	config := w.config(map[string]block{"terraform_data.known": known, integrationAddress: i})
	w.test(t,
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			has(integrationAddress, "match.transform", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("trim"), knownvalue.StringExact("lower")})),
			has(integrationAddress, "guards.max_changed_percent", knownvalue.Float64Exact(12.5)),
		}},
		resource.TestStep{Config: config, ConfigPlanChecks: planned(integrationAddress, plancheck.ResourceActionNoop)},
	)
}

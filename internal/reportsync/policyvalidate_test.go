package reportsync_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestOperationValidate(t *testing.T) {
	t.Parallel()
	type spec = reportsync.IntegrationSpec
	detection := func(c reportsync.ChangeDetection) *reportsync.ChangeDetection { return &c }
	checkFlaws(t, []flaw{
		{"upsert", func(s *spec) { s.Operation = new(reportsync.OperationUpsert) }, nil, ""},
		{"insert", func(s *spec) { s.Operation = new(reportsync.OperationInsert) }, nil, ""},
		{"misspelt", func(s *spec) { s.Operation = new(reportsync.Operation("usert")) }, []string{"/operation"}, `did you mean "upsert"?`},
		{"no comparison", func(s *spec) { s.ChangeDetection = detection(reportsync.ChangeDetectionNone) }, nil, ""},
		{"no comparison for an insert", func(s *spec) {
			s.Operation, s.ChangeDetection = new(reportsync.OperationInsert), detection(reportsync.ChangeDetectionNone)
		}, []string{"/change_detection"}, "insert leaves those alone"},
		{"the default said for an insert", func(s *spec) {
			s.Operation, s.ChangeDetection = new(reportsync.OperationInsert), detection(reportsync.ChangeDetectionSalesforce)
		}, nil, ""},
		{"unknown detection", func(s *spec) { s.ChangeDetection = detection("hash") }, []string{"/change_detection"}, "is not one of salesforce, none"},
	})
}

func TestDuplicatesValidate(t *testing.T) {
	t.Parallel()
	with := func(d reportsync.Duplicates) func(*reportsync.IntegrationSpec) {
		return func(s *reportsync.IntegrationSpec) { s.Duplicates = &d }
	}
	const by = "/duplicates/order_by"
	checkFlaws(t, []flaw{
		{"nothing said", with(reportsync.Duplicates{}), nil, ""},
		{"last by date", with(reportsync.Duplicates{Keep: new(reportsync.KeepLast), OrderBy: new("Date (UTC)")}), nil, ""},
		{"first of the report", with(reportsync.Duplicates{Keep: new(reportsync.KeepFirst)}), nil, ""},
		{"unknown", with(reportsync.Duplicates{Keep: new(reportsync.Keep("latest"))}), []string{"/duplicates/keep"}, `did you mean "last"?`},
		{"empty order", with(reportsync.Duplicates{Keep: new(reportsync.KeepLast), OrderBy: new("")}), []string{by}, "must not be empty"},
		{"order without choice", with(reportsync.Duplicates{OrderBy: new("Date")}), []string{by}, "set keep to first or last"},
		{"order of the rejected", with(reportsync.Duplicates{Keep: new(reportsync.KeepReject), OrderBy: new("Date")}), []string{by}, "nothing to order"},
	})
}

func TestFreshnessValidate(t *testing.T) {
	t.Parallel()
	with := func(age string, wait *string) func(*reportsync.IntegrationSpec) {
		return func(s *reportsync.IntegrationSpec) { s.Freshness = &reportsync.Freshness{MaxAge: age, Wait: wait} }
	}
	const age, wait = "/freshness/max_age", "/freshness/wait"
	checkFlaws(t, []flaw{
		{"age", with("26h", nil), nil, ""},
		{"age and wait", with("2h30m", new("23h59m59s")), nil, ""},
		{"longest age", with("744h", nil), nil, ""},
		{"too long an age", with("744h1s", nil), []string{age}, "longer than 31 days"},
		{"no age", with("", nil), []string{age}, "is no duration"},
		{"days", with("2d", nil), []string{age}, "a day is 24h"},
		{"nothing", with("0s", nil), []string{age}, "must be longer than nothing"},
		{"negative", with("-1h", new("-1h")), []string{age, wait}, "must be longer than nothing"},
		{"too long a wait", with("26h", new("24h")), []string{wait}, "less than 24 hours"},
		{"no number", with("26h", new("soon")), []string{wait}, "is no duration"},
	})
}

func TestGuardsValidate(t *testing.T) {
	t.Parallel()
	with := func(g reportsync.Guards) func(*reportsync.IntegrationSpec) {
		return func(s *reportsync.IntegrationSpec) { s.Guards = &g }
	}
	checkFlaws(t, []flaw{
		{"nothing said", with(reportsync.Guards{}), nil, ""},
		{"bounds", with(reportsync.Guards{MaxRejectedPercent: new(0.0), MaxChangedPercent: new(100.0), MinRowsPercent: new(99.5)}), nil, ""},
		{
			"beyond", with(reportsync.Guards{
				MaxRejectedPercent: new(-0.1), MaxChangedPercent: new(100.1), MaxClearedPercent: new(math.NaN()),
				MaxCreatedPercent: new(math.Inf(1)), MinRowsPercent: new(200.0),
			}),
			[]string{
				"/guards/max_rejected_percent", "/guards/max_changed_percent", "/guards/max_cleared_percent", "/guards/max_created_percent",
				"/guards/min_rows_percent",
			},
			"-0.1 is no percentage: give a number from 0 to 100",
		},
	})
}

func TestWritesValidate(t *testing.T) {
	t.Parallel()
	with := func(w reportsync.Writes) func(*reportsync.IntegrationSpec) {
		return func(s *reportsync.IntegrationSpec) { s.Writes = &w }
	}
	assigning := func(object, rule string, route *reportsync.Route) func(*reportsync.IntegrationSpec) {
		return func(s *reportsync.IntegrationSpec) {
			s.Object, s.Writes = object, &reportsync.Writes{AssignmentRule: &rule, Route: route}
		}
	}
	const rows, duplicates, rule = "/writes/batch_rows", "/writes/duplicate_rules", "/writes/assignment_rule"
	bulk := new(reportsync.RouteOnlyBulk)
	checkFlaws(t, []flaw{
		{"nothing said", with(reportsync.Writes{}), nil, ""},
		{"routes", with(reportsync.Writes{Route: new(reportsync.RouteOnlyCollections), DuplicateRules: new(reportsync.DuplicateRulesAllowSave)}), nil, ""},
		{"unknown route", with(reportsync.Writes{Route: new(reportsync.Route("Bulk"))}), []string{"/writes/route"}, `did you mean "bulk"?`},
		{"one row", with(reportsync.Writes{BatchRows: new(int64(1))}), nil, ""},
		{"no rows", with(reportsync.Writes{BatchRows: new(int64(0))}), []string{rows}, "takes 1 to 200 rows"},
		{"too many rows", with(reportsync.Writes{BatchRows: new(int64(201))}), []string{rows}, "201 is out of bounds"},
		{"unknown duplicate rules", with(reportsync.Writes{DuplicateRules: new("allow")}), []string{duplicates}, `is not one of respect, allow_save`},
		{"duplicates by bulk", with(reportsync.Writes{Route: bulk, DuplicateRules: new(reportsync.DuplicateRulesAllowSave)}), []string{duplicates}, "route to collections or auto"},
		{"duplicate rules by bulk", with(reportsync.Writes{Route: bulk, DuplicateRules: new(reportsync.DuplicateRulesRespect)}), nil, ""},
		{"active rule", assigning("lead", reportsync.AssignmentRuleActive, nil), nil, ""},
		{"rule by id", assigning("Case", "01Q5f000000abcdEAA", bulk), nil, ""},
		{"rule by short id", assigning("Case", "01Q5f000000abcd", nil), nil, ""},
		{"rule by broken id", assigning("Case", "01Q5f000000abcdEAB", nil), []string{rule}, "the last three of its 18 characters don't fit"},
		{"rule by id in other case", assigning("Case", "01q5f000000abcdEAA", nil), []string{rule}, "the case of letters was changed"},
		{"rule by cut id", assigning("Case", "01Q5f000000abcdE", nil), []string{rule}, "15 or 18 letters and digits"},
		{"rule by name", assigning("Case", "Standard-Rule-X", nil), []string{rule}, "neither none nor active nor the id"},
		{"misspelt rule", assigning("Case", "activ", nil), []string{rule}, `did you mean "active"?`},
		{"active rule by bulk", assigning("Case", reportsync.AssignmentRuleActive, bulk), []string{rule}, "needs the rule's id"},
		{"rule for contacts", assigning("Contact", reportsync.AssignmentRuleActive, nil), []string{rule}, "Contact has none"},
		{"no rule for contacts", assigning("Contact", reportsync.AssignmentRuleNone, nil), nil, ""},
		{"rule for no object", assigning("", reportsync.AssignmentRuleActive, nil), []string{"/object"}, "must not be empty"},
	})
}

func TestLimitsValidate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		limits reportsync.Limits
		want   []string
	}{
		{"nothing said", reportsync.Limits{}, nil},
		{"smallest", reportsync.Limits{BatchRows: new(int64(1)), DailyAPICalls: new(int64(1))}, nil},
		{"largest", reportsync.Limits{BatchRows: new(int64(200)), DailyAPICalls: new(int64(math.MaxInt64))}, nil},
		{"none", reportsync.Limits{BatchRows: new(int64(0)), DailyAPICalls: new(int64(0))}, []string{"/limits/batch_rows", "/limits/daily_api_calls"}},
		{"too large", reportsync.Limits{BatchRows: new(int64(201))}, []string{"/limits/batch_rows"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spec := validConnection()
			spec.Limits = &tt.limits
			if diff := cmp.Diff(tt.want, pointers(t, spec.Validate())); diff != "" {
				t.Errorf("wrong pointers (-want +got):\n%s", diff)
			}
		})
	}
}

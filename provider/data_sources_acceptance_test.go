package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// TestAccObjectDataSources reads each configuration object by its id and by its name.
func TestAccObjectDataSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	blocks := map[string]block{
		connectionAddress:  w.connection().with("limits", "{ batch_rows = 50 }"),
		integrationAddress: w.integration().with("time_zone", `"Asia/Tokyo"`).with("guards", "{ max_changed_percent = 12.5 }"),
	}
	var checks []statecheck.StateCheck
	for address, attributes := range map[string][]string{
		connectionAddress: {"id", "name", "environment", "login_url", "client_credentials.client_id", "limits", "revision", "credentials_fingerprint"},
		sourceAddress:     {"id", "name", "files", "revision"},
		integrationAddress: {
			"id", "name", "description", "enabled", "source_id", "report", "connection_id", "object", "operation",
			"match", "mappings", "duplicates", "change_detection", "freshness", "guards", "writes", "schedule", "time_zone", "revision",
		},
	} {
		for _, by := range []string{"id", "name"} {
			data := "data." + address + "_by_" + by
			blocks[data] = block{by: address + "." + by}
			for _, attribute := range attributes {
				checks = append(checks, statecheck.CompareValuePairs(address, at(attribute), data, at(attribute), compare.ValuesSame()))
			}
		}
	}
	w.test(t, resource.TestStep{Config: w.config(blocks), ConfigStateChecks: checks})
}

func TestAccObjectDataSourceErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(b block) string {
		return w.config(map[string]block{"data.reportsync_report_source.test": b.with("depends_on", "["+sourceAddress+"]")})
	}
	w.test(t,
		resource.TestStep{Config: config(block{"name": `"insihgts"`}), ExpectError: loosely(`Can't read source "insihgts"`, `did you mean "insights"?`)},
		resource.TestStep{Config: config(block{"id": `"src_nothing"`}), ExpectError: loosely(`Can't read source "src_nothing"`)},
		resource.TestStep{Config: config(block{}), ExpectError: loosely("Exactly one of these attributes must be configured: [id,name]")},
		resource.TestStep{Config: config(block{"name": `"insights"`})},
	)
}

func TestAccRunDataSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeReport(t, "onboarding/2026-11-07.csv", onboardingReport+"bad@example.com,Completed\n,Completed,1,\n")
	const runs, byStatus, one, log = "data.reportsync_runs.all", "data.reportsync_runs.failed", "data.reportsync_run.one", "data.reportsync_run_log.test"
	after := "[" + runAddress + "]"
	config := w.config(map[string]block{
		integrationAddress: w.integration(),
		runAddress:         w.run(),
		runs:               {"integration_id": integrationAddress + ".id", "limit": "5", "depends_on": after},
		byStatus:           {"status": `["failed", "cancelled"]`, "depends_on": after},
		one:                {"id": runs + ".runs[0].id"},
		log:                {"run_id": runAddress + ".id"},
		log + "_short":     {"run_id": runAddress + ".id", "rejected_limit": "1"},
		log + "_none":      {"run_id": runAddress + ".id", "rejected_limit": "0"},
	})
	checks := []statecheck.StateCheck{
		has(runs, "runs", knownvalue.ListSizeExact(1)),
		has(byStatus, "runs", knownvalue.ListSizeExact(0)),
		has(one, "ignore_guards", knownvalue.Bool(false)),
		has(log, "counts.read", knownvalue.Int64Exact(5)),
		has(log, "rejected", knownvalue.ListExact([]knownvalue.Check{
			rejected(4, "nobody@example.com", "unmatched", "no_record"),
			rejected(5, "", "invalid", "ragged_row"),
			rejected(6, "", "invalid", "key_empty"),
		})),
		has(log+"_short", "rejected", knownvalue.ListSizeExact(1)),
		has(log+"_none", "rejected", knownvalue.ListSizeExact(0)),
		statecheck.ExpectKnownValue(log, at("entries").AtSliceIndex(0).AtMapKey("message"), knownvalue.NotNull()),
		statecheck.ExpectKnownValue(log, at("entries").AtSliceIndex(0).AtMapKey("level"), knownvalue.StringExact("info")),
	}
	for _, attribute := range []string{
		"id", "integration_id", "integration_name", "report", "object", "trigger", "status", "started_at", "finished_at",
		"runtime_seconds", "counts", "api_calls", "bulk_batches", "bytes_sent", "bytes_received", "error", "revision", "report_version",
		"org", "forecast", "bulk_jobs", "artifact", "would_stop", "waiting",
	} {
		checks = append(checks, statecheck.CompareValuePairs(runAddress, at(attribute), one, at(attribute), compare.ValuesSame()))
	}
	w.test(t, resource.TestStep{Config: config, ConfigStateChecks: checks})
}

// rejected is a rejected row of a log; an empty key stands for none.
func rejected(line int64, key, outcome, code string) knownvalue.Check {
	var wantKey knownvalue.Check = knownvalue.Null()
	if key != "" {
		wantKey = knownvalue.StringExact(key)
	}
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"line": knownvalue.Int64Exact(line), "key": wantKey, "outcome": knownvalue.StringExact(outcome),
		"code": knownvalue.StringExact(code), "message": knownvalue.NotNull(),
	})
}

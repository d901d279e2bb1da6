package sync_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// Where the faults of the scripts strike.
const (
	anyData   = "/services/data/v*/**"
	anyWrite  = "/services/data/*/composite/sobjects{,/**}"
	ingestJob = "/services/data/*/jobs/ingest{,/**}"
)

// expired is the trouble of a session that ends.
const expired = "expire_session"

// passing are troubles that are over after one strike: a run is to come to the same as without them.
var passing = []fault.Fault{
	{Preset: "html_503", Path: anyData},
	{Preset: "json_500", Path: anyData},
	{Preset: "json_503", Path: anyData},
	{Preset: "concurrent_limit", Path: anyData},
	{Preset: expired, Path: anyData},
	{Preset: "reset_before", Path: anyData},
	{Preset: "reset_after", Path: anyData},
	{Preset: "reset_after", Path: anyWrite},
	{Preset: "reset_after", Path: ingestJob},
	{Preset: "truncate_download"},
	{Preset: "short_download"},
	{Preset: "lock_rows", Object: thing},
	{Preset: "row_error", Object: thing, Code: "TOO_MANY_APEX_REQUESTS"},
	{Preset: "fail_job"},
	{Preset: "fail_job", Rows: 1},
	{Preset: "too_many_locks"},
	{Preset: "latency", Path: anyData},
}

// staying are troubles that go on once they have begun.
var staying = []fault.Fault{
	{Preset: "html_503", Path: anyData},
	{Preset: "json_500", Path: anyWrite},
	{Preset: "daily_limit", Path: anyData},
	{Preset: expired, Path: anyData},
	{Preset: "reset_before", Path: anyWrite},
	{Preset: "reset_after", Path: anyWrite},
	{Preset: "reset_after", Path: ingestJob},
	{Preset: "truncate_download"},
	{Preset: "short_download"},
	{Preset: "fail_job", Rows: 1},
	{Preset: "lock_rows", Object: thing, Where: map[string]string{"Name__c": "x"}},
	{Preset: "lock_rows", Object: thing, Where: map[string]string{"Flag__c": "true"}},
	{Preset: "row_error", Object: thing, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Where: map[string]string{"Name__c": "kept"}},
	{Preset: "row_error", Object: thing, Code: "UNKNOWN_EXCEPTION", Where: map[string]string{"Flag__c": "false"}},
}

// anyFaults draws a script of one or two troubles, each of which may begin some way into the run. No two of them are to
// strike the same request: what an org would do then is nobody's concern.
func anyFaults(t *rapid.T, from []fault.Fault, times int) []fault.Fault {
	script := rapid.SliceOfN(rapid.SampledFrom(from), 1, 2).Draw(t, "faults")
	for i := range script {
		script[i].Name = fmt.Sprint("fault ", i)
		script[i].After = rapid.IntRange(0, 12).Draw(t, "after")
		script[i].Times = times
	}
	if len(script) == 2 && ofRequests(script[0]) && ofRequests(script[1]) {
		apart := times == 1 && script[0].Path == anyData && script[1].Path == anyData && script[0].After != script[1].After
		// The second may strike what repeats the request that the first has struck; a session that ends twice in one request is
		// no passing trouble.
		if !apart || script[0].Preset == expired && script[1].Preset == expired {
			return script[:1]
		}
	}
	return script
}

// ofRequests reports whether a fault strikes requests, rather than jobs or rows.
func ofRequests(f fault.Fault) bool {
	return f.Path != "" || f.Preset == "truncate_download" || f.Preset == "short_download"
}

// Troubles that pass leave no trace: no row is lost, none is written for nothing, and nothing is created twice.
func TestPassingFaultsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		for name, routes := range ways {
			t.Run(string(operation)+" "+name, func(t *testing.T) {
				t.Parallel()
				stage := newStage(t, routes)
				rapid.Check(t, func(t *rapid.T) {
					p := stage.play(anyScene(t, drawn, operation), anyFaults(t, passing, 1)...)
					if wrong := p.differs(); wrong != "" {
						t.Fatalf("%s\n%s", wrong, p.describe())
					}
				})
			})
		}
	}
}

// Under troubles that stay, every row still has one outcome, and it is true.
func TestOutcomesAreTrueUnderFaults(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		for name, routes := range ways {
			t.Run(string(operation)+" "+name, func(t *testing.T) {
				t.Parallel()
				stage := newStage(t, routes)
				rapid.Check(t, func(t *rapid.T) {
					faults := anyFaults(t, staying, 0)
					p := stage.play(anyScene(t, drawn, operation), faults...)
					if wrong := p.untrue(faults); wrong != "" {
						t.Fatalf("%s\n%s", wrong, p.describe())
					}
				})
			})
		}
	}
}

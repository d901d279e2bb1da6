package sync_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Where the faults of the scripts strike.
const (
	anyData   = "/services/data/v*/**"
	anyWrite  = "/services/data/*/composite/sobjects{,/**}"
	ingestJob = "/services/data/*/jobs/ingest{,/**}"
)

// passing are troubles that are over after one strike: a run is to come to the same as without them.
var passing = []fault.Fault{
	{Preset: "html_503", Path: anyData},
	{Preset: "json_500", Path: anyData},
	{Preset: "json_503", Path: anyData},
	{Preset: "concurrent_limit", Path: anyData},
	{Preset: "expire_session", Path: anyData},
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
	{Preset: "expire_session", Path: anyData},
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
		if !apart {
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

// untrue says what is wrong with the outcomes of a run that faults struck.
func (p *played) untrue(faults []fault.Fault) string {
	if p.err != nil {
		return "the run broke off: " + p.err.Error()
	}
	if c := p.result.Counts; c.Total() != c.Read || len(p.outcomes) != int(c.Read) {
		return fmt.Sprintf("%d rows were read, %d have an outcome, counts are %+v", c.Read, len(p.outcomes), c)
	}
	told := p.got()
	wrong := func(o reportsync.Outcome, what string) string {
		return fmt.Sprintf("row %d is %s (%s): %s", o.Row, o.Kind, o.Code, what)
	}
	for i, o := range p.outcomes {
		want := p.want.Outcomes[i]
		writes := want.Kind == reportsync.Updated || want.Kind == reportsync.Created
		switch {
		case o.Row != int64(i+1):
			return wrong(o, fmt.Sprintf("%d was to come next", i+1))
		case told[i].Kind == want.Kind && (told[i].Code == want.Code || writes):
		case o.Kind == reportsync.Unprocessed && (p.result.Err != nil || o.Code == reportsync.RowNoAnswer):
		case !writes || o.Kind != reportsync.Failed:
			return wrong(o, "it was to be "+string(want.Kind))
		case o.Code == "" || o.Message == "":
			return wrong(o, "it does not say why")
		case !touched(faults, p.after(i)):
			return wrong(o, "no fault struck it")
		}
	}
	if p.want.Stopped || p.c.DryRun {
		return p.untouched()
	}
	return p.misstated()
}

// touched reports whether a fault may have struck a write that makes records what they are.
func touched(faults []fault.Fault, records []model.Record) bool {
	return slices.ContainsFunc(faults, func(f fault.Fault) bool {
		return len(f.Where) == 0 || slices.ContainsFunc(records, func(r model.Record) bool {
			for name, value := range f.Where {
				if !strings.EqualFold(r[name], value) {
					return false
				}
			}
			return true
		})
	})
}

// after returns the records that a row was to make what they are.
func (p *played) after(row int) []model.Record {
	want := p.want.Outcomes[row]
	if want.Kind == reportsync.Created {
		return p.want.Records[len(p.want.Records)-p.createdFrom(row):][:1]
	}
	var records []model.Record
	for _, r := range p.want.Records {
		if slices.Contains(want.Records, r["Id"]) {
			records = append(records, r)
		}
	}
	return records
}

// createdFrom counts the rows from one on that were to make a record; those records come last, in the rows' order.
func (p *played) createdFrom(row int) (n int) {
	for _, o := range p.want.Outcomes[row:] {
		if o.Kind == reportsync.Created {
			n++
		}
	}
	return n
}

// untouched says which records have changed.
func (p *played) untouched() string {
	if diff := cmp.Diff(sorted(p.c.Org.Records[thing]), sorted(p.records)); diff != "" {
		return "nothing was to be written (-before +after):\n" + diff
	}
	return ""
}

// misstated says which records are not what the outcomes say. A row with an answer tells what became of its records:
// all of what was to be written, or nothing of it. Of one without an answer either may be true.
func (p *played) misstated() string {
	now := map[string]model.Record{}
	for _, r := range p.records {
		now[r["Id"]] = r
	}
	var made []model.Record
	for i, o := range p.outcomes {
		want := p.want.Outcomes[i]
		for _, after := range p.after(i) {
			switch {
			case want.Kind == reportsync.Created:
				made = append(made, after)
				if n := p.count(after); n > 1 || o.Kind == reportsync.Created && n == 0 || o.Kind == reportsync.Failed && n > 0 || o.Code == reportsync.RowNotSent && n > 0 {
					return fmt.Sprintf("row %d is %s (%s), and %d such records were made: %v", o.Row, o.Kind, o.Code, n, after)
				}
			case want.Kind != reportsync.Updated:
			case o.Kind == reportsync.Updated && !maps.Equal(now[after["Id"]], after):
				return fmt.Sprintf("row %d is updated (-want +got):\n%s", o.Row, cmp.Diff(after, now[after["Id"]]))
			case len(want.Records) > 1: // some of them may have been written before one failed
			case (o.Kind == reportsync.Failed || o.Code == reportsync.RowNotSent) && !maps.Equal(now[after["Id"]], p.before(after["Id"])):
				return fmt.Sprintf("row %d is %s (%s) (-before +after):\n%s", o.Row, o.Kind, o.Code, cmp.Diff(p.before(after["Id"]), now[after["Id"]]))
			}
		}
	}
	for _, r := range p.records {
		isNew := p.before(r["Id"]) == nil
		switch {
		case isNew && !slices.ContainsFunc(made, func(m model.Record) bool { return sameContent(m, r) }):
			return fmt.Sprintf("a record was made that no row asks for: %v", r)
		case !isNew && !maps.Equal(r, p.before(r["Id"])) && !slices.ContainsFunc(p.want.Records, func(w model.Record) bool { return maps.Equal(w, r) }):
			return fmt.Sprintf("a record was changed as no row asks for (-before +after):\n%s", cmp.Diff(p.before(r["Id"]), r))
		}
	}
	return ""
}

// before returns what a record was before the run, nil for one that was not there.
func (p *played) before(id string) model.Record {
	for _, r := range p.c.Org.Records[thing] {
		if r["Id"] == id {
			return r
		}
	}
	return nil
}

// count counts the records that were made with the content of one.
func (p *played) count(like model.Record) (n int) {
	for _, r := range p.records {
		if p.before(r["Id"]) == nil && sameContent(like, r) {
			n++
		}
	}
	return n
}

// sameContent compares records apart from their ids.
func sameContent(a, b model.Record) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	delete(a, "Id")
	delete(b, "Id")
	return maps.Equal(a, b)
}

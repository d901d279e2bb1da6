package sync_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ways are the routes that a run may take; it must come to the same by each.
var ways = map[string]sync.Routes{
	"by cost":                       {},
	"by look-ups and collections":   {Read: "lookups", Write: reportsync.RouteCollections},
	"by look-ups and bulk":          {Read: "lookups", Write: reportsync.RouteBulk, JobRows: 3},
	"by a bulk query and bulk":      {Read: "bulk", Write: reportsync.RouteBulk, JobRows: 2},
	"by bulk query and collections": {Read: "bulk", Write: reportsync.RouteCollections},
}

// Whatever stands in the org, in the report and in the integration, a run comes to what the model says, by every route.
func TestRunsComeToWhatTheModelSays(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		for name, routes := range ways {
			t.Run(string(operation)+" "+name, func(t *testing.T) {
				t.Parallel()
				stage := newStage(t, routes)
				rapid.Check(t, func(t *rapid.T) {
					sc := anyScene(t, drawn, operation)
					if err := sc.spec.Validate(); err != nil {
						t.Fatalf("drew an integration that is not valid: %v", err)
					}
					p := stage.play(sc)
					if wrong := p.differs(); wrong != "" {
						t.Fatalf("%s\n%s", wrong, p.describe())
					}
				})
			})
		}
	}
}

// differs says in what a run came to something else than it was to.
func (p *played) differs() string {
	if p.err != nil {
		return "the run broke off: " + p.err.Error()
	}
	if p.result.Err != nil && (!p.want.Stopped || p.result.Err.Code != reportsync.CodeGuard) {
		return fmt.Sprintf("the run failed: %+v", *p.result.Err)
	}
	if p.want.Stopped != (p.result.Err != nil) {
		return fmt.Sprintf("a guard was to stop the run: %t; its error: %+v", p.want.Stopped, p.result.Err)
	}
	if diff := gocmp.Diff(p.want.Outcomes, p.got(), cmpopts.EquateEmpty(), cmpopts.SortSlices(byPlace), cmpopts.SortSlices(strings.Compare)); diff != "" {
		return "outcomes (-want +got):\n" + diff
	}
	if diff := gocmp.Diff(sorted(p.want.Records), sorted(withoutNew(p.want.Records, p.records)), cmpopts.EquateEmpty()); diff != "" {
		return "records (-want +got):\n" + diff
	}
	return ""
}

// ownCodes are the outcomes that Salesforce's refusals stand for, where it is left to Salesforce to find the record.
var ownCodes = map[string]model.Outcome{
	"REQUIRED_FIELD_MISSING":      {Kind: reportsync.Malformed, Code: reportsync.RowRequired},
	"DUPLICATE_EXTERNAL_ID":       {Kind: reportsync.Ambiguous, Code: reportsync.RowManyRecords},
	"ENTITY_IS_DELETED":           {Kind: reportsync.Unmatched, Code: reportsync.RowNoRecord},
	"INVALID_CROSS_REFERENCE_KEY": {Kind: reportsync.Unmatched, Code: reportsync.RowNoRecord},
}

// got returns the run's outcomes as the model has them. It is lenient where the design leaves it open what is told:
// which changes a run was to make that a guard stopped, which records an insert met, what stood in records that were not
// read, and whether a row that gave way said the same as the one that is used in the end.
func (p *played) got() []model.Outcome {
	got := make([]model.Outcome, 0, len(p.outcomes))
	for i, o := range p.outcomes {
		if o.Row != int64(i+1) || i >= len(p.want.Outcomes) {
			return append(got, model.Outcome{Code: fmt.Sprintf("row %d came as number %d", o.Row, i+1)})
		}
		want := p.want.Outcomes[i]
		one := model.Outcome{Kind: o.Kind, Code: o.Code, Same: want.Same}
		switch {
		case o.Code == reportsync.RowSuperseded && want.Code == reportsync.RowRepeated, o.Code == reportsync.RowRepeated && want.Code == reportsync.RowSuperseded:
			one.Code = want.Code
		case o.Kind == reportsync.Unprocessed || o.Code == reportsync.RowExists:
			one.Records, one.Changes, one.Held, one.Fixed = want.Records, want.Changes, want.Held, want.Fixed
		case o.Kind == reportsync.Updated || o.Kind == reportsync.Unchanged || o.Kind == reportsync.Created:
			p.fill(&one, o)
		}
		if !p.c.Spec.Compares() {
			if unread(o) && o.Kind != reportsync.Created {
				one.Changes = want.Changes // which of them made a difference nobody can say
			}
			if own, ok := ownCodes[o.Code]; ok {
				one.Kind, one.Code = own.Kind, own.Code
			}
			if astray := o.Code == reportsync.RowNoParent || o.Code == reportsync.RowManyParents; astray && want.Code == reportsync.RowNoRecord {
				one = want // its record would only be looked for afterwards
			}
		}
		got = append(got, one)
	}
	return got
}

// fill gives an outcome its records and changes.
func (p *played) fill(one *model.Outcome, o reportsync.Outcome) {
	if o.Kind != reportsync.Created {
		one.Records = o.Records
		if o.RecordID != "" && len(o.Records) == 0 {
			one.Records = []string{o.RecordID}
		}
	}
	for _, c := range o.Changes {
		change := p.change(c)
		if len(one.Records) == 1 {
			change.RecordID = one.Records[0]
		}
		switch {
		case c.CreateOnly:
			one.Fixed = append(one.Fixed, change)
		case c.Held:
			one.Held = append(one.Held, change)
		default:
			one.Changes = append(one.Changes, change)
		}
	}
}

// change returns a change as the model has it. Both of its values are written as a report might write them.
func (p *played) change(c reportsync.Change) model.Change {
	f := p.c.Org.Objects[thing].Fields[c.Field]
	stored := func(value *string) string {
		if value == nil {
			return ""
		}
		text, ok := f.Store(*value, reportsync.Mapping{})
		if !ok {
			return "unreadable: " + *value
		}
		return text
	}
	change := model.Change{RecordID: c.RecordID, Field: c.Field, Before: stored(c.Before), After: stored(c.After)}
	if c.BeforeUnknown {
		change.Before = "unknown"
	}
	return change
}

// unread reports whether a row tells of all its changes that nobody knows what stood there.
func unread(o reportsync.Outcome) bool {
	return len(o.Changes) > 0 && !slices.ContainsFunc(o.Changes, func(c reportsync.Change) bool { return !c.BeforeUnknown || c.Before != nil })
}

func byPlace(a, b model.Change) int {
	return cmp.Or(strings.Compare(a.RecordID, b.RecordID), strings.Compare(a.Field, b.Field))
}

// withoutNew takes the ids from records that were made, which the model can't know.
func withoutNew(want, got []model.Record) []model.Record {
	var known []string
	for _, r := range want {
		known = append(known, r["Id"])
	}
	for _, r := range got {
		if !slices.Contains(known, r["Id"]) {
			delete(r, "Id")
		}
	}
	return got
}

// sorted puts records into an order that does not depend on when they were made.
func sorted(records []model.Record) []model.Record {
	slices.SortFunc(records, func(a, b model.Record) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return records
}

// describe prints what was played, for whoever has to find out what went wrong.
func (p *played) describe() string {
	var b strings.Builder
	spec, err := json.Marshal(p.c.Spec)
	fmt.Fprintf(&b, "integration %s %v\ndry run %t, full resync %t, ignore guards %t, %d rows before\nreport:\n%srecords before:\n",
		spec, err, p.c.DryRun, p.c.FullResync, p.c.IgnoreGuards, p.c.PreviousRows, reportOf(p.c))
	for _, name := range []string{parent, thing} {
		for _, r := range p.c.Org.Records[name] {
			fmt.Fprintf(&b, "  %v\n", r)
		}
	}
	for _, rule := range p.rules {
		fmt.Fprintf(&b, "fault %s struck %d times: %+v\n", rule.Preset, rule.Hits(), rule.Fault)
	}
	fmt.Fprintf(&b, "run: %s, error %+v\n", p.result.Status, p.result.Err)
	for _, o := range p.outcomes {
		fmt.Fprintf(&b, "  row %d: %s %s %s\n", o.Row, o.Kind, o.Code, o.Message)
	}
	for _, line := range p.log {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	return b.String()
}

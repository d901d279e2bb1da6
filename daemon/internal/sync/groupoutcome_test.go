package sync_test

import (
	"fmt"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// wantFared checks that of the changes of a failed row that of the refused record alone is told as not made.
func wantFared(t *testing.T, o reportsync.Outcome, refused string) {
	t.Helper()
	if len(o.Changes) != 2 {
		t.Fatalf("outcome %+v", o)
	}
	for _, c := range o.Changes {
		want := reportsync.Updated
		if c.RecordID == refused {
			want = reportsync.Failed
		}
		if got := c.OutcomeIn(o); got != want || (c.RecordOutcome == "") != (got == o.Kind) {
			t.Errorf("the change of %s, of which the refused one is %s, is told as %s: %+v", c.RecordID, refused, got, c)
		}
	}
}

// A record of a row whose value never settles is left alone also while Salesforce refuses another record of the row.
func TestOneOfSeveralNeverSettles(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		s := schema.Standard()
		noError(t, s.Add(schema.Object{Name: "Contact", Rules: schema.Rules{Automations: []schema.Automation{{Name: "shout", Field: "Title", Transform: schema.Upper}}}}))
		spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
		spec.Match.OnMultiple = new(reportsync.OnMultipleUpdateAll)
		b := setupOrg(t, s, spec, "Email,Title\na@x.example,chief\n")
		shouted, refused := b.insert(map[string]string{"Email": "a@x.example"}), b.insert(map[string]string{"Email": "a@x.example"})
		b.org.Faults().Add(fault.Fault{Action: fault.LockRows, Object: "Contact", IDs: []string{refused}})
		var last string
		for i, writes := range []int{1, 2, 2, 2} {
			b.previous = sync.Previous{Outcomes: b.evidence.reader(last)}
			_, last = b.run(reportsync.NewRun{})
			wantKinds(t, b, last, "failed UNABLE_TO_LOCK_ROW")
			if n := len(b.org.History("Contact", shouted)); n != writes {
				t.Errorf("after run %d the record that never settles was written %d times, want %d\n%s", i+1, n, writes, b.log(last))
			}
		}
		for _, c := range b.outcomes(last)[0].Changes {
			if held := c.RecordID == shouted; c.Held != held || held && (c.RecordOutcome != reportsync.Unchanged || c.RecordCode != "") {
				t.Errorf("told as %+v", c)
			}
		}
	})
}

// Of a row that a cancelled run was writing it is told which records were written, be it in a row that failed.
func TestSomeRecordsWereNotSent(t *testing.T) {
	t.Parallel()
	for _, refusals := range []int{0, 1} {
		t.Run(fmt.Sprintf("%d refused", refusals), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) { someRecordsWereNotSent(t, refusals) })
		})
	}
}

func someRecordsWereNotSent(t *testing.T, refusals int) {
	spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
	spec.Match.OnMultiple = new(reportsync.OnMultipleUpdateAll)
	spec.Writes = &reportsync.Writes{BatchRows: new(int64(1))}
	b := setup(t, spec, "Email,Title\na@x.example,chief\n")
	b.routes = sync.Routes{Read: "lookups", Write: reportsync.RouteCollections}
	const records = 40
	for range records {
		b.insert(map[string]string{"Email": "a@x.example"})
	}
	if refusals > 0 {
		b.org.Faults().Add(fault.Fault{Action: fault.RowError, Code: "CUSTOM", Object: "Contact", Times: refusals})
	}
	held := b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.Hold})
	id := b.queue(reportsync.NewRun{})
	_, err := b.stopAt(held, id, reportsync.ErrCancelled)
	noError(t, err)
	o := b.outcomes(id)[0]
	told := map[string]int{}
	for _, c := range o.Changes {
		kind, code := c.OutcomeIn(o), c.RecordCode
		if c.RecordOutcome == "" {
			code = o.Code
		}
		told[string(kind)+" "+code]++
		if made := b.field(c.RecordID, "Title") == "chief"; made != (kind == reportsync.Updated) {
			t.Errorf("record %s was written: %t; it is told as %+v", c.RecordID, made, c)
		}
	}
	updated, unsent, refused := told["updated "], told["unprocessed not_sent"], told["failed CUSTOM"]
	if updated == 0 || unsent == 0 || refused != refusals || updated+unsent+refused != records {
		t.Errorf("the row is %s (%s), its records %v", o.Kind, o.Code, told)
	}
}

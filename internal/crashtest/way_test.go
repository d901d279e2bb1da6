package crashtest_test

import (
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// way is a way of writing.
type way struct {
	name      string
	operation reportsync.Operation
	field     string // that keys are matched with
	route     reportsync.Route
}

// ways are all of them. By Bulk, those that write onto records and create others as well need a job for either.
var ways = []way{
	{"update by collections", reportsync.OperationUpdate, "Email", reportsync.RouteOnlyCollections},
	{"update by bulk", reportsync.OperationUpdate, "Email", reportsync.RouteOnlyBulk},
	{"upsert of an external id by collections", reportsync.OperationUpsert, "User_Id__c", reportsync.RouteOnlyCollections},
	{"upsert of an e-mail by bulk", reportsync.OperationUpsert, "Email", reportsync.RouteOnlyBulk},
	{"insert by collections", reportsync.OperationInsert, "Email", reportsync.RouteOnlyCollections},
	{"insert by bulk", reportsync.OperationInsert, "Email", reportsync.RouteOnlyBulk},
}

const (
	object = "Contact"

	// size is how many rows of a report have a key of their own: more than two calls of Collections take.
	size = 430
	// each is how often a row of a report is not one to be written.
	each = 10
)

// contactFields are the custom fields of the org.
var contactFields = []schema.Field{{Name: "User_Id__c", Type: schema.Text, Length: 80, ExternalID: true}}

// spec is the integration of the way.
func (w way) spec() reportsync.IntegrationSpec {
	column := func(name string) reportsync.Mapping { return reportsync.Mapping{Column: &name} }
	return reportsync.IntegrationSpec{
		Name: "crash", Report: "report.csv", Object: object, Operation: &w.operation,
		Match:    reportsync.Match{Column: "Key", Field: w.field},
		Mappings: map[string]reportsync.Mapping{"LastName": column("Name"), "Title": column("Title")},
		Writes:   &reportsync.Writes{Route: &w.route},
		Schedule: new(reportsync.ManualSchedule),
	}
}

// row is a row of a report and what is to become of it.
type row struct {
	key, title string
	kind       reportsync.OutcomeKind
	code       string
}

// name is the last name of whoever has the key; it never changes.
func name(key string) string { return "Name of " + key }

// old is the key of a person whom the org knows from the start.
func old(i int) string { return fmt.Sprintf("old%d@crash.example", i) }

// refused is the title that the org takes from nobody in a round, and locked the one that it takes at the second try.
func refused(round int) string { return fmt.Sprint("refused ", round) }
func locked(round int) string  { return fmt.Sprint("locked ", round) }

// troubles make the org refuse what it is to refuse in a round.
func troubles(round int) []fault.Fault {
	return []fault.Fault{
		{Action: fault.RowError, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Object: object, Where: map[string]string{"Title": refused(round)}},
		{Action: fault.RowError, Code: "UNABLE_TO_LOCK_ROW", Object: object, Where: map[string]string{"Title": locked(round)}, Times: 1},
	}
}

// report makes the report of a round for an org that holds these titles, by key.
func (w way) report(round int, titles map[string]string) []row {
	rows := make([]row, 0, size+1)
	for i := range size {
		key, title := old(i), fmt.Sprintf("title %d of round %d", i, round)
		r := row{key: key, title: title, kind: reportsync.Updated}
		switch {
		case w.operation == reportsync.OperationUpdate && i%each == 0:
			r.title, r.kind = titles[key], reportsync.Unchanged
		case w.operation == reportsync.OperationInsert && i%each == 0:
			r.kind, r.code = reportsync.Unchanged, reportsync.RowExists
		case w.operation != reportsync.OperationUpdate && i%each != 0:
			r.key, r.kind = fmt.Sprintf("new%d-%d@crash.example", round, i), reportsync.Created
		}
		switch i {
		case 5:
			r.title, r.kind, r.code = refused(round), reportsync.Failed, "FIELD_CUSTOM_VALIDATION_EXCEPTION"
		case 6:
			r.title = locked(round)
		case 7:
			if w.operation == reportsync.OperationUpdate {
				r.key, r.kind, r.code = "nobody@crash.example", reportsync.Unmatched, reportsync.RowNoRecord
			}
		}
		rows = append(rows, r)
	}
	return append(rows, row{title: "x", kind: reportsync.Malformed, code: reportsync.RowKeyEmpty})
}

// known returns the titles, by key, of the records that the org has before the first round.
func (w way) known() map[string]string {
	titles := map[string]string{}
	for i := range size {
		if w.operation == reportsync.OperationUpdate || i%each == 0 {
			titles[old(i)] = "title from before"
		}
	}
	return titles
}

// text is the report as a file.
func text(rows []row) string {
	var b strings.Builder
	b.WriteString("Key,Name,Title\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "%s,%s,%s\n", r.key, name(r.key), r.title)
	}
	return b.String()
}

// written reports whether a row with this outcome writes its record, once.
func (r row) written() bool { return r.kind == reportsync.Updated || r.kind == reportsync.Created }

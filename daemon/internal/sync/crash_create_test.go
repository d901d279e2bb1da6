package sync_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// creating are ways in which records come to be, each with a run that creates most and updates some.
var creating = map[string]struct {
	operation reportsync.Operation
	field     string
	route     reportsync.WriteRoute
}{
	"upsert by external id, collections": {reportsync.OperationUpsert, "WalkMe_User_Id__c", reportsync.RouteCollections},
	"upsert by external id, bulk":        {reportsync.OperationUpsert, "WalkMe_User_Id__c", reportsync.RouteBulk},
	"upsert by e-mail, collections":      {reportsync.OperationUpsert, "Email", reportsync.RouteCollections},
	"upsert by e-mail, bulk":             {reportsync.OperationUpsert, "Email", reportsync.RouteBulk},
	"insert, collections":                {reportsync.OperationInsert, "Email", reportsync.RouteCollections},
	"insert, bulk":                       {reportsync.OperationInsert, "Email", reportsync.RouteBulk},
}

// createRows is enough for several batches by either route.
const createRows = 230

// createBundle makes an org in which every tenth record is there already.
func createBundle(t testing.TB, name string) *bundle {
	way := creating[name]
	var report strings.Builder
	report.WriteString("Key,Name\n")
	for i := range createRows {
		fmt.Fprintf(&report, "user%d@x.example,Name %d\n", i, i)
	}
	b := setup(t, reportsync.IntegrationSpec{
		Operation: &way.operation, Match: reportsync.Match{Column: "Key", Field: way.field},
		Mappings: map[string]reportsync.Mapping{"LastName": column("Name")},
	}, report.String())
	b.routes = sync.Routes{Write: way.route, JobRows: 80}
	for i := 0; i < createRows; i += 10 {
		b.insert(map[string]string{way.field: fmt.Sprintf("user%d@x.example", i), "LastName": "Old"})
	}
	return b
}

// creation is what must be the same however often a run that creates records was cut off.
type creation struct {
	Counts reportsync.Counts
	Names  map[string][]string // of the records, by key
	Writes int
	Kinds  []string
}

func (b *bundle) creation(name, runID string, result sync.Result) creation {
	c := creation{Counts: result.Counts, Names: map[string][]string{}, Writes: b.org.Writes("Contact"), Kinds: b.kinds(runID)}
	for _, record := range b.contacts() {
		key := record[creating[name].field]
		c.Names[key] = append(c.Names[key], record["LastName"])
	}
	return c
}

// However often a run is cut off, each record is created once.
func TestKilledWhileCreating(t *testing.T) {
	t.Parallel()
	for name := range creating {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, steps := created(t, name, 0, false)
			if n := len(want.Names); n != createRows || want.Counts.Created != createRows*9/10 {
				t.Fatalf("undisturbed: %d keys, counts %+v", n, want.Counts)
			}
			// Every step of two ways, some of the others, which share most of their code with these.
			first, stride := 1, 1
			if name != "upsert by external id, collections" && name != "insert, bulk" {
				first, stride = 1+len(name)%6, 6
			}
			for at := first; at <= steps; at += stride {
				for _, after := range []bool{false, true} {
					if got, _ := created(t, name, at, after); !reflect.DeepEqual(want, got) {
						t.Fatalf("killed at step %d of %d (taking effect: %v) (-want +got):\n%s", at, steps, after, cmp.Diff(want, got))
					}
				}
			}
		})
	}
}

// created runs with a kill at a step, none at step 0, and to the end.
func created(t *testing.T, name string, at int, after bool) (c creation, steps int) {
	t.Helper()
	t.Run(fmt.Sprint(at, after), func(t *testing.T) {
		onFakeTime(t, func(t *testing.T) {
			b := createBundle(t, name)
			id := b.queue(reportsync.NewRun{})
			result, n, err := b.live(id, at, after)
			steps = n
			if err != nil {
				result, _, _ = b.live(id, 0, false)
			}
			c = b.creation(name, id, result)
		})
	})
	return c, steps
}

package fault_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const (
	own    = "003000000000001AAA"
	parent = "001000000000001AAA"
	other  = "001000000000002AAA"
)

// contact returns the object and a row of it, whose own id is that of own.
func contact(t *testing.T, fields map[string]string) (*schema.Object, []string) {
	t.Helper()
	object, _ := schema.Standard().Object("Contact")
	values := make([]string, len(object.Fields))
	fields["Id"] = own
	for name, text := range fields {
		i, ok := object.Field(name)
		if !ok {
			t.Fatalf("no field %s", name)
		}
		values[i] = text
	}
	return object, values
}

// struck is the code that a transaction's row is refused with, or "".
func struck(t *testing.T, tx *fault.Transaction, fields map[string]string) string {
	t.Helper()
	if refusal := tx.Strike(contact(t, fields)); refusal != nil {
		return refusal.Code
	}
	return ""
}

func TestRowsAreChosen(t *testing.T) {
	t.Parallel()
	row := map[string]string{"AccountId": parent, "Title": "Boss"}
	for name, test := range map[string]struct {
		fault fault.Fault
		want  string
	}{
		"all":              {fault.Fault{Code: "NOT_FOUND"}, "NOT_FOUND"},
		"by object":        {fault.Fault{Code: "NOT_FOUND", Object: "contact"}, "NOT_FOUND"},
		"another object":   {fault.Fault{Code: "NOT_FOUND", Object: "Account"}, ""},
		"by id":            {fault.Fault{Code: "NOT_FOUND", IDs: []string{own}}, "NOT_FOUND"},
		"by short id":      {fault.Fault{Code: "NOT_FOUND", IDs: []string{own[:15]}}, "NOT_FOUND"},
		"by parent":        {fault.Fault{Code: "NOT_FOUND", IDs: []string{other, parent}}, "NOT_FOUND"},
		"another id":       {fault.Fault{Code: "NOT_FOUND", IDs: []string{other}}, ""},
		"by value":         {fault.Fault{Code: "NOT_FOUND", Where: map[string]string{"title": "BOSS"}}, "NOT_FOUND"},
		"by no value":      {fault.Fault{Code: "NOT_FOUND", Where: map[string]string{"Email": ""}}, "NOT_FOUND"},
		"another value":    {fault.Fault{Code: "NOT_FOUND", Where: map[string]string{"Title": "x"}}, ""},
		"no such field":    {fault.Fault{Code: "NOT_FOUND", Where: map[string]string{"Nope": "x"}}, ""},
		"locked by parent": {fault.Fault{Action: fault.LockRows, IDs: []string{parent}}, "UNABLE_TO_LOCK_ROW"},
	} {
		if test.fault.Action == "" {
			test.fault.Action = fault.RowError
		}
		var injector fault.Injector
		rule := injector.Add(test.fault)
		if got := struck(t, injector.Transaction(), row); got != test.want || rule.Hits() > 0 != (got != "") {
			t.Errorf("%s: got %q after %d hits, want %q", name, got, rule.Hits(), test.want)
		}
	}
}

// A rule whose turn it is not lets the next one strike.
func TestRowsAreCounted(t *testing.T) {
	t.Parallel()
	var injector fault.Injector
	injector.Add(fault.Fault{Action: fault.RowError, Code: "FIRST", Every: 2})
	second := injector.Add(fault.Fault{Action: fault.RowError, Code: "SECOND", Times: 2})
	var got []string
	for range 6 {
		got = append(got, struck(t, injector.Transaction(), map[string]string{}))
	}
	if diff := cmp.Diff([]string{"SECOND", "FIRST", "SECOND", "FIRST", "", "FIRST"}, got); diff != "" {
		t.Error(diff)
	}
	injector.Clear()
	if code := struck(t, injector.Transaction(), map[string]string{}); code != "" || second.Hits() != 2 {
		t.Errorf("after the end of all rules: %q", code)
	}
}

func TestParentsAreHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var injector fault.Injector
		rule := injector.Add(fault.Fault{Action: fault.LockParents, Delay: fault.Duration(time.Second)})
		first, second := injector.Transaction(), injector.Transaction()
		steps := []struct {
			tx     *fault.Transaction
			parent string
			want   string
			wait   time.Duration
		}{
			{first, parent, "", 0},
			{first, parent, "", 0},                    // its own hold
			{second, parent, "UNABLE_TO_LOCK_ROW", 0}, // another's
			{second, other, "", 0},
			{second, "", "", time.Second},
			{second, parent, "", 0}, // the first one's hold is over
			{first, parent, "UNABLE_TO_LOCK_ROW", 0},
		}
		for i, step := range steps {
			if got := struck(t, step.tx, map[string]string{"AccountId": step.parent}); got != step.want {
				t.Errorf("step %d: got %q, want %q", i, got, step.want)
			}
			time.Sleep(step.wait)
		}
		rule.Release()
		if got := struck(t, first, map[string]string{"AccountId": parent}); got != "" || rule.Hits() != 2 {
			t.Errorf("after the release: %q, %d hits", got, rule.Hits())
		}
	})
}

// The internal batches of a job hold parents against each other however long
// each takes, and several transactions of 200 rows in one batch do not.
func TestBatchesOfAJobConflict(t *testing.T) {
	t.Parallel()
	var injector fault.Injector
	injector.Add(fault.Fault{Action: fault.LockParents})
	job := injector.Transaction()
	var got []string
	for _, batch := range []int{0, 0, 1, 1} {
		job.Batch(batch)
		got = append(got, struck(t, job, map[string]string{"AccountId": parent}))
	}
	job.Batch(1)
	got = append(got, struck(t, job, map[string]string{"AccountId": other}), struck(t, injector.Transaction(), map[string]string{"AccountId": parent}))
	if diff := cmp.Diff([]string{"", "", "UNABLE_TO_LOCK_ROW", "UNABLE_TO_LOCK_ROW", "", ""}, got); diff != "" {
		t.Error(diff)
	}
}

// Holds end by the org's clock.
func TestParentsAreHeldByTheOrgsClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	injector := fault.Injector{Now: func() time.Time { return now }}
	injector.Add(fault.Fault{Action: fault.LockParents, Delay: fault.Duration(time.Hour)})
	var noted []string
	second := injector.Transaction()
	second.Note(func(rule string) { noted = append(noted, rule) })
	struck(t, injector.Transaction(), map[string]string{"AccountId": parent})
	if got := struck(t, second, map[string]string{"AccountId": parent}); got != "UNABLE_TO_LOCK_ROW" {
		t.Errorf("got %q", got)
	}
	now = now.Add(time.Hour)
	if got := struck(t, second, map[string]string{"AccountId": parent}); got != "" {
		t.Errorf("an hour later: %q", got)
	}
	if diff := cmp.Diff([]string{"lock_parents"}, noted); diff != "" {
		t.Error(diff)
	}
}

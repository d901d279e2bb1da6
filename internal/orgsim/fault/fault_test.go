package fault_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fault.Fault{
		"no action":      {},
		"unknown action": {Action: "explode"},
		"a broken glob":  {Action: fault.Hold, Path: "[a"},
		"no status":      {Action: fault.Respond},
		"a low status":   {Action: fault.Respond, Status: 101},
		"negative":       {Action: fault.FailJob, Rows: -1},
	} {
		if f.Check() == nil {
			t.Errorf("%s: Check took it", name)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: Add took it", name)
				}
			}()
			new(fault.Injector).Add(f)
		}()
	}
}

func TestMatching(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault        fault.Fault
		method, path string
		want         bool
	}{
		"everything":      {fault.Fault{Action: fault.Hold}, "GET", "/a", true},
		"method":          {fault.Fault{Action: fault.Hold, Method: "get"}, "GET", "/a", true},
		"another method":  {fault.Fault{Action: fault.Hold, Method: "PUT"}, "GET", "/a", false},
		"one segment":     {fault.Fault{Action: fault.Hold, Path: "/a/*/c"}, "GET", "/a/b/c", true},
		"two segments":    {fault.Fault{Action: fault.Hold, Path: "/a/*/c"}, "GET", "/a/b/b/c", false},
		"any segments":    {fault.Fault{Action: fault.Hold, Path: "/a/**"}, "GET", "/a/b/b/c", true},
		"a fault of jobs": {fault.Fault{Action: fault.FailJob}, "GET", "/a", false},
		"a fault of rows": {fault.Fault{Action: fault.LockRows}, "GET", "/a", false},
	} {
		var injector fault.Injector
		rule := injector.Add(test.fault)
		if got := len(injector.Request(test.method, test.path)) == 1; got != test.want || rule.Hits() == 1 != test.want {
			t.Errorf("%s: struck %t, %d hits", name, got, rule.Hits())
		}
	}
}

func TestLockedNamesTheHeldID(t *testing.T) {
	t.Parallel()
	var injector fault.Injector
	injector.Add(fault.Fault{Action: fault.LockRows, Object: "Contact", IDs: []string{"parent"}, After: 1, Times: 1})
	var got []string
	for _, ids := range [][]string{{"own", "parent"}, {"own"}, {"own", "parent"}, {"own", "parent"}} {
		got = append(got, injector.Locked("contact", ids))
	}
	if diff := cmp.Diff([]string{"", "", "parent", ""}, got); diff != "" {
		t.Error(diff)
	}
	if id := injector.Locked("Account", []string{"parent"}); id != "" {
		t.Errorf("another object's %s is locked", id)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	var injector fault.Injector
	ctx, cancel := context.WithCancelCause(t.Context())
	want := errors.New("enough")
	cancel(want)
	if err := injector.Add(fault.Fault{Action: fault.Hold}).Wait(ctx); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	want := fault.Fault{Action: fault.Delay, Delay: fault.Duration(1500 * time.Millisecond), IDs: []string{"x"}}
	text, err := json.Marshal(want)
	if err != nil || string(text) != `{"action":"delay","delay":"1.5s","ids":["x"]}` {
		t.Fatalf("got %s, %v", text, err)
	}
	var got fault.Fault
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if json.Unmarshal([]byte(`{"delay":"soon"}`), &got) == nil {
		t.Error("a duration of words was taken")
	}
}

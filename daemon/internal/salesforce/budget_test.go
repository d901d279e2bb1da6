package salesforce_test

import (
	"testing"
	"testing/synctest"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func TestCallBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		route := "GET " + data + "/limits"
		org := newOrg(t, map[string]handler{route: answers(failWith(errRefused), answer(503, ""), answer(200, `{}`))})
		client := org.client(nil)
		view := client.MeteredWithin(3)
		for range 2 { // the first one takes three attempts, of which one never left this machine
			if _, err := view.Limits(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		_, err := view.Limits(t.Context())
		wantError(t, err, salesforce.CodeCallBudget, "3 API calls were allowed", "daily_api_calls")
		if !salesforce.IsCallBudget(err) || salesforce.IsRetryable(err) || salesforce.IsLimit(err) {
			t.Errorf("classed wrongly: %v", err)
		}
		if n := len(org.seen(route)); n != 4 || view.Usage().Calls != 3 || client.Usage().Calls != 3 {
			t.Errorf("the org saw %d requests, the view counts %d, the client %d", n, view.Usage().Calls, client.Usage().Calls)
		}
		if _, err := client.Limits(t.Context()); err != nil {
			t.Errorf("the client has no bound, but %v", err)
		}
		if _, err := client.MeteredWithin(0).Limits(t.Context()); err != nil {
			t.Errorf("0 is no bound, but %v", err)
		}
	})
}

// A view of a view counts in both, and a call that one of them refuses counts in none.
func TestCallBudgetOfAView(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"GET " + data + "/limits": answer(200, `{}`)})
	outer := org.client(nil).MeteredWithin(2)
	inner := outer.MeteredWithin(9)
	for range 3 {
		_, _ = inner.Limits(t.Context())
	}
	_, err := inner.Limits(t.Context())
	wantError(t, err, salesforce.CodeCallBudget, "2 API calls")
	if inner.Usage().Calls != 2 || outer.Usage().Calls != 2 {
		t.Errorf("%d and %d calls counted, want 2 each", inner.Usage().Calls, outer.Usage().Calls)
	}
}

// Calls at the same time don't pass the bound together.
func TestCallBudgetAtOnce(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"GET " + data + "/limits": answer(200, `{}`)})
	view := org.client(nil).MeteredWithin(4)
	refused := 0
	for _, err := range together(func() error { _, err := view.Limits(t.Context()); return err }) {
		if salesforce.IsCallBudget(err) {
			refused++
		}
	}
	if n := len(org.seen("GET " + data + "/limits")); n != 4 || refused != 6 {
		t.Errorf("%d requests and %d refusals, want 4 and 6", n, refused)
	}
}

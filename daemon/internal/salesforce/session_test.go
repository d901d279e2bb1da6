package salesforce_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func asError(err error) *salesforce.Error {
	e, _ := errors.AsType[*salesforce.Error](err)
	return e
}

// accepting answers only requests with the given token, after a while.
func accepting(token string, then handler) handler {
	return func(w http.ResponseWriter, x exchange) {
		time.Sleep(time.Second)
		if x.Header.Get("Authorization") != "Bearer "+orgID+"!"+token {
			reply(w, 401, refusal("INVALID_SESSION_ID", "Session expired or invalid"))
			return
		}
		then(w, x)
	}
}

// together calls f ten times at once and returns the errors.
func together(f func() error) []error {
	var wg sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		wg.Go(func() { errs[i] = f() })
	}
	wg.Wait()
	return errs
}

func TestStaleTokenIsRenewedOnceForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{"GET " + data + "/limits": accepting("token2", answer(200, `{}`))})
		client := org.client(nil)
		for i, err := range together(func() error { _, err := client.Limits(t.Context()); return err }) {
			if err != nil {
				t.Errorf("request %d: %v", i, err)
			}
		}
		if n := len(org.seen("POST /services/oauth2/token")); n != 2 {
			t.Errorf("%d logins, want 2: the first one and one for the stale token", n)
		}
		if n := len(org.seen("GET " + data + "/limits")); n != 20 {
			t.Errorf("%d requests, want each of the 10 repeated once", n)
		}
	})
}

func TestSecondRefusalOfSessionIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{"GET " + data + "/limits": accepting("never", answer(200, `{}`))})
		_, err := org.client(nil).Limits(t.Context())
		wantError(t, err, salesforce.CodeInvalidSession, "read the org's limits")
		if !salesforce.IsAuth(err) || salesforce.IsCredentials(err) {
			t.Errorf("auth %t, credentials %t; want true, false", salesforce.IsAuth(err), salesforce.IsCredentials(err))
		}
		if n := len(org.seen("POST /services/oauth2/token")); n != 2 {
			t.Errorf("%d logins, want 2", n)
		}
	})
}

func TestRefusedLoginIsSharedByThoseWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{"POST /services/oauth2/token": func(w http.ResponseWriter, _ exchange) {
			time.Sleep(time.Second)
			reply(w, 400, `{"error":"invalid_client","error_description":"invalid client credentials"}`)
		}})
		client := org.client(nil)
		for _, err := range together(func() error { _, err := client.Limits(t.Context()); return err }) {
			if !salesforce.IsCredentials(err) {
				t.Errorf("got %v, want a credentials error", err)
			}
		}
		if n := len(org.seen("POST /services/oauth2/token")); n != 1 {
			t.Errorf("%d logins with wrong credentials, want 1: more may lock the user", n)
		}
	})
}

func TestWaiterTakesOverFromOneWhoGaveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{"GET " + data + "/limits": answer(200, `{}`)})
		org.routes["POST /services/oauth2/token"] = answers(failWith(context.Canceled), org.token)
		first, giveUp := context.WithCancel(t.Context())
		giveUp()
		client := org.client(nil)
		if _, err := client.Limits(first); !errors.Is(err, context.Canceled) || salesforce.IsRetryable(err) {
			t.Errorf("got %v, want the caller's own cancellation", err)
		}
		if _, err := client.Limits(t.Context()); err != nil {
			t.Errorf("the next caller got %v", err)
		}
	})
}

func TestOtherOrgIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{"GET " + data + "/limits": accepting("token9", answer(200, `{}`))})
		org.routes["POST /services/oauth2/token"] = answers(org.token, answer(200, fmt.Sprintf(
			`{"access_token":"x","instance_url":"https://%s","id":"https://x/id/00D1a000000H3OAEA0/%s"}`, host, userID)))
		_, err := org.client(nil).Limits(t.Context())
		wantError(t, err, salesforce.CodeOrganizationChanged, orgID, "00D1a000000H3OAEA0")
	})
}

func TestParallelIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var now, most int
		org := newOrg(t, map[string]handler{"GET " + data + "/limits": func(w http.ResponseWriter, _ exchange) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			reply(w, 200, `{}`)
		}})
		client := org.client(func(c *salesforce.Config) { c.Parallel = 3 })
		if err := errors.Join(together(func() error { _, err := client.Limits(t.Context()); return err })...); err != nil {
			t.Fatal(err)
		}
		if most != 3 {
			t.Errorf("%d requests were in flight at once, want 3", most)
		}
	})
}

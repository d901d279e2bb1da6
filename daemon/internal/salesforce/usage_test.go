package salesforce_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func TestUsageCountsAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		good := answer(200, fmt.Sprintf(`[{"id":%q,"success":true}]`, contactA))
		org := newOrg(t, map[string]handler{collectionRoute: answers(
			answer(401, refusal("INVALID_SESSION_ID", "expired")), answer(503, refusal("SERVER_UNAVAILABLE", "later")), answer(429, ""), failWith(errRefused), good)})
		client := org.client(nil)
		if _, err := client.WriteCollection(t.Context(), updates, oneRow()); err != nil {
			t.Fatal(err)
		}
		sent := int64(len(org.seen(collectionRoute)[0].Body))
		u := client.Usage()
		if u.Calls != 4 || u.BytesSent != 4*sent {
			t.Errorf("%d calls with %d bytes, want 4 with %d: a connection that was never made costs nothing", u.Calls, u.BytesSent, 4*sent)
		}
		if u.BytesReceived == 0 {
			t.Error("no bytes received")
		}
	})
}

func TestMeteredViewsCountApart(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"GET " + data + "/limits": func(w http.ResponseWriter, x exchange) {
		w.Header().Set("Sforce-Limit-Info", []string{"", "api-usage=18/5000", "api-usage=907/15000; per-app-api-usage=17/250(appName=x)", "nonsense"}[min(x.Nth, 3)])
		reply(w, 200, `{}`)
	}})
	client := org.client(nil)
	one, two := client.Metered(), client.Metered()
	for _, c := range []*salesforce.Client{one, two, two, client} {
		if _, err := c.Limits(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := []salesforce.Usage{one.Usage(), two.Usage(), client.Usage()}
	want := []salesforce.Usage{
		{Calls: 1, BytesReceived: 2, DailyUsed: 18, DailyMax: 5000},
		{Calls: 2, BytesReceived: 4, DailyUsed: 907, DailyMax: 15000},
		{Calls: 4, BytesReceived: 8, DailyUsed: 907, DailyMax: 15000},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("usage (-want +got):\n%s", diff)
	}
	if n := len(org.seen("POST /services/oauth2/token")); n != 1 {
		t.Errorf("%d logins, want one for all views", n)
	}
}

func TestLogHoldsNoSecretsAndNoData(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	org := newOrg(t, map[string]handler{
		queryRoute:      answer(200, `{"totalSize":1,"done":true,"records":[{"Email":"answer@cell.example"}]}`),
		collectionRoute: answer(400, refusal("JSON_PARSER_ERROR", "value not of required type")),
	})
	client := org.client(func(c *salesforce.Config) {
		c.Logger = hclog.New(&hclog.LoggerOptions{Output: &log, Level: hclog.Trace})
	})
	if _, err := collect(client.Query(t.Context(), "SELECT Email FROM Contact WHERE Email = 'question@cell.example'", []string{"Email"})); err != nil {
		t.Fatal(err)
	}
	batch := oneRow()
	batch.Rows[0].Values[0] = salesforce.Text("written cell")
	_, err := client.WriteCollection(t.Context(), updates, batch)
	wantError(t, err, "JSON_PARSER_ERROR")
	if n := strings.Count(log.String(), "salesforce request"); n != 2 {
		t.Errorf("%d lines, want one for each request:\n%s", n, log.String())
	}
	for _, part := range []string{"method=GET", "path=" + data + "/query", "status=200", "status=400"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %s:\n%s", part, log.String())
		}
	}
	for _, secret := range []string{"token1", "s3cret", "cell", "SELECT"} {
		if strings.Contains(log.String(), secret) || strings.Contains(err.Error(), secret) {
			t.Errorf("%q stands in the log or the error:\n%s\n%v", secret, log.String(), err)
		}
	}
}

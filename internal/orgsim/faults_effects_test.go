package orgsim_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// Every preset that answers by itself is what a client sees.
func TestPresetsAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	locator := data + "/query/01gxx0000000001AAA-2000"
	for preset, test := range map[string]struct {
		path, body string
		status     int
	}{
		"html_500":          {data + "/limits", "<!DOCTYPE html>", http.StatusInternalServerError},
		"html_502":          {data + "/limits", "<!DOCTYPE html>", http.StatusBadGateway},
		"html_503":          {data + "/limits", "<!DOCTYPE html>", http.StatusServiceUnavailable},
		"json_500":          {data + "/limits", `[{"message":"An unexpected error`, http.StatusInternalServerError},
		"json_503":          {data + "/limits", `"errorCode":"SERVER_UNAVAILABLE"}]`, http.StatusServiceUnavailable},
		"empty_503":         {data + "/limits", "", http.StatusServiceUnavailable},
		"unknown_exception": {data + "/limits", `"errorCode":"UNKNOWN_EXCEPTION"}]`, http.StatusInternalServerError},
		"api_disabled":      {data + "/limits", `"errorCode":"API_DISABLED_FOR_ORG"}]`, http.StatusForbidden},
		"daily_limit":       {data + "/limits", `[{"message":"TotalRequests Limit`, http.StatusForbidden},
		"concurrent_limit":  {data + "/limits", `[{"message":"ConcurrentRequests`, http.StatusForbidden},
		"query_timeout":     {data + "/query?q=" + url.QueryEscape("SELECT Id FROM Contact"), `"errorCode":"QUERY_TIMEOUT"}]`, http.StatusBadRequest},
		"invalid_locator":   {locator, `"errorCode":"INVALID_QUERY_LOCATOR"}]`, http.StatusBadRequest},
	} {
		rule := b.org.Faults().Add(fault.Fault{Preset: preset})
		got := b.get(test.path).want(test.status)
		if !strings.Contains(got.body, test.body) || preset == "empty_503" && got.body != "" || rule.Hits() != 1 {
			t.Errorf("%s: got %s after %d hits", preset, got.body, rule.Hits())
		}
		if strings.HasPrefix(got.body, "<") != strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: content type %s", preset, got.header.Get("Content-Type"))
		}
		entries := b.org.Journal().Entries()
		if last := entries[len(entries)-1]; last.Fault != preset || last.Status != test.status {
			t.Errorf("%s: journal %+v", preset, last)
		}
		rule.Remove()
	}
}

// Limits and a disabled API are matters of data calls: logins go on.
func TestPresetsOfDataCallsLeaveLoginsAlone(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for _, preset := range []string{"daily_limit", "concurrent_limit", "api_disabled", "unknown_exception", "expire_session"} {
		b.org.Faults().Add(fault.Fault{Preset: preset})
	}
	b.login()
	b.get("/services/data").want(http.StatusOK)
}

func TestFaultsStrikeLogins(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret},
	}
	b.org.Faults().Add(fault.Fault{Preset: "html_503", Kind: "oauth*", Times: 1})
	b.form("/services/oauth2/token", form).want(http.StatusServiceUnavailable)
	b.form("/services/oauth2/token", form).want(http.StatusOK)
}

func TestFaultsStrikeByKindAndHeader(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Preset: "json_503", Kind: "query", Header: map[string]string{"Sforce-Call-Options": "client=sync*"}})
	for want, headers := range map[int][]string{
		http.StatusServiceUnavailable: {"Sforce-Call-Options", "client=sync/2"},
		http.StatusOK:                 {"Sforce-Call-Options", "client=other"},
	} {
		b.get(data+"/query?q="+url.QueryEscape("SELECT Id FROM Contact"), headers...).want(want)
		b.get(data+"/limits", headers...).want(http.StatusOK)
	}
}

// A session ends in the middle of a job that goes on.
func TestSessionExpiresMidJob(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Preset: "expire_session_mid_job"})
	job := b.createJob("insert")
	b.upload(job, upload(10)).want(http.StatusCreated)
	b.patchJob(job, "UploadComplete").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
	b.login()
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	if done := b.await(jobs+"/"+job.ID, "JobComplete"); done.Processed != 10 {
		t.Errorf("job %+v", done)
	}
}

// fetch reads an answer that may break off.
func (b *testBundle) fetch(path string, gzip bool) (string, error) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.server.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+b.token)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: !gzip}}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

func TestDownloadsAreTruncated(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{SteadyPages: true})
	for n := range 500 {
		b.insert(map[string]string{"LastName": "Contact " + strconv.Itoa(n)})
	}
	job := b.bulkQuery("SELECT Id, LastName FROM Contact")
	results := queryJobs + "/" + job.ID + "/results"
	whole, err := b.fetch(results, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		fault fault.Fault
		want  int // bytes
		cut   bool
	}{
		"bytes, cut":     {fault.Fault{Bytes: 1000}, 1000, true},
		"bytes, orderly": {fault.Fault{Bytes: 1000, Orderly: true}, 1000, false},
		"lines, cut":     {fault.Fault{Lines: 11}, lines(whole, 11), true},
		"lines, orderly": {fault.Fault{Lines: 11, Orderly: true}, lines(whole, 11), false},
		"half, cut":      {fault.Fault{}, len(whole) / 2, true},
		"share, orderly": {fault.Fault{Share: 10, Orderly: true}, len(whole) / 10, false},
		"more than all":  {fault.Fault{Bytes: 1 << 30, Orderly: true}, len(whole), false},
	} {
		test.fault.Preset = "truncate_download"
		rule := b.org.Faults().Add(test.fault)
		for _, gzip := range []bool{false, true} {
			got, err := b.fetch(results, gzip)
			if got != whole[:test.want] || errors.Is(err, io.ErrUnexpectedEOF) != test.cut {
				t.Errorf("%s, gzip %t: %d bytes and %v, want %d", name, gzip, len(got), err, test.want)
			}
		}
		rule.Remove()
	}
	if again, err := b.fetch(results, true); again != whole || err != nil {
		t.Errorf("afterwards: %d bytes, %v", len(again), err)
	}
}

func lines(text string, n int) int {
	at := 0
	for range n {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	return at
}

// An answer of known length that is cut misses the rest; one that ends in order
// has lost its length.
func TestShortAnswersAreTruncated(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for _, orderly := range []bool{false, true} {
		rule := b.org.Faults().Add(fault.Fault{Action: fault.TruncateBody, Bytes: 5, Orderly: orderly})
		got, err := b.fetch(data+"/limits", false)
		if got != `{"Dai` && got != `{"Ac`+`t` || errors.Is(err, io.ErrUnexpectedEOF) == orderly {
			t.Errorf("orderly %t: %q, %v", orderly, got, err)
		}
		rule.Remove()
	}
}

func TestRowErrors(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	boss, clerk := b.insert(nil), b.insert(nil)
	b.org.Faults().Add(fault.Fault{
		Action: fault.RowError, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "No bosses.", Fields: []string{"Title"},
		Object: "Contact", Where: map[string]string{"Title": "Boss"},
	})
	rows := []string{contact(`"Id":"` + boss + `","Title":"Boss"`), contact(`"Id":"` + clerk + `","Title":"Clerk"`)}
	got := b.collection(http.MethodPatch, "", false, rows...)
	if got[0].code() != "FIELD_CUSTOM_VALIDATION_EXCEPTION" || got[0].Errors[0].Message != "No bosses." || got[1].code() != "" {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]string{"Title"}, got[0].Errors[0].Fields); diff != "" {
		t.Error(diff)
	}
	if got := b.collection(http.MethodPatch, "", true, rows[1], rows[0]); got[0].code() != "ALL_OR_NONE_OPERATION_ROLLED_BACK" {
		t.Errorf("all or none: %+v", got)
	}
	b.do(http.MethodPatch, data+"/sobjects/Contact/"+boss, `{"Title":"Boss"}`).refused(http.StatusBadRequest, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
	job := b.ingest("update", "Id,Title\n"+boss+",Boss\n"+clerk+",Clerk\n")
	if failed := b.results(job, "failedResults"); job.Failed != 1 || failed[1][1] != "FIELD_CUSTOM_VALIDATION_EXCEPTION:No bosses.:Title --" {
		t.Errorf("job %+v, %v", job, failed)
	}
	if b.field(boss, "Title") != "" || b.field(clerk, "Title") != "Clerk" {
		t.Errorf("titles %q and %q", b.field(boss, "Title"), b.field(clerk, "Title"))
	}
}

func TestMaintenanceIsReadOnly(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	b.org.Faults().Add(fault.Fault{Preset: "maintenance"})
	const code = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"
	if rows := b.collection(http.MethodPost, "", false, contact(`"LastName":"x"`)); rows[0].code() != code {
		t.Errorf("create: %+v", rows)
	}
	if rows := b.collection(http.MethodPatch, "", false, contact(`"Id":"`+id+`"`)); rows[0].code() != code {
		t.Errorf("update: %+v", rows)
	}
	b.do(http.MethodDelete, data+"/sobjects/Contact/"+id, nil).refused(http.StatusBadRequest, code)
	if rows := b.rows("SELECT Id FROM Contact"); len(rows) != 1 {
		t.Errorf("%d contacts are there", len(rows))
	}
	if err := b.org.Update("Contact", id, map[string]string{"Title": "x"}); err != nil {
		t.Errorf("the administrator was refused: %v", err)
	}
}

func TestEveryNthRowFails(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Preset: "row_error", Code: "TOO_MANY_APEX_REQUESTS", Every: 10})
	if job := b.ingest("insert", upload(450)); job.Processed != 450 || job.Failed != 45 {
		t.Errorf("job %+v", job)
	}
}

// Two requests write children of one parent at the same time: the later one does
// not get the lock, and gets it when the earlier transaction is over.
func TestParentsAreLocked(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	parent, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	first, second := b.insert(map[string]string{"AccountId": parent}), b.insert(map[string]string{"AccountId": parent})
	alone := b.insert(nil)
	rule := b.org.Faults().Add(fault.Fault{Preset: "lock_parents", Delay: fault.Duration(time.Hour)})
	write := func(ids ...string) (codes []string) {
		var rows []string
		for _, id := range ids {
			rows = append(rows, contact(`"Id":"`+id+`","Title":"x"`))
		}
		for _, row := range b.collection(http.MethodPatch, "", false, rows...) {
			codes = append(codes, row.code())
		}
		return codes
	}
	if diff := cmp.Diff([]string{"", ""}, write(first, second)); diff != "" {
		t.Errorf("one transaction: %s", diff)
	}
	if diff := cmp.Diff([]string{"UNABLE_TO_LOCK_ROW", ""}, write(second, alone)); diff != "" {
		t.Errorf("another one: %s", diff)
	}
	if job := b.ingest("update", "Id,Title\n"+first+",y\n"+alone+",y\n"); job.Failed != 1 {
		t.Errorf("job %+v", job)
	}
	rule.Release()
	if diff := cmp.Diff([]string{""}, write(second)); diff != "" {
		t.Errorf("after the release: %s", diff)
	}
}

// Rows of a Bulk job that share a parent conflict where they are in different
// internal batches, and not within one.
func TestBatchesLockParents(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	parent, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	b.org.Faults().Add(fault.Fault{Preset: "lock_parents"})
	var csv strings.Builder
	csv.WriteString("LastName,AccountId\n")
	for row := range 10_010 {
		account := ""
		if row < 5 || row >= 10_000 {
			account = parent
		}
		csv.WriteString(strconv.Itoa(row) + "," + account + "\n")
	}
	if job := b.ingest("insert", csv.String()); job.Processed != 10_010 || job.Failed != 10 {
		t.Errorf("job %+v", job)
	}
}

func TestOrgChangesItsID(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Sandbox: true})
	before := b.org.ID()
	b.org.Faults().Add(fault.Fault{Preset: "change_org_id"})
	b.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
	if b.org.ID() == before {
		t.Error("the org has its old id")
	}
	b.login()
	var info struct {
		ID string `json:"organization_id"`
	}
	b.get("/services/oauth2/userinfo").want(http.StatusOK).decode(&info)
	if info.ID != b.org.ID() {
		t.Errorf("userinfo tells of %s, the org is %s", info.ID, b.org.ID())
	}
}

func TestLongCallsAreLimited(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{LongCalls: 1, Now: clock.now})
	held := b.org.Faults().Add(fault.Fault{Path: data + "/sobjects", Action: fault.Hold, Times: 1})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = b.try(http.MethodGet, data+"/sobjects", nil) // it stands still until it is released
	}()
	if err := held.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	clock.advance(19 * time.Second)
	b.get(data + "/limits").want(http.StatusOK)
	clock.advance(time.Second)
	refused := b.get(data+"/limits").refused(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED")
	if !strings.HasPrefix(refused.Message, "ConcurrentRequests") {
		t.Errorf("message %q", refused.Message)
	}
	held.Release()
	<-done
	b.get(data + "/limits").want(http.StatusOK)
}

func TestResetBeforeStrikesEveryThird(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Preset: "reset_before", Every: 3, Path: data + "/limits"})
	var got []bool
	for range 6 {
		_, err := b.try(http.MethodGet, data+"/limits", nil)
		got = append(got, errors.Is(err, syscall.ECONNRESET))
	}
	if diff := cmp.Diff([]bool{false, false, true, false, false, true}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefreshTokensAreRevoked(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	tokens := b.grants(exchange(newPerson(t, b.server.URL).code()))
	rule := b.org.Faults().Add(fault.Fault{Preset: "revoke_refresh_tokens", After: 1})
	tokens = map[string]string{"refresh_token": tokens["refresh_token"], "access_token": b.grants(refreshing(tokens["refresh_token"]))["access_token"]}
	b.denies(refreshing(tokens["refresh_token"]), "invalid_grant", "expired access/refresh token")
	if b.good(tokens["access_token"]) || rule.Hits() != 1 {
		t.Errorf("the session goes on after %d hits", rule.Hits())
	}
	b.login()
	b.get(data + "/limits").want(http.StatusOK)
}

package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type batched struct {
	HasErrors bool `json:"hasErrors"`
	Results   []struct {
		Status int `json:"statusCode"`
		Result any `json:"result"`
	} `json:"results"`
}

func (b batched) statuses() []int {
	var list []int
	for _, r := range b.Results {
		list = append(list, r.Status)
	}
	return list
}

func (b *testBundle) batch(halt string, subrequests ...string) batched {
	b.t.Helper()
	var got batched
	b.do(http.MethodPost, data+"/composite/batch", `{"haltOnError":`+halt+`,"batchRequests":[`+strings.Join(subrequests, ",")+`]}`).
		want(http.StatusOK).decode(&got)
	return got
}

func TestBatch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.insert("Account", map[string]string{"Name": "Acme"})
	got := b.batch("false",
		`{"method":"PATCH","url":"v60.0/sobjects/Account/`+id+`","richInput":{"Name":"New"}}`,
		`{"method":"GET","url":"/services/data/v58.0/sobjects/Account/`+id+`?fields=Name"}`,
		`{"method":"GET","url":"v60.0/sobjects/Account/001000000000000AAA"}`,
		`{"method":"GET","url":"v61.0/limits"}`,
		`{"method":"GET","url":"v60.0/jobs/ingest"}`,
		`{"method":"GET","url":"v60.0/limits"}`,
	)
	if diff := cmp.Diff([]int{204, 200, 404, 404, 404, 200}, got.statuses()); diff != "" || !got.HasErrors {
		t.Errorf("errors %t: %s", got.HasErrors, diff)
	}
	if got.Results[0].Result != nil || errorOf(got.Results[2].Result, "errorCode") != "NOT_FOUND" {
		t.Errorf("results %+v", got.Results)
	}
	record, _ := got.Results[1].Result.(map[string]any)
	if record["Name"] != "New" {
		t.Errorf("read %v", record)
	}
	// Two of the six never left the batch; each of the others is a call.
	if e := b.journal.Entries()[0]; e.Kind != "composite batch" || e.Calls != 4 {
		t.Errorf("the journal has %+v", e)
	}
}

func TestBatchHalts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	fail, work := `{"method":"GET","url":"v60.0/sobjects/Nope"}`, `{"method":"POST","url":"v60.0/sobjects/Account","richInput":{"Name":"A"}}`
	got := b.batch("true", work, fail, work)
	if diff := cmp.Diff([]int{201, 404, 412}, got.statuses()); diff != "" || errorOf(got.Results[2].Result, "errorCode") != "BATCH_PROCESSING_HALTED" {
		t.Errorf("%s%v", diff, got.Results)
	}
	if got = b.batch("false", fail, work); b.count("Account") != 2 || !got.HasErrors {
		t.Errorf("%d accounts", b.count("Account"))
	}
}

func TestBatchSpendsACallForEach(t *testing.T) {
	t.Parallel()
	b := setupLimited(t, 2)
	limits := `{"method":"GET","url":"v60.0/limits"}`
	got := b.batch("false", limits, limits, limits)
	if diff := cmp.Diff([]int{200, 200, 403}, got.statuses()); diff != "" || errorOf(got.Results[2].Result, "errorCode") != "REQUEST_LIMIT_EXCEEDED" {
		t.Errorf("%s%v", diff, got.Results)
	}
}

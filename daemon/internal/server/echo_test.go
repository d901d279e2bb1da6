package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// optional draws nothing or a value: what is unset must stay unset.
func optional[T any](value *rapid.Generator[T]) *rapid.Generator[*T] {
	return rapid.Custom(func(t *rapid.T) *T {
		if rapid.Bool().Draw(t, "unset") {
			return nil
		}
		return new(value.Draw(t, "value"))
	})
}

// Texts as people write them into reports, and as they hopefully don't.
var (
	anyText  = rapid.OneOf(rapid.SampledFrom([]string{"", " ", "<a & b>", `"quoted"`, "Größe\u2028", "🦆 é", "null", "0x1"}), rapid.StringMatching(`[ -~äß€]{0,40}`))
	someText = rapid.StringMatching(`[!-~äß€][ -~äß€]{0,39}`)
	zones    = rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York"})
	crons    = rapid.SampledFrom([]string{"0 9 * * *", "manual", "*/5 1-3 * * 1,5"})
)

func mappings() *rapid.Generator[reportsync.Mapping] {
	return rapid.Custom(func(t *rapid.T) reportsync.Mapping {
		m := reportsync.Mapping{TimeZone: optional(zones).Draw(t, "zone")}
		m.OnNull = optional(rapid.SampledFrom([]reportsync.OnNull{reportsync.OnNullSkip, reportsync.OnNullClear})).Draw(t, "on_null")
		if rapid.Bool().Draw(t, "from a column") {
			m.Column = new(someText.Draw(t, "column"))
			return m
		}
		constant := anyText.Draw(t, "constant")
		if constant == "" && !m.Clears() {
			constant = "x"
		}
		m.Constant = &constant
		return m
	})
}

func integrationSpecs(base reportsync.IntegrationSpec) *rapid.Generator[reportsync.IntegrationSpec] {
	return rapid.Custom(func(t *rapid.T) reportsync.IntegrationSpec {
		s := base
		s.Name = rapid.StringMatching(`[A-Za-zäß0-9][A-Za-zäß0-9 ._()+-]{0,30}[a-z]`).Draw(t, "name")
		s.Description = optional(anyText).Draw(t, "description")
		s.Enabled = optional(rapid.Bool()).Draw(t, "enabled")
		s.Operation = optional(rapid.Just(reportsync.OperationUpdate)).Draw(t, "operation")
		s.Match = reportsync.Match{Column: someText.Draw(t, "match column"), Field: "Email"}
		s.Mappings = rapid.MapOfN(rapid.StringMatching(`F[a-z0-9_]{1,12}__c`), mappings(), 1, 6).Draw(t, "mappings")
		s.Schedule = optional(crons).Draw(t, "schedule")
		s.TimeZone = optional(zones).Draw(t, "time_zone")
		return s
	})
}

// What was sent comes back exactly, from the write and from the read: no default filled in, nothing trimmed, nothing
// added but id and revision.
func TestIntegrationComesBackAsSent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	base := w.integrationSpec("base")
	stored, err := w.store.CreateIntegration(t.Context(), base)
	if err != nil {
		t.Fatal(err)
	}
	path := "/v1/integrations/" + stored.ID
	rapid.Check(t, func(rt *rapid.T) {
		spec := integrationSpecs(base).Draw(rt, "spec")
		if err := spec.Validate(); err != nil {
			rt.Fatalf("the generator draws what is not valid: %v", err)
		}
		put := w.do(call{method: http.MethodPut, path: path, body: spec})
		if put.status != http.StatusOK {
			rt.Fatalf("put %+v: %d %s", spec, put.status, put.body)
		}
		get := w.do(call{method: http.MethodGet, path: path})
		for _, answer := range []reply{put, get} {
			if err := sameJSON(spec, answer.body, "id", "revision"); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// sameJSON compares a value's JSON with an answer, but for members that only the answer has.
func sameJSON(sent any, answer []byte, added ...string) error {
	text, err := json.Marshal(sent)
	if err != nil {
		return err
	}
	var want, got map[string]any
	if err := json.Unmarshal(text, &want); err != nil {
		return err
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	for _, name := range added {
		if _, ok := got[name]; !ok {
			return fmt.Errorf("the answer lacks %q: %s", name, answer)
		}
		delete(got, name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("the answer differs (-sent +got):\n%s", diff)
	}
	return nil
}

func TestConnectionAndSourceComeBackAsSent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	local := "http://localhost:8080"
	for i, spec := range []reportsync.ConnectionSpec{
		{Environment: reportsync.Sandbox, LoginURL: &local},
		{Environment: reportsync.Production, LoginURL: new("https://ACME.my.salesforce.com/")},
	} {
		spec.Name = fmt.Sprint("c", i)
		spec.ClientCredentials = &reportsync.ClientCredentials{ClientID: " 3MVG9<&>", ClientSecret: "s3cr3t"}
		r := w.do(call{method: http.MethodPost, path: "/v1/connections", body: spec})
		if err := sameJSON(spec.WithSecret(""), r.body, "id", "revision", "credentials_fingerprint"); err != nil {
			t.Error(err)
		}
	}
	spec := reportsync.SourceSpec{Name: "s", Files: &reportsync.FilesSource{URL: "file:///srv/Berichte%20f%C3%BCr/../alle/"}}
	r := w.do(call{method: http.MethodPost, path: "/v1/sources", body: spec})
	if err := sameJSON(spec, r.body, "id", "revision"); err != nil {
		t.Error(err)
	}
}

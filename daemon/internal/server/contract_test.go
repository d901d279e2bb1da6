package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/server"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// validCalls make, for each operation, a call that must work. An operation that has none fails the contract test.
var validCalls = map[string]func(w *world) call{
	"create-connection": func(*world) call { return call{body: connectionSpec("new")} },
	"get-connection":    func(w *world) call { return call{path: w.integration("a").ConnectionID} },
	"list-connections":  func(w *world) call { w.integration("a"); return call{} },
	"replace-connection": func(w *world) call {
		return call{path: w.integration("a").ConnectionID, body: connectionSpec("renamed")}
	},
	"delete-connection": func(w *world) call {
		c, err := w.store.CreateConnection(w.t.Context(), connectionSpec("unused"))
		if err != nil {
			w.t.Fatal(err)
		}
		return call{path: c.ID}
	},
	"test-connection": func(w *world) call { return call{path: w.integration("a").ConnectionID} },

	"create-source":  func(*world) call { return call{body: sourceSpec("new")} },
	"get-source":     func(w *world) call { return call{path: w.integration("a").SourceID} },
	"list-sources":   func(w *world) call { w.integration("a"); return call{} },
	"replace-source": func(w *world) call { return call{path: w.integration("a").SourceID, body: sourceSpec("renamed")} },
	"delete-source": func(w *world) call {
		s, err := w.store.CreateSource(w.t.Context(), sourceSpec("unused"))
		if err != nil {
			w.t.Fatal(err)
		}
		return call{path: s.ID}
	},

	"create-integration": func(w *world) call { return call{body: w.integrationSpec("new")} },
	"get-integration":    func(w *world) call { return call{path: w.integration("a").ID} },
	"list-integrations":  func(w *world) call { w.integration("a"); return call{} },
	"replace-integration": func(w *world) call {
		i := w.integration("a")
		i.Description = new("changed")
		return call{path: i.ID, body: i.IntegrationSpec}
	},
	"delete-integration":   func(w *world) call { return call{path: w.integration("a").ID} },
	"validate-integration": func(w *world) call { return call{body: w.integrationSpec("new")} },

	"start-run":        func(w *world) call { return call{path: w.integration("a").ID, body: api.StartRun{DryRun: true}} },
	"list-runs":        func(w *world) call { w.finishedRun("a"); return call{} },
	"get-run":          func(w *world) call { return call{path: w.finishedRun("a").ID} },
	"get-run-log":      func(w *world) call { return call{path: w.finishedRun("a").ID} },
	"get-run-outcomes": func(w *world) call { return call{path: w.finishedRun("a").ID} },
	"cancel-run":       func(w *world) call { return call{path: w.run(w.integration("a").ID).ID} },

	"create-token": func(*world) call { return call{body: reportsync.TokenSpec{Name: "ci", Role: reportsync.RoleViewer}} },
	"list-tokens":  func(*world) call { return call{} },
	"delete-token": func(w *world) call {
		t, _, err := w.store.CreateToken(w.t.Context(), reportsync.TokenSpec{Name: "unused", Role: reportsync.RoleViewer})
		if err != nil {
			w.t.Fatal(err)
		}
		return call{path: t.ID}
	},

	"get-meta":      func(*world) call { return call{} },
	"get-health":    func(*world) call { return call{} },
	"get-readiness": func(*world) call { return call{} },
}

func operations(doc *huma.OpenAPI) []*huma.Operation {
	var ops []*huma.Operation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete, item.Options, item.Head, item.Patch, item.Trace} {
			if op != nil {
				ops = append(ops, op)
			}
		}
	}
	return ops
}

func roleOf(op *huma.Operation) reportsync.Role {
	if len(op.Security) == 0 {
		return ""
	}
	return reportsync.Role(op.Security[0]["bearer"][0])
}

// resolve puts an id into the path of an operation.
func resolve(op *huma.Operation, id string, c call) call {
	c.method, c.path = op.Method, strings.ReplaceAll(op.Path, "{id}", id)
	return c
}

func TestContract(t *testing.T) {
	t.Parallel()
	doc := server.OpenAPI(setup(t).cfg)
	ops := operations(doc)
	if len(ops) < len(validCalls) {
		t.Errorf("%d operations, but %d valid calls: some operation is gone", len(ops), len(validCalls))
	}
	for _, op := range ops {
		t.Run(op.OperationID, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			makeCall, ok := validCalls[op.OperationID]
			if !ok {
				t.Fatalf("%s %s has no valid call in this test", op.Method, op.Path)
			}
			valid := makeCall(w)
			valid = resolve(op, valid.path, valid)
			contractAuth(t, w, op, valid)
			contractBroken(t, w, doc, op, valid)
			contractValid(t, w, doc, op, valid)
		})
	}
}

// contractAuth: no token, a wrong token and too low a role are told apart.
func contractAuth(t *testing.T, w *world, op *huma.Operation, valid call) {
	t.Helper()
	role := roleOf(op)
	if role == "" {
		return
	}
	anonymous := valid
	anonymous.anonymous = true
	r := w.do(anonymous)
	if p := problem(t, r, http.StatusUnauthorized); p.Code != reportsync.CodeUnauthorized {
		t.Errorf("code %q without a token", p.Code)
	}
	if got := r.header.Get("WWW-Authenticate"); got != `Bearer realm="reportsync"` {
		t.Errorf("WWW-Authenticate without a token: %q", got)
	}
	wrong := valid
	wrong.token = "rst_" + strings.Repeat("x", 60)
	r = w.do(wrong)
	problem(t, r, http.StatusUnauthorized)
	if got := r.header.Get("WWW-Authenticate"); !strings.Contains(got, `error="invalid_token"`) {
		t.Errorf("WWW-Authenticate with a wrong token: %q", got)
	}
	for low, token := range w.tokens {
		if low.Includes(role) {
			continue
		}
		tooLow := valid
		tooLow.token = token
		p := problem(t, w.do(tooLow), http.StatusForbidden)
		if p.Code != reportsync.CodeForbidden || !strings.Contains(p.Detail, string(low)) || !strings.Contains(p.Detail, string(role)) {
			t.Errorf("%s may not %s, but the answer does not say so: %+v", low, op.OperationID, p)
		}
	}
}

// contractBroken: bodies that are no JSON or hold what they may not, and ids that lead nowhere.
func contractBroken(t *testing.T, w *world, doc *huma.OpenAPI, op *huma.Operation, valid call) {
	t.Helper()
	valid.token = w.tokens[roleOf(op)]
	if op.RequestBody != nil {
		malformed := valid
		malformed.body = `{"name": `
		checkSchema(t, doc, op, w.do(malformed))
		problem(t, w.do(malformed), http.StatusBadRequest)
		strange := valid
		strange.body = `{"nonsense": 1}`
		p := problem(t, w.do(strange), http.StatusUnprocessableEntity)
		if !slices.Contains(pointers(p), "/nonsense") {
			t.Errorf("unknown property is not blamed: %+v", p)
		}
	}
	if strings.Contains(op.Path, "{id}") {
		nowhere := resolve(op, "xyz_0000000000", valid)
		r := w.do(nowhere)
		checkSchema(t, doc, op, r)
		if p := problem(t, r, http.StatusNotFound); p.Code != reportsync.CodeNotFound {
			t.Errorf("code %q for an unknown id", p.Code)
		}
	}
}

// contractValid: the lowest role that may do it gets a documented status and a body that fits its schema.
func contractValid(t *testing.T, w *world, doc *huma.OpenAPI, op *huma.Operation, valid call) {
	t.Helper()
	valid.token = w.tokens[roleOf(op)]
	r := w.do(valid)
	if r.status != op.DefaultStatus {
		t.Fatalf("status %d, documented is %d: %s", r.status, op.DefaultStatus, r.body)
	}
	checkSchema(t, doc, op, r)
	if strings.Contains(string(r.body), "s3cr3t") {
		t.Errorf("a secret in the answer: %s", r.body)
	}
}

// checkSchema checks that an answer is documented and fits its schema, both ways: what the schema lacks is an error too.
func checkSchema(t *testing.T, doc *huma.OpenAPI, op *huma.Operation, r reply) {
	t.Helper()
	documented, ok := op.Responses[strconv.Itoa(r.status)]
	if !ok {
		t.Errorf("%s answers %d, which is not documented: %s", op.OperationID, r.status, r.body)
		return
	}
	if len(documented.Content) == 0 {
		if len(r.body) > 0 {
			t.Errorf("%s answers %d with a body that is not documented: %s", op.OperationID, r.status, r.body)
		}
		return
	}
	media, ok := documented.Content[r.header.Get("Content-Type")]
	if !ok {
		t.Errorf("%s answers %d as %q, which is not documented", op.OperationID, r.status, r.header.Get("Content-Type"))
		return
	}
	var body any
	if err := json.Unmarshal(r.body, &body); err != nil {
		t.Fatalf("%s answers with what is no JSON: %s", op.OperationID, r.body)
	}
	var result huma.ValidateResult
	huma.Validate(doc.Components.Schemas, media.Schema, huma.NewPathBuffer([]byte("body"), 0), huma.ModeReadFromServer, body, &result)
	for _, err := range result.Errors {
		t.Errorf("%s answers against its schema: %v in %s", op.OperationID, err, r.body)
	}
}

func TestOpenAPIDocument(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.do(call{method: http.MethodGet, path: "/openapi.json", anonymous: true})
	served := decode[struct {
		OpenAPI string                               `json:"openapi"`
		Info    struct{ Version string }             `json:"info"`
		Paths   map[string]map[string]map[string]any `json:"paths"`
	}](t, r, http.StatusOK)
	if served.OpenAPI != "3.1.0" || served.Info.Version != "1.2.3" {
		t.Errorf("openapi %q, version %q", served.OpenAPI, served.Info.Version)
	}
	got := map[string]bool{}
	for path, methods := range served.Paths {
		for method := range methods {
			got[strings.ToUpper(method)+" "+path] = true
		}
	}
	want := map[string]bool{}
	for _, op := range operations(server.OpenAPI(w.cfg)) {
		want[op.Method+" "+op.Path] = true
		if op.Summary == "" || len(op.Tags) != 1 {
			t.Errorf("%s has no summary or not one tag", op.OperationID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations served (-want +got):\n%s", diff)
	}
	if strings.Contains(string(r.body), "http://") || strings.Contains(string(r.body), "$schema") {
		t.Error("the document leads out to other hosts or adds $schema to answers")
	}
}

package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/server"
)

func TestLocate(t *testing.T) {
	t.Parallel()
	body := []byte(`{"a": {"b.c": {"d": 1}, "b": {"c": 2}}, "list": [{"x.y": 1}, 2], "": 3, "sl/ash~": {"e": 4}}`)
	for location, want := range map[string]string{
		"":               "",
		"a.b.c":          "/a/b.c", // the longest key that is there
		"a.b.c.d":        "/a/b.c/d",
		"a.gone.e":       "/a/gone/e",
		"list[0].x.y":    "/list/0/x.y",
		"list[1]":        "/list/1",
		"list[7].z":      "/list/7/z",
		"sl/ash~.e":      "/sl~1ash~0/e",
		"nothing.at.all": "/nothing/at/all",
	} {
		if got := server.Pointer(server.Locate(body, location)); got != want {
			t.Errorf("%q is at %q, want %q", location, got, want)
		}
	}
}

// Whatever keys a client invents, a place within the body is found again and the search ends.
func FuzzLocate(f *testing.F) {
	f.Add("a", "b.c")
	f.Add("", "[0]")
	f.Add("a[0]", ".")
	f.Add("~/", "]")
	f.Fuzz(func(t *testing.T, outer, inner string) {
		body, err := json.Marshal(map[string]any{outer: map[string]any{inner: 1}})
		if err != nil {
			t.Skip("no JSON")
		}
		path := huma.NewPathBuffer(nil, 0)
		path.Push(outer)
		path.Push(inner)
		tokens := server.Locate(body, path.String())
		if outer == "" || inner == "" || strings.ToValidUTF8(outer+inner, "") != outer+inner {
			return // such keys leave no trace in a location, or change on their way through JSON
		}
		if len(tokens) != 2 || tokens[0] != outer || tokens[1] != inner {
			t.Errorf("%q is found at %q", []string{outer, inner}, tokens)
		}
	})
}

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestAttributePath(t *testing.T) {
	t.Parallel()
	integration, connection := integrationSchema().Type(), connectionSchema().Type()
	for _, c := range []struct {
		pointer string
		typ     attr.Type
		at      string
		exact   bool
	}{
		{"/name", integration, "name", true},
		{"/match/column", integration, "match.column", true},
		{"/mappings", integration, "mappings", true},
		{"/mappings/Email", integration, `mappings["Email"]`, true},
		{"/mappings/Email/column", integration, `mappings["Email"].column`, true},
		{"/mappings/a~1b~0c/on_null", integration, `mappings["a/b~c"].on_null`, true},
		{"/client_credentials/client_id", connection, "client_credentials.client_id", true},
		{"/client_credentials/client_secret", connection, "client_credentials.client_secret_wo", true},
		{"/match/transform", integration, "match.transform", true},
		{"/match/transform/2", integration, "match.transform[2]", true},
		{"/match/transform/-", integration, "match.transform", false},
		{"/match/transform/-1", integration, "match.transform", false},
		{"/match/transform/2/x", integration, "match.transform[2]", false},
		{"/match/owner", integration, "match", false},
		{"/mappings/Email/lookup/object", integration, `mappings["Email"].lookup.object`, true},
		{"/mappings/Email/transform/0", integration, `mappings["Email"].transform[0]`, true},
		{"/guards/max_changed_percent", integration, "guards.max_changed_percent", true},
		{"/limits/batch_rows", connection, "limits.batch_rows", true},
		{"/name/first", integration, "name", false},
		{"/owner", integration, "", false},
		{"", integration, "", false},
		{"name", integration, "", false},
		{"/name", nil, "", false},
	} {
		at, exact := attributePath(c.typ, c.pointer)
		if at.String() != c.at || exact != c.exact {
			t.Errorf("attributePath(%q) = %q, %v; want %q, %v", c.pointer, at, exact, c.at, c.exact)
		}
	}
}

func TestAttributePathOfAnyMapping(t *testing.T) {
	t.Parallel()
	typ := integrationSchema().Type()
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.String().Draw(t, "field")
		want := path.Root("mappings").AtMapKey(field).AtName("column")
		at, exact := attributePath(typ, reportsync.MappingPointer(field, "column"))
		if !exact || !at.Equal(want) {
			t.Fatalf("attributePath = %s, %v; want %s", at, exact, want)
		}
	})
}

func TestIsKnown(t *testing.T) {
	t.Parallel()
	text := func(v any) tftypes.Value { return tftypes.NewValue(tftypes.String, v) }
	inner := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"column": tftypes.String, "on_null": tftypes.String}}
	mapping := func(column, onNull any) tftypes.Value {
		return tftypes.NewValue(inner, map[string]tftypes.Value{"column": text(column), "on_null": text(onNull)})
	}
	mappings := tftypes.Map{ElementType: inner}
	root := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String, "mappings": mappings, "match": inner}}
	raw := tftypes.NewValue(root, map[string]tftypes.Value{
		"name":  text(tftypes.UnknownValue),
		"match": tftypes.NewValue(inner, tftypes.UnknownValue),
		"mappings": tftypes.NewValue(mappings, map[string]tftypes.Value{
			"Whole":   mapping("a", nil),
			"Half":    mapping("a", tftypes.UnknownValue),
			"Unknown": tftypes.NewValue(inner, tftypes.UnknownValue),
		}),
	})
	of := func(field string) path.Path { return path.Root("mappings").AtMapKey(field) }
	for _, c := range []struct {
		at   path.Path
		want bool
	}{
		{path.Root("name"), false},
		{path.Root("match"), false},
		{path.Root("match").AtName("column"), false},
		{path.Root("mappings"), false},
		{of("Whole"), true},
		{of("Whole").AtName("column"), true},
		{of("Half"), false},
		{of("Half").AtName("column"), false}, // a rule about the column may look at on_null
		{of("Unknown").AtName("column"), false},
		{path.Empty(), false},
	} {
		if got := isKnown(raw, c.at); got != c.want {
			t.Errorf("isKnown(%s) = %v, want %v", c.at, got, c.want)
		}
	}
}

package provider

import (
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maybe draws a value or none.
func maybe[T any](g *rapid.Generator[T]) *rapid.Generator[*T] { return rapid.Ptr(g, true) }

// steps draws a list of steps, an empty one, or none.
func steps() *rapid.Generator[[]string] {
	return rapid.OneOf(rapid.Just([]string(nil)), rapid.Just([]string{}), rapid.SliceOfN(rapid.String(), 1, 3))
}

func drawnMatch() *rapid.Generator[reportsync.Match] {
	return rapid.Custom(func(t *rapid.T) reportsync.Match {
		text := rapid.String()
		return reportsync.Match{
			Column: text.Draw(t, "column"), Field: text.Draw(t, "field"),
			Transform: steps().Draw(t, "transform"), FieldTransform: steps().Draw(t, "field_transform"),
			OnMultiple: maybe(rapid.Just(reportsync.OnMultipleUpdateAll)).Draw(t, "on_multiple"),
		}
	})
}

func drawnMapping() *rapid.Generator[reportsync.Mapping] {
	text := rapid.String()
	lookup := rapid.Custom(func(t *rapid.T) reportsync.Lookup {
		return reportsync.Lookup{Object: text.Draw(t, "object"), Field: text.Draw(t, "field"), Column: text.Draw(t, "column")}
	})
	return rapid.Custom(func(t *rapid.T) reportsync.Mapping {
		return reportsync.Mapping{
			Column: maybe(text).Draw(t, "column"), Constant: maybe(text).Draw(t, "constant"), Lookup: maybe(lookup).Draw(t, "lookup"),
			Transform: steps().Draw(t, "transform"), OnNull: maybe(rapid.Just(reportsync.OnNullClear)).Draw(t, "on_null"),
			DateFormat: maybe(text).Draw(t, "date_format"), TimeZone: maybe(text).Draw(t, "time_zone"),
		}
	})
}

func drawnGuards() *rapid.Generator[reportsync.Guards] {
	percent := maybe(rapid.Float64Range(0, 100))
	return rapid.Custom(func(t *rapid.T) reportsync.Guards {
		return reportsync.Guards{
			MaxRejectedPercent: percent.Draw(t, "rejected"), MaxChangedPercent: percent.Draw(t, "changed"),
			MaxClearedPercent: percent.Draw(t, "cleared"), MaxCreatedPercent: percent.Draw(t, "created"), MinRowsPercent: percent.Draw(t, "rows"),
		}
	})
}

// drawnIntegration draws specs with every attribute set, unset or empty, valid or not.
func drawnIntegration() *rapid.Generator[reportsync.IntegrationSpec] {
	text := rapid.String()
	duplicates := rapid.Custom(func(t *rapid.T) reportsync.Duplicates {
		return reportsync.Duplicates{Keep: maybe(rapid.Just(reportsync.KeepLast)).Draw(t, "keep"), OrderBy: maybe(text).Draw(t, "order_by")}
	})
	freshness := rapid.Custom(func(t *rapid.T) reportsync.Freshness {
		return reportsync.Freshness{MaxAge: text.Draw(t, "max_age"), Wait: maybe(text).Draw(t, "wait")}
	})
	writes := rapid.Custom(func(t *rapid.T) reportsync.Writes {
		return reportsync.Writes{
			Route: maybe(rapid.Just(reportsync.RouteOnlyBulk)).Draw(t, "route"), BatchRows: maybe(rapid.Int64()).Draw(t, "batch_rows"),
			DuplicateRules: maybe(text).Draw(t, "duplicate_rules"), AssignmentRule: maybe(text).Draw(t, "assignment_rule"),
		}
	})
	return rapid.Custom(func(t *rapid.T) reportsync.IntegrationSpec {
		return reportsync.IntegrationSpec{
			Name: text.Draw(t, "name"), Description: maybe(text).Draw(t, "description"), Enabled: maybe(rapid.Bool()).Draw(t, "enabled"),
			SourceID: text.Draw(t, "source_id"), Report: text.Draw(t, "report"), ConnectionID: text.Draw(t, "connection_id"), Object: text.Draw(t, "object"),
			Operation: maybe(rapid.Just(reportsync.OperationUpsert)).Draw(t, "operation"),
			Match:     drawnMatch().Draw(t, "match"), Mappings: rapid.MapOfN(text, drawnMapping(), 0, 3).Draw(t, "mappings"),
			Duplicates:      maybe(duplicates).Draw(t, "duplicates"),
			ChangeDetection: maybe(rapid.Just(reportsync.ChangeDetectionNone)).Draw(t, "change_detection"),
			Freshness:       maybe(freshness).Draw(t, "freshness"), Guards: maybe(drawnGuards()).Draw(t, "guards"), Writes: maybe(writes).Draw(t, "writes"),
			Schedule: maybe(text).Draw(t, "schedule"), TimeZone: maybe(text).Draw(t, "time_zone"),
		}
	})
}

// What the daemon stores comes back from the state as it is: unset, empty and set are three things.
func TestIntegrationModelLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawnIntegration().Draw(t, "spec")
		var m integrationModel
		if diags := m.take(t.Context(), reportsync.Integration{ID: "int_1", Revision: 7, IntegrationSpec: want}); diags.HasError() {
			t.Fatal(diags)
		}
		got, diags := m.spec(t.Context())
		if diags.HasError() {
			t.Fatal(diags)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the spec (-want +got):\n%s", diff)
		}
		if m.ID.ValueString() != "int_1" || m.Revision.ValueInt64() != 7 {
			t.Fatalf("id %s, revision %s", m.ID, m.Revision)
		}
	})
}

func TestUnknownPartsAreLeftOut(t *testing.T) {
	t.Parallel()
	m := integrationModel{
		Match: types.ObjectUnknown(matchTypes), Mappings: types.MapUnknown(types.ObjectType{AttrTypes: mappingTypes}),
		Duplicates: types.ObjectUnknown(duplicatesTypes), Freshness: types.ObjectUnknown(freshnessTypes),
		Guards: types.ObjectValueMust(guardsTypes, map[string]attr.Value{
			"max_rejected_percent": types.Float64Unknown(), "max_changed_percent": types.Float64Value(5), "max_cleared_percent": types.Float64Null(),
			"max_created_percent": types.Float64Null(), "min_rows_percent": types.Float64Null(),
		}),
		Writes: types.ObjectNull(writesTypes),
	}
	got, diags := m.spec(t.Context())
	if diags.HasError() {
		t.Fatal(diags)
	}
	want := reportsync.IntegrationSpec{Guards: &reportsync.Guards{MaxChangedPercent: new(5.0)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the spec (-want +got):\n%s", diff)
	}
}

func TestUnknownStepsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	list := types.ListValueMust(types.StringType, []attr.Value{types.StringValue("trim"), types.StringUnknown(), types.StringValue("lower")})
	if diff := cmp.Diff([]string{"trim", "", "lower"}, optionalTexts(list)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// A number that comes from the daemon is the one that Terraform reads from the configuration, to the last bit.
func TestDecimalsAreThoseOfTheConfiguration(t *testing.T) {
	t.Parallel()
	for text, n := range map[string]float64{"33.3": 33.3, "0.1": 0.1, "100": 100, "0": 0, "12.5": 12.5} {
		exact, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		configured, err := types.Float64Type.ValueFromTerraform(t.Context(), tftypes.NewValue(tftypes.Number, exact))
		if err != nil {
			t.Fatal(err)
		}
		var diags diag.Diagnostics
		if got := decimalOf(t.Context(), &n, &diags); !got.Equal(configured) || diags.HasError() {
			t.Errorf("%s is %s, %v", text, got, diags)
		}
	}
	var diags diag.Diagnostics
	if decimalOf(t.Context(), new(math.Inf(1)), &diags); !diags.HasError() {
		t.Error("an infinite number passes")
	}
}

// Models and schemas are written apart; here they meet.
func TestModelTypesAreThoseOfTheSchema(t *testing.T) {
	t.Parallel()
	integration := integrationAttributes()
	run := runValueAttributes()
	for name, c := range map[string]struct {
		from schema.Attribute
		want map[string]attr.Type
	}{
		"match":      {integration["match"], matchTypes},
		"duplicates": {integration["duplicates"], duplicatesTypes},
		"freshness":  {integration["freshness"], freshnessTypes},
		"guards":     {integration["guards"], guardsTypes},
		"writes":     {integration["writes"], writesTypes},
		"limits":     {connectionAttributes()["limits"], limitsTypes},
		"org":        {run["org"], orgTypes},
		"forecast":   {run["forecast"], forecastTypes},
		"artifact":   {run["artifact"], artifactTypes},
	} {
		if want := (types.ObjectType{AttrTypes: c.want}); !c.from.GetType().Equal(want) {
			t.Errorf("%s is %s in the schema and %s in the model", name, c.from.GetType(), want)
		}
	}
	for name, c := range map[string]struct {
		from schema.Attribute
		want attr.Type
	}{
		"mappings":  {integration["mappings"], types.MapType{ElemType: types.ObjectType{AttrTypes: mappingTypes}}},
		"bulk_jobs": {run["bulk_jobs"], types.ListType{ElemType: types.ObjectType{AttrTypes: bulkJobTypes}}},
	} {
		if !c.from.GetType().Equal(c.want) {
			t.Errorf("%s is %s in the schema and %s in the model", name, c.from.GetType(), c.want)
		}
	}
}

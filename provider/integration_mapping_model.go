package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

type matchModel struct {
	Column         types.String `tfsdk:"column"`
	Field          types.String `tfsdk:"field"`
	Transform      types.List   `tfsdk:"transform"`
	FieldTransform types.List   `tfsdk:"field_transform"`
	OnMultiple     types.String `tfsdk:"on_multiple"`
}

type mappingModel struct {
	Column     types.String `tfsdk:"column"`
	Constant   types.String `tfsdk:"constant"`
	Lookup     types.Object `tfsdk:"lookup"`
	Transform  types.List   `tfsdk:"transform"`
	OnNull     types.String `tfsdk:"on_null"`
	DateFormat types.String `tfsdk:"date_format"`
	TimeZone   types.String `tfsdk:"time_zone"`
}

type lookupModel struct {
	Object types.String `tfsdk:"object"`
	Field  types.String `tfsdk:"field"`
	Column types.String `tfsdk:"column"`
}

var (
	stepsType  = types.ListType{ElemType: types.StringType}
	matchTypes = map[string]attr.Type{
		"column":          types.StringType,
		"field":           types.StringType,
		"transform":       stepsType,
		"field_transform": stepsType,
		"on_multiple":     types.StringType,
	}
	lookupTypes = map[string]attr.Type{
		"object": types.StringType,
		"field":  types.StringType,
		"column": types.StringType,
	}
	mappingTypes = map[string]attr.Type{
		"column":      types.StringType,
		"constant":    types.StringType,
		"lookup":      types.ObjectType{AttrTypes: lookupTypes},
		"transform":   stepsType,
		"on_null":     types.StringType,
		"date_format": types.StringType,
		"time_zone":   types.StringType,
	}
)

func (m *integrationModel) match(ctx context.Context, diags *diag.Diagnostics) reportsync.Match {
	var from matchModel
	diags.Append(m.Match.As(ctx, &from, lenient)...)
	return reportsync.Match{
		Column:         from.Column.ValueString(),
		Field:          from.Field.ValueString(),
		Transform:      optionalTexts(from.Transform),
		FieldTransform: optionalTexts(from.FieldTransform),
		OnMultiple:     optional[reportsync.OnMultiple](from.OnMultiple),
	}
}

func matchOf(m reportsync.Match) *matchModel {
	return &matchModel{
		Column:         types.StringValue(m.Column),
		Field:          types.StringValue(m.Field),
		Transform:      listOf(m.Transform),
		FieldTransform: listOf(m.FieldTransform),
		OnMultiple:     stringOf(m.OnMultiple),
	}
}

func (m *integrationModel) mappings(ctx context.Context, diags *diag.Diagnostics) map[string]reportsync.Mapping {
	if m.Mappings.IsNull() || m.Mappings.IsUnknown() {
		return nil
	}
	var elements map[string]types.Object
	diags.Append(m.Mappings.ElementsAs(ctx, &elements, false)...)
	mappings := make(map[string]reportsync.Mapping, len(elements))
	for field, element := range elements {
		var from mappingModel
		diags.Append(element.As(ctx, &from, lenient)...)
		to := reportsync.Mapping{
			Column:     optional[string](from.Column),
			Constant:   optional[string](from.Constant),
			Transform:  optionalTexts(from.Transform),
			OnNull:     optional[reportsync.OnNull](from.OnNull),
			DateFormat: optional[string](from.DateFormat),
			TimeZone:   optional[string](from.TimeZone),
		}
		if l := optionalObject[lookupModel](ctx, from.Lookup, diags); l != nil {
			to.Lookup = &reportsync.Lookup{Object: l.Object.ValueString(), Field: l.Field.ValueString(), Column: l.Column.ValueString()}
		}
		mappings[field] = to
	}
	return mappings
}

func mappingsOf(ctx context.Context, mappings map[string]reportsync.Mapping, diags *diag.Diagnostics) types.Map {
	models := make(map[string]mappingModel, len(mappings))
	for field, from := range mappings {
		models[field] = mappingModel{
			Column:     stringOf(from.Column),
			Constant:   stringOf(from.Constant),
			Lookup:     objectOf(ctx, lookupTypes, lookupOf(from.Lookup), diags),
			Transform:  listOf(from.Transform),
			OnNull:     stringOf(from.OnNull),
			DateFormat: stringOf(from.DateFormat),
			TimeZone:   stringOf(from.TimeZone),
		}
	}
	m, more := types.MapValueFrom(ctx, types.ObjectType{AttrTypes: mappingTypes}, models)
	diags.Append(more...)
	return m
}

func lookupOf(l *reportsync.Lookup) *lookupModel {
	if l == nil {
		return nil
	}
	return &lookupModel{Object: types.StringValue(l.Object), Field: types.StringValue(l.Field), Column: types.StringValue(l.Column)}
}

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// integrationModel is the model of the resource and of the data source.
type integrationModel struct {
	ID           types.String `tfsdk:"id"`
	Name         types.String `tfsdk:"name"`
	Description  types.String `tfsdk:"description"`
	Enabled      types.Bool   `tfsdk:"enabled"`
	SourceID     types.String `tfsdk:"source_id"`
	Report       types.String `tfsdk:"report"`
	ConnectionID types.String `tfsdk:"connection_id"`
	Object       types.String `tfsdk:"object"`
	Operation    types.String `tfsdk:"operation"`
	Match        types.Object `tfsdk:"match"`
	Mappings     types.Map    `tfsdk:"mappings"`
	Schedule     types.String `tfsdk:"schedule"`
	TimeZone     types.String `tfsdk:"time_zone"`
	Revision     types.Int64  `tfsdk:"revision"`
}

type matchModel struct {
	Column types.String `tfsdk:"column"`
	Field  types.String `tfsdk:"field"`
}

type mappingModel struct {
	Column   types.String `tfsdk:"column"`
	Constant types.String `tfsdk:"constant"`
	OnNull   types.String `tfsdk:"on_null"`
	TimeZone types.String `tfsdk:"time_zone"`
}

var (
	matchTypes = map[string]attr.Type{
		"column": types.StringType,
		"field":  types.StringType,
	}
	mappingTypes = map[string]attr.Type{
		"column":    types.StringType,
		"constant":  types.StringType,
		"on_null":   types.StringType,
		"time_zone": types.StringType,
	}
)

// spec returns what the model declares.
func (m *integrationModel) spec(ctx context.Context) (reportsync.IntegrationSpec, diag.Diagnostics) {
	var match matchModel
	diags := m.Match.As(ctx, &match, lenient)
	mappings, more := m.mappings(ctx)
	diags.Append(more...)
	s := reportsync.IntegrationSpec{
		Name:         m.Name.ValueString(),
		Description:  optional[string](m.Description),
		SourceID:     m.SourceID.ValueString(),
		Report:       m.Report.ValueString(),
		ConnectionID: m.ConnectionID.ValueString(),
		Object:       m.Object.ValueString(),
		Operation:    optional[reportsync.Operation](m.Operation),
		Match:        reportsync.Match{Column: match.Column.ValueString(), Field: match.Field.ValueString()},
		Mappings:     mappings,
		Schedule:     optional[string](m.Schedule),
		TimeZone:     optional[string](m.TimeZone),
	}
	if !m.Enabled.IsUnknown() {
		s.Enabled = m.Enabled.ValueBoolPointer()
	}
	return s, diags
}

func (m *integrationModel) mappings(ctx context.Context) (map[string]reportsync.Mapping, diag.Diagnostics) {
	if m.Mappings.IsNull() || m.Mappings.IsUnknown() {
		return nil, nil
	}
	var elements map[string]types.Object
	diags := m.Mappings.ElementsAs(ctx, &elements, false)
	mappings := make(map[string]reportsync.Mapping, len(elements))
	for field, element := range elements {
		var from mappingModel
		diags.Append(element.As(ctx, &from, lenient)...)
		mappings[field] = reportsync.Mapping{
			Column:   optional[string](from.Column),
			Constant: optional[string](from.Constant),
			OnNull:   optional[reportsync.OnNull](from.OnNull),
			TimeZone: optional[string](from.TimeZone),
		}
	}
	return mappings, diags
}

// take overlays the model with a stored integration.
func (m *integrationModel) take(ctx context.Context, i reportsync.Integration) diag.Diagnostics {
	*m = integrationModel{
		ID:           types.StringValue(i.ID),
		Name:         types.StringValue(i.Name),
		Description:  stringOf(i.Description),
		Enabled:      types.BoolPointerValue(i.Enabled),
		SourceID:     types.StringValue(i.SourceID),
		Report:       types.StringValue(i.Report),
		ConnectionID: types.StringValue(i.ConnectionID),
		Object:       types.StringValue(i.Object),
		Operation:    stringOf(i.Operation),
		Schedule:     stringOf(i.Schedule),
		TimeZone:     stringOf(i.TimeZone),
		Revision:     types.Int64Value(i.Revision),
	}
	mappings := make(map[string]mappingModel, len(i.Mappings))
	for field, from := range i.Mappings {
		mappings[field] = mappingModel{
			Column:   stringOf(from.Column),
			Constant: stringOf(from.Constant),
			OnNull:   stringOf(from.OnNull),
			TimeZone: stringOf(from.TimeZone),
		}
	}
	var diags, more diag.Diagnostics
	m.Match, diags = types.ObjectValueFrom(ctx, matchTypes, matchModel{
		Column: types.StringValue(i.Match.Column), Field: types.StringValue(i.Match.Field),
	})
	m.Mappings, more = types.MapValueFrom(ctx, types.ObjectType{AttrTypes: mappingTypes}, mappings)
	diags.Append(more...)
	return diags
}

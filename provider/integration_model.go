package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// integrationModel is the model of the resource and of the data source. Its parts stand in integration_mapping_model.go
// and integration_policy_model.go.
type integrationModel struct {
	ID              types.String `tfsdk:"id"`
	Name            types.String `tfsdk:"name"`
	Description     types.String `tfsdk:"description"`
	Enabled         types.Bool   `tfsdk:"enabled"`
	SourceID        types.String `tfsdk:"source_id"`
	Report          types.String `tfsdk:"report"`
	ConnectionID    types.String `tfsdk:"connection_id"`
	Object          types.String `tfsdk:"object"`
	Operation       types.String `tfsdk:"operation"`
	Match           types.Object `tfsdk:"match"`
	Mappings        types.Map    `tfsdk:"mappings"`
	Duplicates      types.Object `tfsdk:"duplicates"`
	ChangeDetection types.String `tfsdk:"change_detection"`
	Freshness       types.Object `tfsdk:"freshness"`
	Guards          types.Object `tfsdk:"guards"`
	Writes          types.Object `tfsdk:"writes"`
	Schedule        types.String `tfsdk:"schedule"`
	TimeZone        types.String `tfsdk:"time_zone"`
	Revision        types.Int64  `tfsdk:"revision"`
}

// spec returns what the model declares.
func (m *integrationModel) spec(ctx context.Context) (reportsync.IntegrationSpec, diag.Diagnostics) {
	var diags diag.Diagnostics
	s := reportsync.IntegrationSpec{
		Name:            m.Name.ValueString(),
		Description:     optional[string](m.Description),
		SourceID:        m.SourceID.ValueString(),
		Report:          m.Report.ValueString(),
		ConnectionID:    m.ConnectionID.ValueString(),
		Object:          m.Object.ValueString(),
		Operation:       optional[reportsync.Operation](m.Operation),
		Match:           m.match(ctx, &diags),
		Mappings:        m.mappings(ctx, &diags),
		ChangeDetection: optional[reportsync.ChangeDetection](m.ChangeDetection),
		Schedule:        optional[string](m.Schedule),
		TimeZone:        optional[string](m.TimeZone),
	}
	if !m.Enabled.IsUnknown() {
		s.Enabled = m.Enabled.ValueBoolPointer()
	}
	if d := optionalObject[duplicatesModel](ctx, m.Duplicates, &diags); d != nil {
		s.Duplicates = d.policy()
	}
	if f := optionalObject[freshnessModel](ctx, m.Freshness, &diags); f != nil {
		s.Freshness = f.policy()
	}
	if g := optionalObject[guardsModel](ctx, m.Guards, &diags); g != nil {
		s.Guards = g.policy()
	}
	if w := optionalObject[writesModel](ctx, m.Writes, &diags); w != nil {
		s.Writes = w.policy()
	}
	return s, diags
}

// take overlays the model with a stored integration.
func (m *integrationModel) take(ctx context.Context, i reportsync.Integration) diag.Diagnostics {
	var diags diag.Diagnostics
	*m = integrationModel{
		ID:              types.StringValue(i.ID),
		Name:            types.StringValue(i.Name),
		Description:     stringOf(i.Description),
		Enabled:         types.BoolPointerValue(i.Enabled),
		SourceID:        types.StringValue(i.SourceID),
		Report:          types.StringValue(i.Report),
		ConnectionID:    types.StringValue(i.ConnectionID),
		Object:          types.StringValue(i.Object),
		Operation:       stringOf(i.Operation),
		Match:           objectOf(ctx, matchTypes, matchOf(i.Match), &diags),
		Mappings:        mappingsOf(ctx, i.Mappings, &diags),
		Duplicates:      objectOf(ctx, duplicatesTypes, duplicatesOf(i.Duplicates), &diags),
		ChangeDetection: stringOf(i.ChangeDetection),
		Freshness:       objectOf(ctx, freshnessTypes, freshnessOf(i.Freshness), &diags),
		Guards:          objectOf(ctx, guardsTypes, guardsOf(ctx, i.Guards, &diags), &diags),
		Writes:          objectOf(ctx, writesTypes, writesOf(i.Writes), &diags),
		Schedule:        stringOf(i.Schedule),
		TimeZone:        stringOf(i.TimeZone),
		Revision:        types.Int64Value(i.Revision),
	}
	return diags
}

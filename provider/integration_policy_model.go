package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

type duplicatesModel struct {
	Keep    types.String `tfsdk:"keep"`
	OrderBy types.String `tfsdk:"order_by"`
}

type freshnessModel struct {
	MaxAge types.String `tfsdk:"max_age"`
	Wait   types.String `tfsdk:"wait"`
}

type guardsModel struct {
	MaxRejectedPercent types.Float64 `tfsdk:"max_rejected_percent"`
	MaxChangedPercent  types.Float64 `tfsdk:"max_changed_percent"`
	MaxClearedPercent  types.Float64 `tfsdk:"max_cleared_percent"`
	MaxCreatedPercent  types.Float64 `tfsdk:"max_created_percent"`
	MinRowsPercent     types.Float64 `tfsdk:"min_rows_percent"`
}

type writesModel struct {
	Route          types.String `tfsdk:"route"`
	BatchRows      types.Int64  `tfsdk:"batch_rows"`
	DuplicateRules types.String `tfsdk:"duplicate_rules"`
	AssignmentRule types.String `tfsdk:"assignment_rule"`
}

var (
	duplicatesTypes = map[string]attr.Type{"keep": types.StringType, "order_by": types.StringType}
	freshnessTypes  = map[string]attr.Type{"max_age": types.StringType, "wait": types.StringType}
	guardsTypes     = map[string]attr.Type{
		"max_rejected_percent": types.Float64Type,
		"max_changed_percent":  types.Float64Type,
		"max_cleared_percent":  types.Float64Type,
		"max_created_percent":  types.Float64Type,
		"min_rows_percent":     types.Float64Type,
	}
	writesTypes = map[string]attr.Type{
		"route":           types.StringType,
		"batch_rows":      types.Int64Type,
		"duplicate_rules": types.StringType,
		"assignment_rule": types.StringType,
	}
)

func (m *duplicatesModel) policy() *reportsync.Duplicates {
	return &reportsync.Duplicates{Keep: optional[reportsync.Keep](m.Keep), OrderBy: optional[string](m.OrderBy)}
}

func duplicatesOf(d *reportsync.Duplicates) *duplicatesModel {
	if d == nil {
		return nil
	}
	return &duplicatesModel{Keep: stringOf(d.Keep), OrderBy: stringOf(d.OrderBy)}
}

func (m *freshnessModel) policy() *reportsync.Freshness {
	return &reportsync.Freshness{MaxAge: m.MaxAge.ValueString(), Wait: optional[string](m.Wait)}
}

func freshnessOf(f *reportsync.Freshness) *freshnessModel {
	if f == nil {
		return nil
	}
	return &freshnessModel{MaxAge: types.StringValue(f.MaxAge), Wait: stringOf(f.Wait)}
}

func (m *guardsModel) policy() *reportsync.Guards {
	return &reportsync.Guards{
		MaxRejectedPercent: optionalFloat(m.MaxRejectedPercent),
		MaxChangedPercent:  optionalFloat(m.MaxChangedPercent),
		MaxClearedPercent:  optionalFloat(m.MaxClearedPercent),
		MaxCreatedPercent:  optionalFloat(m.MaxCreatedPercent),
		MinRowsPercent:     optionalFloat(m.MinRowsPercent),
	}
}

func guardsOf(ctx context.Context, g *reportsync.Guards, diags *diag.Diagnostics) *guardsModel {
	if g == nil {
		return nil
	}
	return &guardsModel{
		MaxRejectedPercent: decimalOf(ctx, g.MaxRejectedPercent, diags),
		MaxChangedPercent:  decimalOf(ctx, g.MaxChangedPercent, diags),
		MaxClearedPercent:  decimalOf(ctx, g.MaxClearedPercent, diags),
		MaxCreatedPercent:  decimalOf(ctx, g.MaxCreatedPercent, diags),
		MinRowsPercent:     decimalOf(ctx, g.MinRowsPercent, diags),
	}
}

func (m *writesModel) policy() *reportsync.Writes {
	return &reportsync.Writes{
		Route:          optional[reportsync.Route](m.Route),
		BatchRows:      optionalInt(m.BatchRows),
		DuplicateRules: optional[string](m.DuplicateRules),
		AssignmentRule: optional[string](m.AssignmentRule),
	}
}

func writesOf(w *reportsync.Writes) *writesModel {
	if w == nil {
		return nil
	}
	return &writesModel{
		Route:          stringOf(w.Route),
		BatchRows:      types.Int64PointerValue(w.BatchRows),
		DuplicateRules: stringOf(w.DuplicateRules),
		AssignmentRule: stringOf(w.AssignmentRule),
	}
}

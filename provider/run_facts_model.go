package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// runFacts is the part of a model that shows what a run found out and used.
type runFacts struct {
	Org       types.Object `tfsdk:"org"`
	Forecast  types.Object `tfsdk:"forecast"`
	BulkJobs  types.List   `tfsdk:"bulk_jobs"`
	Artifact  types.Object `tfsdk:"artifact"`
	WouldStop types.Object `tfsdk:"would_stop"`
	Waiting   types.Object `tfsdk:"waiting"`
}

var (
	orgTypes = map[string]attr.Type{
		"org_id": types.StringType, "user_id": types.StringType, "username": types.StringType, "instance": types.StringType,
	}
	routeCostTypes = map[string]attr.Type{"route": types.StringType, "api_calls": types.Int64Type, "looks": types.Int64Type, "bulk_batches": types.Int64Type}
	choiceTypes    = map[string]attr.Type{
		"route": types.StringType, "why": types.StringType, "rows": types.Int64Type,
		"routes": types.ListType{ElemType: types.ObjectType{AttrTypes: routeCostTypes}},
	}
	parentChoiceTypes = map[string]attr.Type{
		"field": types.StringType, "object": types.StringType, "choice": types.ObjectType{AttrTypes: choiceTypes},
	}
	forecastTypes = map[string]attr.Type{
		"parents": types.ListType{ElemType: types.ObjectType{AttrTypes: parentChoiceTypes}},
		"match":   types.ObjectType{AttrTypes: choiceTypes}, "write": types.ObjectType{AttrTypes: choiceTypes},
		"api_calls": types.Int64Type, "looks": types.Int64Type, "bulk_batches": types.Int64Type,
		"api_calls_remaining": types.Int64Type, "bulk_batches_remaining": types.Int64Type,
	}
	bulkJobTypes  = map[string]attr.Type{"id": types.StringType, "operation": types.StringType, "rows": types.Int64Type}
	artifactTypes = map[string]attr.Type{
		"key": types.StringType, "rows": types.Int64Type, "bytes": types.Int64Type, "sha256": types.StringType,
	}
	waitingTypes = map[string]attr.Type{"until": types.StringType, "reason": types.StringType}
)

// take overlays the model with what a run found out and used.
func (f *runFacts) take(run reportsync.Run, diags *diag.Diagnostics) {
	*f = runFacts{
		Org:       types.ObjectNull(orgTypes),
		Forecast:  types.ObjectNull(forecastTypes),
		BulkJobs:  bulkJobsOf(run.Jobs, diags),
		Artifact:  types.ObjectNull(artifactTypes),
		WouldStop: runErrorOf(run.WouldStop, diags),
		Waiting:   types.ObjectNull(waitingTypes),
	}
	if w := run.Waiting; w != nil {
		f.Waiting = object(waitingTypes, map[string]attr.Value{"until": timeOf(&w.Until), "reason": types.StringValue(w.Reason)}, diags)
	}
	if o := run.Org; o != nil {
		f.Org = object(orgTypes, map[string]attr.Value{
			"org_id": types.StringValue(o.OrgID), "user_id": types.StringValue(o.UserID),
			"username": filled(o.Username), "instance": types.StringValue(o.Instance),
		}, diags)
	}
	if c := run.Forecast; c != nil {
		f.Forecast = object(forecastTypes, map[string]attr.Value{
			"parents": parentChoicesOf(c.Parents, diags),
			"match":   choiceOf(&c.Match, diags), "write": choiceOf(c.Write, diags),
			"api_calls": types.Int64Value(c.APICalls), "looks": types.Int64Value(c.Looks), "bulk_batches": types.Int64Value(c.BulkBatches),
			"api_calls_remaining":    types.Int64PointerValue(c.CallsRemaining),
			"bulk_batches_remaining": types.Int64PointerValue(c.BatchesRemaining),
		}, diags)
	}
	if a := run.Artifact; a != nil {
		f.Artifact = object(artifactTypes, map[string]attr.Value{
			"key": types.StringValue(a.Key), "rows": types.Int64Value(a.Rows),
			"bytes": types.Int64Value(a.Bytes), "sha256": types.StringValue(a.SHA256),
		}, diags)
	}
}

func parentChoicesOf(choices []reportsync.ParentChoice, diags *diag.Diagnostics) types.List {
	elements := make([]attr.Value, len(choices))
	for i, c := range choices {
		elements[i] = object(parentChoiceTypes, map[string]attr.Value{
			"field": types.StringValue(c.Field), "object": types.StringValue(c.Object), "choice": choiceOf(&c.Choice, diags),
		}, diags)
	}
	return list(parentChoiceTypes, elements, diags)
}

func choiceOf(c *reportsync.Choice, diags *diag.Diagnostics) types.Object {
	if c == nil {
		return types.ObjectNull(choiceTypes)
	}
	costs := make([]attr.Value, len(c.Routes))
	for i, cost := range c.Routes {
		costs[i] = object(routeCostTypes, map[string]attr.Value{
			"route": types.StringValue(cost.Route), "api_calls": types.Int64Value(cost.APICalls), "looks": types.Int64Value(cost.Looks),
			"bulk_batches": types.Int64Value(cost.BulkBatches),
		}, diags)
	}
	return object(choiceTypes, map[string]attr.Value{
		"route": types.StringValue(c.Route), "why": types.StringValue(c.Why), "rows": types.Int64Value(c.Rows),
		"routes": list(routeCostTypes, costs, diags),
	}, diags)
}

func bulkJobsOf(jobs []reportsync.BulkJob, diags *diag.Diagnostics) types.List {
	elements := make([]attr.Value, len(jobs))
	for i, job := range jobs {
		elements[i] = object(bulkJobTypes, map[string]attr.Value{
			"id": types.StringValue(job.ID), "operation": types.StringValue(job.Operation), "rows": types.Int64Value(job.Rows),
		}, diags)
	}
	return list(bulkJobTypes, elements, diags)
}

func object(typ map[string]attr.Type, values map[string]attr.Value, diags *diag.Diagnostics) types.Object {
	o, more := types.ObjectValue(typ, values)
	diags.Append(more...)
	return o
}

func list(typ map[string]attr.Type, elements []attr.Value, diags *diag.Diagnostics) types.List {
	l, more := types.ListValue(types.ObjectType{AttrTypes: typ}, elements)
	diags.Append(more...)
	return l
}

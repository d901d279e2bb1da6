package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// runValues is the part of a model that shows what a run tells of itself.
type runValues struct {
	IntegrationName types.String  `tfsdk:"integration_name"`
	Report          types.String  `tfsdk:"report"`
	Object          types.String  `tfsdk:"object"`
	Trigger         types.String  `tfsdk:"trigger"`
	Status          types.String  `tfsdk:"status"`
	StartedAt       types.String  `tfsdk:"started_at"`
	FinishedAt      types.String  `tfsdk:"finished_at"`
	RuntimeSeconds  types.Float64 `tfsdk:"runtime_seconds"`
	Counts          types.Object  `tfsdk:"counts"`
	APICalls        types.Int64   `tfsdk:"api_calls"`
	BulkBatches     types.Int64   `tfsdk:"bulk_batches"`
	BytesSent       types.Int64   `tfsdk:"bytes_sent"`
	BytesReceived   types.Int64   `tfsdk:"bytes_received"`
	Error           types.Object  `tfsdk:"error"`
	Revision        types.Int64   `tfsdk:"revision"`
	ReportVersion   types.Object  `tfsdk:"report_version"`
	runFacts
}

// runModel is a run as data sources show it.
type runModel struct {
	ID            types.String `tfsdk:"id"`
	IntegrationID types.String `tfsdk:"integration_id"`
	DryRun        types.Bool   `tfsdk:"dry_run"`
	IgnoreGuards  types.Bool   `tfsdk:"ignore_guards"`
	runValues
}

// runResourceModel is a run as a resource.
type runResourceModel struct {
	ID            types.String   `tfsdk:"id"`
	IntegrationID types.String   `tfsdk:"integration_id"`
	Triggers      types.Map      `tfsdk:"triggers"`
	DryRun        types.Bool     `tfsdk:"dry_run"`
	FullResync    types.Bool     `tfsdk:"full_resync"`
	IgnoreGuards  types.Bool     `tfsdk:"ignore_guards"`
	Wait          types.Bool     `tfsdk:"wait"`
	FailOn        types.String   `tfsdk:"fail_on"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`
	runValues
}

var (
	runErrorTypes      = map[string]attr.Type{"code": types.StringType, "message": types.StringType, "hint": types.StringType}
	reportVersionTypes = map[string]attr.Type{
		"path": types.StringType, "modified_at": types.StringType, "size": types.Int64Type, "sha256": types.StringType,
	}
	countsTypes = countTypes()
)

func countTypes() map[string]attr.Type {
	t := map[string]attr.Type{"read": types.Int64Type}
	for _, kind := range reportsync.OutcomeKinds {
		t[string(kind)] = types.Int64Type
	}
	return t
}

// take overlays the model with a run.
func (m *runModel) take(_ context.Context, run reportsync.Run) diag.Diagnostics {
	m.ID = types.StringValue(run.ID)
	m.IntegrationID = types.StringValue(run.IntegrationID)
	m.DryRun = types.BoolValue(run.DryRun)
	m.IgnoreGuards = types.BoolValue(run.IgnoreGuards)
	return m.runValues.take(run)
}

// take overlays the model with a run. A flag that is unset stays unset where that means the same.
func (m *runResourceModel) take(run reportsync.Run) diag.Diagnostics {
	m.ID = types.StringValue(run.ID)
	m.IntegrationID = types.StringValue(run.IntegrationID)
	if run.DryRun {
		m.DryRun = types.BoolValue(true)
	}
	if run.FullResync {
		m.FullResync = types.BoolValue(true)
	}
	if run.IgnoreGuards {
		m.IgnoreGuards = types.BoolValue(true)
	}
	return m.runValues.take(run)
}

func (v *runValues) take(run reportsync.Run) diag.Diagnostics {
	*v = runValues{
		IntegrationName: types.StringValue(run.IntegrationName),
		Report:          types.StringValue(run.Report),
		Object:          types.StringValue(run.Object),
		Trigger:         types.StringValue(string(run.Trigger)),
		Status:          types.StringValue(string(run.Status)),
		StartedAt:       timeOf(run.StartedAt),
		FinishedAt:      timeOf(run.FinishedAt),
		RuntimeSeconds:  types.Float64PointerValue(run.RuntimeSeconds),
		APICalls:        types.Int64Value(run.APICalls),
		BulkBatches:     types.Int64Value(run.BulkBatches),
		BytesSent:       types.Int64Value(run.BytesSent),
		BytesReceived:   types.Int64Value(run.BytesReceived),
		Revision:        types.Int64Value(run.Revision),
		ReportVersion:   types.ObjectNull(reportVersionTypes),
	}
	counts := map[string]attr.Value{"read": types.Int64Value(run.Counts.Read)}
	for _, kind := range reportsync.OutcomeKinds {
		counts[string(kind)] = types.Int64Value(*run.Counts.Of(kind))
	}
	var diags diag.Diagnostics
	v.Counts = object(countsTypes, counts, &diags)
	v.Error = runErrorOf(run.Error, &diags)
	if r := run.ReportVersion; r != nil {
		v.ReportVersion = object(reportVersionTypes, map[string]attr.Value{
			"path": types.StringValue(r.Path), "modified_at": timeOf(&r.ModifiedAt),
			"size": types.Int64Value(r.Size), "sha256": filled(r.SHA256),
		}, &diags)
	}
	v.runFacts.take(run, &diags)
	return diags
}

// runErrorOf shows an error of a run, null where there is none.
func runErrorOf(e *reportsync.RunError, diags *diag.Diagnostics) types.Object {
	if e == nil {
		return types.ObjectNull(runErrorTypes)
	}
	return object(runErrorTypes, map[string]attr.Value{
		"code": types.StringValue(string(e.Code)), "message": types.StringValue(e.Message), "hint": filled(e.Hint),
	}, diags)
}

// timeOf writes a time as the config API does.
func timeOf(t *time.Time) types.String {
	if t == nil {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339Nano))
}

// filled is null for a text that the daemon leaves out when it is empty.
func filled(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

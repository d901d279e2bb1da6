package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Waits, where timeouts gives none.
const (
	defaultRunWait    = time.Hour
	defaultCancelWait = 10 * time.Minute
)

// privateImported is the key of the private state that says that a run was imported and not updated since.
const privateImported = "imported"

type runResource struct{ configuredResource }

var _ resource.ResourceWithImportState = (*runResource)(nil)

func newRunResource() resource.Resource { return &runResource{} }

// Metadata names the resource.
func (r *runResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_run"
}

// Schema describes the resource.
func (r *runResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = runSchema(ctx)
}

// Create starts the run. It is in the state before it is waited for, so that a broken wait loses nothing.
func (r *runResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m runResourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	client := r.daemon(&resp.Diagnostics)
	timeout, diags := m.Timeouts.Create(ctx, defaultRunWait)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	w := waiter{client: client, timeout: timeout}
	ctx, cancel := w.limit(ctx)
	defer cancel()

	run, err := w.start(ctx, &m)
	if err != nil {
		problem{
			summary: "Can't start a run of integration " + m.IntegrationID.ValueString(),
			typ:     req.Plan.Schema.Type(),
			err:     blameIntegration(err),
		}.report(&resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(m.take(run)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	if resp.Diagnostics.HasError() || !m.waits() {
		return
	}
	if run, err = w.await(ctx, run); err != nil {
		problem{summary: fmt.Sprintf("Lost sight of run %s of integration %q", run.ID, run.IntegrationName), err: err}.report(&resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(m.take(run)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	warnOfStop(run, &resp.Diagnostics)
	judge(run, m.FailOn.ValueString(), &resp.Diagnostics)
}

// blameIntegration points at integration_id when the integration that it names is not there; the daemon, which got the
// id in a path, has no pointer to it.
func blameIntegration(err error) error {
	if e, ok := errors.AsType[*reportsync.Error](err); ok && e.Code == reportsync.CodeNotFound {
		return &reportsync.Error{Code: e.Code, Hint: e.Hint, Fields: []reportsync.FieldError{
			{Pointer: "/integration_id", Code: e.Code, Detail: e.Message},
		}}
	}
	return err
}

// Read takes over how far the run is. A record that is gone says nothing about the run, which has happened: what is
// known of it stays, because a run that left the state would be started again.
func (r *runResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m runResourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	client := r.daemon(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	run, err := client.Run(ctx, m.ID.ValueString())
	imported := m.Status.IsNull()
	if reportsync.CodeOf(err) == reportsync.CodeNotFound && !imported {
		tflog.Warn(ctx, "the daemon has no record of the run any more; keeping what is known of it", map[string]any{"run": m.ID.ValueString()})
		return
	}
	if err != nil {
		problem{summary: "Can't read run " + m.ID.ValueString(), err: err}.report(&resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(m.take(run)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// Update takes over what only steers how Terraform deals with the run. It starts nothing and waits for nothing.
func (r *runResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateImported, []byte("false"))...)
}

// Delete cancels a run that is under way and waits for its end, so that another may start.
func (r *runResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m runResourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	timeout, diags := m.Timeouts.Delete(ctx, defaultCancelWait)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !reportsync.RunStatus(m.Status.ValueString()).Live() {
		return
	}
	client := r.daemon(&resp.Diagnostics)
	if client == nil {
		return
	}
	w := waiter{client: client, timeout: timeout}
	ctx, cancel := w.limit(ctx)
	defer cancel()
	if err := w.cancel(ctx, m.ID.ValueString()); err != nil {
		problem{summary: "Can't cancel run " + m.ID.ValueString(), err: err}.report(&resp.Diagnostics)
	}
}

// ImportState takes the id of a run; runs have no names.
func (r *runResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if !reportsync.RunID.Is(req.ID) {
		resp.Diagnostics.AddError("Can't import a run", fmt.Sprintf("%q is no id of a run. They start with %s; "+
			"\"reportsyncd runs\" and the data source reportsync_runs list them.", req.ID, reportsync.RunID))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), req.ID)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateImported, []byte("true"))...)
}

// isImported reports whether private state is that of a run that was imported and not updated since.
func isImported(ctx context.Context, private privateReader, diags *diag.Diagnostics) bool {
	text, more := private.GetKey(ctx, privateImported)
	diags.Append(more...)
	return string(text) == "true"
}

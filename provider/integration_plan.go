package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ModifyPlan asks the daemon what is wrong with an integration that is to be made or changed. Nothing is asked while an
// input is unknown, or while the source or the connection is about to change: the daemon checks again on apply.
func (r *integrationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !r.checksPlans() || req.Plan.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) || !req.Config.Raw.IsFullyKnown() {
		return
	}
	d := r.declared(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || r.changing.has(d.spec.SourceID) || r.changing.has(d.spec.ConnectionID) {
		return
	}
	summary := fmt.Sprintf("Integration %q can't work as planned", d.name)
	found, err := r.client.ValidateIntegration(ctx, api.IntegrationCheck{IntegrationSpec: d.spec})
	if err != nil {
		r.notChecked(d.name, err, &resp.Diagnostics)
		return
	}
	if len(found.Errors) > 0 {
		problem{
			summary: summary,
			typ:     req.Config.Schema.Type(),
			err:     &reportsync.Error{Code: reportsync.CodeInvalid, Fields: found.Errors},
		}.report(&resp.Diagnostics)
	}
	if len(found.Unchecked) > 0 {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Integration %q was not checked in full", d.name),
			strings.Join(found.Unchecked, "\n")+"\n\nThe daemon looks again when a run starts.")
	}
}

// notChecked reports why the daemon gave no answer. What nobody could apply is an error, the rest a warning: a token
// that may only read is what plans are made with where another token applies them.
func (r *integrationResource) notChecked(name string, err error, diags *diag.Diagnostics) {
	p := problem{summary: fmt.Sprintf("Integration %q was not checked", name), err: err}
	switch reportsync.CodeOf(err) {
	case reportsync.CodeInvalid, reportsync.CodeUnauthorized:
		p.report(diags)
	default:
		p.warn(diags)
	}
}

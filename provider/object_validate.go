package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ValidateConfig applies the domain's rules to what is known of the configuration. It talks to nobody: the provider is
// not configured when terraform validate runs.
func (r *objectResource[S, T]) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	d := r.declared(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	err := d.spec.Validate()
	if e, ok := errors.AsType[*reportsync.Error](err); ok {
		if e = known(e, req.Config); len(e.Fields) == 0 {
			return
		}
		err = e
	}
	if err != nil {
		problem{summary: "Invalid " + r.noun, typ: req.Config.Schema.Type(), err: err}.report(&resp.Diagnostics)
	}
}

// known returns a copy of e without what is blamed on values that are not known yet: an unknown value looks like an
// empty one to the domain.
func known(e *reportsync.Error, config tfsdk.Config) *reportsync.Error {
	c := *e
	c.Fields = nil
	for _, f := range e.Fields {
		if at, _ := attributePath(config.Schema.Type(), f.Pointer); isKnown(config.Raw, at) {
			c.Fields = append(c.Fields, f)
		}
	}
	return &c
}

// planChange notes an update in the session, so that integrations that refer to the object are checked when they are
// applied and not before.
func (r *objectResource[S, T]) planChange(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.session == nil || req.State.Raw.IsNull() || resp.Plan.Raw.IsNull() || resp.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var diags diag.Diagnostics
	id, _ := r.at(ctx, req.State, &diags)
	resp.Diagnostics.Append(diags...)
	r.changing.add(id)
}

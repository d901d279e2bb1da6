package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// connectionResource adds to the life cycle of all objects that a secret, which Terraform does not keep, is sent again
// when it has changed.
type connectionResource struct {
	objectResource[reportsync.ConnectionSpec, reportsync.Connection]
}

var (
	_ resource.ResourceWithImportState    = (*connectionResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*connectionResource)(nil)
	_ resource.ResourceWithValidateConfig = (*connectionResource)(nil)
)

var (
	secretPath        = path.Root("client_credentials").AtName(attrSecret)
	secretVersionPath = path.Root("client_credentials").AtName(attrSecretVersion)
	fingerprintPath   = path.Root("credentials_fingerprint")
)

var connectionCalls = calls[reportsync.ConnectionSpec, reportsync.Connection]{
	create:  (*api.Client).CreateConnection,
	read:    (*api.Client).Connection,
	byName:  (*api.Client).ConnectionByName,
	replace: (*api.Client).ReplaceConnection,
	remove:  (*api.Client).DeleteConnection,
}

func newConnectionResource() resource.Resource {
	return &connectionResource{objectResource[reportsync.ConnectionSpec, reportsync.Connection]{
		typeName: "salesforce_connection",
		noun:     "connection",
		schema:   connectionSchema,
		model:    func() model[reportsync.ConnectionSpec, reportsync.Connection] { return &connectionModel{} },
		id:       func(c reportsync.Connection) string { return c.ID },
		calls:    connectionCalls,
	}}
}

// Create stores the connection and remembers its secret.
func (r *connectionResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.objectResource.Create(ctx, req, resp)
	if !resp.Diagnostics.HasError() {
		rememberSecret(ctx, req.Config, resp.State, resp.Private, &resp.Diagnostics)
	}
}

// Update replaces the connection, its secret included, and remembers the secret.
func (r *connectionResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.objectResource.Update(ctx, req, resp)
	if !resp.Diagnostics.HasError() {
		rememberSecret(ctx, req.Config, resp.State, resp.Private, &resp.Diagnostics)
	}
}

// Read takes over the connection. After an import it notes the fingerprint, from which later ones are told.
func (r *connectionResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	r.objectResource.Read(ctx, req, resp)
	if resp.Diagnostics.HasError() || resp.State.Raw.IsNull() {
		return
	}
	var sent sentSecret
	if sent.load(ctx, req.Private, &resp.Diagnostics) || resp.Diagnostics.HasError() {
		return
	}
	var fingerprint types.String
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, fingerprintPath, &fingerprint)...)
	sent.Fingerprint = fingerprint.ValueString()
	sent.save(ctx, resp.Private, &resp.Diagnostics)
}

// ModifyPlan plans an update when nothing but the secret differs, which Terraform itself can't see.
func (r *connectionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return
	}
	if secretIsDue(ctx, req, &resp.Diagnostics) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, fingerprintPath, types.StringUnknown())...)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("revision"), types.Int64Unknown())...)
	}
	r.planChange(ctx, req, resp)
}

// secretIsDue reports whether the configured secret is to be sent again.
func secretIsDue(ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) bool {
	var secret, fingerprint types.String
	var version types.Int64
	diags.Append(req.Config.GetAttribute(ctx, secretPath, &secret)...)
	diags.Append(req.Config.GetAttribute(ctx, secretVersionPath, &version)...)
	diags.Append(req.State.GetAttribute(ctx, fingerprintPath, &fingerprint)...)
	var sent sentSecret
	loaded := sent.load(ctx, req.Private, diags)
	switch {
	case diags.HasError() || !loaded:
		return false
	case sent.Fingerprint != fingerprint.ValueString():
		return true // somebody sent another one
	case !version.IsNull():
		return false // a changed version is a difference that Terraform sees
	case secret.IsUnknown():
		return true // if it turns out to be the same, nothing is done
	case !sent.comparable():
		diags.AddAttributeWarning(secretPath, "The secret was not compared",
			"This connection was imported, so Terraform does not know which secret the daemon holds and takes it to be the configured one. "+
				"To send the configured one, set "+attrSecretVersion+" to any number. Any other change sends it too.")
		return false
	}
	return !sent.is(reportsync.Secret(secret.ValueString()))
}

// rememberSecret notes the secret that was sent and the fingerprint that the daemon made of it.
func rememberSecret(ctx context.Context, config tfsdk.Config, state tfsdk.State, private privateWriter, diags *diag.Diagnostics) {
	var secret, fingerprint types.String
	diags.Append(config.GetAttribute(ctx, secretPath, &secret)...)
	diags.Append(state.GetAttribute(ctx, fingerprintPath, &fingerprint)...)
	if !diags.HasError() {
		remember(reportsync.Secret(secret.ValueString()), fingerprint.ValueString()).save(ctx, private, diags)
	}
}

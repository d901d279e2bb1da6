package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// spec is what users declare of a configuration object.
type spec interface {
	// Validate reports everything that is wrong with the spec by itself, as a *reportsync.Error.
	Validate() error
}

// model is the Terraform side of a configuration object: S is what users declare, T what the daemon stores. It is a
// pointer to a struct with tfsdk tags.
type model[S spec, T any] interface {
	// spec returns what the model declares. What is unknown is left out.
	spec(ctx context.Context) (S, diag.Diagnostics)
	// take overlays the model with what the daemon stores and leaves alone what the daemon does not know.
	take(ctx context.Context, stored T) diag.Diagnostics
}

// calls are the client's methods for one kind of configuration object.
type calls[S spec, T any] struct {
	create  func(*api.Client, context.Context, S) (T, error)
	read    func(*api.Client, context.Context, string) (T, error)
	byName  func(*api.Client, context.Context, string) (T, error)
	replace func(*api.Client, context.Context, string, int64, S) (T, error)
	remove  func(*api.Client, context.Context, string, int64) error
}

// objectResource is the life cycle that all configuration objects share.
type objectResource[S spec, T any] struct {
	configuredResource

	typeName string // after the provider's prefix
	noun     string // for messages
	schema   func() schema.Schema
	model    func() model[S, T]
	id       func(T) string
	calls    calls[S, T]
}

// Metadata names the resource.
func (r *objectResource[S, T]) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.typeName
}

// Schema describes the resource.
func (r *objectResource[S, T]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema()
}

// Create stores the object. Its id is in the state before anything else can fail.
func (r *objectResource[S, T]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	declared, client := r.declared(ctx, req.Config, &resp.Diagnostics), r.daemon(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	stored, err := r.calls.create(client, ctx, declared.spec)
	if err != nil {
		r.problem("create", declared.name, req.Config.Schema.Type(), err).report(&resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(declared.model.take(ctx, stored)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, declared.model)...)
}

// Read takes over what the daemon has now. An object that is gone leaves the state, to be made again.
func (r *objectResource[S, T]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, client := r.model(), r.daemon(&resp.Diagnostics)
	resp.Diagnostics.Append(req.State.Get(ctx, m)...)
	id, _ := r.at(ctx, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	stored, err := r.calls.read(client, ctx, id)
	if reportsync.CodeOf(err) == reportsync.CodeNotFound {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		r.problem("read", id, nil, err).report(&resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(m.take(ctx, stored)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// Update replaces the object, if it still is as it was when the plan was made.
func (r *objectResource[S, T]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	declared, client := r.declared(ctx, req.Config, &resp.Diagnostics), r.daemon(&resp.Diagnostics)
	id, revision := r.at(ctx, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	stored, err := r.calls.replace(client, ctx, id, revision, declared.spec)
	if err != nil {
		r.problem("update", declared.name, req.Config.Schema.Type(), err).report(&resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(declared.model.take(ctx, stored)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, declared.model)...)
}

// Delete deletes the object. That it is gone already is fine.
func (r *objectResource[S, T]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	client := r.daemon(&resp.Diagnostics)
	id, revision := r.at(ctx, req.State, &resp.Diagnostics)
	var name types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("name"), &name)...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.calls.remove(client, ctx, id, revision)
	if err != nil && reportsync.CodeOf(err) != reportsync.CodeNotFound {
		r.problem("delete", name.ValueString(), nil, err).report(&resp.Diagnostics)
	}
}

// ImportState takes an id, or name=NAME.
func (r *objectResource[S, T]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := req.ID
	if name, ok := importName(req.ID); ok {
		client := r.daemon(&resp.Diagnostics)
		if client == nil {
			return
		}
		stored, err := r.calls.byName(client, ctx, name)
		if err != nil {
			r.problem("import", name, nil, err).report(&resp.Diagnostics)
			return
		}
		id = r.id(stored)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
}

// declared is what the configuration of an object says.
type declared[S spec, T any] struct {
	model model[S, T]
	spec  S
	name  string
}

// declared reads the configuration and not the plan, which lacks the write-only secrets. No input has a default, so the
// two are the same otherwise.
func (r *objectResource[S, T]) declared(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) declared[S, T] {
	d := declared[S, T]{model: r.model()}
	diags.Append(config.Get(ctx, d.model)...)
	var name types.String
	diags.Append(config.GetAttribute(ctx, path.Root("name"), &name)...)
	d.name = name.ValueString()
	if diags.HasError() {
		return d
	}
	spec, more := d.model.spec(ctx)
	diags.Append(more...)
	d.spec = spec
	return d
}

// at returns the id and the revision that the state names; the latter is 0 right after an import.
func (r *objectResource[S, T]) at(ctx context.Context, state tfsdk.State, diags *diag.Diagnostics) (id string, revision int64) {
	var i types.String
	var n types.Int64
	diags.Append(state.GetAttribute(ctx, path.Root("id"), &i)...)
	diags.Append(state.GetAttribute(ctx, path.Root("revision"), &n)...)
	return i.ValueString(), n.ValueInt64()
}

func (r *objectResource[S, T]) problem(verb, name string, typ attr.Type, err error) problem {
	return problem{summary: fmt.Sprintf("Can't %s %s %q", verb, r.noun, name), typ: typ, err: err}
}

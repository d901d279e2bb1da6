package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
)

// taker is the model of a data source; T is what the daemon stores.
type taker[T any] interface {
	// take overlays the model with what the daemon stores.
	take(ctx context.Context, stored T) diag.Diagnostics
}

// objectDataSource reads one configuration object by its id or by its name.
type objectDataSource[T any] struct {
	configuredDataSource

	typeName   string // after the provider's prefix
	noun       string // for messages
	about      string // what it is, in Markdown
	attributes func() map[string]resource.Attribute
	model      func() taker[T]
	read       func(*api.Client, context.Context, string) (T, error)
	byName     func(*api.Client, context.Context, string) (T, error)
}

// Metadata names the data source.
func (d *objectDataSource[T]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.typeName
}

// Schema describes the data source: the resource's attributes, of which id or name is given.
func (d *objectDataSource[T]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := computedAttributes(d.attributes())
	attributes["id"] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: fmt.Sprintf("Id of the %s. Either this or `name` must be set.", d.noun),
	}
	attributes["name"] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: fmt.Sprintf("Name of the %s. Either this or `id` must be set.", d.noun),
	}
	resp.Schema = schema.Schema{MarkdownDescription: d.about, Attributes: attributes}
}

// ConfigValidators wants either the id or the name.
func (d *objectDataSource[T]) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))}
}

// Read looks the object up.
func (d *objectDataSource[T]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.daemon(&resp.Diagnostics)
	var id, name types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("id"), &id)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("name"), &name)...)
	if resp.Diagnostics.HasError() {
		return
	}
	find, by := d.read, id
	if id.IsNull() {
		find, by = d.byName, name
	}
	stored, err := find(client, ctx, by.ValueString())
	if err != nil {
		problem{summary: fmt.Sprintf("Can't read %s %q", d.noun, by.ValueString()), err: err}.report(&resp.Diagnostics)
		return
	}
	m := d.model()
	resp.Diagnostics.Append(m.take(ctx, stored)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

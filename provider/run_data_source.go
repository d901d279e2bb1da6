package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type runDataSource struct{ configuredDataSource }

func newRunDataSource() datasource.DataSource { return &runDataSource{} }

// Metadata names the data source.
func (d *runDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_run"
}

// Schema describes the data source.
func (d *runDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := runAttributes()
	attributes["id"] = schema.StringAttribute{Required: true, MarkdownDescription: "Id of the run."}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one run, whoever started it: where it stands and how it ended.",
		Attributes:          attributes,
	}
}

// runAttributes are those of a run as data sources show it.
func runAttributes() map[string]schema.Attribute {
	attributes := computedAttributes(runValueAttributes())
	attributes["id"] = schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the run."}
	attributes["integration_id"] = schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the integration."}
	attributes["dry_run"] = schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it stopped before the first write."}
	attributes["ignore_guards"] = schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it was let through whatever guards, freshness and limits of API calls say."}
	return attributes
}

// Read reads the run.
func (d *runDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.daemon(&resp.Diagnostics)
	var id types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("id"), &id)...)
	if resp.Diagnostics.HasError() {
		return
	}
	run, err := client.Run(ctx, id.ValueString())
	if err != nil {
		problem{summary: fmt.Sprintf("Can't read run %q", id.ValueString()), err: err}.report(&resp.Diagnostics)
		return
	}
	var m runModel
	resp.Diagnostics.Append(m.take(ctx, run)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

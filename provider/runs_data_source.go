package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Bounds of how many runs are read.
const (
	defaultRuns = 20
	maxRuns     = 1000
)

type runsDataSource struct{ configuredDataSource }

func newRunsDataSource() datasource.DataSource { return &runsDataSource{} }

type runsModel struct {
	IntegrationID types.String `tfsdk:"integration_id"`
	Status        types.Set    `tfsdk:"status"`
	Limit         types.Int64  `tfsdk:"limit"`
	Runs          []runModel   `tfsdk:"runs"`
}

// Metadata names the data source.
func (d *runsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_runs"
}

// Schema describes the data source.
func (d *runsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	statuses := make([]string, len(reportsync.RunStatuses))
	for i, s := range reportsync.RunStatuses {
		statuses[i] = string(s)
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the latest runs, newest first, whoever started them.",
		Attributes: map[string]schema.Attribute{
			"integration_id": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Only runs of this integration. Default: of all.",
			},
			"status": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(statuses...)),
				},
				MarkdownDescription: "Only runs with one of these statuses: `queued`, `running`, `completed`, `completed_with_errors`, " +
					"`failed`, `cancelled`. Default: all.",
			},
			"limit": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{int64validator.Between(1, maxRuns)},
				MarkdownDescription: fmt.Sprintf("How many runs to read at most, up to %d. Default: `%d`.", maxRuns, defaultRuns),
			},
			"runs": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The runs, newest first.",
				NestedObject:        schema.NestedAttributeObject{Attributes: runAttributes()},
			},
		},
	}
}

// Read reads the runs.
func (d *runsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.daemon(&resp.Diagnostics)
	var m runsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	query := api.RunQuery{IntegrationID: m.IntegrationID.ValueString(), Limit: defaultRuns}
	if !m.Limit.IsNull() {
		query.Limit = int(m.Limit.ValueInt64())
	}
	resp.Diagnostics.Append(m.Status.ElementsAs(ctx, &query.Status, false)...)
	m.Runs = []runModel{}
	for run, err := range client.Runs(ctx, query) {
		if err != nil {
			problem{summary: "Can't read runs", err: err}.report(&resp.Diagnostics)
			return
		}
		var one runModel
		resp.Diagnostics.Append(one.take(ctx, run)...)
		m.Runs = append(m.Runs, one)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

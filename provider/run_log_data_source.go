package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Bounds of how many rejected rows are read; they go into the state.
const (
	defaultRejected = 100
	maxRejected     = 10_000
)

type runLogDataSource struct{ configuredDataSource }

func newRunLogDataSource() datasource.DataSource { return &runLogDataSource{} }

type runLogModel struct {
	RunID         types.String       `tfsdk:"run_id"`
	RejectedLimit types.Int64        `tfsdk:"rejected_limit"`
	Entries       []logEntryModel    `tfsdk:"entries"`
	Rejected      []rejectedRowModel `tfsdk:"rejected"`
	runValues
}

type logEntryModel struct {
	At      types.String `tfsdk:"at"`
	Level   types.String `tfsdk:"level"`
	Stage   types.String `tfsdk:"stage"`
	Message types.String `tfsdk:"message"`
}

type rejectedRowModel struct {
	Line    types.Int64  `tfsdk:"line"`
	Key     types.String `tfsdk:"key"`
	Outcome types.String `tfsdk:"outcome"`
	Code    types.String `tfsdk:"code"`
	Message types.String `tfsdk:"message"`
}

// Metadata names the data source.
func (d *runLogDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_run_log"
}

// Schema describes the data source.
func (d *runLogDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := computedAttributes(runValueAttributes())
	attributes["run_id"] = schema.StringAttribute{Required: true, MarkdownDescription: "Id of the run."}
	attributes["rejected_limit"] = schema.Int64Attribute{
		Optional: true, Validators: []validator.Int64{int64validator.Between(0, maxRejected)},
		MarkdownDescription: fmt.Sprintf("How many rejected rows to read at most, up to %d; `0` reads none, which a token with the role "+
			"`viewer` may do. Default: `%d`.", maxRejected, defaultRejected),
	}
	attributes["entries"] = schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: "The log, oldest entry first.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"at":      text("When, in UTC (RFC 3339)."),
			"level":   text("`info`, `warn` or `error`."),
			"stage":   text("Stage of the run: `open`, `extract`, `key`, `match`, `compare`, `guard`, `write`, `settle` or `finish`."),
			"message": text("What happened."),
		}},
	}
	attributes["rejected"] = schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: "Rows that did not get where they should, in the order of the report. Their keys stand in the state.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"line":    schema.Int64Attribute{Computed: true, MarkdownDescription: "Line of the report that the row starts on, from 1."},
			"key":     text("The row's key, as it was looked up; null when it has none."),
			"outcome": text("What became of it: `unmatched`, `ambiguous`, `duplicate`, `invalid`, `failed` or `unprocessed`."),
			"code":    text("Why, for programs: Salesforce's code for a failed row, one of reportsync's otherwise."),
			"message": text("Why."),
		}},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the log of a run, with its counts and the rows that were rejected.",
		Attributes:          attributes,
	}
}

func text(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// Read reads the run, its log and its rejected rows.
func (d *runLogDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.daemon(&resp.Diagnostics)
	var m runLogModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	run, err := client.Run(ctx, m.RunID.ValueString())
	if err == nil {
		resp.Diagnostics.Append(m.take(run)...)
		err = m.read(ctx, client)
	}
	if err != nil {
		problem{summary: fmt.Sprintf("Can't read the log of run %q", m.RunID.ValueString()), err: err}.report(&resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (m *runLogModel) read(ctx context.Context, client *api.Client) error {
	m.Entries, m.Rejected = []logEntryModel{}, []rejectedRowModel{}
	for entry, err := range client.RunLog(ctx, m.RunID.ValueString()) {
		if err != nil {
			return err
		}
		m.Entries = append(m.Entries, logEntryModel{
			At: timeOf(&entry.At), Level: types.StringValue(string(entry.Level)),
			Stage: types.StringValue(string(entry.Stage)), Message: types.StringValue(entry.Message),
		})
	}
	return m.readRejected(ctx, client)
}

// readRejected reads the rejected rows, up to the limit. Those that gave way to another by rule are passed over.
func (m *runLogModel) readRejected(ctx context.Context, client *api.Client) error {
	limit := defaultRejected
	if !m.RejectedLimit.IsNull() {
		limit = int(m.RejectedLimit.ValueInt64())
	}
	if limit == 0 {
		return nil
	}
	var query api.OutcomeQuery
	for _, kind := range reportsync.OutcomeKinds {
		if kind.Rejected() {
			query.Kinds = append(query.Kinds, kind)
		}
	}
	for row, err := range client.Outcomes(ctx, m.RunID.ValueString(), query) {
		if err != nil {
			return err
		}
		if !row.Rejected() {
			continue
		}
		m.Rejected = append(m.Rejected, rejectedRowModel{
			Line: types.Int64Value(row.Line), Key: filled(row.Key), Outcome: types.StringValue(string(row.Kind)),
			Code: filled(row.Code), Message: filled(row.Message),
		})
		if len(m.Rejected) == limit {
			break
		}
	}
	return nil
}

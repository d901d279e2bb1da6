package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/providervalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
)

// Address is where the provider stands in a registry.
const Address = "registry.terraform.io/reportsync/reportsync"

// maxRetriesLimit keeps a plan against a dead daemon from taking longer than anybody waits.
const maxRetriesLimit = 20

type reportsyncProvider struct{ version string }

var _ provider.ProviderWithConfigValidators = (*reportsyncProvider)(nil)

// New returns a maker of the provider, in the form that plugin servers and tests want it. The version is sent to the
// daemon as part of the user agent.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &reportsyncProvider{version: version} }
}

// providerModel is the provider's configuration.
type providerModel struct {
	Endpoint               types.String `tfsdk:"endpoint"`
	Token                  types.String `tfsdk:"token"`
	TokenFile              types.String `tfsdk:"token_file"`
	CACertFile             types.String `tfsdk:"ca_cert_file"`
	RequestTimeout         types.String `tfsdk:"request_timeout"`
	MaxRetries             types.Int64  `tfsdk:"max_retries"`
	SkipPlanTimeValidation types.Bool   `tfsdk:"skip_plan_time_validation"`
}

// Metadata names the provider.
func (p *reportsyncProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "reportsync"
	resp.Version = p.version
}

// Schema describes the provider's configuration.
func (p *reportsyncProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	filled := []validator.String{stringvalidator.LengthAtLeast(1)}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares which Salesforce orgs are connected, where reports come from and which report column " +
			"feeds which Salesforce field, and runs the syncs on demand. The work is done by the daemon `reportsyncd`, " +
			"which this provider configures.",
		Attributes: map[string]schema.Attribute{
			"endpoint": schema.StringAttribute{
				Optional: true, Validators: filled,
				MarkdownDescription: "Root URL of `reportsyncd`. Default: the environment variable `" + api.EnvEndpoint + "`, else `" + api.DefaultEndpoint + "`.",
			},
			"token": schema.StringAttribute{
				Optional: true, Sensitive: true, Validators: filled,
				MarkdownDescription: "Bearer token for the daemon; its role must be `admin` to configure, `operator` to run, `viewer` to read. " +
					"Default: `token_file`, else the environment variable `" + api.EnvToken + "`.",
			},
			"token_file": schema.StringAttribute{
				Optional: true, Validators: filled,
				MarkdownDescription: "File that holds the token, such as the `admin.token` that the daemon writes to its state folder at its first start.",
			},
			"ca_cert_file": schema.StringAttribute{
				Optional: true, Validators: filled,
				MarkdownDescription: "PEM file of the certificate authorities that the daemon's certificate may come from, beside the system's.",
			},
			"request_timeout": schema.StringAttribute{
				Optional: true, Validators: []validator.String{positiveDuration{}},
				MarkdownDescription: "How long one request to the daemon may take, such as `30s`. Default: `60s`.",
			},
			"max_retries": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{int64validator.Between(0, maxRetriesLimit)},
				MarkdownDescription: "How often a request that can be repeated safely is repeated when the daemon can't be reached. Default: `4`.",
			},
			"skip_plan_time_validation": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to plan integrations without asking the daemon to check their columns and fields " +
					"against the report and the org. The daemon still checks them when they are applied. Default: `false`.",
			},
		},
	}
}

// ConfigValidators keeps two tokens from being given.
func (p *reportsyncProvider) ConfigValidators(context.Context) []provider.ConfigValidator {
	return []provider.ConfigValidator{providervalidator.Conflicting(path.MatchRoot("token"), path.MatchRoot("token_file"))}
}

// Resources lists the resources.
func (p *reportsyncProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newConnectionResource, newSourceResource, newIntegrationResource, newRunResource}
}

// DataSources lists the data sources.
func (p *reportsyncProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newConnectionDataSource, newSourceDataSource, newIntegrationDataSource,
		newRunDataSource, newRunsDataSource, newRunLogDataSource,
	}
}

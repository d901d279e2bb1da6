package provider

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Configure makes the client. It calls nobody: a daemon may come up in the very apply that is being planned.
func (p *reportsyncProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	s := &session{skipPlanChecks: m.SkipPlanTimeValidation.ValueBool()}
	resp.ResourceData, resp.DataSourceData = s, s
	if !m.known() {
		return
	}
	token := m.token(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	client, err := api.NewClient(api.ClientConfig{
		Endpoint:   cmp.Or(m.Endpoint.ValueString(), os.Getenv(api.EnvEndpoint), api.DefaultEndpoint),
		Token:      token,
		UserAgent:  "terraform-provider-reportsync/" + p.version + " (Terraform " + req.TerraformVersion + ")",
		Client:     api.ClientTerraform,
		CACertFile: m.CACertFile.ValueString(),
		Timeout:    m.timeout(),
		MaxRetries: m.retries(),
	})
	if err != nil {
		problem{summary: "The reportsync provider can't be configured", err: err}.report(&resp.Diagnostics)
		return
	}
	s.client = client
	if inClear(client.Endpoint()) {
		resp.Diagnostics.AddAttributeWarning(path.Root("endpoint"), "Secrets travel in clear",
			client.Endpoint()+" is plain http on another machine: whoever can listen on the way reads the token and the secrets of connections. "+
				"Set up tls in reportsyncd.hcl and use https.")
	}
}

// inClear reports whether what is sent to an endpoint can be read on a network.
func inClear(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && u.Scheme == "http" && !reportsync.IsLoopback(u.Hostname())
}

// known reports whether everything that the client is made of is known.
func (m providerModel) known() bool {
	return !m.Endpoint.IsUnknown() && !m.Token.IsUnknown() && !m.TokenFile.IsUnknown() && !m.CACertFile.IsUnknown() &&
		!m.RequestTimeout.IsUnknown() && !m.MaxRetries.IsUnknown()
}

// token returns the bearer token from the first place that names one.
func (m providerModel) token(diags *diag.Diagnostics) reportsync.Secret {
	switch {
	case !m.Token.IsNull():
		return reportsync.Secret(m.Token.ValueString())
	case !m.TokenFile.IsNull():
		token, err := api.ReadTokenFile(m.TokenFile.ValueString())
		if err != nil {
			diags.AddAttributeError(path.Root("token_file"), "The token can't be read", err.Error())
		}
		return token
	case os.Getenv(api.EnvToken) != "":
		return reportsync.Secret(os.Getenv(api.EnvToken))
	}
	diags.AddError("The reportsync provider has no token",
		"Set token, token_file or the environment variable "+api.EnvToken+". The daemon writes an admin token to admin.token "+
			"in its state folder at its first start; \"reportsyncd token create\" makes more.")
	return ""
}

// timeout returns the limit of one request; 0 leaves it to the client.
func (m providerModel) timeout() time.Duration {
	d, err := time.ParseDuration(m.RequestTimeout.ValueString())
	if err != nil {
		return 0
	}
	return d
}

// retries translates the number of retries to the client's, in which 0 stands for its default.
func (m providerModel) retries() int {
	switch n := m.MaxRetries.ValueInt64(); {
	case m.MaxRetries.IsNull():
		return 0
	case n == 0:
		return -1
	default:
		return int(n)
	}
}

// positiveDuration wants a text such as 30s.
type positiveDuration struct{}

// Description says what is wanted.
func (positiveDuration) Description(context.Context) string {
	return `must be a duration above zero, such as "30s" or "2m"`
}

// MarkdownDescription says what is wanted.
func (v positiveDuration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString checks the value.
func (v positiveDuration) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Not a duration", fmt.Sprintf("%s %s, not %q.", req.Path, v.Description(ctx), req.ConfigValue.ValueString()))
	}
}

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
)

// session is what one configured provider shares with its resources and data sources.
type session struct {
	client         *api.Client // nil while the provider's own configuration is not known
	skipPlanChecks bool
	changing       changing
}

// daemon returns the client, or blames the provider's configuration for its absence.
func (s *session) daemon(diags *diag.Diagnostics) *api.Client {
	if s == nil || s.client == nil {
		diags.AddError("The reportsync provider is not configured yet",
			"Its endpoint or token comes from something that is only known after apply. "+
				"Apply that first (-target), or set both to values that are known when planning.")
		return nil
	}
	return s.client
}

// checksPlans reports whether plans may be checked with the daemon's help.
func (s *session) checksPlans() bool {
	return s != nil && s.client != nil && !s.skipPlanChecks
}

// configuredResource is embedded by resources. The session is nil until the provider is configured, and stays nil
// during terraform validate.
type configuredResource struct{ *session }

// Configure takes over the session.
func (c *configuredResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if s, ok := req.ProviderData.(*session); ok {
		c.session = s
	}
}

// configuredDataSource is embedded by data sources.
type configuredDataSource struct{ *session }

// Configure takes over the session.
func (c *configuredDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	if s, ok := req.ProviderData.(*session); ok {
		c.session = s
	}
}

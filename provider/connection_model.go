package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// connectionModel is the model of the resource.
type connectionModel struct {
	ID                     types.String `tfsdk:"id"`
	Name                   types.String `tfsdk:"name"`
	Environment            types.String `tfsdk:"environment"`
	LoginURL               types.String `tfsdk:"login_url"`
	ClientCredentials      types.Object `tfsdk:"client_credentials"`
	Limits                 types.Object `tfsdk:"limits"`
	Revision               types.Int64  `tfsdk:"revision"`
	CredentialsFingerprint types.String `tfsdk:"credentials_fingerprint"`
}

type clientCredentialsModel struct {
	ClientID      types.String `tfsdk:"client_id"`
	Secret        types.String `tfsdk:"client_secret_wo"`
	SecretVersion types.Int64  `tfsdk:"client_secret_wo_version"`
}

var clientCredentialsTypes = map[string]attr.Type{
	"client_id":       types.StringType,
	attrSecret:        types.StringType,
	attrSecretVersion: types.Int64Type,
}

type limitsModel struct {
	BatchRows     types.Int64 `tfsdk:"batch_rows"`
	DailyAPICalls types.Int64 `tfsdk:"daily_api_calls"`
}

var limitsTypes = map[string]attr.Type{"batch_rows": types.Int64Type, "daily_api_calls": types.Int64Type}

func (m *limitsModel) limits() *reportsync.Limits {
	return &reportsync.Limits{BatchRows: optionalInt(m.BatchRows), DailyAPICalls: optionalInt(m.DailyAPICalls)}
}

func limitsOf(l *reportsync.Limits) *limitsModel {
	if l == nil {
		return nil
	}
	return &limitsModel{BatchRows: types.Int64PointerValue(l.BatchRows), DailyAPICalls: types.Int64PointerValue(l.DailyAPICalls)}
}

// spec returns what the model declares; the secret is in it only when the model was read from the configuration.
func (m *connectionModel) spec(ctx context.Context) (reportsync.ConnectionSpec, diag.Diagnostics) {
	s := reportsync.ConnectionSpec{
		Name:        m.Name.ValueString(),
		Environment: reportsync.Environment(m.Environment.ValueString()),
		LoginURL:    optional[string](m.LoginURL),
	}
	var diags diag.Diagnostics
	if l := optionalObject[limitsModel](ctx, m.Limits, &diags); l != nil {
		s.Limits = l.limits()
	}
	if m.ClientCredentials.IsNull() || m.ClientCredentials.IsUnknown() {
		return s, diags
	}
	cc, more := m.clientCredentials(ctx)
	diags.Append(more...)
	s.ClientCredentials = &reportsync.ClientCredentials{
		ClientID:     cc.ClientID.ValueString(),
		ClientSecret: reportsync.Secret(cc.Secret.ValueString()),
	}
	return s, diags
}

func (m *connectionModel) clientCredentials(ctx context.Context) (clientCredentialsModel, diag.Diagnostics) {
	var cc clientCredentialsModel
	diags := m.ClientCredentials.As(ctx, &cc, lenient)
	return cc, diags
}

// take overlays the model with a stored connection and takes the secret out. The secret's version is Terraform's own.
func (m *connectionModel) take(ctx context.Context, c reportsync.Connection) diag.Diagnostics {
	version := types.Int64Null()
	if !m.ClientCredentials.IsNull() {
		cc, diags := m.clientCredentials(ctx)
		if diags.HasError() {
			return diags
		}
		version = cc.SecretVersion
	}
	m.ID = types.StringValue(c.ID)
	m.Name = types.StringValue(c.Name)
	m.Environment = types.StringValue(string(c.Environment))
	m.LoginURL = stringOf(c.LoginURL)
	m.Revision = types.Int64Value(c.Revision)
	m.CredentialsFingerprint = types.StringValue(c.CredentialsFingerprint)
	m.ClientCredentials = types.ObjectNull(clientCredentialsTypes)
	var diags, more diag.Diagnostics
	m.Limits = objectOf(ctx, limitsTypes, limitsOf(c.Limits), &diags)
	if c.ClientCredentials == nil {
		return diags
	}
	m.ClientCredentials, more = types.ObjectValueFrom(ctx, clientCredentialsTypes, clientCredentialsModel{
		ClientID:      types.StringValue(c.ClientCredentials.ClientID),
		Secret:        types.StringNull(),
		SecretVersion: version,
	})
	diags.Append(more...)
	return diags
}

// connectionDataModel is the model of the data source, which knows no secrets.
type connectionDataModel struct {
	ID                     types.String                `tfsdk:"id"`
	Name                   types.String                `tfsdk:"name"`
	Environment            types.String                `tfsdk:"environment"`
	LoginURL               types.String                `tfsdk:"login_url"`
	ClientCredentials      *clientCredentialsDataModel `tfsdk:"client_credentials"`
	Limits                 *limitsModel                `tfsdk:"limits"`
	Revision               types.Int64                 `tfsdk:"revision"`
	CredentialsFingerprint types.String                `tfsdk:"credentials_fingerprint"`
}

type clientCredentialsDataModel struct {
	ClientID types.String `tfsdk:"client_id"`
}

// take overlays the model with a stored connection.
func (m *connectionDataModel) take(_ context.Context, c reportsync.Connection) diag.Diagnostics {
	*m = connectionDataModel{
		ID:                     types.StringValue(c.ID),
		Name:                   types.StringValue(c.Name),
		Environment:            types.StringValue(string(c.Environment)),
		LoginURL:               stringOf(c.LoginURL),
		Limits:                 limitsOf(c.Limits),
		Revision:               types.Int64Value(c.Revision),
		CredentialsFingerprint: types.StringValue(c.CredentialsFingerprint),
	}
	if c.ClientCredentials != nil {
		m.ClientCredentials = &clientCredentialsDataModel{ClientID: types.StringValue(c.ClientCredentials.ClientID)}
	}
	return nil
}

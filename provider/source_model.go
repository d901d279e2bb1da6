package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// sourceModel is the model of the resource and of the data source.
type sourceModel struct {
	ID       types.String `tfsdk:"id"`
	Name     types.String `tfsdk:"name"`
	Files    types.Object `tfsdk:"files"`
	Revision types.Int64  `tfsdk:"revision"`
}

type filesModel struct {
	URL types.String `tfsdk:"url"`
}

var filesTypes = map[string]attr.Type{"url": types.StringType}

// spec returns what the model declares.
func (m *sourceModel) spec(ctx context.Context) (reportsync.SourceSpec, diag.Diagnostics) {
	s := reportsync.SourceSpec{Name: m.Name.ValueString()}
	if m.Files.IsNull() || m.Files.IsUnknown() {
		return s, nil
	}
	var files filesModel
	diags := m.Files.As(ctx, &files, lenient)
	s.Files = &reportsync.FilesSource{URL: files.URL.ValueString()}
	return s, diags
}

// take overlays the model with a stored source.
func (m *sourceModel) take(ctx context.Context, s reportsync.Source) diag.Diagnostics {
	*m = sourceModel{
		ID:       types.StringValue(s.ID),
		Name:     types.StringValue(s.Name),
		Files:    types.ObjectNull(filesTypes),
		Revision: types.Int64Value(s.Revision),
	}
	if s.Files == nil {
		return nil
	}
	var diags diag.Diagnostics
	m.Files, diags = types.ObjectValueFrom(ctx, filesTypes, filesModel{URL: types.StringValue(s.Files.URL)})
	return diags
}

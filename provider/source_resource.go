package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// sourceResource has nothing beyond the life cycle of all objects.
type sourceResource struct {
	objectResource[reportsync.SourceSpec, reportsync.Source]
}

var (
	_ resource.ResourceWithImportState    = (*sourceResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*sourceResource)(nil)
	_ resource.ResourceWithValidateConfig = (*sourceResource)(nil)
)

var sourceCalls = calls[reportsync.SourceSpec, reportsync.Source]{
	create:  (*api.Client).CreateSource,
	read:    (*api.Client).Source,
	byName:  (*api.Client).SourceByName,
	replace: (*api.Client).ReplaceSource,
	remove:  (*api.Client).DeleteSource,
}

func newSourceResource() resource.Resource {
	return &sourceResource{objectResource[reportsync.SourceSpec, reportsync.Source]{
		typeName: "report_source",
		noun:     "source",
		schema:   sourceSchema,
		model:    func() model[reportsync.SourceSpec, reportsync.Source] { return &sourceModel{} },
		id:       func(s reportsync.Source) string { return s.ID },
		calls:    sourceCalls,
	}}
}

// ModifyPlan tells integrations that their source is about to change.
func (r *sourceResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.planChange(ctx, req, resp)
}

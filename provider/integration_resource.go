package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// integrationResource adds to the life cycle of all objects that plans are checked against report and org
// (integration_plan.go).
type integrationResource struct {
	objectResource[reportsync.IntegrationSpec, reportsync.Integration]
}

var (
	_ resource.ResourceWithImportState    = (*integrationResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*integrationResource)(nil)
	_ resource.ResourceWithValidateConfig = (*integrationResource)(nil)
)

var integrationCalls = calls[reportsync.IntegrationSpec, reportsync.Integration]{
	create:  (*api.Client).CreateIntegration,
	read:    (*api.Client).Integration,
	byName:  (*api.Client).IntegrationByName,
	replace: (*api.Client).ReplaceIntegration,
	remove:  (*api.Client).DeleteIntegration,
}

func newIntegrationResource() resource.Resource {
	return &integrationResource{objectResource[reportsync.IntegrationSpec, reportsync.Integration]{
		typeName: "integration",
		noun:     "integration",
		schema:   integrationSchema,
		model:    func() model[reportsync.IntegrationSpec, reportsync.Integration] { return &integrationModel{} },
		id:       func(i reportsync.Integration) string { return i.ID },
		calls:    integrationCalls,
	}}
}

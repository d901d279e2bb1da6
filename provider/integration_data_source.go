package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var _ datasource.DataSourceWithConfigValidators = (*objectDataSource[reportsync.Integration])(nil)

func newIntegrationDataSource() datasource.DataSource {
	return &objectDataSource[reportsync.Integration]{
		typeName:   "integration",
		noun:       "integration",
		about:      "Reads an integration by its id or by its name.",
		attributes: integrationAttributes,
		model:      func() taker[reportsync.Integration] { return &integrationModel{} },
		read:       integrationCalls.read,
		byName:     integrationCalls.byName,
	}
}

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var _ datasource.DataSourceWithConfigValidators = (*objectDataSource[reportsync.Connection])(nil)

func newConnectionDataSource() datasource.DataSource {
	return &objectDataSource[reportsync.Connection]{
		typeName:   "salesforce_connection",
		noun:       "connection",
		about:      "Reads a connection by its id or by its name. No secret is read.",
		attributes: connectionAttributes,
		model:      func() taker[reportsync.Connection] { return &connectionDataModel{} },
		read:       connectionCalls.read,
		byName:     connectionCalls.byName,
	}
}

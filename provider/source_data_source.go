package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var _ datasource.DataSourceWithConfigValidators = (*objectDataSource[reportsync.Source])(nil)

func newSourceDataSource() datasource.DataSource {
	return &objectDataSource[reportsync.Source]{
		typeName:   "report_source",
		noun:       "source",
		about:      "Reads a source of reports by its id or by its name.",
		attributes: sourceAttributes,
		model:      func() taker[reportsync.Source] { return &sourceModel{} },
		read:       sourceCalls.read,
		byName:     sourceCalls.byName,
	}
}

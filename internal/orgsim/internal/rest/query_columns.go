package rest

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// columnsAnswer is what a query with columns=true is answered instead of
// records: what the columns are. The Salesforce CLI asks for it with every
// query; its tests show the shape of columns, for ids, text, counts and parents.
// The Apex types of other fields follow the Apex guide's names of them.
type columnsAnswer struct {
	Columns    []columnMetadata `json:"columnMetadata"`
	EntityName string           `json:"entityName"`
	GroupBy    bool             `json:"groupBy"`
	IDSelected bool             `json:"idSelected"`
	KeyPrefix  string           `json:"keyPrefix"`
}

type columnMetadata struct {
	Aggregate   bool             `json:"aggregate"`
	ApexType    *string          `json:"apexType"`
	BooleanType bool             `json:"booleanType"`
	ColumnName  string           `json:"columnName"`
	Custom      bool             `json:"custom"`
	DisplayName string           `json:"displayName"`
	ForeignKey  *string          `json:"foreignKeyName"`
	Insertable  bool             `json:"insertable"`
	Joined      []columnMetadata `json:"joinColumns"`
	NumberType  bool             `json:"numberType"`
	TextType    bool             `json:"textType"`
	Updatable   bool             `json:"updatable"`
}

func (a *API) answerColumns(c *web.Call, text string, scope store.Scope) {
	q, err := soql.Parse(text)
	var plan *store.Plan
	if err == nil {
		plan, err = a.db(c).Bind(q, scope)
	}
	if err != nil {
		c.Fail(http.StatusBadRequest, store.QueryRefusal(err))
		return
	}
	outline := plan.Outline()
	answer := columnsAnswer{Columns: []columnMetadata{}, EntityName: plan.Object.Name, KeyPrefix: plan.Object.KeyPrefix}
	for _, count := range outline.Counts {
		answer.Columns = append(answer.Columns, columnMetadata{
			Aggregate: true, ColumnName: count.Name, DisplayName: count.Of, Joined: []columnMetadata{}, NumberType: true,
		})
	}
	columns := outline.Columns()
	for _, m := range outline.Members() {
		if m.Fields == nil {
			answer.IDSelected = answer.IDSelected || columns[m.Column].Field.Type == schema.ID
			answer.Columns = append(answer.Columns, describeColumn(columns[m.Column].Field))
			continue
		}
		parent := columnMetadata{ColumnName: m.Name, DisplayName: m.Name, Custom: m.Lookup.Custom(), ForeignKey: &m.Lookup.Name}
		for _, column := range m.Fields {
			parent.Joined = append(parent.Joined, describeColumn(columns[column].Field))
		}
		answer.Columns = append(answer.Columns, parent)
	}
	c.JSON(http.StatusOK, answer)
}

func describeColumn(f *schema.Field) columnMetadata {
	column := columnMetadata{
		ColumnName: f.Name, DisplayName: f.Name, Custom: f.Custom(), Joined: []columnMetadata{},
		Insertable: f.Createable(), Updatable: f.Updateable(),
	}
	apex := "String"
	switch f.Kind() {
	case schema.ID, schema.Reference:
		apex = "Id"
	case schema.Checkbox:
		apex, column.BooleanType = "Boolean", true
	case schema.Int:
		apex, column.NumberType = "Integer", true
	case schema.Number, schema.Currency, schema.Percent:
		apex, column.NumberType = "Double", true
	case schema.Date:
		apex = "Date"
	case schema.DateTime:
		apex = "Datetime"
	case schema.Time:
		apex = "Time"
	case schema.Address:
		apex = "Address"
	default:
		column.TextType = true
	}
	column.ApexType = &apex
	return column
}

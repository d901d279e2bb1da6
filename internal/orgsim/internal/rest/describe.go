package rest

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// describeGlobal lists the objects.
func (a *API) describeGlobal(c *web.Call) {
	list := make([]objectSummary, 0, len(c.Schema.Objects()))
	for _, object := range c.Schema.Objects() {
		list = append(list, summarise(c, object))
	}
	c.JSON(http.StatusOK, map[string]any{"encoding": "UTF-8", "maxBatchSize": maxRows, "sobjects": list})
}

// basicInfo is the short description of an object.
func (a *API) basicInfo(c *web.Call) {
	if object, ok := pathObject(c); ok {
		c.JSON(http.StatusOK, map[string]any{"objectDescribe": summarise(c, object), "recentItems": []any{}})
	}
}

// describe is the long one, with all fields that the user may see.
func (a *API) describe(c *web.Call) {
	object, ok := pathObject(c)
	if !ok {
		return
	}
	long := objectDescribe{
		objectSummary:   summarise(c, object),
		ActionOverrides: []any{}, ChildRelationships: []any{}, NamedLayoutInfos: []any{}, SupportedScopes: []any{},
		CompactLayoutable: true, SObjectDescribeOption: "FULL",
		RecordTypeInfos: []recordTypeInfo{{
			Active: true, Available: true, Default: true, DeveloperName: "Master", Master: true, Name: "Master",
			ID: masterRecordType, URLs: map[string]string{"layout": c.Base() + "/sobjects/" + object.Name + "/describe/layouts/" + masterRecordType},
		}},
	}
	for i := range object.Fields {
		if f := &object.Fields[i]; !f.Hidden {
			long.Fields = append(long.Fields, describeField(f))
		}
	}
	c.JSON(http.StatusOK, long)
}

// pathObject finds the object of the path, or answers 404.
func pathObject(c *web.Call) (*schema.Object, bool) {
	object, ok := c.Schema.Object(c.Request.PathValue("object"))
	if !ok {
		c.Fail(http.StatusNotFound, sferr.NotFound())
	}
	return object, ok
}

func summarise(c *web.Call, o *schema.Object) objectSummary {
	url := c.Base() + "/sobjects/" + o.Name
	return objectSummary{
		Createable: !o.ReadOnly, Custom: o.Custom(), Deletable: !o.ReadOnly, KeyPrefix: o.KeyPrefix,
		Label: o.Label, LabelPlural: o.LabelPlural, Layoutable: true, Mergeable: !o.Custom() && !o.ReadOnly,
		MRUEnabled: !o.Custom(), Name: o.Name, Queryable: true, Replicateable: true, Retrieveable: true,
		Searchable: !o.Custom(), Triggerable: true, Undeletable: !o.ReadOnly, Updateable: !o.ReadOnly,
		URLs: map[string]string{
			"sobject": url, "describe": url + "/describe", "rowTemplate": url + "/{ID}",
		},
	}
}

func describeField(f *schema.Field) fieldDescribe {
	d := fieldDescribe{
		Aggregatable: f.Aggregatable(), AutoNumber: f.Type == schema.AutoNumber, Calculated: f.Type == schema.Formula,
		CaseSensitive: f.Unique && f.CaseSensitive, CompoundFieldName: nullable(f.Compound()),
		Createable: f.Createable(), Custom: f.Custom(), DefaultedOnCreate: f.DefaultedOnCreate(),
		ExternalID: f.ExternalID, Filterable: f.Filterable(), Groupable: f.Groupable(), IDLookup: f.IDLookup(),
		Label: f.Label, Name: f.Name, NameField: f.NameField(), NamePointing: false, Nillable: f.Nillable(),
		Permissionable: f.Custom() && !f.Required, PicklistValues: []picklistValue{}, ReferenceTo: []string{},
		RelationshipName: nullable(f.RelationshipName), RestrictedPicklist: f.Restricted,
		SoapType: f.SoapType(), Sortable: f.Sortable(), Type: f.WireType(), Unique: f.Unique, Updateable: f.Updateable(),
	}
	if f.ReferenceTo != "" {
		d.ReferenceTo = []string{f.ReferenceTo}
	}
	switch {
	case f.Type == schema.Checkbox:
		d.DefaultValue = f.Default == "true"
	case f.Default != "":
		d.DefaultValue = f.Default
	}
	if f.Type == schema.Formula {
		d.CalculatedFormula = nullable(`"` + f.Value + `"`)
	}
	for _, v := range f.Values {
		d.PicklistValues = append(d.PicklistValues, picklistValue{Active: true, DefaultValue: v == f.Default, Label: v, Value: v})
	}
	describeSize(f, &d)
	return d
}

// describeSize sets length or digits, whichever the type has.
func describeSize(f *schema.Field, d *fieldDescribe) {
	switch f.Kind() {
	case schema.Int:
		d.Digits = f.Precision
	case schema.Number, schema.Currency, schema.Percent:
		d.Precision, d.Scale = f.Precision, f.Scale
	case schema.ID, schema.Reference:
		d.Length, d.ByteLength = f.Length, f.Length
	case schema.MultiPicklist:
		d.Length, d.ByteLength, d.Precision = f.Length, f.Length, multiPicklistPrecision
	case schema.Checkbox, schema.Date, schema.DateTime:
	default:
		d.Length, d.ByteLength = f.Length, 3*f.Length
	}
	if f.Kind() == schema.TextArea && !f.LongText() {
		d.ExtraTypeInfo = nullable("plaintextarea")
	}
}

func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

package rest

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// describeGlobal lists the objects.
func (a *API) describeGlobal(c *web.Call) {
	if !a.unchanged(c, c.Schema) {
		DescribeGlobal(c, c.Schema, c.Base())
	}
}

// DescribeGlobal lists the objects of a schema whose resources stand below base.
func DescribeGlobal(c *web.Call, s *schema.Schema, base string) {
	list := make([]objectSummary, 0, len(s.Objects()))
	for _, object := range s.Objects() {
		list = append(list, summarise(base, object))
	}
	c.JSON(http.StatusOK, map[string]any{"encoding": "UTF-8", "maxBatchSize": maxRows, "sobjects": list})
}

// basicInfo is the short description of an object.
func (a *API) basicInfo(c *web.Call) {
	if object, ok := pathObject(c); ok {
		c.JSON(http.StatusOK, map[string]any{"objectDescribe": summarise(c.Base(), object), "recentItems": []any{}})
	}
}

// describe is the long one, with all fields that the user may see.
func (a *API) describe(c *web.Call) {
	object, ok := pathObject(c)
	if !ok || a.unchanged(c, object) {
		return
	}
	long := objectDescribe{
		objectSummary:   summarise(c.Base(), object),
		ActionOverrides: []any{}, NamedLayoutInfos: []any{}, SupportedScopes: []any{},
		ChildRelationships: childRelationships(c.Schema, object),
		CompactLayoutable:  true, SObjectDescribeOption: "FULL",
		RecordTypeInfos: []recordTypeInfo{{
			Active: true, Available: true, Default: true, DeveloperName: "Master", Master: true, Name: "Master",
			ID: masterRecordType, URLs: map[string]string{"layout": c.Base() + "/sobjects/" + object.Name + "/describe/layouts/" + masterRecordType},
		}},
	}
	long.URLs["uiDetailTemplate"] = c.Origin() + "/{ID}"
	long.URLs["uiEditTemplate"] = c.Origin() + "/{ID}/e"
	long.URLs["uiNewRecord"] = c.Origin() + "/" + object.KeyPrefix + "/e"
	for i := range object.Fields {
		if _, visible := object.Field(object.Fields[i].Name); visible && !object.Fields[i].Removed() {
			long.Fields = append(long.Fields, describeField(&object.Fields[i]))
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

// summarise describes an object in short. The URLs are those that Salesforce
// lists, also of what the org does not have.
func summarise(base string, o *schema.Object) objectSummary {
	url := base + "/sobjects/" + o.Name
	return objectSummary{
		Createable: !o.ReadOnly, Custom: o.Custom(), Deletable: !o.ReadOnly, KeyPrefix: o.KeyPrefix,
		Label: o.Label, LabelPlural: o.LabelPlural, Layoutable: true, Mergeable: !o.Custom() && !o.ReadOnly,
		MRUEnabled: !o.Custom(), Name: o.Name, Queryable: true, Replicateable: true, Retrieveable: true,
		Searchable: !o.Custom(), Triggerable: true, Undeletable: !o.ReadOnly, Updateable: !o.ReadOnly,
		URLs: map[string]string{
			"sobject": url, "describe": url + "/describe", "rowTemplate": url + "/{ID}",
			"approvalLayouts": url + "/describe/approvalLayouts", "compactLayouts": url + "/describe/compactLayouts",
			"layouts": url + "/describe/layouts", "quickActions": url + "/quickActions",
		},
	}
}

func describeField(f *schema.Field) fieldDescribe {
	d := fieldDescribe{
		Aggregatable: f.Aggregatable(), AutoNumber: f.Type == schema.AutoNumber, Calculated: f.Type == schema.Formula,
		CaseSensitive: f.Unique && f.CaseSensitive, CompoundFieldName: nullable(f.Compound()),
		Createable: f.Createable(), Custom: f.Custom(), DefaultedOnCreate: f.DefaultedOnCreate(),
		ExternalID: f.ExternalID, Filterable: f.Filterable() || f.Type == schema.Address, QueryByDistance: f.Type == schema.Address, Groupable: f.Groupable(), IDLookup: f.IDLookup(),
		Label: f.Label, Name: f.Name, NameField: f.NameField(), NamePointing: len(f.ReferenceTo) > 1, Nillable: f.Nillable(),
		Permissionable: f.Permissionable(), PicklistValues: []picklistValue{}, ReferenceTo: []string{},
		RelationshipName: nullable(f.RelationshipName), RestrictedPicklist: f.Restricted,
		SoapType: f.SoapType(), Sortable: f.Sortable(), Type: f.WireType(), Unique: f.Unique, Updateable: f.Updateable(),
	}
	if f.ReferenceTo != nil {
		d.ReferenceTo, d.SearchPrefilterable, d.CascadeDelete = f.ReferenceTo, true, f.OnDelete() == schema.Cascades
		d.RestrictedDelete = f.Parent() && f.OnDelete() == schema.Restricts
		d.PolymorphicForeignKey = len(f.ReferenceTo) > 1
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
	case schema.Checkbox, schema.Date, schema.DateTime, schema.Address:
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

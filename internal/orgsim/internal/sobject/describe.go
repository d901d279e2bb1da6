package sobject

import "github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"

// maxBatchSize is the most rows of one collections request, as the global describe
// tells it.
const maxBatchSize = 200

// Global is the list of all objects of a schema whose resources stand below base.
func Global(base string, s *schema.Schema) any {
	list := make([]objectSummary, 0, len(s.Objects()))
	for _, object := range s.Objects() {
		list = append(list, summarise(base, object))
	}
	return map[string]any{"encoding": "UTF-8", "maxBatchSize": maxBatchSize, "sobjects": list}
}

// Summary is the short description of an object.
func Summary(base string, o *schema.Object) any { return summarise(base, o) }

// Describe is the long description of an object, with all fields that are visible
// in the schema, and the children that it has there. Pages for people stand below
// origin.
func Describe(base, origin string, s *schema.Schema, o *schema.Object) any {
	long := objectDescribe{
		objectSummary:   summarise(base, o),
		ActionOverrides: []any{}, NamedLayoutInfos: []any{}, SupportedScopes: []any{},
		ChildRelationships: childRelationships(s, o),
		CompactLayoutable:  true, SObjectDescribeOption: "FULL",
		RecordTypeInfos: []recordTypeInfo{{
			Active: true, Available: true, Default: true, DeveloperName: "Master", Master: true, Name: "Master",
			ID: masterRecordType, URLs: map[string]string{"layout": base + "/sobjects/" + o.Name + "/describe/layouts/" + masterRecordType},
		}},
	}
	long.URLs["uiDetailTemplate"] = origin + "/{ID}"
	long.URLs["uiEditTemplate"] = origin + "/{ID}/e"
	long.URLs["uiNewRecord"] = origin + "/" + o.KeyPrefix + "/e"
	for i := range o.Fields {
		if _, visible := o.Field(o.Fields[i].Name); visible && !o.Fields[i].Removed() {
			long.Fields = append(long.Fields, describeField(&o.Fields[i]))
		}
	}
	return long
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
	case schema.Checkbox, schema.Date, schema.DateTime, schema.Time, schema.Address:
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

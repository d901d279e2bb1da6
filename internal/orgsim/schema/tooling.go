package schema

// Tooling returns the objects that the Tooling API shows of an org's own schema
// (Tooling API guide: CustomField, EntityDefinition, FieldDefinition).
func Tooling() *Schema {
	s := &Schema{}
	for _, o := range []*Object{entityDefinition(), customField(), fieldDefinition(), user()} {
		for i := range o.Fields {
			finishStandard(&o.Fields[i])
		}
		o.index()
		s.put(o)
	}
	return s
}

func customField() *Object {
	own := append(definedOn(),
		Field{Name: "DeveloperName", Label: "Developer Name", Type: Text, Length: 80, Required: true, system: true, nameField: true},
		kept(text("FullName", "Full Name", 121)),
		kept(text("TableEnumOrId", "Table Enum or ID", 80)),
		kept(text("NamespacePrefix", "Namespace Prefix", 15)),
		kept(text("ManageableState", "Manageable State", 40)),
		kept(Field{Name: "Length", Label: "Length", Type: Int, Precision: 8}),
		kept(Field{Name: "Precision", Label: "Precision", Type: Int, Precision: 8}),
		kept(Field{Name: "Scale", Label: "Scale", Type: Int, Precision: 8}),
		kept(text("RelationshipLabel", "Relationship Label", 80)),
	)
	return &Object{Name: "CustomField", Label: "Custom Field", LabelPlural: "Custom Fields", KeyPrefix: "00N", Fields: withSystemFields(own, false)}
}

func fieldDefinition() *Object {
	own := append(definedOn(),
		kept(text("DurableId", "Durable ID", 121)),
		Field{Name: "QualifiedApiName", Label: "Qualified API Name", Type: Text, Length: 80, Required: true, system: true, nameField: true},
		kept(text("DeveloperName", "Developer Name", 80)),
		kept(text("NamespacePrefix", "Namespace Prefix", 15)),
		kept(text("MasterLabel", "Master Label", 80)),
		kept(text("Label", "Label", 80)),
		kept(text("DataType", "Data Type", 255)),
		kept(Field{Name: "Length", Label: "Length", Type: Int, Precision: 8}),
		kept(Field{Name: "Precision", Label: "Precision", Type: Int, Precision: 8}),
		kept(Field{Name: "Scale", Label: "Scale", Type: Int, Precision: 8}),
		kept(checkbox("IsNillable", "Is Nillable")),
		kept(checkbox("IsCalculated", "Is Calculated")),
		kept(checkbox("IsIndexed", "Is Indexed")),
		kept(checkbox("IsNameField", "Is Name Field")),
		kept(text("RelationshipName", "Relationship Name", 80)),
	)
	return &Object{Name: "FieldDefinition", Label: "Field Definition", LabelPlural: "Field Definitions", KeyPrefix: "4fe", ReadOnly: true, Fields: withSystemFields(own, false)}
}

// definedOn tells the object that a field stands on: by its durable id, and as a
// parent to select from.
func definedOn() []Field {
	entity := lookup("EntityDefinitionRecordId", "Entity Definition", "EntityDefinition", "EntityDefinition")
	return []Field{kept(text("EntityDefinitionId", "Entity Definition ID", 80)), kept(entity)}
}

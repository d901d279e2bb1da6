package schema

import "slices"

// Standard returns a new schema with the standard objects that syncs and their
// tools commonly meet: Account, Contact, Lead, Opportunity, Case, Task and User;
// Organization, whose one record is the org itself; the objects of permission
// sets; and EntityDefinition and AssignmentRule, which tell of the schema.
func Standard() *Schema {
	s := &Schema{}
	for _, o := range slices.Concat(salesObjects(), serviceObjects(), setupObjects(), permissionObjects()) {
		for i := range o.Fields {
			finishStandard(&o.Fields[i])
		}
		o.index()
		s.put(o)
	}
	return s
}

// personName gives the parts of a person's name; Name itself is put together
// from them and read-only.
func personName(of string) []Field {
	return []Field{
		{Name: "LastName", Label: "Last Name", Type: Text, Length: 80, Required: true, compound: "Name"},
		{Name: "FirstName", Label: "First Name", Type: Text, Length: 40, compound: "Name"},
		{Name: "Salutation", Label: "Salutation", Type: Picklist, Values: []string{"Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."}, compound: "Name"},
		{Name: "Name", Label: of + " Name", Type: Text, Length: 121, Required: true, system: true, nameField: true},
	}
}

// address gives the parts of an address, such as MailingCity of "Mailing", and
// the address itself.
func address(of string) []Field {
	label := of
	if of != "" {
		label += " "
	}
	part := func(name, text string, t Type, length int) Field {
		return Field{Name: of + name, Label: label + text, Type: t, Length: length, compound: of + "Address"}
	}
	return []Field{
		part("Street", "Street", TextArea, 255),
		part("City", "City", Text, 40),
		part("State", "State/Province", Text, 80),
		part("PostalCode", "Zip/Postal Code", Text, 20),
		part("Country", "Country", Text, 80),
		{Name: of + "Address", Label: label + "Address", Type: Address, system: true},
	}
}

func lookup(name, label, relationship string, targets ...string) Field {
	return Field{Name: name, Label: label, Type: Reference, ReferenceTo: targets, RelationshipName: relationship}
}

func text(name, label string, length int) Field {
	return Field{Name: name, Label: label, Type: Text, Length: length}
}

func picklist(name, label string, values ...string) Field {
	return Field{Name: name, Label: label, Type: Picklist, Values: values}
}

func checkbox(name, label string) Field {
	return Field{Name: name, Label: label, Type: Checkbox, Default: "false"}
}

// required makes a field one that may not be empty; default is what a new record
// has, or empty.
func required(f Field, value string) Field {
	f.Required, f.Default = true, value
	return f
}

// kept makes a field one that Salesforce keeps itself.
func kept(f Field) Field {
	f.system = true
	return f
}

// cascading makes a lookup one whose record is deleted with that it refers to.
func cascading(f Field) Field {
	f.onDelete = Cascades
	return f
}

// restricting makes a lookup one that keeps what it refers to from being deleted.
func restricting(f Field) Field {
	f.onDelete = Restricts
	return f
}

// once makes a field one that only an insert sets.
func once(f Field) Field {
	f.CreateOnly = true
	return f
}

func leadSource() Field {
	return picklist("LeadSource", "Lead Source", "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
}

func industry() Field {
	return picklist("Industry", "Industry", "Banking", "Education", "Finance", "Healthcare", "Insurance", "Retail", "Technology", "Other")
}

func rating() Field { return picklist("Rating", "Rating", "Hot", "Warm", "Cold") }

func description(label string) Field {
	return Field{Name: "Description", Label: label, Type: TextArea, Length: 32000}
}

// withSystemFields puts the fields that every object has around its own.
func withSystemFields(own []Field, owned bool) []Field {
	fields := []Field{
		{Name: "Id", Label: "Record ID", Type: ID, Length: 18, system: true, idLookup: true},
		{Name: "IsDeleted", Label: "Deleted", Type: Checkbox, Default: "false", system: true},
	}
	if owned {
		owner := lookup("OwnerId", "Owner ID", "Owner", "User")
		owner.Required, owner.defaulted = true, true
		fields = append(fields, owner)
	}
	fields = append(fields, own...)
	return append(fields,
		Field{Name: "CreatedDate", Label: "Created Date", Type: DateTime, Required: true, system: true},
		kept(required(lookup("CreatedById", "Created By ID", "CreatedBy", "User"), "")),
		Field{Name: "LastModifiedDate", Label: "Last Modified Date", Type: DateTime, Required: true, system: true},
		kept(required(lookup("LastModifiedById", "Last Modified By ID", "LastModifiedBy", "User"), "")),
		Field{Name: "SystemModstamp", Label: "System Modstamp", Type: DateTime, Required: true, system: true},
	)
}

// finishStandard gives a standard field the sizes of its type, where its
// definition does not say otherwise.
func finishStandard(f *Field) {
	switch f.Type {
	case Email:
		f.Length = 80
	case Phone:
		f.Length = 40
	case URL, Picklist, Combobox:
		f.Length = 255
	case Reference:
		f.Length = 18
	default:
	}
}

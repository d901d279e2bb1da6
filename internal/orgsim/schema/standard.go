package schema

// Standard returns a new schema with the standard objects Account, Contact,
// Lead and User, each with the fields that syncs commonly meet, and Organization,
// whose one record is the org itself.
func Standard() *Schema {
	s := &Schema{}
	for _, o := range []*Object{account(), contact(), lead(), organization(), user()} {
		for i := range o.Fields {
			finishStandard(&o.Fields[i])
		}
		o.index()
		s.put(o)
	}
	return s
}

func account() *Object {
	return &Object{Name: "Account", Label: "Account", LabelPlural: "Accounts", KeyPrefix: "001", Fields: withSystemFields([]Field{
		{Name: "Name", Label: "Account Name", Type: Text, Length: 255, Required: true, nameField: true},
		{Name: "Type", Label: "Account Type", Type: Picklist, Values: []string{"Prospect", "Customer - Direct", "Customer - Channel", "Partner", "Other"}},
		{Name: "ParentId", Label: "Parent Account ID", Type: Reference, ReferenceTo: "Account", RelationshipName: "Parent"},
		{Name: "BillingStreet", Label: "Billing Street", Type: TextArea, Length: 255, compound: "BillingAddress"},
		{Name: "BillingCity", Label: "Billing City", Type: Text, Length: 40, compound: "BillingAddress"},
		{Name: "BillingPostalCode", Label: "Billing Zip/Postal Code", Type: Text, Length: 20, compound: "BillingAddress"},
		{Name: "BillingCountry", Label: "Billing Country", Type: Text, Length: 80, compound: "BillingAddress"},
		{Name: "Phone", Label: "Account Phone", Type: Phone},
		{Name: "AccountNumber", Label: "Account Number", Type: Text, Length: 40},
		{Name: "Website", Label: "Website", Type: URL},
		{Name: "Industry", Label: "Industry", Type: Picklist, Values: []string{"Banking", "Education", "Finance", "Healthcare", "Insurance", "Retail", "Technology", "Other"}},
		{Name: "AnnualRevenue", Label: "Annual Revenue", Type: Currency, Precision: 18},
		{Name: "NumberOfEmployees", Label: "Employees", Type: Int, Precision: 8},
		{Name: "Description", Label: "Account Description", Type: TextArea, Length: 32000},
	}, true)}
}

func contact() *Object {
	return &Object{Name: "Contact", Label: "Contact", LabelPlural: "Contacts", KeyPrefix: "003", Fields: withSystemFields(append([]Field{
		{Name: "AccountId", Label: "Account ID", Type: Reference, ReferenceTo: "Account", RelationshipName: "Account"},
	}, append(personName("Contact"), []Field{
		{Name: "MailingStreet", Label: "Mailing Street", Type: TextArea, Length: 255, compound: "MailingAddress"},
		{Name: "MailingCity", Label: "Mailing City", Type: Text, Length: 40, compound: "MailingAddress"},
		{Name: "MailingCountry", Label: "Mailing Country", Type: Text, Length: 80, compound: "MailingAddress"},
		{Name: "Phone", Label: "Business Phone", Type: Phone},
		{Name: "MobilePhone", Label: "Mobile Phone", Type: Phone},
		{Name: "Email", Label: "Email", Type: Email, idLookup: true},
		{Name: "Title", Label: "Title", Type: Text, Length: 128},
		{Name: "Department", Label: "Department", Type: Text, Length: 80},
		{Name: "LeadSource", Label: "Lead Source", Type: Picklist, Values: leadSources()},
		{Name: "Birthdate", Label: "Birthdate", Type: Date},
		{Name: "HasOptedOutOfEmail", Label: "Email Opt Out", Type: Checkbox, Default: "false"},
		{Name: "Description", Label: "Contact Description", Type: TextArea, Length: 32000},
	}...)...), true)}
}

func lead() *Object {
	return &Object{Name: "Lead", Label: "Lead", LabelPlural: "Leads", KeyPrefix: "00Q", Fields: withSystemFields(append(personName("Lead"), []Field{
		{Name: "Title", Label: "Title", Type: Text, Length: 128},
		{Name: "Company", Label: "Company", Type: Text, Length: 255, Required: true},
		{Name: "Phone", Label: "Phone", Type: Phone},
		{Name: "Email", Label: "Email", Type: Email, idLookup: true},
		{Name: "Website", Label: "Website", Type: URL},
		{Name: "LeadSource", Label: "Lead Source", Type: Picklist, Values: leadSources()},
		{Name: "Status", Label: "Status", Type: Picklist, Required: true, Default: "Open - Not Contacted", Values: []string{"Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"}},
		{Name: "AnnualRevenue", Label: "Annual Revenue", Type: Currency, Precision: 18},
		{Name: "NumberOfEmployees", Label: "Employees", Type: Int, Precision: 8},
		{Name: "IsConverted", Label: "Converted", Type: Checkbox, Default: "false", system: true},
		{Name: "Description", Label: "Description", Type: TextArea, Length: 32000},
	}...), true)}
}

func organization() *Object {
	return &Object{Name: "Organization", Label: "Organization", LabelPlural: "Organizations", KeyPrefix: "00D", ReadOnly: true, Fields: withSystemFields([]Field{
		{Name: "Name", Label: "Name", Type: Text, Length: 80, Required: true, nameField: true},
		{Name: "IsSandbox", Label: "Is Sandbox", Type: Checkbox, Default: "false", system: true},
		{Name: "OrganizationType", Label: "Edition", Type: Picklist, Values: []string{"Developer Edition", "Enterprise Edition"}, system: true},
		{Name: "InstanceName", Label: "Instance Name", Type: Text, Length: 5, system: true},
	}, false)}
}

func user() *Object {
	name := personName("User")
	return &Object{Name: "User", Label: "User", LabelPlural: "Users", KeyPrefix: "005", ReadOnly: true, Fields: withSystemFields(append([]Field{
		{Name: "Username", Label: "Username", Type: Text, Length: 80, Required: true, Unique: true, idLookup: true},
	}, append(name, []Field{
		{Name: "Email", Label: "Email", Type: Email, Required: true},
		{Name: "IsActive", Label: "Active", Type: Checkbox, Default: "true"},
		{Name: "EmployeeNumber", Label: "Employee Number", Type: Text, Length: 20},
	}...)...), false)}
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

func leadSources() []string {
	return []string{"Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"}
}

// withSystemFields puts the fields that every object has around its own.
func withSystemFields(own []Field, owned bool) []Field {
	fields := []Field{
		{Name: "Id", Label: "Record ID", Type: ID, Length: 18, system: true, idLookup: true},
		{Name: "IsDeleted", Label: "Deleted", Type: Checkbox, Default: "false", system: true},
	}
	if owned {
		fields = append(fields, Field{Name: "OwnerId", Label: "Owner ID", Type: Reference, ReferenceTo: "User", RelationshipName: "Owner", Length: 18, Required: true, defaulted: true})
	}
	fields = append(fields, own...)
	return append(fields,
		Field{Name: "CreatedDate", Label: "Created Date", Type: DateTime, Required: true, system: true},
		Field{Name: "CreatedById", Label: "Created By ID", Type: Reference, ReferenceTo: "User", RelationshipName: "CreatedBy", Length: 18, Required: true, system: true},
		Field{Name: "LastModifiedDate", Label: "Last Modified Date", Type: DateTime, Required: true, system: true},
		Field{Name: "LastModifiedById", Label: "Last Modified By ID", Type: Reference, ReferenceTo: "User", RelationshipName: "LastModifiedBy", Length: 18, Required: true, system: true},
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
	case URL, Picklist:
		f.Length = 255
	case Reference:
		f.Length = 18
	default:
	}
}

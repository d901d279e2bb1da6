package schema

import "slices"

func setupObjects() []*Object {
	return []*Object{organization(), user(), entityDefinition(), assignmentRule()}
}

func organization() *Object {
	own := slices.Concat([]Field{
		{Name: "Name", Label: "Name", Type: Text, Length: 80, Required: true, nameField: true},
	}, address(""), []Field{
		{Name: "Phone", Label: "Phone", Type: Phone},
		text("PrimaryContact", "Primary Contact", 80),
		required(text("DefaultLocaleSidKey", "Locale", 40), "en_US"),
		required(text("LanguageLocaleKey", "Language", 40), "en_US"),
		required(text("TimeZoneSidKey", "Time Zone", 40), "GMT"),
		kept(checkbox("IsSandbox", "Is Sandbox")),
		kept(picklist("OrganizationType", "Edition", "Developer Edition", "Enterprise Edition")),
		kept(text("InstanceName", "Instance Name", 5)),
		kept(text("NamespacePrefix", "Namespace Prefix", 15)),
		kept(Field{Name: "TrialExpirationDate", Label: "Trial Expiration Date", Type: DateTime}),
	})
	return &Object{Name: "Organization", Label: "Organization", LabelPlural: "Organizations", KeyPrefix: "00D", ReadOnly: true, Fields: withSystemFields(own, false)}
}

func user() *Object {
	username := Field{Name: "Username", Label: "Username", Type: Text, Length: 80, Required: true, Unique: true, idLookup: true}
	own := slices.Concat([]Field{username}, personName("User"), address(""), []Field{
		{Name: "Email", Label: "Email", Type: Email, Required: true, idLookup: true},
		text("Alias", "Alias", 8),
		text("CommunityNickname", "Nickname", 40),
		text("CompanyName", "Company Name", 80),
		text("Department", "Department", 80),
		text("Title", "Title", 80),
		{Name: "Phone", Label: "Phone", Type: Phone},
		{Name: "MobilePhone", Label: "Mobile", Type: Phone},
		{Name: "IsActive", Label: "Active", Type: Checkbox, Default: "true"},
		required(text("TimeZoneSidKey", "Time Zone", 40), "GMT"),
		required(text("LocaleSidKey", "Locale", 40), "en_US"),
		required(text("LanguageLocaleKey", "Language", 40), "en_US"),
		required(text("EmailEncodingKey", "Email Encoding", 40), "UTF-8"),
		text("ProfileId", "Profile ID", 18),
		picklist("UserType", "User Type", "Standard"),
		text("EmployeeNumber", "Employee Number", 20),
		text("FederationIdentifier", "SAML Federation ID", 512),
	})
	return &Object{Name: "User", Label: "User", LabelPlural: "Users", KeyPrefix: "005", ReadOnly: true, Fields: withSystemFields(own, false)}
}

// entityDefinition has one record for each object (SOAP API guide:
// EntityDefinition).
func entityDefinition() *Object {
	own := []Field{
		kept(text("DurableId", "Durable ID", 80)),
		{Name: "QualifiedApiName", Label: "Qualified API Name", Type: Text, Length: 70, Required: true, system: true, nameField: true},
		kept(text("DeveloperName", "Developer Name", 40)),
		kept(text("MasterLabel", "Master Label", 80)),
		kept(text("Label", "Label", 40)),
		kept(text("PluralLabel", "Plural Label", 40)),
		kept(text("NamespacePrefix", "Namespace Prefix", 15)),
		kept(text("KeyPrefix", "Key Prefix", 3)),
		kept(checkbox("IsCustomizable", "Is Customizable")),
		kept(checkbox("IsQueryable", "Is Queryable")),
		kept(checkbox("IsCustomSetting", "Is Custom Setting")),
		kept(checkbox("IsEverCreatable", "Is Ever Creatable")),
	}
	return &Object{Name: "EntityDefinition", Label: "Entity Definition", LabelPlural: "Entity Definitions", KeyPrefix: "4ie", ReadOnly: true, Fields: withSystemFields(own, false)}
}

// assignmentRule has one record for each assignment rule of the schema.
func assignmentRule() *Object {
	own := []Field{
		{Name: "Name", Label: "Name", Type: Text, Length: 120, nameField: true, system: true},
		kept(text("SobjectType", "SObject Type", 40)),
		kept(Field{Name: "Active", Label: "Active", Type: Checkbox, Default: "true"}),
	}
	return &Object{Name: "AssignmentRule", Label: "Assignment Rule", LabelPlural: "Assignment Rules", KeyPrefix: "01Q", ReadOnly: true, Fields: withSystemFields(own, false)}
}

package schema

import "slices"

func salesObjects() []*Object {
	return []*Object{account(), contact(), lead(), opportunity()}
}

func account() *Object {
	own := slices.Concat([]Field{
		{Name: "Name", Label: "Account Name", Type: Text, Length: 255, Required: true, nameField: true, compound: "Name"},
		picklist("Type", "Account Type", "Prospect", "Customer - Direct", "Customer - Channel", "Partner", "Other"),
		lookup("ParentId", "Parent Account ID", "Parent", "Account"),
	}, address("Billing"), address("Shipping"), []Field{
		{Name: "Phone", Label: "Account Phone", Type: Phone},
		{Name: "Fax", Label: "Account Fax", Type: Phone},
		text("AccountNumber", "Account Number", 40),
		{Name: "Website", Label: "Website", Type: URL},
		text("Sic", "SIC Code", 20),
		industry(),
		{Name: "AnnualRevenue", Label: "Annual Revenue", Type: Currency, Precision: 18},
		{Name: "NumberOfEmployees", Label: "Employees", Type: Int, Precision: 8},
		picklist("Ownership", "Ownership", "Public", "Private", "Subsidiary", "Other"),
		text("TickerSymbol", "Ticker Symbol", 20),
		description("Account Description"),
		rating(),
		text("Site", "Account Site", 80),
		picklist("AccountSource", "Account Source", "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"),
	})
	return &Object{Name: "Account", Label: "Account", LabelPlural: "Accounts", KeyPrefix: "001", Fields: withSystemFields(own, true)}
}

func contact() *Object {
	own := slices.Concat([]Field{cascading(lookup("AccountId", "Account ID", "Account", "Account"))}, personName("Contact"), address("Other"), address("Mailing"), []Field{
		{Name: "Phone", Label: "Business Phone", Type: Phone},
		{Name: "Fax", Label: "Business Fax", Type: Phone},
		{Name: "MobilePhone", Label: "Mobile Phone", Type: Phone},
		{Name: "HomePhone", Label: "Home Phone", Type: Phone},
		{Name: "OtherPhone", Label: "Other Phone", Type: Phone},
		{Name: "AssistantPhone", Label: "Asst. Phone", Type: Phone},
		lookup("ReportsToId", "Reports To ID", "ReportsTo", "Contact"),
		{Name: "Email", Label: "Email", Type: Email, idLookup: true},
		text("Title", "Title", 128),
		text("Department", "Department", 80),
		text("AssistantName", "Assistant's Name", 40),
		leadSource(),
		{Name: "Birthdate", Label: "Birthdate", Type: Date},
		description("Contact Description"),
		checkbox("HasOptedOutOfEmail", "Email Opt Out"),
		checkbox("HasOptedOutOfFax", "Fax Opt Out"),
		checkbox("DoNotCall", "Do Not Call"),
	})
	return &Object{Name: "Contact", Label: "Contact", LabelPlural: "Contacts", KeyPrefix: "003", Fields: withSystemFields(own, true)}
}

func lead() *Object {
	own := slices.Concat(personName("Lead"), []Field{
		text("Title", "Title", 128),
		required(text("Company", "Company", 255), ""),
	}, address(""), []Field{
		{Name: "Phone", Label: "Phone", Type: Phone},
		{Name: "MobilePhone", Label: "Mobile Phone", Type: Phone},
		{Name: "Fax", Label: "Fax", Type: Phone},
		{Name: "Email", Label: "Email", Type: Email, idLookup: true},
		{Name: "Website", Label: "Website", Type: URL},
		description("Description"),
		leadSource(),
		required(picklist("Status", "Status", "Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"), "Open - Not Contacted"),
		industry(),
		rating(),
		{Name: "AnnualRevenue", Label: "Annual Revenue", Type: Currency, Precision: 18},
		{Name: "NumberOfEmployees", Label: "Employees", Type: Int, Precision: 8},
		checkbox("HasOptedOutOfEmail", "Email Opt Out"),
		checkbox("DoNotCall", "Do Not Call"),
		kept(checkbox("IsConverted", "Converted")),
	})
	return &Object{Name: "Lead", Label: "Lead", LabelPlural: "Leads", KeyPrefix: "00Q", Fields: withSystemFields(own, true)}
}

func opportunity() *Object {
	stages := picklist("StageName", "Stage", "Prospecting", "Qualification", "Needs Analysis", "Value Proposition",
		"Proposal/Price Quote", "Negotiation/Review", "Closed Won", "Closed Lost")
	own := []Field{
		cascading(lookup("AccountId", "Account ID", "Account", "Account")),
		{Name: "Name", Label: "Name", Type: Text, Length: 120, Required: true, nameField: true},
		description("Description"),
		required(stages, ""),
		{Name: "Amount", Label: "Amount", Type: Currency, Precision: 18, Scale: 2},
		{Name: "Probability", Label: "Probability (%)", Type: Percent, Precision: 3},
		{Name: "CloseDate", Label: "Close Date", Type: Date, Required: true},
		picklist("Type", "Opportunity Type", "Existing Business", "New Business"),
		text("NextStep", "Next Step", 255),
		leadSource(),
		lookup("ContactId", "Contact ID", "Contact", "Contact"),
	}
	return &Object{Name: "Opportunity", Label: "Opportunity", LabelPlural: "Opportunities", KeyPrefix: "006", Fields: withSystemFields(own, true)}
}

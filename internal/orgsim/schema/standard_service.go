package schema

func serviceObjects() []*Object { return []*Object{supportCase(), task()} }

func supportCase() *Object {
	number := Field{Name: "CaseNumber", Label: "Case Number", Type: AutoNumber, Length: 30, Format: "{00000000}", Required: true, system: true, nameField: true, idLookup: true}
	email := Field{Name: "SuppliedEmail", Label: "Email Address", Type: Email}
	own := []Field{
		number,
		restricting(lookup("ContactId", "Contact ID", "Contact", "Contact")),
		restricting(lookup("AccountId", "Account ID", "Account", "Account")),
		lookup("ParentId", "Parent Case ID", "Parent", "Case"),
		text("SuppliedName", "Name", 80),
		email,
		picklist("Type", "Case Type", "Mechanical", "Electrical", "Electronic", "Structural", "Other"),
		required(picklist("Status", "Status", "New", "Working", "Escalated", "Closed"), "New"),
		picklist("Reason", "Case Reason", "Installation", "Equipment Complexity", "Performance", "Breakdown", "Feedback", "Other"),
		picklist("Origin", "Case Origin", "Phone", "Email", "Web"),
		text("Subject", "Subject", 255),
		required(picklist("Priority", "Priority", "High", "Medium", "Low"), "Medium"),
		description("Description"),
		checkbox("IsEscalated", "Escalated"),
	}
	return &Object{Name: "Case", Label: "Case", LabelPlural: "Cases", KeyPrefix: "500", Fields: withSystemFields(own, true)}
}

func task() *Object {
	subject := Field{
		Name: "Subject", Label: "Subject", Type: Combobox, nameField: true,
		Values: []string{"Call", "Email", "Send Letter", "Send Quote", "Other"},
	}
	own := []Field{
		cascading(lookup("WhoId", "Name ID", "Who", "Contact", "Lead")),
		cascading(lookup("WhatId", "Related To ID", "What", "Account", "Opportunity", "Case")),
		subject,
		{Name: "ActivityDate", Label: "Due Date Only", Type: Date},
		required(picklist("Status", "Status", "Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"), "Not Started"),
		required(picklist("Priority", "Priority", "High", "Normal", "Low"), "Normal"),
		description("Description"),
		picklist("TaskSubtype", "Task Subtype", "Task", "Email", "Call"),
	}
	return &Object{Name: "Task", Label: "Task", LabelPlural: "Tasks", KeyPrefix: "00T", Fields: withSystemFields(own, true)}
}

package fault

// messageOf is how Salesforce words the refusal of a row by a code (SOAP API
// guide: status codes; public issue threads). Messages are localised and name
// labels, so that a client decides on the code alone.
func messageOf(code string) string {
	if message, ok := messages()[code]; ok {
		return message
	}
	return code + " was injected"
}

func messages() map[string]string {
	const locked = "unable to obtain exclusive access to this record or 1 records"
	return map[string]string{
		"ALL_OR_NONE_OPERATION_ROLLED_BACK":             "Record rolled back because not all records were valid and the request was using AllOrNone header",
		"CANNOT_EXECUTE_FLOW_TRIGGER":                   "We can't save this record because the “Set Owner” process failed. Give your Salesforce admin these details.\nThis error occurred when the flow tried to update records: UNABLE_TO_LOCK_ROW: " + locked + ".",
		"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":          "ContactTrigger: execution of AfterUpdate\n\ncaused by: System.DmlException: Update failed. First exception on row 0; first error: UNABLE_TO_LOCK_ROW, " + locked + ": []\n\nTrigger.ContactTrigger: line 12, column 1",
		"CANNOT_UPDATE_CONVERTED_LEAD":                  "cannot reference converted lead",
		"DELETE_FAILED":                                 "Your attempt to delete the record could not be completed because it is associated with other records.",
		"DUPLICATES_DETECTED":                           "Use one of these records?",
		"DUPLICATE_EXTERNAL_ID":                         "more than one record found for external id field",
		"DUPLICATE_VALUE":                               "duplicate value found: <unknown> duplicates value on record with id: <unknown>",
		"ENTITY_IS_DELETED":                             "entity is deleted",
		"ENTITY_IS_LOCKED":                              "This record is locked. If you need to edit it, contact your admin.",
		"FIELD_CUSTOM_VALIDATION_EXCEPTION":             "The record breaks a rule of the organization.",
		"FIELD_FILTER_VALIDATION_EXCEPTION":             "Value does not exist or does not match filter criteria.",
		"FIELD_INTEGRITY_EXCEPTION":                     "There's a problem with this record: it refers to something that does not fit.",
		maintenance:                                     "Updates can't be made during maintenance.",
		"INSUFFICIENT_ACCESS":                           "insufficient access rights on object id",
		"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "insufficient access rights on cross-reference id",
		"INSUFFICIENT_ACCESS_OR_READONLY":               "insufficient access rights on object id",
		"INTERNAL_ERROR":                                unexpected,
		"INVALID_CROSS_REFERENCE_KEY":                   "invalid cross reference id",
		"INVALID_EMAIL_ADDRESS":                         "Email: invalid email address: x",
		"INVALID_FIELD":                                 "Foreign key external ID: x not found for field Ext__c in entity Account",
		"INVALID_FIELD_FOR_INSERT_UPDATE":               "Unable to create/update fields. Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
		"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST":       "bad value for restricted picklist field: x",
		"INVALID_TYPE_ON_FIELD_IN_RECORD":               "value not of required type: x",
		"JSON_PARSER_ERROR":                             "Cannot deserialize instance of the field from the value",
		"LIMIT_EXCEEDED":                                "System.LimitException: Too many SOQL queries: 101",
		"MALFORMED_ID":                                  "malformed id x",
		"MISSING_ARGUMENT":                              "Id not specified in an update call",
		"NOT_FOUND":                                     "The requested resource does not exist",
		"NUMBER_OUTSIDE_VALID_RANGE":                    "value outside of valid range on numeric field",
		"QUERY_TIMEOUT":                                 "Your query request was running for too long.",
		"REQUEST_RUNNING_TOO_LONG":                      "Your request was running for too long, and has been stopped.",
		"REQUIRED_FIELD_MISSING":                        "Required fields are missing: [Name]",
		"STORAGE_LIMIT_EXCEEDED":                        "storage limit exceeded",
		"STRING_TOO_LONG":                               "data value too large",
		"TOO_MANY_APEX_REQUESTS":                        "System.LimitException: Too many concurrent requests",
		"TXN_SECURITY_METERING_ERROR":                   "We're unable to complete the operation because a transaction security policy could not be evaluated.",
		"UNABLE_TO_LOCK_ROW":                            locked,
		"UNKNOWN_EXCEPTION":                             unexpected,
	}
}

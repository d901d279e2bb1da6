package salesforce

import (
	"slices"
	"strings"
)

// Hint is what a user can do about the error, empty where the message says it all.
func (e RowError) Hint() string { return RowHint(e.Code, e.Message) }

// RowHint is what a user can do about a row that was refused, empty where nothing general can be said.
func RowHint(code, message string) string {
	if code == CodeInvalidField && strings.Contains(message, "Foreign key external ID") {
		return hintNoParent
	}
	if slices.Contains(wrappingCodes, code) && nestedRetry(message) == RetrySmaller {
		return hintGovernor
	}
	if hint, ok := rowHints[code]; ok {
		return hint
	}
	return hintFor(code, "")
}

// Hints that several codes share, or that a code has only sometimes.
const (
	hintSharing    = "give the run-as user edit rights, and access to the record by sharing rules, its role or Modify All"
	hintRecordGone = "the record was deleted or merged, or is of another type; the next run matches the row anew"
	hintAutomation = "a trigger or flow of the org failed; the message names it, and the org's administrator can mend it"
	hintGovernor   = "a trigger or flow of the org works too much for one transaction; fewer rows at once (batch_rows) may help"
	hintLocked     = "other processes hold the record or its parent; run at another time, or away from them"
	hintNoParent   = "no parent record has that key; create it first, or correct the report"
	hintDates      = "the value has another type than the field; see the mapping's date_format and transform"
)

// rowHints come before codeHints: a record that isn't there is not a resource that isn't there.
var rowHints = map[string]string{
	"STORAGE_LIMIT_EXCEEDED":                        "the org's data storage is full",
	"DUPLICATE_EXTERNAL_ID":                         "several records have that key; make the field unique in Salesforce, or merge them",
	"CANNOT_UPDATE_CONVERTED_LEAD":                  "the lead was converted; its contact can be updated instead, or leave converted leads out of the match",
	"INSUFFICIENT_ACCESS_OR_READONLY":               hintSharing,
	"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "give the run-as user access to the parent record, or to the record itself, by sharing rules or its role",
	"INVALID_FIELD_FOR_INSERT_UPDATE":               "the field is read-only, or the run-as user has no edit access to it by field-level security",
	CodeNotFound:                                    hintRecordGone,
	CodeEntityIsDeleted:                             hintRecordGone,
	"INVALID_CROSS_REFERENCE_KEY":                   hintRecordGone,
	CodeRequestLimit:                                hintTotal,
	CodeLockedRow:                                   hintLocked,
	"ENTITY_IS_LOCKED":                              "an approval process holds the record; it can be unlocked in Salesforce, or by ending the approval",
	"TOO_MANY_APEX_REQUESTS":                        "the org runs too many triggers at once; run at another time",
	"LIMIT_EXCEEDED":                                hintGovernor,
	"APEX_CPU_TIME_LIMIT_EXCEEDED":                  hintGovernor,
	"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":          hintAutomation,
	"CANNOT_EXECUTE_FLOW_TRIGGER":                   hintAutomation,
	"FIELD_CUSTOM_VALIDATION_EXCEPTION":             "a validation rule of the org refuses the values; the message is the rule's own",
	"FIELD_FILTER_VALIDATION_EXCEPTION":             "a lookup filter of the org doesn't let the record point there",
	"FIELD_INTEGRITY_EXCEPTION":                     "the values don't fit together or point to a record that can't be used there; the message names the field",
	"REQUIRED_FIELD_MISSING":                        "map a column or a constant to the field, or give it a default in Salesforce",
	"MISSING_ARGUMENT":                              "the row was sent without something that Salesforce needs; the message names it",
	"DUPLICATE_VALUE":                               "another record has the value already, and the field is unique",
	"DUPLICATES_DETECTED":                           "a duplicate rule of the org stopped the record; duplicate_rules = allow_save passes rules that only alert",
	"STRING_TOO_LONG":                               "the text is longer than the field; shorten it by a regex transform, or make the field longer in Salesforce",
	"NUMBER_OUTSIDE_VALID_RANGE":                    "the number has more digits than the field",
	"INVALID_TYPE_ON_FIELD_IN_RECORD":               hintDates,
	"JSON_PARSER_ERROR":                             hintDates,
	"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST":       "the picklist is restricted, and the value is none of its API values, or not for the record's type",
	"INVALID_EMAIL_ADDRESS":                         "Salesforce takes the text for no e-mail address; correct the report",
	"DELETE_FAILED":                                 "other records depend on the record; the message names them",
	"ALL_OR_NONE_OPERATION_ROLLED_BACK":             "the row itself was right; another one in the same call was refused",
}

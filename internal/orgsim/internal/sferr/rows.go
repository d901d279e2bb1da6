package sferr

import "strings"

// UnknownField refuses a field that does not exist or is hidden from the user.
func UnknownField(name, object string) *Error {
	return On(nil, "INVALID_FIELD", "No such column '%s' on sobject of type %s", name, object)
}

// NotWriteable refuses fields that are read-only for this operation.
func NotWriteable(fields []string) *Error {
	return On(fields, "INVALID_FIELD_FOR_INSERT_UPDATE",
		"Unable to create/update fields: %s. Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
		strings.Join(fields, ", "))
}

// RequiredMissing refuses a row that leaves required fields empty.
func RequiredMissing(fields []string) *Error {
	return On(fields, "REQUIRED_FIELD_MISSING", "Required fields are missing: [%s]", strings.Join(fields, ", "))
}

// Duplicate refuses a value that another record of a unique field has; the
// message shows that record's id with 15 characters.
func Duplicate(field, id15 string) *Error {
	return On(nil, "DUPLICATE_VALUE", "duplicate value found: %s duplicates value on record with id: %s", field, id15)
}

// DuplicateKey refuses a row whose upsert key stands twice in one request.
func DuplicateKey(field, key string) *Error {
	return On([]string{field}, "DUPLICATE_VALUE", "Duplicate external id specified: %s", key)
}

// DuplicateID refuses a row whose record another row of the request names too.
func DuplicateID(id string) *Error {
	return On([]string{"Id"}, "DUPLICATE_VALUE", "Duplicate id specified: %s", id)
}

// SeveralMatches refuses an upsert whose key fits more than one record.
func SeveralMatches(field string, ids []string) *Error {
	return On([]string{field}, "DUPLICATE_EXTERNAL_ID",
		"%s: more than one record found for external id field: [%s]", field, strings.Join(ids, ", "))
}

// MissingID refuses an update or delete without an id.
func MissingID(verb string) *Error {
	return On(nil, "MISSING_ARGUMENT", "Id not specified in an %s call", verb)
}

// MissingKey refuses an upsert without a value of the field that it matches by.
func MissingKey(field string) *Error {
	return On(nil, "MISSING_ARGUMENT", "%s not specified", field)
}

// MalformedID refuses text that is no id: wrong length, alphabet or checksum.
func MalformedID(text string) *Error {
	return On([]string{"Id"}, "MALFORMED_ID", "malformed id %s", text)
}

// WrongIDType refuses an id of another object.
func WrongIDType(label, field, id string) *Error {
	return On([]string{field}, "MALFORMED_ID", "%s: id value of incorrect type: %s", label, id)
}

// Deleted refuses to touch a record in the recycle bin.
func Deleted() *Error { return On(nil, "ENTITY_IS_DELETED", "entity is deleted") }

// DeleteFailed refuses to delete a record that others hold on to: the text names
// them as Salesforce does, with a line's end.
func DeleteFailed(name, objects string, others []string) *Error {
	return On(nil, "DELETE_FAILED", "Your attempt to delete %s could not be completed because it is associated with the following %s.: %s\n",
		name, objects, strings.Join(others, ", "))
}

// NoSuchRecord refuses an id that no record has.
func NoSuchRecord() *Error {
	return On(nil, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
}

// RolledBack marks the innocent rows of an allOrNone request.
func RolledBack() *Error {
	return On(nil, "ALL_OR_NONE_OPERATION_ROLLED_BACK",
		"Record rolled back because not all records were valid and the request was using AllOrNone header")
}

// Locked is what a row gets whose record, or whose parent, is held by another
// transaction.
func Locked(id string) *Error {
	return On(nil, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: %s", id)
}

// NoParent refuses a relationship whose key no record has.
func NoParent(text, field, object string) *Error {
	return On(nil, "INVALID_FIELD", "Foreign key external ID: %s not found for field %s in entity %s", text, field, object)
}

// Circular refuses a reference that would make a record its own ancestor.
func Circular(field string) *Error {
	return On([]string{field}, "CIRCULAR_DEPENDENCY", "attempt to violate hierarchy constraints")
}

// NotIndexed refuses a field to find records by that no lookup index is kept on.
func NotIndexed(field, object string) *Error {
	return On(nil, "INVALID_FIELD", "Field name provided, %s does not match an External ID, Salesforce Id, or indexed field for %s", field, object)
}

// DuplicatesDetected refuses a record that a duplicate rule found others like.
func DuplicatesDetected(message string, found Duplicates) *Error {
	return &Error{Code: "DUPLICATES_DETECTED", Message: message, Duplicates: &found}
}

// UnsupportedType refuses an object that does not exist or is hidden.
func UnsupportedType(name string) *Error {
	return New("INVALID_TYPE", "sObject type '%s' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.", name)
}

// Integrity refuses a value that contradicts others, or what the org is.
func Integrity(field, format string, args ...any) *Error {
	return On([]string{field}, "FIELD_INTEGRITY_EXCEPTION", format, args...)
}

// NoAccess refuses a write that the user lacks the permission for.
func NoAccess() *Error {
	return On(nil, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
}

// UnsupportedOperation refuses an operation that the object does not offer.
func UnsupportedOperation(object, verb string) *Error {
	return On(nil, "INVALID_TYPE_FOR_OPERATION", "entity type %s does not support %s", object, verb)
}

// NotFound is REST's answer for a resource or record that is not there.
func NotFound() *Error {
	return New("NOT_FOUND", "The requested resource does not exist")
}

package value

import (
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/recordid"
)

// readID takes ids of 15 and of 18 characters, the latter with the right checksum. Those of a standard object that a
// reference does not take are refused, as Salesforce would with MALFORMED_ID. All others are left to it: describe names
// the objects that a reference takes, not the prefixes of their ids.
func readID(f *Form, text string) (string, error) {
	id, err := salesforce.ID18(text)
	switch {
	case err == nil:
		return id, f.refersTo(id)
	case len(text) == 18:
		return "", fmt.Errorf("%s is no Salesforce id: the last three of its 18 characters don't fit the others, as when the case of letters was changed on the way", Quote(text))
	}
	return "", fmt.Errorf("%s is no Salesforce id of 15 or 18 characters", Quote(text))
}

// refersTo refuses the id of an object that the field surely does not refer to.
func (f *Form) refersTo(id string) error {
	if !f.checks() || len(f.ReferenceTo) == 0 {
		return nil
	}
	object, known := recordid.Object(id)
	if !known || slices.Contains(f.ReferenceTo, object) {
		return nil
	}
	return fmt.Errorf("%s is the id of a record of %s, and %s takes those of %s", Quote(id), object, f.Name, enumerate(f.ReferenceTo))
}

package provider

import "strings"

// importByName starts import ids that are the name of an object.
const importByName = "name="

// importName returns the name that an import id gives, and false when it is an id.
func importName(importID string) (name string, ok bool) {
	return strings.CutPrefix(importID, importByName)
}

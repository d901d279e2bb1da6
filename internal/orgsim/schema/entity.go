package schema

import (
	"strconv"
	"strings"
)

// Customizable reports whether an administrator adds fields to the object.
func (o *Object) Customizable() bool {
	switch o.Name {
	case "Account", "Contact", "Lead", "Opportunity", "Case", "Task", "User":
		return true
	default:
		return o.Custom()
	}
}

// EntityDefinition is the record that tells of the object, by field name; values
// are stored text (SOAP API and Tooling API guides: EntityDefinition).
func (o *Object) EntityDefinition() map[string]string {
	return map[string]string{
		"DurableId": o.Name, "QualifiedApiName": o.Name, "DeveloperName": strings.TrimSuffix(o.Name, "__c"),
		"MasterLabel": o.Label, "Label": o.Label, "PluralLabel": o.LabelPlural, "KeyPrefix": o.KeyPrefix, "IsQueryable": "true",
		"IsCustomizable": strconv.FormatBool(o.Customizable()), "IsEverCreatable": strconv.FormatBool(!o.ReadOnly),
	}
}

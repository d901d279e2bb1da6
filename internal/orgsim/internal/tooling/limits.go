package tooling

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func checkLabel(label string) *sferr.Error {
	if strings.ContainsFunc(label, unicode.IsControl) {
		return sferr.Integrity("label", "The label holds a control character: %q", label)
	}
	if schema.TextLength(label) > schema.MaxLabel {
		return tooLong("label", "Field Label", label, schema.MaxLabel)
	}
	return nil
}

// tooLong refuses in the words that records' values are refused in.
func tooLong(member, label, text string, most int) *sferr.Error {
	return sferr.On([]string{member}, "STRING_TOO_LONG", "%s: data value too large: %s (max length=%d)", label, text, most)
}

// checkPicklistValue refuses a value that cannot stand beside those before it.
// Salesforce tells values apart without regard to case.
func checkPicklistValue(name string, before []string) *sferr.Error {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return sferr.Integrity("valueSet", "The picklist value holds a control character: %q", name)
	}
	if schema.TextLength(name) > schema.MaxValue {
		return tooLong("valueSet", "Picklist value", name, schema.MaxValue)
	}
	for _, other := range before {
		if strings.EqualFold(strings.TrimSpace(other), strings.TrimSpace(name)) {
			return sferr.Integrity("valueSet", "Duplicate picklist value: %s", name)
		}
	}
	return nil
}

var relationshipName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$`)

func checkRelationshipName(name string) *sferr.Error {
	if !relationshipName.MatchString(name) {
		return sferr.Integrity("relationshipName", "The relationship name you provided %q can only contain underscores and alphanumeric characters. "+
			"It must be unique, begin with a letter, not include spaces, not end with an underscore, and not contain two consecutive underscores.", name)
	}
	if schema.TextLength(name) > schema.MaxName {
		return tooLong("relationshipName", "Child Relationship Name", name, schema.MaxName)
	}
	return nil
}

// relationshipFree refuses a relationship name that another relationship to the
// same parent has. It looks at the field in place p only to let it keep its own.
func (a *API) relationshipFree(m *metadata, p place) *sferr.Error {
	if m.RelationshipName == nil || m.ReferenceTo == nil {
		return nil
	}
	parent, name := *m.ReferenceTo, *m.RelationshipName
	if p.field >= 0 {
		object, _ := a.catalog.follow().Object(p.object) // places are of objects there are
		if is := a.catalog.definition(p, &object.Fields[p.field]); strings.EqualFold(of(is.RelationshipName), name) {
			return nil
		}
	}
	if taken := a.catalog.related(parent, name, p); taken != "" {
		return sferr.Integrity("relationshipName", "There is already a child relationship named %s on %s: that of %s", name, parent, taken)
	}
	return nil
}

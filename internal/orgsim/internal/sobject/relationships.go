package sobject

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// childRelationship is a reference that leads to the described object.
type childRelationship struct {
	CascadeDelete       bool     `json:"cascadeDelete"`
	ChildSObject        string   `json:"childSObject"`
	DeprecatedAndHidden bool     `json:"deprecatedAndHidden"`
	Field               string   `json:"field"`
	JunctionIDListNames []string `json:"junctionIdListNames"`
	JunctionReferenceTo []string `json:"junctionReferenceTo"`
	RelationshipName    *string  `json:"relationshipName"`
	RestrictedDelete    bool     `json:"restrictedDelete"`
}

// childRelationships lists them by object and field, as far as the user sees
// the fields.
func childRelationships(s *schema.Schema, parent *schema.Object) []childRelationship {
	list := []childRelationship{}
	for _, child := range s.Objects() {
		named := false
		for i := range child.Fields {
			f := &child.Fields[i]
			if _, visible := child.Field(f.Name); !visible || f.Type != schema.Reference || !f.RefersTo(parent.Name) {
				continue
			}
			r := childRelationship{
				CascadeDelete: f.OnDelete() == schema.Cascades, RestrictedDelete: f.Parent() && f.OnDelete() == schema.Restricts, ChildSObject: child.Name, Field: f.Name,
				JunctionIDListNames: []string{}, JunctionReferenceTo: []string{},
			}
			// The first lookup to a parent has the name; those to whoever wrote or
			// owns a record have none.
			if f.Parent() && !named {
				named, r.RelationshipName = true, nullable(childName(child, f))
			}
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b childRelationship) int { return strings.Compare(a.ChildSObject, b.ChildSObject) })
	return list
}

// childName is the plural of the child, as Contacts of an account; with the
// ending of a custom relationship where the field is custom.
func childName(child *schema.Object, f *schema.Field) string {
	name := strings.ReplaceAll(child.LabelPlural, " ", "")
	if child.Custom() {
		name = strings.ReplaceAll(child.LabelPlural, " ", "_")
	}
	switch {
	case f.Custom():
		return name + "__r"
	case f.RefersTo(child.Name):
		return "Child" + name
	}
	return name
}

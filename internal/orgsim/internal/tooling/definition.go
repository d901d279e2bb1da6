package tooling

import (
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// field is the schema's form of a definition.
func (m *metadata) field(name string) (schema.Field, *sferr.Error) {
	k, refused := m.check()
	if refused != nil {
		return schema.Field{}, refused
	}
	f := schema.Field{
		Name: name, Label: *m.Label, Type: k.is,
		Length: of(m.Length), Precision: of(m.Precision), Scale: of(m.Scale),
		Required: of(m.Required), Unique: of(m.Unique), CaseSensitive: of(m.CaseSensitive), ExternalID: of(m.ExternalID),
		Default: string(of(m.DefaultValue)), Format: of(m.DisplayFormat), Hidden: true,
	}
	if m.ReferenceTo != nil {
		f.ReferenceTo = []string{*m.ReferenceTo}
	}
	if k.is == schema.Reference || k.is == schema.MasterDetail {
		// The parent sees its children by relationshipName; the child's own name for
		// the parent follows from the field.
		f.RelationshipName = strings.TrimSuffix(name, "__c") + "__r"
	}
	if m.ValueSet != nil {
		return f, m.ValueSet.fill(&f)
	}
	return f, nil
}

// fill gives the picklist its values.
func (v *valueSet) fill(f *schema.Field) *sferr.Error {
	f.Restricted = of(v.Restricted)
	for _, one := range v.Definition.Values {
		name := one.FullName
		if name == "" {
			name = one.ValueName
		}
		if name == "" {
			return sferr.Integrity("valueSet", "a picklist value needs a fullName")
		}
		if one.Active != nil && !*one.Active || one.Label != nil && *one.Label != name {
			return sferr.Integrity("valueSet", "picklist value '%s': the simulated org has active values only, whose label is their name", name)
		}
		if one.Default {
			f.Default = name
		}
		if refused := checkPicklistValue(name, f.Values); refused != nil {
			return refused
		}
		f.Values = append(f.Values, name)
	}
	if len(f.Values) == 0 {
		return sferr.Integrity("valueSet", "Must specify at least one value for a picklist")
	}
	return nil
}

func of[T any](sent *T) (value T) {
	if sent != nil {
		value = *sent
	}
	return value
}

// metadataOf is the definition of a field that came with the schema, as a read
// returns it. What the schema has no place for, such as how many lines a form
// shows, has the value of the setup pages.
func metadataOf(f *schema.Field) *metadata {
	lines := 3
	m := &metadata{Label: &f.Label, Type: typeName(f), Required: &f.Required, ExternalID: &f.ExternalID}
	switch f.Type {
	case schema.Text:
		m.Length = &f.Length
	case schema.TextArea:
		if f.LongText() {
			m.Length, m.VisibleLines, m.Required = &f.Length, &lines, nil
		}
	case schema.Number, schema.Currency, schema.Percent:
		m.Precision, m.Scale = &f.Precision, &f.Scale
	case schema.Checkbox:
		value := text(f.Default)
		m.DefaultValue = &value
	case schema.Picklist:
		m.ValueSet = valueSetOf(f)
	case schema.MultiPicklist:
		m.ValueSet, m.VisibleLines = valueSetOf(f), &lines
	case schema.Reference:
		children := strings.TrimSuffix(f.RelationshipName, "__r")
		m.ReferenceTo, m.RelationshipName = &f.ReferenceTo[0], &children
	case schema.AutoNumber:
		m.DisplayFormat = &f.Format
	default:
	}
	if f.Type == schema.Text || f.Type == schema.Number || f.Type == schema.Email {
		m.Unique = &f.Unique
	}
	if f.Type == schema.Text && f.Unique {
		m.CaseSensitive = &f.CaseSensitive
	}
	return m
}

func valueSetOf(f *schema.Field) *valueSet {
	v := &valueSet{Restricted: &f.Restricted}
	for _, name := range f.Values {
		v.Definition.Values = append(v.Definition.Values, picklistValue{ValueName: name, Default: name == f.Default, Label: &name})
	}
	return v
}

// typeName is the Metadata API's name of a field's type.
func typeName(f *schema.Field) string {
	switch {
	case f.LongText():
		return "LongTextArea"
	case f.Type == schema.Reference && f.CreateOnly:
		return "MasterDetail"
	}
	for name, k := range kinds() {
		if k.is == f.Type && name != "LongTextArea" {
			return name
		}
	}
	return "Formula"
}

// dataType is a field's type as the setup pages print it.
func dataType(f *schema.Field) string {
	switch f.Kind() {
	case schema.Text:
		return fmt.Sprintf("Text(%d)", f.Length)
	case schema.TextArea:
		if f.LongText() {
			return fmt.Sprintf("Long Text Area(%d)", f.Length)
		}
		return "Text Area(255)"
	case schema.Number, schema.Currency, schema.Percent:
		return fmt.Sprintf("%s(%d, %d)", strings.ToUpper(string(f.Kind()[:1]))+string(f.Kind()[1:]), f.Precision-f.Scale, f.Scale)
	case schema.Int:
		return fmt.Sprintf("Number(%d, 0)", f.Precision)
	case schema.Reference:
		return lookupType(f.ReferenceTo)
	case schema.MultiPicklist:
		return "Picklist (Multi-Select)"
	case schema.DateTime:
		return "Date/Time"
	case schema.URL:
		return "URL(255)"
	case schema.ID:
		return "Lookup()"
	default:
		name := string(f.Kind())
		return strings.ToUpper(name[:1]) + name[1:]
	}
}

// lookupType names the objects that a lookup leads to, as many as there is room
// for in FieldDefinition.DataType.
func lookupType(targets []string) string {
	const room = 255
	text := "Lookup("
	for i, name := range targets {
		if i > 0 {
			name = "," + name
		}
		if len(text)+len(name)+len(")") > room {
			break
		}
		text += name
	}
	return text + ")"
}

package schema

import (
	"slices"
	"strings"
)

// Type is a field's type as the setup page of Salesforce names it, not as
// describe does: describe prints Number as "double" and Text as "string".
type Type string

// The types a field may have.
const (
	Text          Type = "text"
	TextArea      Type = "textarea"
	Email         Type = "email"
	Phone         Type = "phone"
	URL           Type = "url"
	Int           Type = "int" // standard fields only: a custom whole number is a Number of scale 0
	Number        Type = "number"
	Currency      Type = "currency"
	Percent       Type = "percent"
	Checkbox      Type = "checkbox"
	Date          Type = "date"
	DateTime      Type = "datetime"
	Time          Type = "time" // of a day, in no zone
	Picklist      Type = "picklist"
	MultiPicklist Type = "multipicklist"
	Combobox      Type = "combobox" // standard fields only: a text that offers values
	Reference     Type = "reference"
	MasterDetail  Type = "master_detail" // in definitions only: becomes a Reference that is required and create-only
	AutoNumber    Type = "autonumber"
	Formula       Type = "formula"
	ID            Type = "id"      // the Id field itself
	Address       Type = "address" // standard fields only: read-only, and made of the [AddressParts] fields before it
)

// Field is one field of an object. The zero value of each property is what a
// newly made custom field has; lengths and precisions are filled in by
// [Schema.Add].
type Field struct {
	Name  string `json:"name,omitzero"`  // API name; custom fields end in __c
	Label string `json:"label,omitzero"` // default: the name without __c, underscores as blanks
	Type  Type   `json:"type,omitzero"`

	Length    int `json:"length,omitzero"`    // as [TextLength] counts; text types only
	Precision int `json:"precision,omitzero"` // digits in all; number types only
	Scale     int `json:"scale,omitzero"`     // digits after the point

	Required      bool `json:"required,omitzero"` // not nillable
	Unique        bool `json:"unique,omitzero"`
	CaseSensitive bool `json:"case_sensitive,omitzero"` // of Unique: "abc" and "ABC" are different
	ExternalID    bool `json:"external_id,omitzero"`

	Values     []string `json:"values,omitzero"`     // of a picklist, in order
	Restricted bool     `json:"restricted,omitzero"` // the picklist refuses other values
	Default    string   `json:"default,omitzero"`    // canonical text given to a new record

	ReferenceTo      []string `json:"reference_to,omitzero"`      // objects that a Reference may point to; several where it is polymorphic
	RelationshipName string   `json:"relationship_name,omitzero"` // default: by the usual rule (AccountId: Account, Parent__c: Parent__r)

	Format  string `json:"format,omitzero"`  // of an AutoNumber, such as C-{0000}
	Returns Type   `json:"returns,omitzero"` // of a Formula
	Value   string `json:"value,omitzero"`   // of a Formula: what it always gives; formulas are not evaluated

	Hidden     bool `json:"hidden,omitzero"`      // no field-level security: absent from every API unless granted
	ReadOnly   bool `json:"read_only,omitzero"`   // visible, but not writable unless granted
	CreateOnly bool `json:"create_only,omitzero"` // set by an insert and never changed, as the parent of a master-detail relationship

	system    bool   // kept by Salesforce itself
	compound  string // compoundFieldName of describe
	onDelete  Deletion
	idLookup  bool
	nameField bool
	defaulted bool // gets a value on insert where none is sent
	removed   bool // deleted by an administrator: only its place is left
}

// Custom reports whether an administrator made the field.
func (f *Field) Custom() bool { return strings.HasSuffix(f.Name, "__c") }

// Kind is the type a value of the field has: that of its result for a formula,
// text for an auto number, and the field's own type otherwise.
func (f *Field) Kind() Type {
	switch f.Type {
	case Formula:
		return f.Returns
	case AutoNumber:
		return Text
	default:
		return f.Type
	}
}

// Createable reports whether an insert may set the field.
func (f *Field) Createable() bool {
	return !f.system && !f.ReadOnly && f.Type != AutoNumber && f.Type != Formula
}

// Updateable reports whether an update may set the field.
func (f *Field) Updateable() bool { return f.Createable() && !f.CreateOnly }

// Nillable reports whether the field may be empty. A checkbox never is.
func (f *Field) Nillable() bool {
	return !f.Required && f.Kind() != Checkbox && f.Kind() != ID
}

// DefaultedOnCreate reports whether a new record has a value that nobody sent.
func (f *Field) DefaultedOnCreate() bool {
	return f.defaulted || f.Default != "" || f.Kind() == Checkbox || f.Type == AutoNumber || (f.system && !f.Nillable())
}

// IDLookup reports whether an upsert may match by the field.
func (f *Field) IDLookup() bool {
	return f.idLookup || f.ExternalID || f.Type == ID
}

// NameField reports whether the field is the object's name.
func (f *Field) NameField() bool { return f.nameField }

// System reports whether Salesforce keeps the field itself.
func (f *Field) System() bool { return f.system }

// Compound is the compound field that this one is part of, or empty.
func (f *Field) Compound() string { return f.compound }

// AddressParts is how many fields make up an address: street, city, state, postal
// code and country. They stand in this order directly before it.
const AddressParts = 5

// LongText reports a text area of more than 255 characters, which SOQL can
// neither filter nor sort.
func (f *Field) LongText() bool { return f.Type == TextArea && f.Length > 255 }

// Indexed reports whether the org keeps a lookup index on the field. Owners and
// other users are left out: nearly all records share one.
func (f *Field) Indexed() bool {
	return f.Unique || f.ExternalID || f.idLookup || f.nameField || f.Type == Email || f.Parent()
}

// Parent reports whether the field refers to records other than users, so that
// a write to its record also takes hold of the one it refers to.
func (f *Field) Parent() bool {
	return f.Type == Reference && slices.ContainsFunc(f.ReferenceTo, func(object string) bool { return object != "User" })
}

// RefersTo reports whether the field may point to records of the object.
func (f *Field) RefersTo(object string) bool {
	return slices.ContainsFunc(f.ReferenceTo, func(name string) bool { return strings.EqualFold(name, object) })
}

// Permissionable reports whether field-level security can be set on the field:
// not on what every record needs and what Salesforce keeps (SOAP API guide:
// FieldPermissions).
func (f *Field) Permissionable() bool {
	return !f.Required && !f.system && !f.nameField && f.Type != ID && !f.removed
}

// Removed reports whether the field was deleted. It stays in its object's list,
// found by no name, so that the places of the other fields stay what they were.
func (f *Field) Removed() bool { return f.removed }

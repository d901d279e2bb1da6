package salesforce

import "strings"

// FieldType is a field's type as describe names it.
type FieldType string

// The types describe answers with (SOAP API guide: field types).
const (
	TypeString        FieldType = "string"
	TypeEmail         FieldType = "email"
	TypeDouble        FieldType = "double"
	TypeInt           FieldType = "int"
	TypeBoolean       FieldType = "boolean"
	TypeDate          FieldType = "date"
	TypeDateTime      FieldType = "datetime"
	TypePicklist      FieldType = "picklist"
	TypeMultiPicklist FieldType = "multipicklist"
	TypeCurrency      FieldType = "currency"
	TypePercent       FieldType = "percent"
	TypeID            FieldType = "id"
	TypeReference     FieldType = "reference"
	TypeTextArea      FieldType = "textarea"
	TypePhone         FieldType = "phone"
	TypeURL           FieldType = "url"
	TypeCombobox      FieldType = "combobox"
	TypeAddress       FieldType = "address"
	TypeLocation      FieldType = "location"
	TypeAnyType       FieldType = "anyType"
	TypeBase64        FieldType = "base64"
	TypeTime          FieldType = "time"
	TypeEncrypted     FieldType = "encryptedstring"
)

// Compound reports whether the type is made of other fields and can't be written itself. Its parts
// can, so the type decides and not compoundFieldName.
func (t FieldType) Compound() bool { return t == TypeAddress || t == TypeLocation }

// Field is one field as describe shows it to the run-as user. Length counts characters; Digits is
// for int, Precision and Scale for double, currency and percent.
type Field struct {
	Name  string
	Label string
	Type  FieldType

	Length    int
	Digits    int
	Precision int
	Scale     int

	// Createable and Updateable say whether the user may set the field on insert and on update. A
	// calculated or auto-number field is neither.
	Createable        bool
	Updateable        bool
	Nillable          bool
	DefaultedOnCreate bool
	Calculated        bool
	AutoNumber        bool

	// ExternalID, Unique and CaseSensitive decide how an upsert matches; IDLookup says that the field
	// may be used as a key in one at all.
	ExternalID    bool
	Unique        bool
	CaseSensitive bool
	IDLookup      bool

	// Filterable says that SOQL may use the field in a WHERE clause.
	Filterable bool

	// RestrictedPicklist refuses every value but those of PicklistValues, which are the active API
	// values in their order. PicklistLabels are what people see in place of each of them.
	RestrictedPicklist bool
	PicklistValues     []string
	PicklistLabels     []string

	// ReferenceTo names the objects a reference may point to. RelationshipName is the name of the
	// parent in dotted columns, empty when there is none.
	ReferenceTo      []string
	RelationshipName string
}

// RequiredOnCreate reports whether an insert without the field is refused.
func (f Field) RequiredOnCreate() bool {
	return f.Createable && !f.Nillable && !f.DefaultedOnCreate
}

// ObjectSummary is one object as the global describe lists it.
type ObjectSummary struct {
	Name       string
	Label      string
	Custom     bool
	Queryable  bool
	Createable bool
	Updateable bool
}

// Object is an object with the fields that the run-as user may see; a field without field-level
// security for the user isn't there, and every API treats it as non-existent.
type Object struct {
	Name       string
	Label      string
	KeyPrefix  string
	Custom     bool
	Queryable  bool
	Createable bool
	Updateable bool
	Fields     []Field

	byName map[string]int
}

// Field finds a field by its API name, ignoring case as Salesforce does.
func (o *Object) Field(name string) (Field, bool) {
	i, ok := o.byName[strings.ToLower(name)]
	if !ok {
		return Field{}, false
	}
	return o.Fields[i], true
}

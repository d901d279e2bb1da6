package schema

// WireType is the field's type as describe prints it (REST API guide: describe;
// a custom Number is a double at any scale).
func (f *Field) WireType() string {
	switch kind := f.Kind(); kind {
	case Text:
		return "string"
	case Number:
		return "double"
	case Checkbox:
		return "boolean"
	default:
		return string(kind)
	}
}

// SoapType is the field's type as XML schema names it.
func (f *Field) SoapType() string {
	switch f.Kind() {
	case ID, Reference:
		return "tns:ID"
	case Checkbox:
		return "xsd:boolean"
	case Int:
		return "xsd:int"
	case Number, Currency, Percent:
		return "xsd:double"
	case Date:
		return "xsd:date"
	case DateTime:
		return "xsd:dateTime"
	case Time:
		return "xsd:time"
	case Address:
		return "urn:address"
	default:
		return "xsd:string"
	}
}

// Filterable reports whether WHERE may name the field. Addresses stand in DISTANCE
// alone there (SOQL reference: compound fields).
func (f *Field) Filterable() bool { return !f.LongText() && f.Type != Address }

// Sortable reports whether ORDER BY may name the field.
func (f *Field) Sortable() bool {
	return !f.LongText() && f.Type != MultiPicklist && f.Type != Address
}

// Groupable reports whether GROUP BY could name the field.
func (f *Field) Groupable() bool {
	switch f.Kind() {
	case Number, Currency, Percent, DateTime, MultiPicklist, Address:
		return false
	default:
		return !f.LongText()
	}
}

// Aggregatable reports whether an aggregate function could take the field.
func (f *Field) Aggregatable() bool {
	switch f.Kind() {
	case Checkbox, MultiPicklist, Address:
		return false
	default:
		return !f.LongText()
	}
}

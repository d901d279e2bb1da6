package reportsync

import "time"

// Match pairs the report column and the Salesforce field that identify a record.
type Match struct {
	Column         string      `json:"column" doc:"Report column that holds the key" example:"User Email"`
	Field          string      `json:"field" doc:"API name of the field that the key is looked up in" example:"Email"`
	Transform      []string    `json:"transform,omitzero" doc:"Steps that the report's key passes, in order: trim, lower, upper, strip_prefix:X, regex:EXPR, sha256_base64, sha256_hex"`
	FieldTransform []string    `json:"field_transform,omitzero" doc:"Steps that the field's value passes before it is compared with the key: with sha256_base64 hashed ids find plain e-mail addresses. Every record of the object is read then"`
	OnMultiple     *OnMultiple `json:"on_multiple,omitempty" enum:"reject,update_all" doc:"What to do with a row whose key several records have: reject (default) leaves them alone, update_all writes all of them"`
}

// OnMultiple says what becomes of a row whose key several records have.
type OnMultiple string

// The policies for several records.
const (
	OnMultipleReject    OnMultiple = "reject"     // none is written (default)
	OnMultipleUpdateAll OnMultiple = "update_all" // each of them is written
)

// UpdatesAll reports whether a row is written to every record that has its key.
func (m Match) UpdatesAll() bool { return m.OnMultiple != nil && *m.OnMultiple == OnMultipleUpdateAll }

// Mapping says what feeds one field: a report column, a constant, or a parent record.
type Mapping struct {
	Column     *string  `json:"column,omitempty" doc:"Report column that feeds the field"`
	Constant   *string  `json:"constant,omitempty" doc:"Value that every row writes"`
	Lookup     *Lookup  `json:"lookup,omitempty" doc:"Feeds a reference field with the id of the parent record that has a key"`
	Transform  []string `json:"transform,omitzero" doc:"Steps that the cell passes, for a lookup the parent's key, in order: trim, lower, upper, strip_prefix:X, regex:EXPR, sha256_base64, sha256_hex"`
	OnNull     *OnNull  `json:"on_null,omitempty" enum:"skip,clear" doc:"What to do when the cell is empty: skip (default) leaves the field alone, clear empties it"`
	DateFormat *string  `json:"date_format,omitempty" doc:"How the report writes dates and times, such as DD/MM/YYYY HH:mm; default YYYY-MM-DD for dates, YYYY-MM-DD HH:mm:ss with a blank or T between and Z or an offset behind for dates and times, HH:mm or HH:mm:ss for times of day, all with a fraction of a second if need be" example:"DD/MM/YYYY"`
	TimeZone   *string  `json:"time_zone,omitempty" doc:"IANA time zone of times without an offset; default UTC"`
}

// Lookup finds a parent record by its key.
type Lookup struct {
	Object string `json:"object" doc:"API name of the parent's object" example:"Account"`
	Field  string `json:"field" doc:"API name of the parent's field that holds the key" example:"Account_Key__c"`
	Column string `json:"column" doc:"Report column that holds the parent's key" example:"Account"`
}

// OnNull says what becomes of a field when the report has nothing for it.
type OnNull string

// The policies for empty cells.
const (
	OnNullSkip  OnNull = "skip"  // leave the field alone (default)
	OnNullClear OnNull = "clear" // empty the field
)

// Source returns the report column that the mapping reads, and false for a constant.
func (m Mapping) Source() (string, bool) {
	switch {
	case m.Lookup != nil:
		return m.Lookup.Column, true
	case m.Column != nil:
		return *m.Column, true
	}
	return "", false
}

// Clears reports whether an empty cell empties the field.
func (m Mapping) Clears() bool { return m.OnNull != nil && *m.OnNull == OnNullClear }

// Location returns the zone of times without an offset. It is UTC when the mapping names none, or none that exists.
func (m Mapping) Location() *time.Location { return location(m.TimeZone) }

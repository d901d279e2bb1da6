package model

import "github.com/reportsync/terraform-provider-reportsync/internal/reportsync"

// Type is the type of a field as Salesforce's describe names it.
type Type string

// The types that the model knows.
const (
	Text          Type = "string"
	TextArea      Type = "textarea"
	Phone         Type = "phone"
	URL           Type = "url"
	Email         Type = "email"
	Picklist      Type = "picklist"
	MultiPicklist Type = "multipicklist"
	Double        Type = "double"
	Currency      Type = "currency"
	Percent       Type = "percent"
	Boolean       Type = "boolean"
	Date          Type = "date"
	DateTime      Type = "datetime"
	Time          Type = "time"
	Reference     Type = "reference"
	ID            Type = "id"
)

// Org is the part of an org that an integration touches.
type Org struct {
	Objects map[string]Object   // by API name
	Records map[string][]Record // by API name of their object
}

// Object is an object of the org.
type Object struct {
	Prefix string // the first three characters of its records' ids
	Fields map[string]Field
}

// Field is a field of an object.
type Field struct {
	Type       Type
	Length     int      // most characters of a text
	Precision  int      // digits of a number in all
	Scale      int      // digits of a number behind the point
	Values     []string // of a picklist
	Restricted bool     // the picklist takes no other values

	Required      bool // a record can't be without a value
	Unique        bool
	CaseSensitive bool // of Unique: "abc" and "ABC" are two values
	ExternalID    bool
	CreateOnly    bool // set when a record is created, and never changed
}

// Record is a record as Salesforce stores it: values by API name of the field, among them Id. An empty field is absent.
// Numbers are plain decimals without zeros at the end, datetimes are like 2026-05-01T07:25:37.000+0000, times of day like 07:25:37.000Z, the values of a
// multi-select picklist are sorted and parted by semicolons.
type Record map[string]string

// Case is a run that is to be foretold.
type Case struct {
	Spec reportsync.IntegrationSpec
	Org  Org
	Rows []Row

	DryRun       bool
	FullResync   bool
	IgnoreGuards bool
	PreviousRows int64 // rows of the last run that went through, 0 for none

	// Made are the changes that the run before made, or held back, each with how many runs in a row have done so by then.
	Made map[Change]int
}

// Row is a row of the report.
type Row struct {
	Cells  map[string]string // by column
	Broken string            // the code of what keeps the row from being read at all, empty for nothing
}

// Expectation is what a run must come to.
type Expectation struct {
	Outcomes []Outcome // one a row, in the report's order
	Records  []Record  // of the integration's object; those that are made come last and have no Id
	Stopped  bool      // by a guard: the run fails and has written nothing
}

// Outcome is what must become of a row.
type Outcome struct {
	Kind    reportsync.OutcomeKind
	Code    string
	Records []string // ids of the records that the row has
	Changes []Change // what is written
	Held    []Change // what is not, because it never settles
	Fixed   []Change // what is not, because it can be set only when a record is created
	Same    int      // the first row that has this key and says the same, from 0: any of these may be the one that is used
}

// Change is a field that a row changes, in the form in which Salesforce stores values. RecordID is empty for a record
// that is to be made.
type Change struct{ RecordID, Field, Before, After string }

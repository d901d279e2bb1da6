package reportsync

import "cmp"

// OutcomeKind is what became of a report row.
type OutcomeKind string

// The outcomes. Every row that was read ends in exactly one of them.
const (
	Updated     OutcomeKind = "updated"     // its record was changed
	Created     OutcomeKind = "created"     // a record was made for it
	Unchanged   OutcomeKind = "unchanged"   // its values stood in Salesforce already; nothing was sent
	Unmatched   OutcomeKind = "unmatched"   // no record has its key
	Ambiguous   OutcomeKind = "ambiguous"   // several records have its key
	Duplicate   OutcomeKind = "duplicate"   // other rows of the report have its key
	Malformed   OutcomeKind = "invalid"     // the row, its key or one of its values can't be read
	Failed      OutcomeKind = "failed"      // Salesforce refused it; code and message are Salesforce's
	Unprocessed OutcomeKind = "unprocessed" // the run ended before Salesforce took it
)

// OutcomeKinds lists the outcomes in the order in which they are shown.
var OutcomeKinds = []OutcomeKind{Updated, Created, Unchanged, Unmatched, Ambiguous, Duplicate, Malformed, Failed, Unprocessed}

// Rejected reports whether the row did not get where it should: a person may want to look at it.
func (k OutcomeKind) Rejected() bool {
	return k != Updated && k != Created && k != Unchanged
}

// Codes of outcomes that reportsync itself decided on; failed rows carry Salesforce's own.
const (
	RowRagged       = "ragged_row"      // more or fewer cells than the header has columns
	RowBadBytes     = "bad_encoding"    // bytes that are no text in the report's encoding
	RowBadQuoting   = "bad_quoting"     // quotes that don't pair
	RowKeyEmpty     = "key_empty"       // nothing in the key column
	RowKeyInvalid   = "key_invalid"     // the key can't be a value of the field it is looked up in
	RowKeyDuplicate = "key_duplicate"   // other rows have the same key
	RowValueInvalid = "value_invalid"   // a cell can't be read as its field's type
	RowNoRecord     = "no_record"       // no record has the key
	RowManyRecords  = "several_records" // several records have the key
	RowRepeated     = "repeated_row"    // another row says the very same; that one is used
	RowSuperseded   = "superseded"      // of the rows with this key, the duplicates policy uses another one
	RowNoParent     = "no_parent"       // no parent record has the key that a lookup is fed with
	RowManyParents  = "several_parents" // several parent records have it
	RowRequired     = "required_empty"  // a record can't be created without a value that the row lacks
	RowExists       = "exists"          // the record is there already, so insert leaves it alone
	RowUnsettled    = "never_settles"   // Salesforce keeps changing what we write, so it is not written again
	RowCreateOnly   = "create_only"     // a field holds something else, and can be set only when a record is created
	RowFoundLate    = "found_late"      // the record was not there when it was looked for, and was found when it was to be created
	RowNotSent      = "not_sent"        // the run ended before the row was sent
	RowNoAnswer     = "no_answer"       // Salesforce gave no answer for the row
)

// Outcome is what became of one report row in a run.
type Outcome struct {
	Row      int64       `json:"row" doc:"Number of the row in the report, from 1, not counting the header"`
	Line     int64       `json:"line" doc:"Line of the report that the row starts on, from 1"`
	Key      string      `json:"key,omitempty" doc:"The row's key, as it was looked up"`
	Kind     OutcomeKind `json:"outcome" enum:"updated,created,unchanged,unmatched,ambiguous,duplicate,invalid,failed,unprocessed" doc:"What became of it"`
	RecordID string      `json:"record_id,omitempty" doc:"Id of the record, 18 characters"`
	Records  []string    `json:"record_ids,omitempty" doc:"Ids of all records that the row was written to, where there are several"`
	Code     string      `json:"code,omitempty" doc:"Why, for programs: Salesforce's status code for failed rows, one of ours otherwise"`
	Message  string      `json:"message,omitempty" doc:"Why, for people"`
	Changes  []Change    `json:"changes,omitempty" doc:"The fields that differed, before and after"`
}

// AsPlanned reports whether an outcome is an answer of a run's journal that leaves out what the row's plan says: line, key
// and changes.
func (o Outcome) AsPlanned() bool { return o.Line == 0 }

// Rejected reports whether a person may want to look at the row. One that gave way to another by rule is as it should be.
func (o Outcome) Rejected() bool {
	return o.Kind.Rejected() && o.Code != RowRepeated && o.Code != RowSuperseded
}

// Change is a field that differed, or that was written without being read. Nil stands for empty.
type Change struct {
	Field         string  `json:"field" doc:"API name of the field"`
	Before        *string `json:"before" doc:"Value in Salesforce before; null for empty, and where before_unknown is true"`
	BeforeUnknown bool    `json:"before_unknown,omitzero" doc:"Nobody has read the value before: the record was written without being looked at"`
	After         *string `json:"after" doc:"Value that was sent; null for empty"`
	RecordID      string  `json:"record_id,omitempty" doc:"The record, where the row was written to several"`
	Repeats       int     `json:"repeats,omitempty" doc:"How many runs in a row before this one made the very same change"`
	Held          bool    `json:"held,omitempty" doc:"Not sent: the value never settles, since Salesforce has undone it each time before, or create_only is true"`
	CreateOnly    bool    `json:"create_only,omitempty" doc:"Not sent, because the field can be set only when a record is created"`

	RecordOutcome OutcomeKind `json:"record_outcome,omitempty" enum:"updated,created,unchanged,unmatched,ambiguous,failed,unprocessed" doc:"What became of the record, where the row was written to several and it fared otherwise than the row's outcome says"`
	RecordCode    string      `json:"record_code,omitempty" doc:"Why, for programs, where the record's outcome is told"`
}

// OutcomeIn returns what became of the record that the change is of, in a row with an outcome.
func (c Change) OutcomeIn(o Outcome) OutcomeKind { return cmp.Or(c.RecordOutcome, o.Kind) }

// Faring returns the change as it is told in a row with an outcome when this became of the record: only what differs from
// the row's is named.
func (c Change) Faring(kind OutcomeKind, code string, o Outcome) Change {
	c.RecordOutcome, c.RecordCode = "", ""
	if kind != o.Kind || code != o.Code {
		c.RecordOutcome, c.RecordCode = kind, code
	}
	return c
}

// Counts adds up the outcomes of a run.
type Counts struct {
	Read        int64 `json:"read" doc:"Rows read from the report"`
	Updated     int64 `json:"updated"`
	Created     int64 `json:"created"`
	Unchanged   int64 `json:"unchanged"`
	Unmatched   int64 `json:"unmatched"`
	Ambiguous   int64 `json:"ambiguous"`
	Duplicate   int64 `json:"duplicate"`
	Invalid     int64 `json:"invalid"`
	Failed      int64 `json:"failed"`
	Unprocessed int64 `json:"unprocessed"`
}

// Of returns the counter of an outcome, nil for one that does not exist.
func (c *Counts) Of(k OutcomeKind) *int64 {
	switch k {
	case Updated:
		return &c.Updated
	case Created:
		return &c.Created
	case Unchanged:
		return &c.Unchanged
	case Unmatched:
		return &c.Unmatched
	case Ambiguous:
		return &c.Ambiguous
	case Duplicate:
		return &c.Duplicate
	case Malformed:
		return &c.Invalid
	case Failed:
		return &c.Failed
	case Unprocessed:
		return &c.Unprocessed
	}
	return nil
}

// Add counts n rows of an outcome.
func (c *Counts) Add(k OutcomeKind, n int64) {
	if p := c.Of(k); p != nil {
		*p += n
	}
}

// Total returns the rows that have an outcome. A finished run's equals Read (invariant 2).
func (c *Counts) Total() int64 {
	var n int64
	for _, k := range OutcomeKinds {
		n += *c.Of(k)
	}
	return n
}

// Rejected returns the rows that did not get where they should.
func (c *Counts) Rejected() int64 {
	var n int64
	for _, k := range OutcomeKinds {
		if k.Rejected() {
			n += *c.Of(k)
		}
	}
	return n
}

package reportsync

import "time"

// Operation says what a run does with the rows of the report.
type Operation string

// The operations. Each may be repeated at will: what is done already is not done again.
const (
	OperationUpdate Operation = "update" // writes onto matching records and creates none (default)
	OperationUpsert Operation = "upsert" // writes onto matching records, creates the others
	OperationInsert Operation = "insert" // creates records for rows without one, leaves the others alone
)

// Creates reports whether rows without a record get one.
func (o Operation) Creates() bool { return o == OperationUpsert || o == OperationInsert }

// Updates reports whether matching records are written.
func (o Operation) Updates() bool { return o != OperationInsert }

// ChangeDetection says how it is found out what to write.
type ChangeDetection string

// The ways of change detection.
const (
	ChangeDetectionSalesforce ChangeDetection = "salesforce" // compare with the org (default)
	ChangeDetectionNone       ChangeDetection = "none"       // write every matched row
)

// Duplicates says what becomes of rows with the same key that say different things.
type Duplicates struct {
	Keep    *Keep   `json:"keep,omitempty" enum:"reject,first,last" doc:"Which of them is used: reject (default) uses none, first or last one of them"`
	OrderBy *string `json:"order_by,omitempty" doc:"Report column that orders them, as numbers or times where all cells that are not empty are, else as text; an empty cell comes before all others; default the report's own order" example:"Date (UTC)"`
}

// Keep says which of several rows with the same key is used.
type Keep string

// The policies for duplicates.
const (
	KeepReject Keep = "reject" // none of them (default)
	KeepFirst  Keep = "first"
	KeepLast   Keep = "last"
)

// Freshness says how old a report may be. Durations are written as 90m, 26h or 2h30m.
type Freshness struct {
	MaxAge string  `json:"max_age" doc:"Oldest report that a run uses, by its time of change; ignore_guards lets one run use an older one" example:"26h"`
	Wait   *string `json:"wait,omitempty" doc:"How long a run waits for a newer report before it fails; default not at all" example:"3h"`
}

// Guards are limits, in percent, that stop a run before its first write.
type Guards struct {
	MaxRejectedPercent *float64 `json:"max_rejected_percent,omitempty" doc:"Most rows that may be rejected before the first write (unmatched, ambiguous, duplicate, invalid), of the rows read"`
	MaxChangedPercent  *float64 `json:"max_changed_percent,omitempty" doc:"Most records that may change, of the records matched"`
	MaxClearedPercent  *float64 `json:"max_cleared_percent,omitempty" doc:"Most records that may lose a value, of the records matched"`
	MaxCreatedPercent  *float64 `json:"max_created_percent,omitempty" doc:"Most rows for which a record may be created, of the rows read"`
	MinRowsPercent     *float64 `json:"min_rows_percent,omitempty" doc:"Fewest rows that the report may have, of those of the last run that went through and had any; an empty report is stopped unless this is 0"`
}

// Writes are options of writing.
type Writes struct {
	Route          *Route  `json:"route,omitempty" enum:"auto,collections,bulk" doc:"auto (default) takes what costs fewer API calls: sObject Collections or Bulk API 2.0"`
	BatchRows      *int64  `json:"batch_rows,omitempty" doc:"Most rows that one sObject Collections call writes, 1 to 200; default 200. Fewer help where triggers reach their limits; the Bulk API is not used then unless route says so"`
	DuplicateRules *string `json:"duplicate_rules,omitempty" enum:"respect,allow_save" doc:"respect (default) fails rows that a duplicate rule alerts about; allow_save saves them. The Bulk API is not used then"`
	AssignmentRule *string `json:"assignment_rule,omitempty" doc:"Assignment rule for Case and Lead: none (default), active for the active one, or a rule's id"`
}

// Route is a choice of how rows are written.
type Route string

// The choices.
const (
	RouteAuto            Route = "auto"
	RouteOnlyCollections Route = "collections"
	RouteOnlyBulk        Route = "bulk"
)

// The values of [Writes.DuplicateRules] and [Writes.AssignmentRule] that are no ids.
const (
	DuplicateRulesRespect   = "respect"
	DuplicateRulesAllowSave = "allow_save"
	AssignmentRuleNone      = "none"
	AssignmentRuleActive    = "active"
)

// Oldest returns how old a report may be and how long a run waits for a newer one; both are 0 where nothing is said.
func (s IntegrationSpec) Oldest() (maxAge, wait time.Duration) {
	if s.Freshness == nil {
		return 0, 0
	}
	maxAge, _ = time.ParseDuration(s.Freshness.MaxAge) // checked by Validate
	if s.Freshness.Wait != nil {
		wait, _ = time.ParseDuration(*s.Freshness.Wait)
	}
	return maxAge, wait
}

package reportsync

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Operation says what a run does with the rows of the report.
type Operation string

// OperationUpdate updates the records that rows match and creates none.
const OperationUpdate Operation = "update"

// OnNull says what becomes of a field when the report has nothing for it.
type OnNull string

// The policies for empty cells.
const (
	OnNullSkip  OnNull = "skip"  // leave the field alone (default)
	OnNullClear OnNull = "clear" // empty the field
)

// IntegrationSpec maps a report onto a Salesforce object.
type IntegrationSpec struct {
	Name         string             `json:"name" doc:"Unique name" example:"onboarding-to-contacts"`
	Description  *string            `json:"description,omitempty" doc:"What it is for"`
	Enabled      *bool              `json:"enabled,omitempty" doc:"Whether its schedule starts runs; default true"`
	SourceID     string             `json:"source_id" doc:"Source that the report comes from"`
	Report       string             `json:"report" doc:"Path of the report within its source; may be a glob (*, ?, [..], {a,b}, **), of whose matches the newest is taken" example:"onboarding/*.csv"`
	ConnectionID string             `json:"connection_id" doc:"Connection to the org that is written to"`
	Object       string             `json:"object" doc:"API name of the Salesforce object" example:"Contact"`
	Operation    *Operation         `json:"operation,omitempty" enum:"update" doc:"What a run does with the rows: update (default) writes onto matching records and creates none"`
	Match        Match              `json:"match" doc:"How a row finds its record"`
	Mappings     map[string]Mapping `json:"mappings" doc:"What feeds each field, by API name of the field"`
	Schedule     *string            `json:"schedule,omitempty" doc:"Cron expression of five fields, or \"manual\" for runs on demand only; default \"0 9 * * *\"" example:"0 9 * * *"`
	TimeZone     *string            `json:"time_zone,omitempty" doc:"IANA time zone that the schedule is meant in; default UTC" example:"Europe/Berlin"`
}

// Match pairs the report column and the Salesforce field that identify a record.
type Match struct {
	Column string `json:"column" doc:"Report column that holds the key" example:"User Email"`
	Field  string `json:"field" doc:"API name of the field that the key is looked up in" example:"Email"`
}

// Mapping says what feeds one field: a report column or a constant.
type Mapping struct {
	Column   *string `json:"column,omitempty" doc:"Report column that feeds the field"`
	Constant *string `json:"constant,omitempty" doc:"Value that every row writes"`
	OnNull   *OnNull `json:"on_null,omitempty" enum:"skip,clear" doc:"What to do when the cell is empty: skip (default) leaves the field alone, clear empties it"`
	TimeZone *string `json:"time_zone,omitempty" doc:"IANA time zone of times without an offset; default UTC"`
}

// Integration is a stored integration.
type Integration struct {
	ID       string `json:"id" readOnly:"true" doc:"Opaque, stable id"`
	Revision int64  `json:"revision" readOnly:"true" doc:"Counts the changes, from 1; also the ETag. A run uses one revision from start to end"`
	IntegrationSpec
}

// IsEnabled reports whether the schedule starts runs.
func (s IntegrationSpec) IsEnabled() bool { return s.Enabled == nil || *s.Enabled }

// Fields returns the API names of the mapped fields, sorted.
func (s IntegrationSpec) Fields() []string { return slices.Sorted(maps.Keys(s.Mappings)) }

// Columns returns the report columns that the integration reads, the key's first, each once.
func (s IntegrationSpec) Columns() []string {
	columns := []string{s.Match.Column}
	for _, f := range s.Fields() {
		if c := s.Mappings[f].Column; c != nil && !slices.Contains(columns, *c) {
			columns = append(columns, *c)
		}
	}
	return columns
}

// Clears reports whether an empty cell empties the field.
func (m Mapping) Clears() bool { return m.OnNull != nil && *m.OnNull == OnNullClear }

// Location returns the zone of times without an offset. It is UTC when the mapping names none, or none that exists.
func (m Mapping) Location() *time.Location { return location(m.TimeZone) }

// MappingPointer returns the JSON pointer to the mapping of a field, or to one of its attributes.
func MappingPointer(field string, attribute ...string) string {
	return strings.Join(append([]string{"/mappings/" + EscapePointer(field)}, attribute...), "/")
}

// Validate reports everything that is wrong with the spec by itself. What can be said only by looking at the source
// and at the org (columns, fields) is not its concern.
func (s IntegrationSpec) Validate() error {
	var v validator
	v.name(s.Name)
	v.required("/source_id", s.SourceID, maxTextLength)
	v.report("/report", s.Report)
	v.required("/connection_id", s.ConnectionID, maxTextLength)
	v.apiName("/object", s.Object)
	if s.Operation != nil {
		v.oneOf("/operation", string(*s.Operation), string(OperationUpdate))
	}
	v.required("/match/column", s.Match.Column, maxTextLength)
	v.apiName("/match/field", s.Match.Field)
	v.mappings(s)
	if s.Schedule != nil {
		if _, err := parseCron(*s.Schedule); err != nil {
			v.add("/schedule", "%s", err)
		}
	}
	v.timeZone("/time_zone", s.TimeZone)
	return v.err("integration " + quoteName(s.Name))
}

func (v *validator) mappings(s IntegrationSpec) {
	if n := len(s.Mappings); n == 0 || n > MaxMappings {
		v.add("/mappings", "must map between 1 and %d fields, not %d", MaxMappings, n)
	}
	seen := map[string]string{}
	for _, field := range s.Fields() {
		m := s.Mappings[field]
		at := MappingPointer(field)
		v.apiName(at, field)
		if first, twice := seen[strings.ToLower(field)]; twice {
			v.add(at, "is the same field as %q: Salesforce names ignore case", first)
		}
		seen[strings.ToLower(field)] = field
		if strings.EqualFold(field, s.Match.Field) {
			v.add(at, "is the field that records are matched by, so it can't be written too")
		}
		v.mapping(field, m)
	}
}

func (v *validator) mapping(field string, m Mapping) {
	at := MappingPointer(field)
	switch {
	case m.Column == nil && m.Constant == nil:
		v.add(at, "needs a column or a constant")
	case m.Column != nil && m.Constant != nil:
		v.add(at, "takes either a column or a constant, not both")
	case m.Column != nil:
		v.required(MappingPointer(field, "column"), *m.Column, maxTextLength)
	case *m.Constant == "" && !m.Clears():
		v.add(MappingPointer(field, "constant"), "is empty, which would never be written: set on_null = \"clear\" to empty the field")
	}
	if m.OnNull != nil {
		v.oneOf(MappingPointer(field, "on_null"), string(*m.OnNull), string(OnNullSkip), string(OnNullClear))
	}
	v.timeZone(MappingPointer(field, "time_zone"), m.TimeZone)
}

// apiName checks the spelling of a Salesforce API name; dots would reach into parents, which can't be written.
func (v *validator) apiName(pointer, s string) {
	v.required(pointer, s, maxTextLength)
	if v.has(pointer) {
		return
	}
	for i, r := range s {
		if r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9' {
			continue
		}
		v.add(pointer, "%q is no API name: those hold ASCII letters, digits and underscores, such as Email or Onboarding_Status__c", s)
		return
	}
}

func (v *validator) timeZone(pointer string, name *string) {
	if name == nil {
		return
	}
	if _, err := time.LoadLocation(*name); err != nil || *name == "" || *name == "Local" {
		v.add(pointer, "%q is no IANA time zone: use a name such as UTC, Europe/Berlin or America/New_York%s", *name, DidYouMean(*name, commonTimeZones))
	}
}

// String names the pair as users write it.
func (m Match) String() string { return fmt.Sprintf("%q = %s", m.Column, m.Field) }

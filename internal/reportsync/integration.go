package reportsync

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// IntegrationSpec maps a report onto a Salesforce object.
type IntegrationSpec struct {
	Name            string             `json:"name" doc:"Unique name" example:"onboarding-to-contacts"`
	Description     *string            `json:"description,omitempty" doc:"What it is for"`
	Enabled         *bool              `json:"enabled,omitempty" doc:"Whether its schedule starts runs; default true"`
	SourceID        string             `json:"source_id" doc:"Source that the report comes from"`
	Report          string             `json:"report" doc:"Path of the report within its source; may be a glob (*, ?, [..], {a,b}, **), of whose matches the newest is taken" example:"onboarding/*.csv"`
	ConnectionID    string             `json:"connection_id" doc:"Connection to the org that is written to"`
	Object          string             `json:"object" doc:"API name of the Salesforce object" example:"Contact"`
	Operation       *Operation         `json:"operation,omitempty" enum:"update,upsert,insert" doc:"What a run does with the rows: update (default) writes onto matching records and creates none; upsert creates a record for rows without one as well; insert only creates, and leaves matching records alone"`
	Match           Match              `json:"match" doc:"How a row finds its record"`
	Mappings        map[string]Mapping `json:"mappings" doc:"What feeds each field, by API name of the field"`
	Duplicates      *Duplicates        `json:"duplicates,omitempty" doc:"What becomes of rows with the same key that say different things; equal ones collapse into one"`
	ChangeDetection *ChangeDetection   `json:"change_detection,omitempty" enum:"salesforce,none" doc:"salesforce (default) compares with the org and writes only what differs; none writes every matched row"`
	Freshness       *Freshness         `json:"freshness,omitempty" doc:"How old a report may be"`
	Guards          *Guards            `json:"guards,omitempty" doc:"Limits that stop a run before its first write"`
	Writes          *Writes            `json:"writes,omitempty" doc:"How rows are written"`
	Schedule        *string            `json:"schedule,omitempty" doc:"Cron expression of five fields, or \"manual\" for runs on demand only; default \"0 9 * * *\"" example:"0 9 * * *"`
	TimeZone        *string            `json:"time_zone,omitempty" doc:"IANA time zone that the schedule is meant in; default UTC" example:"Europe/Berlin"`
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
	add := func(name string) {
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	for _, f := range s.Fields() {
		if name, ok := s.Mappings[f].Source(); ok {
			add(name)
		}
	}
	if by := s.OrderBy(); by != "" {
		add(by)
	}
	return columns
}

// Does returns the operation, update by default.
func (s IntegrationSpec) Does() Operation {
	if s.Operation == nil {
		return OperationUpdate
	}
	return *s.Operation
}

// Compares reports whether rows are compared with the org, and only those written that differ.
func (s IntegrationSpec) Compares() bool {
	return s.ChangeDetection == nil || *s.ChangeDetection != ChangeDetectionNone
}

// Keeps returns which of several rows with the same key is used; [KeepReject] for none of them.
func (s IntegrationSpec) Keeps() Keep {
	if s.Duplicates == nil || s.Duplicates.Keep == nil {
		return KeepReject
	}
	return *s.Duplicates.Keep
}

// OrderBy returns the column that says which row is first and which is last, empty for the report's own order.
func (s IntegrationSpec) OrderBy() string {
	if s.Duplicates == nil || s.Duplicates.OrderBy == nil {
		return ""
	}
	return *s.Duplicates.OrderBy
}

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
	v.match(s)
	v.mappings(s)
	v.policies(s)
	if s.Schedule != nil {
		if _, err := parseCron(*s.Schedule); err != nil {
			v.add("/schedule", "%s", err)
		}
	}
	v.timeZone("/time_zone", s.TimeZone)
	return v.err("integration " + quoteName(s.Name))
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

package reportsync

import (
	"errors"
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

// match checks how rows find their records.
func (v *validator) match(s IntegrationSpec) {
	m := s.Match
	v.required("/match/column", m.Column, maxTextLength)
	v.apiName("/match/field", m.Field)
	v.transform("/match/transform", m.Transform)
	v.transform("/match/field_transform", m.FieldTransform)
	if m.OnMultiple != nil {
		v.oneOf("/match/on_multiple", string(*m.OnMultiple), string(OnMultipleReject), string(OnMultipleUpdateAll))
	}
	if m.UpdatesAll() && !s.Does().Updates() {
		v.add("/match/on_multiple", "update_all makes no sense with operation %s, which leaves all matching records alone: leave it out", s.Does())
	}
	if !s.Does().Creates() {
		return
	}
	// The key is written into the records that are made, so that the next run finds them by it.
	if strings.EqualFold(m.Field, "Id") {
		v.add("/match/field", "Id is given by Salesforce, so operation %s can't make records that have the key: match by another field, or set operation to update", s.Does())
	}
	if len(m.FieldTransform) > 0 {
		v.add("/match/field_transform", "is not possible with operation %s: a record that is made holds the key as the report has it, so a transformed value would "+
			"not match it in the next run, which would make it again: set operation to update, or leave field_transform out", s.Does())
	}
}

func (v *validator) mappings(s IntegrationSpec) {
	if n := len(s.Mappings); n == 0 || n > MaxMappings {
		v.add("/mappings", "must map between 1 and %d fields, not %d", MaxMappings, n)
	}
	seen := map[string]string{}
	for _, field := range s.Fields() {
		at := MappingPointer(field)
		v.apiName(at, field)
		if first, twice := seen[strings.ToLower(field)]; twice {
			v.add(at, "is the same field as %q: Salesforce names ignore case", first)
		}
		seen[strings.ToLower(field)] = field
		if strings.EqualFold(field, s.Match.Field) {
			v.add(at, "is the field that records are matched by, so it can't be written too%s", keyOnCreate(s.Does()))
		}
		v.mapping(field, s.Mappings[field])
	}
}

// keyOnCreate tells users of an operation that creates records that these get their key without a mapping.
func keyOnCreate(o Operation) string {
	if !o.Creates() {
		return ""
	}
	return ": records that are created get the key anyway"
}

// mapping checks what feeds one field: exactly one of a column, a constant and a lookup.
func (v *validator) mapping(field string, m Mapping) {
	switch feeds := m.feeds(); {
	case len(feeds) == 0:
		v.add(MappingPointer(field), "needs a column, a constant or a lookup")
	case len(feeds) > 1:
		v.add(MappingPointer(field), "takes one of column, constant and lookup, not %s", strings.Join(feeds, " and "))
	case m.Lookup != nil:
		v.lookup(field, m)
	case m.Constant != nil:
		v.constant(field, m)
	default:
		v.required(MappingPointer(field, "column"), *m.Column, maxTextLength)
	}
	v.transform(MappingPointer(field, "transform"), m.Transform)
	if m.OnNull != nil {
		v.oneOf(MappingPointer(field, "on_null"), string(*m.OnNull), string(OnNullSkip), string(OnNullClear))
	}
	v.dateFormat(MappingPointer(field, "date_format"), m.DateFormat)
	v.timeZone(MappingPointer(field, "time_zone"), m.TimeZone)
}

// feeds lists what the mapping says that feeds its field.
func (m Mapping) feeds() []string {
	var names []string
	for _, feed := range []struct {
		name string
		set  bool
	}{{"column", m.Column != nil}, {"constant", m.Constant != nil}, {"lookup", m.Lookup != nil}} {
		if feed.set {
			names = append(names, feed.name)
		}
	}
	return names
}

func (v *validator) constant(field string, m Mapping) {
	if *m.Constant == "" && !m.Clears() {
		v.add(MappingPointer(field, "constant"), "is empty, which would never be written: set on_null = \"clear\" to empty the field")
	}
	if len(m.Transform) > 0 {
		v.add(MappingPointer(field, "transform"), "has nothing to do for a constant: write the constant as the field is to have it")
	}
	if m.DateFormat != nil {
		v.add(MappingPointer(field, "date_format"), "has nothing to do for a constant: write that as 2026-01-31, 2026-01-31 09:00:00 or 09:00:00")
	}
}

func (v *validator) lookup(field string, m Mapping) {
	v.apiName(MappingPointer(field, "lookup", "object"), m.Lookup.Object)
	v.apiName(MappingPointer(field, "lookup", "field"), m.Lookup.Field)
	v.required(MappingPointer(field, "lookup", "column"), m.Lookup.Column, maxTextLength)
	for _, attribute := range []struct {
		name string
		set  bool
	}{{"date_format", m.DateFormat != nil}, {"time_zone", m.TimeZone != nil}} {
		if attribute.set {
			v.add(MappingPointer(field, attribute.name), "has nothing to do for a lookup, which feeds the field with the id of a record: leave it out")
		}
	}
}

// transform checks the steps that a text passes and blames the first that is none.
func (v *validator) transform(pointer string, steps []string) {
	_, err := transform.Parse(steps)
	if e, ok := errors.AsType[*transform.StepError](err); ok {
		v.add(fmt.Sprintf("%s/%d", pointer, e.Index), "%s", e.Reason)
	}
}

func (v *validator) dateFormat(pointer string, format *string) {
	if format == nil {
		return
	}
	v.required(pointer, *format, maxTextLength)
	if v.has(pointer) {
		return
	}
	if _, err := DateLayout(*format); err != nil {
		v.add(pointer, "%s", err)
	}
}

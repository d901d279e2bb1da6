package model

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

// keyField is a field that records are found by.
type keyField struct {
	Field
	name     string
	prefix   string   // of the ids of the object's records
	byUpsert bool     // Salesforce's upsert compares the keys, not a query
	report   []string // steps that a report's keys pass
	records  []string // steps that the records' values pass
}

// ofRow returns the key that a cell holds, empty for none; ok is false for one that no record can have.
func (k keyField) ofRow(cell string) (key string, ok bool) {
	cell = apply(k.report, cell)
	if len(k.records) > 0 {
		return trim(cell), true // what the steps make of a record's value may be anything
	}
	key, ok = k.Store(cell, reportsync.Mapping{})
	switch {
	case !ok || key == "":
		return "", ok
	case k.numeric() && !k.exact(cell):
		return "", false // rounded it would be the key of another record
	case k.Type == ID && !strings.HasPrefix(key, k.prefix):
		return "", false // of another object
	}
	return key, true
}

func (f Field) numeric() bool { return f.Type == Double || f.Type == Currency || f.Type == Percent }

// ofRecord returns the key that a record has, empty for none.
func (k keyField) ofRecord(r Record) string { return apply(k.records, r[k.name]) }

// same reports whether Salesforce takes two keys for one. A query ignores the case of text unless the field is unique
// and case-sensitive; an upsert ignores it only if the field is unique and is not case-sensitive (SOQL reference:
// comparison operators; Apex guide: upsert).
func (k keyField) same(a, b string) bool { return k.fold(a) == k.fold(b) }

// fold returns what keys have in common that are the same.
func (k keyField) fold(key string) string {
	ignoresCase := !k.Unique || !k.CaseSensitive
	if k.byUpsert {
		ignoresCase = k.Unique && !k.CaseSensitive
	}
	switch {
	case len(k.records) > 0, k.Type == ID, k.Type == Reference:
		return key
	case k.Type == Email, ignoresCase:
		return strings.ToLower(key)
	}
	return key
}

// find returns the records that have a key.
func (k keyField) find(records []Record, key string) (found []Record) {
	for _, r := range records {
		if have := k.ofRecord(r); have != "" && k.same(have, key) {
			found = append(found, r)
		}
	}
	return found
}

// apply sends a text through the steps of a transform.
func apply(steps []string, text string) string {
	chain, err := transform.Parse(steps)
	if err != nil {
		panic("the spec was not validated: " + err.Error())
	}
	return chain.Apply(text)
}

package store

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Snapshot is what a database held at one moment. It does not change, and
// keeps nobody from writing.
type Snapshot struct {
	Schema *schema.Schema

	tables  []*table // by object name
	origins []origin
}

// Snapshot copies what is needed to dump the database later, its history if
// that is asked for. Records themselves are shared: their versions never change.
func (db *DB) Snapshot(history bool) *Snapshot {
	defer db.shared()()
	s := &Snapshot{Schema: db.Schema()}
	if history {
		s.origins = slices.Clone(db.origins)
	}
	for _, o := range s.Schema.Objects() {
		t := db.tables[o.Name]
		twin := &table{object: t.object, rows: slices.Clone(t.rows), counter: maps.Clone(t.counter), columns: t.columns}
		if history {
			twin.entries, twin.last, twin.writes = slices.Clone(t.entries), slices.Clone(t.last), t.writes
		}
		s.tables = append(s.tables, twin)
	}
	return s
}

// State is what a table holds beyond its records.
type State struct {
	Object   string         `json:"object"`
	Counters map[string]int `json:"counters,omitzero"` // last auto numbers, by field
	Writes   int            `json:"writes,omitzero"`   // rows written by the API
}

// States lists those of the tables that have any, by object.
func (s *Snapshot) States() []State {
	var states []State
	for _, t := range s.tables {
		state := State{Object: t.object.Name, Writes: t.writes}
		for field, n := range t.counter {
			if f := &t.object.Fields[field]; n > 0 && !f.Removed() {
				if state.Counters == nil {
					state.Counters = map[string]int{}
				}
				state.Counters[f.Name] = n
			}
		}
		if state.Counters != nil || state.Writes > 0 {
			states = append(states, state)
		}
	}
	return states
}

// Records calls yield with each record as a JSON document of one line, objects by
// name and records oldest first, those in the recycle bin included:
//
//	{"record":"Contact","values":{"Id":"003…","LastName":"Doe"}}
//
// Values are in stored form; empty ones are left out. A record without any is one
// whose making was undone: its id stays taken. The line is only lent.
func (s *Snapshot) Records(yield func(line []byte) bool) {
	var line []byte
	for _, t := range s.tables {
		head := append(value.AppendString([]byte(`{"record":`), t.object.Name), `,"values":`...)
		keys := dumpKeys(t.object)
		for _, row := range t.rows {
			line = append(row.appendValues(append(line[:0], head...), keys), '}')
			if !yield(line) {
				return
			}
		}
	}
}

// Histories calls yield with the history of each record that has one, as a JSON
// document of one line, writes oldest first. What a write replaced stands in
// before; a write without it made the record.
//
//	{"history":"003…","writes":[{"at":"…","by":"rest","fields":30,"before":{"Id":"003…"}}]}
func (s *Snapshot) Histories(yield func(line []byte) bool) {
	var line []byte
	for _, t := range s.tables {
		keys := dumpKeys(t.object)
		for row := range t.rows {
			if t.lastEntry(row) == 0 {
				continue
			}
			line = value.AppendString(append(line[:0], `{"history":`...), t.rows[row].At(t.columns.id))
			line = append(line, `,"writes":[`...)
			for i, e := range t.chain(row) {
				if i > 0 {
					line = append(line, ',')
				}
				line = s.appendWrite(line, e, keys)
			}
			if !yield(append(line, "]}"...)) {
				return
			}
		}
	}
}

// chain lists the entries of a record, oldest first.
func (t *table) chain(row int) []entry {
	var entries []entry
	for at := t.lastEntry(row); at != 0; at = t.entries[at-1].previous {
		entries = append(entries, t.entries[at-1])
	}
	slices.Reverse(entries)
	return entries
}

func (s *Snapshot) appendWrite(line []byte, e entry, keys [][]byte) []byte {
	from := s.origins[e.origin]
	line = from.at.UTC().AppendFormat(append(line, `{"at":"`...), time.RFC3339Nano)
	line = value.AppendString(append(line, `","by":`...), from.by)
	if from.assignment != "" {
		line = value.AppendString(append(line, `,"assignment_rule":`...), from.assignment)
	}
	if e.before != "" {
		line = strconv.AppendInt(append(line, `,"fields":`...), int64(e.before.fields()), 10)
		line = e.before.appendValues(append(line, `,"before":`...), keys)
	}
	return append(line, '}')
}

// dumpKeys are the names of an object's fields as JSON keys, by field; of
// deleted ones, whose values are gone, nothing.
func dumpKeys(object *schema.Object) [][]byte {
	keys := make([][]byte, len(object.Fields))
	for i := range object.Fields {
		if f := &object.Fields[i]; !f.Removed() {
			keys[i] = append(value.AppendString(nil, f.Name), ':')
		}
	}
	return keys
}

func (r Row) appendValues(line []byte, keys [][]byte) []byte {
	line = append(line, '{')
	open := len(line)
	for i, key := range keys {
		text := r.At(i)
		if key == nil || text == "" {
			continue
		}
		if len(line) > open {
			line = append(line, ',')
		}
		line = value.AppendString(append(line, key...), text)
	}
	return append(line, '}')
}

package sync

import "github.com/reportsync/terraform-provider-reportsync/internal/reportsync"

// unread returns the changes of a row whose record is written without being looked at.
func (t *target) unread(sends []assignment) []reportsync.Change {
	changes := make([]reportsync.Change, 0, len(sends))
	for _, s := range sends {
		if s.field != assignKey {
			changes = append(changes, reportsync.Change{Field: t.names[s.field], BeforeUnknown: true, After: orNil(s.value)})
		}
	}
	return changes
}

// ofMade returns the changes of a row whose upsert has created its record: nothing stood there before, and the key is new.
func ofMade(o reportsync.Outcome, key string) []reportsync.Change {
	if creates(o.Changes, key) {
		return o.Changes
	}
	changes := []reportsync.Change{{Field: key, After: orNil(o.Key)}}
	for _, c := range o.Changes {
		c.Before, c.BeforeUnknown = nil, false
		changes = append(changes, c)
	}
	return changes
}

// ofMet returns the changes of a row whose upsert has found a record that nobody had looked at, be it that there was none
// when records were read.
func ofMet(o reportsync.Outcome, key string) []reportsync.Change {
	changes := make([]reportsync.Change, 0, len(o.Changes))
	for _, c := range o.Changes {
		if c.Field == key {
			continue
		}
		c.Before, c.BeforeUnknown = nil, true
		changes = append(changes, c)
	}
	return changes
}

// differs reports whether a change may have made a difference.
func differs(c reportsync.Change) bool {
	return c.BeforeUnknown || orEmpty(c.Before) != orEmpty(c.After)
}

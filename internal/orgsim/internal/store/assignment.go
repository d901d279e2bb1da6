package store

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const assignmentRules = "AssignmentRule" // the object that lists them

// assignment is a bound assignment rule.
type assignment struct {
	rule *schema.AssignmentRule
	when *filter // nil: always
}

// assign gives a new record to the user that the first rule to hold names,
// where the client wants assignment: by all rules in their order, or by the one
// whose id it sent.
func (tx *transaction) assign(s *save, row Row) *sferr.Error {
	choice, only := tx.actor.AutoAssign, ""
	if choice == "" || strings.EqualFold(choice, "FALSE") {
		return nil
	}
	if tx.actor.namesRule() {
		var err *sferr.Error
		if only, err = tx.assignmentRule(s.table, choice); err != nil {
			return err
		}
	}
	for _, a := range s.table.rules.assignments {
		if only != "" && a.rule.Name != only || !tx.holds(a.when, row) {
			continue
		}
		owner, ok := tx.db.userNamed(a.rule.Owner)
		if !ok {
			return sferr.On([]string{"OwnerId"}, "INVALID_CROSS_REFERENCE_KEY", "Assignment rule %s: no user %s", a.rule.Name, a.rule.Owner)
		}
		s.draft[s.table.columns.owner], s.assignment = owner, a.rule.Name
		return nil
	}
	return nil
}

// namesRule reports whether the client wants one assignment rule, by its id.
func (a *Actor) namesRule() bool {
	switch strings.ToUpper(a.AutoAssign) {
	case "", "FALSE", AutoAssignActive:
		return false
	default:
		return true
	}
}

// assignmentRule is the name of the rule with the id: one of the object's, or any
// where the object has none, since a request may write several objects.
func (tx *transaction) assignmentRule(t *table, sent string) (string, *sferr.Error) {
	id, bad := recordid.Parse(sent)
	if bad != nil {
		return "", sferr.MalformedID(sent)
	}
	for r := range tx.db.live(assignmentRules) {
		if r.text("Id") == id && (len(t.rules.assignments) == 0 || r.text("SobjectType") == t.object.Name) {
			return r.text("Name"), nil
		}
	}
	return "", sferr.NoSuchRecord()
}

// UserNamed is the id of a live user by username, in any case.
func (db *DB) UserNamed(username string) (string, bool) {
	defer db.shared()()
	return db.userNamed(username)
}

// userNamed is [DB.UserNamed] for callers that hold mu.
func (db *DB) userNamed(username string) (string, bool) {
	t, ok := db.table("User")
	if !ok {
		return "", false
	}
	field, ok := t.object.AnyField("Username")
	if !ok {
		return "", false
	}
	text, bad := value.Normalise(&t.object.Fields[field], username)
	if bad != nil || text == "" {
		return "", false
	}
	number, ok, bad := db.match(t, field, text)
	if bad != nil || !ok {
		return "", false
	}
	return db.idOf(t, number), true
}

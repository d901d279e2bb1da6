package store

import (
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Catalogue makes the records that tell of the schema: an EntityDefinition for
// each object and an AssignmentRule for each rule. The org calls it once its
// users are there; a rule that names none of them is an error with its place.
func (db *DB) Catalogue(actor Actor) error {
	actor.System, actor.Loading = true, true
	for _, o := range db.Schema().Objects() {
		if err := db.list(actor, "EntityDefinition", o.EntityDefinition()); err != nil {
			return err
		}
		for _, r := range o.Rules.Assignments {
			if err := db.checkOwner(o, &r); err != nil {
				return err
			}
			if err := db.list(actor, assignmentRules, map[string]string{"Name": r.Name, "SobjectType": o.Name}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (db *DB) checkOwner(o *schema.Object, r *schema.AssignmentRule) error {
	defer db.shared()()
	if _, ok := db.userNamed(r.Owner); !ok {
		return misruled(r.Place, o, "assignment_rule", r.Name, fmt.Errorf("no user has the username %q", r.Owner))
	}
	return nil
}

// list makes one record of fields by name.
func (db *DB) list(actor Actor, object string, fields map[string]string) error {
	o, ok := db.Schema().Object(object)
	if !ok {
		return fmt.Errorf("the schema has no object %s", object)
	}
	m := Mutation{Op: Insert, Object: o}
	for name, text := range fields {
		if i, ok := o.AnyField(name); ok {
			m.Cells = append(m.Cells, Cell{Field: i, Text: text})
		}
	}
	if outcome := db.Apply(actor, true, []Mutation{m})[0]; outcome.Err != nil {
		return fmt.Errorf("add %s: %w", object, outcome.Err)
	}
	return nil
}

package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// rules are an object's rules with their conditions bound to its fields.
type rules struct {
	validations []validation
	duplicates  []duplicate
	assignments []assignment
	automations []automation
}

func (r *rules) any() bool {
	return len(r.validations)+len(r.duplicates)+len(r.assignments)+len(r.automations) > 0
}

// keys reports whether a duplicate rule finds its candidates by the field.
func (r *rules) keys(field int) bool {
	return slices.ContainsFunc(r.duplicates, func(d duplicate) bool { return d.fields[0] == field })
}

// bindRules binds the rules of an object of the schema, which need not be the
// current one yet. A mistake is told with its rule's place.
func bindRules(s *schema.Schema, o *schema.Object) (*rules, error) {
	bound := &rules{}
	for i := range o.Rules.Validations {
		r := &o.Rules.Validations[i]
		when, err := bindWhen(s, o, r.When)
		if err != nil {
			return nil, misruled(r.Place, o, "validation_rule", r.Name, err)
		}
		bound.validations = append(bound.validations, validation{rule: r, when: when})
	}
	for i := range o.Rules.Duplicates {
		bound.duplicates = append(bound.duplicates, bindDuplicate(o, &o.Rules.Duplicates[i]))
	}
	for i := range o.Rules.Assignments {
		r := &o.Rules.Assignments[i]
		when, err := bindWhen(s, o, r.When)
		if err != nil {
			return nil, misruled(r.Place, o, "assignment_rule", r.Name, err)
		}
		bound.assignments = append(bound.assignments, assignment{rule: r, when: when})
	}
	for i := range o.Rules.Automations {
		r := &o.Rules.Automations[i]
		a, err := bindAutomation(o, r)
		if err == nil {
			a.when, err = bindWhen(s, o, r.When)
		}
		if err != nil {
			return nil, misruled(r.Place, o, "automation", r.Name, err)
		}
		bound.automations = append(bound.automations, a)
	}
	return bound, nil
}

// bindWhen binds a rule's condition, nil where it always holds.
func bindWhen(s *schema.Schema, o *schema.Object, when string) (*filter, error) {
	if when == "" {
		return nil, nil //nolint:nilnil // no condition is a rule that always runs
	}
	q, err := soql.Parse("SELECT Id FROM " + o.Name + " WHERE " + when)
	if err != nil {
		return nil, plainly(err)
	}
	if q.Limit >= 0 || q.Offset > 0 || len(q.Order) > 0 {
		return nil, errors.New("when: a condition and nothing after it")
	}
	bound, err := newFilter(s, o, q)
	if err != nil {
		return nil, plainly(err)
	}
	return bound, nil
}

// holds judges a record by a rule's condition.
func (tx *transaction) holds(when *filter, row Row) bool {
	return when == nil || when.holds(when.reader(tx.db, false), row)
}

// plainly is a query's refusal without the picture of the statement, which is
// not what the author of a rule wrote.
func plainly(err error) error {
	if refused, ok := errors.AsType[*soql.Error](err); ok {
		return fmt.Errorf("when: %s", refused.Message)
	}
	return fmt.Errorf("when: %w", err)
}

func misruled(place string, o *schema.Object, kind, name string, err error) error {
	if place != "" {
		place += ": "
	}
	return fmt.Errorf("%sobject %s: %s %q: %w", place, o.Name, kind, name, err)
}

// runRules runs the object's rules on a record that the system's own checks let
// pass.
func (tx *transaction) runRules(s *save) *sferr.Error {
	t := s.table
	row := Row(tx.db.press.pack(s.draft))
	for _, v := range t.rules.validations {
		if tx.holds(v.when, row) {
			return v.refusal()
		}
	}
	for _, d := range t.rules.duplicates {
		if err := tx.findDuplicates(s, d); err != nil {
			return err
		}
	}
	if s.event == schema.OnCreate {
		if err := tx.assign(s, row); err != nil {
			return err
		}
	}
	return tx.automate(s)
}

// validation is a bound validation rule.
type validation struct {
	rule *schema.ValidationRule
	when *filter
}

func (v validation) refusal() *sferr.Error {
	var fields []string
	if v.rule.Field != "" {
		fields = []string{v.rule.Field}
	}
	return sferr.On(fields, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "%s", v.rule.Message)
}

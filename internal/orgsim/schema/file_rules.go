package schema

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
)

type fileValidation struct {
	Name    string    `hcl:"name,label"`
	When    string    `hcl:"when"`
	Message string    `hcl:"message"`
	Field   string    `hcl:"field,optional"`
	Range   hcl.Range `hcl:",def_range"`
}

type fileDuplicate struct {
	Name    string    `hcl:"name,label"`
	Match   []string  `hcl:"match"`
	Action  string    `hcl:"action"`
	Message string    `hcl:"message,optional"`
	On      []string  `hcl:"on,optional"`
	Range   hcl.Range `hcl:",def_range"`
}

type fileAssignment struct {
	Name  string    `hcl:"name,label"`
	When  string    `hcl:"when,optional"`
	Owner string    `hcl:"owner"`
	Range hcl.Range `hcl:",def_range"`
}

type fileAutomation struct {
	Name      string    `hcl:"name,label"`
	When      string    `hcl:"when,optional"`
	On        []string  `hcl:"on,optional"`
	Field     string    `hcl:"field"`
	Set       string    `hcl:"set,optional"`
	Transform string    `hcl:"transform,optional"`
	Range     hcl.Range `hcl:",def_range"`
}

func (o *fileObject) rules() Rules {
	var rules Rules
	for _, r := range o.Validations {
		rules.Validations = append(rules.Validations, ValidationRule{
			Name: r.Name, When: r.When, Message: r.Message, Field: r.Field, Place: place(r.Range),
		})
	}
	for _, r := range o.Duplicates {
		rule := DuplicateRule{
			Name: r.Name, Match: r.Match, Action: DuplicateAction(r.Action), Message: r.Message, On: events(r.On), Place: place(r.Range),
		}
		rules.Duplicates = append(rules.Duplicates, rule)
	}
	for _, r := range o.Assignments {
		rules.Assignments = append(rules.Assignments, AssignmentRule{Name: r.Name, When: r.When, Owner: r.Owner, Place: place(r.Range)})
	}
	for _, r := range o.Automations {
		rules.Automations = append(rules.Automations, Automation{
			Name: r.Name, When: r.When, On: events(r.On), Field: r.Field, Set: r.Set, Transform: Transform(r.Transform), Place: place(r.Range),
		})
	}
	return rules
}

func events(names []string) []Event {
	var on []Event
	for _, name := range names {
		on = append(on, Event(name))
	}
	return on
}

// place prints where a block starts as editors take it.
func place(r hcl.Range) string {
	return fmt.Sprintf("%s:%d,%d", r.Filename, r.Start.Line, r.Start.Column)
}

// names reads an attribute that is one name or a list of names.
func names(attribute *hcl.Attribute) ([]string, error) {
	if attribute == nil {
		return nil, nil
	}
	if _, diags := hcl.ExprList(attribute.Expr); !diags.HasErrors() {
		var list []string
		if diags := gohcl.DecodeExpression(attribute.Expr, nil, &list); diags.HasErrors() {
			return nil, diags
		}
		return list, nil
	}
	var one string
	if diags := gohcl.DecodeExpression(attribute.Expr, nil, &one); diags.HasErrors() {
		return nil, diags
	}
	return []string{one}, nil
}

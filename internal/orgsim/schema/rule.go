package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Rules are what an administrator has an object's records checked and changed
// by on save. Conditions are those of SOQL's WHERE, on the fields of the object;
// an empty one always holds.
type Rules struct {
	Validations []ValidationRule `json:"validations,omitzero"`
	Duplicates  []DuplicateRule  `json:"duplicates,omitzero"`
	Assignments []AssignmentRule `json:"assignments,omitzero"` // Case and Lead only
	Automations []Automation     `json:"automations,omitzero"`
}

// ValidationRule refuses records for which its condition holds, with
// FIELD_CUSTOM_VALIDATION_EXCEPTION.
type ValidationRule struct {
	Name    string `json:"name,omitzero"`
	When    string `json:"when,omitzero"`
	Message string `json:"message,omitzero"`
	Field   string `json:"field,omitzero"` // to blame; empty: the record as a whole
	Place   string `json:"place,omitzero"` // file:line,column; empty for a rule made in Go
}

// DuplicateRule refuses records whose values in all its fields another record
// has, without regard to case, with DUPLICATES_DETECTED.
type DuplicateRule struct {
	Name    string          `json:"name,omitzero"`
	Match   []string        `json:"match,omitzero"` // fields; one that is empty matches nothing
	Action  DuplicateAction `json:"action,omitzero"`
	Message string          `json:"message,omitzero"`
	On      []Event         `json:"on,omitzero"` // default: both
	Place   string          `json:"place,omitzero"`
}

// DuplicateAction is what a duplicate rule does to a record that it finds.
type DuplicateAction string

// The actions. A client that asks for it (Sforce-Duplicate-Rule-Header:
// allowSave=true) passes an alert and never a block.
const (
	Alert DuplicateAction = "alert"
	Block DuplicateAction = "block"
)

// AssignmentRule gives a new record for which its condition holds to a user.
// The first rule that applies decides.
type AssignmentRule struct {
	Name  string `json:"name,omitzero"`
	When  string `json:"when,omitzero"`
	Owner string `json:"owner,omitzero"` // username
	Place string `json:"place,omitzero"`
}

// Automation changes a field after the save, as a flow does, so that what is
// read is not what was written.
type Automation struct {
	Name      string    `json:"name,omitzero"`
	When      string    `json:"when,omitzero"`
	On        []Event   `json:"on,omitzero"` // default: both
	Field     string    `json:"field,omitzero"`
	Set       string    `json:"set,omitzero"`       // a value as a CSV cell holds it, or
	Transform Transform `json:"transform,omitzero"` // of the field's own value
	Place     string    `json:"place,omitzero"`
}

// Event is a kind of save.
type Event string

// The events that rules run on.
const (
	OnCreate Event = "create"
	OnUpdate Event = "update"
)

// Transform is how an automation changes a value.
type Transform string

// The transforms. Upper, Lower and Trim are of text; Now sets a date or
// datetime to the time of the save.
const (
	Upper Transform = "upper"
	Lower Transform = "lower"
	Trim  Transform = "trim"
	Now   Transform = "now"
)

// Runs reports whether a rule with these events runs on the event.
func Runs(on []Event, event Event) bool { return len(on) == 0 || slices.Contains(on, event) }

func (r Rules) with(more Rules) Rules {
	return Rules{
		Validations: slices.Concat(r.Validations, more.Validations),
		Duplicates:  slices.Concat(r.Duplicates, more.Duplicates),
		Assignments: slices.Concat(r.Assignments, more.Assignments),
		Automations: slices.Concat(r.Automations, more.Automations),
	}
}

// ruleError is a rule that cannot be. The text starts with its place.
type ruleError struct{ text string }

func (m *ruleError) Error() string { return m.text }

func (o *Object) ruleMistake(place, kind, name, format string, args ...any) error {
	if place != "" {
		place += ": "
	}
	return &ruleError{fmt.Sprintf("%sobject %s: %s %q: %s", place, o.Name, kind, name, fmt.Sprintf(format, args...))}
}

// checkRules verifies what the object alone can tell. Conditions and values are
// checked by the org that uses the schema.
func (o *Object) checkRules() error {
	seen := map[string]bool{}
	once := func(place, kind, name string) error {
		if name == "" || seen[kind+name] {
			return o.ruleMistake(place, kind, name, "each rule has a name of its own")
		}
		seen[kind+name] = true
		return nil
	}
	for _, r := range o.Rules.Validations {
		if err := once(r.Place, "validation_rule", r.Name); err != nil {
			return err
		}
		if err := o.checkValidation(&r); err != nil {
			return err
		}
	}
	for _, r := range o.Rules.Duplicates {
		if err := once(r.Place, "duplicate_rule", r.Name); err != nil {
			return err
		}
		if err := o.checkDuplicate(&r); err != nil {
			return err
		}
	}
	for _, r := range o.Rules.Assignments {
		if err := once(r.Place, "assignment_rule", r.Name); err != nil {
			return err
		}
		if o.Name != "Case" && o.Name != "Lead" {
			return o.ruleMistake(r.Place, "assignment_rule", r.Name, "only Case and Lead have assignment rules")
		}
		if r.Owner == "" {
			return o.ruleMistake(r.Place, "assignment_rule", r.Name, "owner must be a username")
		}
	}
	for _, r := range o.Rules.Automations {
		if err := once(r.Place, "automation", r.Name); err != nil {
			return err
		}
		if err := o.checkAutomation(&r); err != nil {
			return err
		}
	}
	return nil
}

func (o *Object) checkValidation(r *ValidationRule) error {
	if r.When == "" || r.Message == "" {
		return o.ruleMistake(r.Place, "validation_rule", r.Name, "when and message must not be empty")
	}
	if _, ok := o.AnyField(r.Field); r.Field != "" && !ok {
		return o.ruleMistake(r.Place, "validation_rule", r.Name, "the object has no field %q", r.Field)
	}
	return nil
}

func (o *Object) checkDuplicate(r *DuplicateRule) error {
	if len(r.Match) == 0 {
		return o.ruleMistake(r.Place, "duplicate_rule", r.Name, "match names at least one field")
	}
	for _, name := range r.Match {
		i, ok := o.AnyField(name)
		if !ok {
			return o.ruleMistake(r.Place, "duplicate_rule", r.Name, "the object has no field %q", name)
		}
		if f := &o.Fields[i]; f.LongText() || f.Kind() == Checkbox || f.Type == ID {
			return o.ruleMistake(r.Place, "duplicate_rule", r.Name, "field %s cannot be matched by", f.Name)
		}
	}
	if r.Action != Alert && r.Action != Block {
		return o.ruleMistake(r.Place, "duplicate_rule", r.Name, "action is %q or %q, not %q", Alert, Block, r.Action)
	}
	return o.checkEvents(r.Place, "duplicate_rule", r.Name, r.On)
}

func (o *Object) checkEvents(place, kind, name string, on []Event) error {
	for _, event := range on {
		if event != OnCreate && event != OnUpdate {
			return o.ruleMistake(place, kind, name, "on lists %q and %q, not %q", OnCreate, OnUpdate, event)
		}
	}
	return nil
}

func (o *Object) checkAutomation(r *Automation) error {
	wrong := func(format string, args ...any) error {
		return o.ruleMistake(r.Place, "automation", r.Name, format, args...)
	}
	i, ok := o.AnyField(r.Field)
	if !ok {
		return wrong("the object has no field %q", r.Field)
	}
	f := &o.Fields[i]
	if f.system || f.Type == AutoNumber || f.Type == Formula || f.Type == Reference || f.Unique || f.CreateOnly {
		return wrong("field %s is not one that automations set: it is unique, a reference, create-only or kept by Salesforce", f.Name)
	}
	if (r.Set == "") == (r.Transform == "") {
		return wrong("give either set or transform")
	}
	text := []Type{Text, TextArea, Phone, URL, Picklist, Combobox}
	switch r.Transform {
	case "":
	case Upper, Lower, Trim:
		if !slices.Contains(text, f.Type) {
			return wrong("transform %q is of text, and field %s is of type %s", r.Transform, f.Name, f.Type)
		}
	case Now:
		if f.Type != Date && f.Type != DateTime {
			return wrong("transform %q is of dates and datetimes, and field %s is of type %s", r.Transform, f.Name, f.Type)
		}
	default:
		return wrong("transform is one of %s, not %q", strings.Join([]string{string(Upper), string(Lower), string(Trim), string(Now)}, ", "), r.Transform)
	}
	return o.checkEvents(r.Place, "automation", r.Name, r.On)
}

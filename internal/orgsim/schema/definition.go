package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Definition is what an administrator has added to an object, or all of an
// object that he has made. A schema's definitions make it anew: see [Defined].
type Definition struct {
	Name        string         `json:"name"`
	Label       string         `json:"label"`
	LabelPlural string         `json:"label_plural"`
	Fields      []DefinedField `json:"fields"`
	Rules       Rules          `json:"rules"`
}

// DefinedField is an added field. Deleted ones keep their place.
type DefinedField struct {
	Field

	Removed bool `json:"removed,omitzero"`
}

// Definitions lists what was added to the standard objects: those to which
// nothing was are left out. Custom objects come in the order they were made.
func (s *Schema) Definitions() []Definition {
	standard := Standard()
	var list []Definition
	for _, o := range slices.SortedFunc(slices.Values(s.objects), func(a, b *Object) int { return cmp.Compare(a.KeyPrefix, b.KeyPrefix) }) {
		base, known := standard.Object(o.Name)
		if !known {
			base = newCustomObject(Object{Name: o.Name}, o.KeyPrefix)
		}
		d := Definition{Name: o.Name, Label: o.Label, LabelPlural: o.LabelPlural, Fields: []DefinedField{}, Rules: o.Rules}
		for i := o.addedFrom(base); i < len(o.Fields); i++ {
			d.Fields = append(d.Fields, DefinedField{Field: o.Fields[i], Removed: o.Fields[i].removed})
		}
		if !known || len(d.Fields) > 0 || !o.Rules.none() {
			list = append(list, d)
		}
	}
	return list
}

// addedFrom is where the fields begin that the object has beyond its first
// definition. A custom object's own name field stands among them, and is then
// missing from the others.
func (o *Object) addedFrom(base *Object) int {
	at := 0
	for i := range base.Fields {
		if at < len(o.Fields) && o.Fields[at].Name == base.Fields[i].Name {
			at++
		}
	}
	return at
}

func (r Rules) none() bool {
	return len(r.Validations)+len(r.Duplicates)+len(r.Assignments)+len(r.Automations) == 0
}

// Defined returns the schema that has these definitions.
func Defined(list []Definition) (*Schema, error) {
	s := Standard()
	for _, d := range list {
		o, err := s.defined(d)
		if err != nil {
			return nil, err
		}
		s.put(o)
	}
	return s, s.Check()
}

func (s *Schema) defined(d Definition) (*Object, error) {
	base, known := s.Object(d.Name)
	if !known {
		if err := checkObject(Object{Name: d.Name, Label: d.Label, LabelPlural: d.LabelPlural}); err != nil {
			return nil, fmt.Errorf("object %q: %w", d.Name, err)
		}
		if !strings.HasSuffix(d.Name, "__c") {
			return nil, fmt.Errorf("object %q: not a standard object of the simulator", d.Name)
		}
		base = newCustomObject(Object{Name: d.Name, Label: d.Label, LabelPlural: d.LabelPlural}, s.nextPrefix())
	}
	o := *base
	o.Fields, o.Rules = slices.Clone(base.Fields), d.Rules
	if !known && slices.ContainsFunc(d.Fields, func(f DefinedField) bool { return f.Name == "Name" }) {
		o.Fields = slices.DeleteFunc(o.Fields, func(f Field) bool { return f.Name == "Name" })
	}
	o.index()
	for _, f := range d.Fields {
		if f.Removed {
			f.system, f.removed = true, true
			o.Fields = append(o.Fields, f.Field)
			continue
		}
		if err := o.addFields([]Field{f.Field}); err != nil {
			return nil, err
		}
	}
	return &o, o.checkRules()
}

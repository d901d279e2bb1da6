package schema

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What is wrong with a change to a field.
var (
	ErrExists      = errors.New("exists already")
	ErrUnknown     = errors.New("does not exist")
	ErrTypeChange  = errors.New("cannot change its type")
	ErrNotEditable = errors.New("is a standard field, whose definition is Salesforce's")
)

// AddField returns a schema in which the object has one more field, behind the
// others. The receiver stays as it is.
func (s *Schema) AddField(object string, f Field) (*Schema, error) {
	o, err := s.copyOf(object)
	if err != nil {
		return nil, err
	}
	if err := o.addFields([]Field{f}); err != nil {
		return nil, err
	}
	return s.withObject(o)
}

// ChangeField returns a schema in which the custom field of that name is defined
// anew. Its type and place stay; who may see it is not part of the definition
// and stays too.
func (s *Schema) ChangeField(object string, f Field) (*Schema, error) {
	o, i, err := s.customField(object, f.Name)
	if err != nil {
		return nil, err
	}
	was := &o.Fields[i]
	f.Name, f.Hidden, f.ReadOnly = was.Name, was.Hidden, was.ReadOnly
	if err := settle(&f, o.Custom()); err != nil {
		return nil, fmt.Errorf("object %s: field %q: %w", o.Name, f.Name, err)
	}
	if f.Type != was.Type || f.Returns != was.Returns || f.CreateOnly != was.CreateOnly || !slices.Equal(f.ReferenceTo, was.ReferenceTo) {
		return nil, fmt.Errorf("object %s: field %s %w", o.Name, f.Name, ErrTypeChange)
	}
	if f.Required {
		f.Hidden = false
	}
	o.Fields[i] = f
	if err := o.checkExternalIDs(); err != nil {
		return nil, fmt.Errorf("object %s: field %q: %w", o.Name, f.Name, err)
	}
	return s.withObject(o)
}

// RemoveField returns a schema without the custom field. Its place is kept, so
// that rows written with it stay readable.
func (s *Schema) RemoveField(object, name string) (*Schema, error) {
	o, i, err := s.customField(object, name)
	if err != nil {
		return nil, err
	}
	o.Fields[i] = Field{
		Name: o.Fields[i].Name, Label: o.Fields[i].Label, Type: Text, Length: o.Fields[i].Length,
		Hidden: true, ReadOnly: true, system: true, removed: true,
	}
	return s.withObject(o)
}

func (s *Schema) copyOf(object string) (*Object, error) {
	o, ok := s.Object(object)
	if !ok {
		return nil, fmt.Errorf("object %s %w", object, ErrUnknown)
	}
	grown := *o
	grown.Fields = slices.Clone(o.Fields)
	return &grown, nil
}

func (s *Schema) customField(object, name string) (*Object, int, error) {
	o, err := s.copyOf(object)
	if err != nil {
		return nil, 0, err
	}
	i, ok := o.AnyField(name)
	if !ok {
		return nil, 0, fmt.Errorf("object %s: field %s %w", o.Name, name, ErrUnknown)
	}
	if !o.Fields[i].Custom() {
		return nil, 0, fmt.Errorf("object %s: field %s %w", o.Name, o.Fields[i].Name, ErrNotEditable)
	}
	return o, i, nil
}

// withObject is a schema with one object in another version.
func (s *Schema) withObject(o *Object) (*Schema, error) {
	o.index()
	if err := o.checkRules(); err != nil {
		return nil, err
	}
	next := s.clone()
	next.put(o)
	return next, next.Check()
}

func (s *Schema) clone() *Schema {
	return &Schema{objects: slices.Clone(s.objects), byName: maps.Clone(s.byName)}
}

// Access is what field-level security grants on a field.
type Access struct{ Read, Edit bool }

// View returns the schema as a user sees it who has been granted access to
// fields; granted is asked for each field that is hidden or read-only by itself.
// Objects on which that makes no difference are shared with the receiver.
func (s *Schema) View(granted func(object, field string) Access) *Schema {
	view := s
	for _, o := range s.objects {
		seen := o.seenWith(granted)
		if seen == o {
			continue
		}
		if view == s {
			view = s.clone()
		}
		view.put(seen)
	}
	return view
}

func (o *Object) seenWith(granted func(object, field string) Access) *Object {
	seen := o
	for i := range o.Fields {
		f := &o.Fields[i]
		if f.removed || !f.Hidden && !f.ReadOnly {
			continue
		}
		access := granted(strings.ToLower(o.Name), strings.ToLower(f.Name))
		if !access.Read && !access.Edit {
			continue
		}
		if seen == o {
			twin := *o
			twin.Fields = slices.Clone(o.Fields)
			seen = &twin
		}
		seen.Fields[i].Hidden, seen.Fields[i].ReadOnly = false, !access.Edit
	}
	return seen
}

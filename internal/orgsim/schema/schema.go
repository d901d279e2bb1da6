// Package schema says which objects and fields an org has. [Standard] gives the
// standard objects; [Load] and [Schema.Add] add custom objects and fields to
// them. An object is complete once added: names, lengths and key prefixes are
// settled there, so that the rest of the simulator never guesses.
package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Object is one object with all its fields, in describe order.
type Object struct {
	Name        string // API name; custom objects end in __c
	Label       string
	LabelPlural string
	KeyPrefix   string // first three characters of its records' ids
	ReadOnly    bool   // the API neither creates, updates nor deletes its records
	Fields      []Field
	Rules       Rules

	byName map[string]int // by lower-case name
}

// IDField is the place of Id in every object.
const IDField = 0

// Custom reports whether an administrator made the object.
func (o *Object) Custom() bool { return strings.HasSuffix(o.Name, "__c") }

// Field finds a field by its API name in any case. A field without field-level
// security is not found, as no API finds it.
func (o *Object) Field(name string) (index int, ok bool) {
	index, ok = o.AnyField(name)
	return index, ok && !o.Fields[index].Hidden
}

// AnyField finds a field as an administrator does, hidden ones included.
func (o *Object) AnyField(name string) (index int, ok bool) {
	index, ok = o.byName[strings.ToLower(name)]
	return index, ok
}

// Schema is a set of objects. It must not be changed once an org uses it: what
// changes its fields then ([Schema.AddField] and its like) returns another one.
type Schema struct {
	objects []*Object
	byName  map[string]*Object
}

// Object finds an object by its API name in any case.
func (s *Schema) Object(name string) (*Object, bool) {
	o, ok := s.byName[strings.ToLower(name)]
	return o, ok
}

// ByPrefix finds the object whose records' ids start as this text does.
func (s *Schema) ByPrefix(id string) (*Object, bool) {
	for _, o := range s.objects {
		if strings.HasPrefix(id, o.KeyPrefix) {
			return o, true
		}
	}
	return nil, false
}

// Objects lists the objects by name.
func (s *Schema) Objects() []*Object { return s.objects }

// Add adds an object, or adds the fields to an object that is already there. It
// fails on a name that is no API name, a field that exists, an unknown type, or
// properties that do not fit the type; nothing is added then.
func (s *Schema) Add(object Object) error {
	existing, found := s.Object(object.Name)
	if !found {
		if !object.Custom() {
			return fmt.Errorf("object %q: not a standard object of the simulator (%s); custom objects end in __c",
				object.Name, strings.Join(s.names(), ", "))
		}
		if err := checkObject(object); err != nil {
			return fmt.Errorf("object %q: %w", object.Name, err)
		}
		existing = newCustomObject(object, s.nextPrefix())
		existing.Rules = Rules{} // they are added below, as to an object there is
	}
	grown := *existing
	grown.Fields = slices.Clone(existing.Fields)
	own := slices.ContainsFunc(object.Fields, func(f Field) bool { return strings.EqualFold(f.Name, "Name") })
	if own && !found {
		grown.Fields = slices.DeleteFunc(grown.Fields, func(f Field) bool { return f.Name == "Name" })
	}
	if err := grown.addFields(object.Fields); err != nil {
		return err
	}
	grown.Rules = existing.Rules.with(object.Rules)
	if err := grown.checkRules(); err != nil {
		return err
	}
	s.put(&grown)
	return nil
}

// Check verifies what only the whole schema can tell: that every reference
// points to objects there are.
func (s *Schema) Check() error {
	for _, o := range s.objects {
		for i := range o.Fields {
			f := &o.Fields[i]
			for _, target := range f.ReferenceTo {
				if _, ok := s.Object(target); !ok {
					return fmt.Errorf("object %s: field %s refers to object %q, which the schema lacks", o.Name, f.Name, target)
				}
			}
		}
	}
	return nil
}

func (o *Object) addFields(fields []Field) error {
	o.index()
	for i, f := range fields {
		if _, ok := o.AnyField(f.Name); ok {
			return &fieldError{field: i, err: fmt.Errorf("object %s: field %s %w", o.Name, f.Name, ErrExists)}
		}
		if err := settle(&f, o.Custom()); err != nil {
			return &fieldError{field: i, err: fmt.Errorf("object %s: field %q: %w", o.Name, f.Name, err)}
		}
		o.Fields = append(o.Fields, f)
		o.index()
		if err := o.checkExternalIDs(); err != nil {
			return &fieldError{field: i, err: fmt.Errorf("object %s: field %q: %w", o.Name, f.Name, err)}
		}
	}
	return nil
}

func (o *Object) index() {
	o.settleOwner()
	o.byName = make(map[string]int, len(o.Fields))
	for i := range o.Fields {
		if !o.Fields[i].removed {
			o.byName[strings.ToLower(o.Fields[i].Name)] = i
		}
	}
}

// fieldError says which of the given fields is wrong, so that a file can name
// its line.
type fieldError struct {
	field int
	err   error
}

func (m *fieldError) Error() string { return m.err.Error() }
func (m *fieldError) Unwrap() error { return m.err }

func (s *Schema) put(o *Object) {
	if s.byName == nil {
		s.byName = map[string]*Object{}
	}
	s.byName[strings.ToLower(o.Name)] = o
	s.objects = slices.DeleteFunc(s.objects, func(have *Object) bool { return have.Name == o.Name })
	at, _ := slices.BinarySearchFunc(s.objects, o.Name, func(have *Object, name string) int {
		return strings.Compare(have.Name, name)
	})
	s.objects = slices.Insert(s.objects, at, o)
}

func (s *Schema) names() []string {
	names := make([]string, 0, len(s.objects))
	for _, o := range s.objects {
		names = append(names, o.Name)
	}
	return names
}

// nextPrefix numbers custom objects a00, a01, … as an org does.
func (s *Schema) nextPrefix() string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	n := 0
	for _, o := range s.objects {
		if o.Custom() {
			n++
		}
	}
	return "a" + string(digits[n/62%62]) + string(digits[n%62])
}

func newCustomObject(o Object, prefix string) *Object {
	if o.Label == "" {
		o.Label = labelOf(o.Name)
	}
	if o.LabelPlural == "" {
		o.LabelPlural = plural(o.Label)
	}
	o.KeyPrefix = prefix
	name := Field{Name: "Name", Label: o.Label + " Name", Type: Text, Length: 80, nameField: true, idLookup: true, defaulted: true}
	o.Fields = withSystemFields([]Field{name}, true)
	return &o
}

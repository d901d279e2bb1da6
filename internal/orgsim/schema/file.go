package schema

import (
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsimple"
)

// fileSchema is the shape of a schema file, in HCL or in its JSON form:
//
//	object "Contact" {
//	  field "Onboarding_Status__c" {
//	    type   = "picklist"
//	    values = ["Not Started", "In Progress", "Done"]
//	  }
//	  validation_rule "Title_Given" {
//	    when    = "Title = null"
//	    message = "Give the contact a title."
//	    field   = "Title"
//	  }
//	}
//
// The other rules are duplicate_rule, assignment_rule and automation; their
// attributes are the fields of the types in [Rules].
type fileSchema struct {
	Objects []fileObject `hcl:"object,block"`
}

type fileObject struct {
	Name        string      `hcl:"name,label"`
	Label       string      `hcl:"label,optional"`
	LabelPlural string      `hcl:"label_plural,optional"`
	Fields      []fileField `hcl:"field,block"`

	Validations []fileValidation `hcl:"validation_rule,block"`
	Duplicates  []fileDuplicate  `hcl:"duplicate_rule,block"`
	Assignments []fileAssignment `hcl:"assignment_rule,block"`
	Automations []fileAutomation `hcl:"automation,block"`
	Range       hcl.Range        `hcl:",def_range"`
}

type fileField struct {
	Name          string   `hcl:"name,label"`
	Label         string   `hcl:"label,optional"`
	Type          string   `hcl:"type"`
	Length        int      `hcl:"length,optional"`
	Precision     int      `hcl:"precision,optional"`
	Scale         int      `hcl:"scale,optional"`
	Required      bool     `hcl:"required,optional"`
	Unique        bool     `hcl:"unique,optional"`
	CaseSensitive bool     `hcl:"case_sensitive,optional"`
	ExternalID    bool     `hcl:"external_id,optional"`
	Values        []string `hcl:"values,optional"`
	Restricted    bool     `hcl:"restricted,optional"`
	Default       string   `hcl:"default,optional"`
	Format        string   `hcl:"format,optional"`
	Returns       string   `hcl:"returns,optional"`
	Value         string   `hcl:"value,optional"`
	Hidden        bool     `hcl:"hidden,optional"`
	ReadOnly      bool     `hcl:"read_only,optional"`

	ReferenceTo *hcl.Attribute `hcl:"reference_to,optional"`
	Range       hcl.Range      `hcl:",def_range"`
}

// Load reads a schema file, .hcl or .json, on top of the standard objects.
// Mistakes are named with file, line and column.
func Load(path string) (*Schema, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	return Parse(path, src)
}

// Parse is [Load] on text at hand; the name's ending tells HCL from JSON.
func Parse(name string, src []byte) (*Schema, error) {
	var file fileSchema
	if err := hclsimple.Decode(name, src, nil, &file); err != nil {
		return nil, fmt.Errorf("parse schema: %w", err)
	}
	s := Standard()
	for _, o := range file.Objects {
		if err := o.addTo(s); err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	return s, nil
}

func (o *fileObject) addTo(s *Schema) error {
	object := Object{Name: o.Name, Label: o.Label, LabelPlural: o.LabelPlural, Rules: o.rules()}
	for _, f := range o.Fields {
		field, err := f.field()
		if err != nil {
			return fmt.Errorf("object %s: field %q: %w", o.Name, f.Name, err)
		}
		object.Fields = append(object.Fields, field)
	}
	err := s.Add(object)
	if wrong, ok := errors.AsType[*fieldError](err); ok {
		return fmt.Errorf("%s: %w", place(o.Fields[wrong.field].Range), err)
	}
	if _, ok := errors.AsType[*ruleError](err); err != nil && !ok {
		return fmt.Errorf("%s: %w", place(o.Range), err)
	}
	return err
}

func (f *fileField) field() (Field, error) {
	targets, err := names(f.ReferenceTo)
	return Field{
		Name: f.Name, Label: f.Label, Type: Type(f.Type),
		Length: f.Length, Precision: f.Precision, Scale: f.Scale,
		Required: f.Required, Unique: f.Unique, CaseSensitive: f.CaseSensitive, ExternalID: f.ExternalID,
		Values: f.Values, Restricted: f.Restricted, Default: f.Default,
		ReferenceTo: targets, Format: f.Format, Returns: Type(f.Returns), Value: f.Value,
		Hidden: f.Hidden, ReadOnly: f.ReadOnly,
	}, err
}

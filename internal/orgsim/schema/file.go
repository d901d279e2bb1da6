package schema

import (
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2/hclsimple"
)

// fileSchema is the shape of a schema file, in HCL or in its JSON form:
//
//	object "Contact" {
//	  field "Onboarding_Status__c" {
//	    type   = "picklist"
//	    values = ["Not Started", "In Progress", "Done"]
//	  }
//	}
type fileSchema struct {
	Objects []fileObject `hcl:"object,block"`
}

type fileObject struct {
	Name        string      `hcl:"name,label"`
	Label       string      `hcl:"label,optional"`
	LabelPlural string      `hcl:"label_plural,optional"`
	Fields      []fileField `hcl:"field,block"`
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
	ReferenceTo   string   `hcl:"reference_to,optional"`
	Format        string   `hcl:"format,optional"`
	Returns       string   `hcl:"returns,optional"`
	Value         string   `hcl:"value,optional"`
	Hidden        bool     `hcl:"hidden,optional"`
	ReadOnly      bool     `hcl:"read_only,optional"`
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
		object := Object{Name: o.Name, Label: o.Label, LabelPlural: o.LabelPlural}
		for _, f := range o.Fields {
			object.Fields = append(object.Fields, f.field())
		}
		if err := s.Add(object); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	return s, nil
}

func (f *fileField) field() Field {
	return Field{
		Name: f.Name, Label: f.Label, Type: Type(f.Type),
		Length: f.Length, Precision: f.Precision, Scale: f.Scale,
		Required: f.Required, Unique: f.Unique, CaseSensitive: f.CaseSensitive, ExternalID: f.ExternalID,
		Values: f.Values, Restricted: f.Restricted, Default: f.Default,
		ReferenceTo: f.ReferenceTo, Format: f.Format, Returns: Type(f.Returns), Value: f.Value,
		Hidden: f.Hidden, ReadOnly: f.ReadOnly,
	}
}

package server

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// docsView is the OpenAPI document as the docs page shows it.
type docsView struct {
	Title, Version string
	Style          template.CSS
	Intro          []string // paragraphs
	Groups         []docsGroup
	Schemas        []docsSchema
}

type docsGroup struct {
	Name, Description string
	Operations        []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Description string
	Role                                   reportsync.Role
	Params                                 []docsProperty
	Body                                   *docsType
	Responses                              []docsResponse
}

type docsResponse struct {
	Status, Description string
	Types               []docsType
}

type docsSchema struct {
	Name       string
	Properties []docsProperty
}

// docsProperty is a parameter or a member of an object.
type docsProperty struct {
	Name, In, Description, Default string
	Required                       bool
	Type                           docsType
	Notes                          []string
}

// docsType is the type of a value in words; Ref is the schema that it links to, if any.
type docsType struct {
	Before, Ref, After string
}

func newDocsView(doc *huma.OpenAPI) docsView {
	v := docsView{Title: doc.Info.Title, Version: doc.Info.Version, Intro: strings.Split(doc.Info.Description, "\n\n")}
	for _, tag := range doc.Tags {
		v.Groups = append(v.Groups, docsGroup{Name: tag.Name, Description: tag.Description, Operations: docsOperations(doc, tag.Name)})
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		v.Schemas = append(v.Schemas, docsSchema{Name: name, Properties: docsProperties(schemas[name])})
	}
	return v
}

// docsOperations lists the operations of a group by path, in the order in which one works with an object.
func docsOperations(doc *huma.OpenAPI, tag string) []docsOperation {
	var ops []docsOperation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for _, op := range []*huma.Operation{item.Post, item.Get, item.Put, item.Delete} {
			if op != nil && slices.Contains(op.Tags, tag) {
				ops = append(ops, newDocsOperation(op))
			}
		}
	}
	return ops
}

func newDocsOperation(op *huma.Operation) docsOperation {
	d := docsOperation{
		ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description, Role: requiredRole(op),
	}
	for _, p := range op.Parameters {
		param := newDocsProperty(p.Name, p.Schema)
		param.In, param.Required = p.In, p.Required
		if p.Description != "" {
			param.Description = p.Description
		}
		d.Params = append(d.Params, param)
	}
	if op.RequestBody != nil {
		if media := op.RequestBody.Content["application/json"]; media != nil {
			t := newDocsType(media.Schema)
			d.Body = &t
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := docsResponse{Status: status, Description: op.Responses[status].Description}
		for _, contentType := range slices.Sorted(maps.Keys(op.Responses[status].Content)) {
			t := newDocsType(op.Responses[status].Content[contentType].Schema)
			t.After += " as " + contentType
			r.Types = append(r.Types, t)
		}
		d.Responses = append(d.Responses, r)
	}
	return d
}

func docsProperties(s *huma.Schema) []docsProperty {
	var all []docsProperty
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := newDocsProperty(name, s.Properties[name])
		p.Required = slices.Contains(s.Required, name)
		all = append(all, p)
	}
	return all
}

func newDocsProperty(name string, s *huma.Schema) docsProperty {
	p := docsProperty{Name: name, Description: s.Description, Type: newDocsType(s)}
	if s.Default != nil {
		p.Default = fmt.Sprint(s.Default)
	}
	enum := s.Enum
	if s.Items != nil {
		enum = append(enum, s.Items.Enum...)
	}
	if len(enum) > 0 {
		var values []string
		for _, e := range enum {
			values = append(values, fmt.Sprint(e))
		}
		p.Notes = append(p.Notes, "one of "+strings.Join(values, ", "))
	}
	if s.ReadOnly {
		p.Notes = append(p.Notes, "set by the daemon")
	}
	if s.WriteOnly {
		p.Notes = append(p.Notes, "never returned")
	}
	for _, example := range s.Examples {
		p.Notes = append(p.Notes, fmt.Sprintf("for example %v", example))
	}
	return p
}

func newDocsType(s *huma.Schema) docsType {
	switch {
	case s == nil:
		return docsType{}
	case s.Ref != "":
		return docsType{Ref: schemaName(s.Ref)}
	case len(s.AnyOf) > 0:
		t := newDocsType(s.AnyOf[0])
		t.After += " or null"
		return t
	case s.Items != nil:
		t := newDocsType(s.Items)
		t.Before = "list of " + t.Before
		return t
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		t := newDocsType(values)
		t.Before = "map to " + t.Before
		return t
	}
	t := docsType{Before: s.Type}
	if s.Format != "" {
		t.Before += " (" + s.Format + ")"
	}
	if s.Nullable {
		t.After = " or null"
	}
	return t
}

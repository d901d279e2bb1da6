package rest

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// relationship finds the reference field that a relationship name stands for.
func relationship(object *schema.Object, name string) (int, bool) {
	for i := range object.Fields {
		if f := &object.Fields[i]; f.RelationshipName != "" && strings.EqualFold(f.RelationshipName, name) {
			return object.Field(f.Name)
		}
	}
	return 0, false
}

// nested reads a parent that is named by key, as in "Account": {"Ext__c": "k"}
// (REST API guide: relate records by external id); null takes the link away. A
// member that is not called as a relationship is an unknown field.
func (r *rowReader) nested(object *schema.Object, m member) (store.Cell, *sferr.Error) {
	field, ok := relationship(object, m.name)
	if !ok {
		return store.Cell{}, sferr.UnknownField(m.name, object.Name)
	}
	cell := store.Cell{Field: field}
	if string(m.value) == "null" {
		return cell, nil
	}
	list, err := members(m.value)
	if err != nil {
		return cell, err
	}
	target, list, err := r.target(object, &object.Fields[field], list)
	if err != nil {
		return cell, err
	}
	if len(list) != 1 {
		names := make([]string, 0, len(list))
		for _, other := range list {
			names = append(names, other.name)
		}
		count := "More than 1"
		if len(list) == 0 {
			count = "No"
		}
		return cell, sferr.On(nil, "INVALID_FIELD", "%s field provided in an external foreign key reference in entity: %s: [%s]",
			count, target.Name, strings.Join(names, ", "))
	}
	key, ok := target.Field(list[0].name)
	if !ok {
		return cell, sferr.UnknownField(list[0].name, target.Name)
	}
	if !target.Fields[key].IDLookup() {
		return cell, sferr.NotIndexed(target.Fields[key].Name, target.Name)
	}
	text, err := value.FromJSON(&target.Fields[key], list[0].value, list[0].at)
	if err != nil {
		return cell, err
	}
	cell.Parent = &store.ParentKey{Object: target, Key: key, Text: text}
	return cell, nil
}

// target tells which object a nested parent is of, and takes its attributes off
// the list. A reference to several objects needs them, and before anything else.
func (r *rowReader) target(object *schema.Object, f *schema.Field, list []member) (*schema.Object, []member, *sferr.Error) {
	named := ""
	at := slices.IndexFunc(list, func(m member) bool { return m.name == attributesName })
	if at >= 0 {
		if named = typeOf(list[at].value); named == "" {
			return nil, nil, noAttributes()
		}
		list = slices.Delete(slices.Clone(list), at, at+1)
	}
	switch {
	case len(f.ReferenceTo) > 1 && (at != 0 || named == ""):
		return nil, nil, noAttributes()
	case named == "":
		named = f.ReferenceTo[0]
	}
	target, ok := r.schema.Object(named)
	if !ok {
		return nil, nil, sferr.UnsupportedType(named)
	}
	if !f.RefersTo(target.Name) {
		return nil, nil, sferr.On([]string{f.Name}, "INVALID_TYPE", "the relationship %s of %s does not lead to %s", f.RelationshipName, object.Name, target.Name)
	}
	return target, list, nil
}

func noAttributes() *sferr.Error {
	return sferr.On(nil, "JSON_PARSER_ERROR",
		"Objects of type sobject must have an attributes field before any other fields, with the type of the record")
}

package rest

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// member is one name and value of a JSON object, in the order of the text.
type member struct {
	name  string
	value json.RawMessage
	at    value.Position
}

// members reads a JSON object without losing its order or its literals. Fields
// have names of any case, so that one may not stand twice in two cases either.
func members(raw json.RawMessage) ([]member, *sferr.Error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	notObject := func() *sferr.Error {
		return sferr.On(nil, "JSON_PARSER_ERROR", "Cannot deserialize instance of sobject: a JSON object is expected at [line:1, column:%d]", decoder.InputOffset()+1)
	}
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, notObject()
	}
	var list []member
	seen := map[string]bool{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, notObject()
		}
		m := member{at: web.PositionOf(raw, decoder.InputOffset())}
		m.name, _ = name.(string) // names are strings: the decoder sees to it
		folded := strings.ToLower(m.name)
		if seen[folded] {
			return nil, web.DuplicateMember(m.name, m.at)
		}
		seen[folded] = true
		if err := decoder.Decode(&m.value); err != nil {
			return nil, notObject()
		}
		list = append(list, m)
	}
	return list, nil
}

// rowReader turns JSON rows into mutations of one request.
type rowReader struct {
	schema *schema.Schema // what the user may see
	op     store.Op
	object *schema.Object // of the path; nil where each row names its own
	key    int            // of upserts
}

// read parses one row of a collection. Whatever is wrong with it becomes the
// row's own error.
func (r *rowReader) read(raw json.RawMessage) store.Mutation {
	list, err := members(raw)
	if err != nil {
		return r.refused(err)
	}
	object, err := r.objectOf(list)
	if err != nil {
		return r.refused(err)
	}
	return r.row(object, list)
}

// single parses the row of a call whose path names the object; attributes may
// name it again.
func (r *rowReader) single(list []member) store.Mutation {
	for _, m := range list {
		if m.name == attributesName {
			if _, err := r.objectOf(list); err != nil {
				return r.refused(err)
			}
		}
	}
	return r.row(r.object, list)
}

func (r *rowReader) refused(err *sferr.Error) store.Mutation {
	return store.Mutation{Op: r.op, Object: r.object, Refused: err}
}

// row builds the mutation of a row whose object is known.
func (r *rowReader) row(object *schema.Object, list []member) store.Mutation {
	m := store.Mutation{Op: r.op, Object: object, Key: r.key}
	for _, field := range list {
		if field.name == attributesName {
			continue
		}
		index, ok := object.Field(field.name)
		if !ok {
			cell, err := r.nested(object, field)
			if err != nil {
				return r.refused(err)
			}
			m.Cells = append(m.Cells, cell)
			continue
		}
		f := &object.Fields[index]
		text, err := value.FromJSON(f, field.value, field.at)
		if err != nil {
			return r.refused(err)
		}
		if f.Type == schema.ID {
			if err := r.setID(&m, text); err != nil {
				return r.refused(err)
			}
			continue
		}
		m.Cells = append(m.Cells, store.Cell{Field: index, Text: text})
	}
	return m
}

// setID takes the id of a row; an insert must not have one.
func (r *rowReader) setID(m *store.Mutation, id string) *sferr.Error {
	byID := r.op == store.Upsert && m.Object.Fields[r.key].Type == schema.ID
	if r.op == store.Update || byID {
		m.ID = id
		return nil
	}
	if id == "" {
		return nil
	}
	return sferr.On([]string{"Id"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call")
}

// attributesName is the member that says of which type a record is. It is no
// field: its name has one case.
const attributesName = "attributes"

// typeOf is the type that attributes name, or nothing. Clients send back the
// attributes they were given, which have more members.
func typeOf(attributes json.RawMessage) (name string) {
	list, _ := members(attributes)
	for _, m := range list {
		if m.name == "type" && json.Unmarshal(m.value, &name) != nil {
			return ""
		}
	}
	return name
}

// objectOf reads the row's attributes. They may stand anywhere in the row.
func (r *rowReader) objectOf(list []member) (*schema.Object, *sferr.Error) {
	for _, m := range list {
		if m.name != attributesName {
			continue
		}
		named := typeOf(m.value)
		if named == "" {
			break
		}
		object, ok := r.schema.Object(named)
		if !ok {
			return nil, sferr.UnsupportedType(named)
		}
		if r.object != nil && object != r.object {
			return nil, sferr.On(nil, "INVALID_TYPE", "the row is of type %s, the request of type %s", object.Name, r.object.Name)
		}
		return object, nil
	}
	return nil, noAttributes()
}

package bulk

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// column is one header of an upload.
type column struct {
	name   string
	field  int  // of the job's object; -1 where the header is of no field
	exact  bool // spelt as the API name is: only then do results show its values
	parent *parentKey
}

// parentKey makes a column name a parent record by a key of its own, as
// Account.Ext__c and Lead:Who.Email do.
type parentKey struct {
	object *schema.Object
	key    int // field of object
}

// resolve turns headers into columns and returns why the job fails, or "". A name
// of no field fails it, be it unknown, hidden, or the first one behind a byte
// order mark.
func (j *ingestJob) resolve(s *schema.Schema, names []string) (columns []column, refusal string) {
	if j.beyondIDs(names) {
		refusal = "InvalidBatch : The '" + j.operation + "' batch must contain only ids"
	}
	refuse := func(text string) {
		if refusal == "" {
			refusal = text
		}
	}
	seen := map[int]bool{}
	for _, name := range names {
		c := j.column(s, name)
		switch {
		case c.field < 0:
			refuse("InvalidBatch : Field name not found : " + name)
		case seen[c.field]:
			// A link may stand there by id or by key, not both.
			refuse("InvalidBatch : Duplicate field name : " + name)
		}
		seen[c.field] = true
		columns = append(columns, c)
	}
	if j.op == store.Upsert && !seen[j.key] && names != nil {
		refuse("InvalidBatch : Field name not found : " + j.externalID)
	}
	return columns, refusal
}

// beyondIDs tells whether the job deletes by a header of other names than Id.
func (j *ingestJob) beyondIDs(names []string) bool {
	if j.op != store.Delete && j.op != store.HardDelete || names == nil {
		return false
	}
	return len(names) != 1 || !strings.EqualFold(names[0], "Id")
}

func (j *ingestJob) column(s *schema.Schema, name string) column {
	if field, ok := j.object.Field(name); ok {
		return column{name: name, field: field, exact: j.object.Fields[field].Name == name}
	}
	relation, key, dotted := strings.Cut(name, ".")
	if !dotted { // with two dots, the key is no field's name: one level up and no further
		return column{name: name, field: -1}
	}
	target, relation, typed := cutType(relation)
	for i := range j.object.Fields {
		f := &j.object.Fields[i]
		if !strings.EqualFold(f.RelationshipName, relation) {
			continue
		}
		if _, visible := j.object.Field(f.Name); !visible {
			continue
		}
		if !typed && len(f.ReferenceTo) == 1 {
			target = f.ReferenceTo[0]
		}
		if !f.RefersTo(target) {
			break // a reference to several objects needs the one that is meant
		}
		return parentColumn(s, name, i, target, key, f.RelationshipName == relation)
	}
	return column{name: name, field: -1}
}

// cutType splits the object off a polymorphic header such as Lead:Who.
func cutType(relation string) (object, rest string, typed bool) {
	if before, after, ok := strings.Cut(relation, ":"); ok {
		return before, after, true
	}
	return "", relation, false
}

// parentColumn is the column that finds the parent by its key, which must be an
// indexed lookup field (Bulk API 2.0 guide: relationship fields in a header row).
func parentColumn(s *schema.Schema, name string, field int, target, key string, exact bool) column {
	object, ok := s.Object(target)
	if !ok {
		return column{name: name, field: -1}
	}
	at, ok := object.Field(key)
	if !ok || !object.Fields[at].IDLookup() || object.Fields[at].Type == schema.ID {
		return column{name: name, field: -1}
	}
	if before, _, typed := strings.Cut(name, ":"); typed {
		exact = exact && before == object.Name
	}
	return column{
		name: name, field: field, exact: exact && object.Fields[at].Name == key,
		parent: &parentKey{object: object, key: at},
	}
}

// printed is the field by whose type results print the column again.
func (c *column) printed(o *schema.Object) *schema.Field {
	switch {
	case c.parent != nil:
		return &c.parent.object.Fields[c.parent.key]
	case c.field >= 0:
		return &o.Fields[c.field]
	}
	return nil
}

// value reads a cell that is not empty; #N/A empties the field.
func (c *column) value(f *schema.Field, cell string, at int) (string, *sferr.Error) {
	if cell == value.Null {
		return "", value.Clearable(f)
	}
	return value.FromCSV(f, cell, at)
}

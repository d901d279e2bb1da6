package tooling

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// The objects of the catalog.
const (
	entityDefinition = "EntityDefinition"
	fieldDefinition  = "FieldDefinition"
	customField      = "CustomField"
)

// catalog holds a record for each object and field of the org.
type catalog struct {
	org     *store.DB // whose schema it follows
	records *store.DB

	mu       sync.Mutex
	followed *schema.Schema      // that the records tell of
	ids      map[entry]string    // of the records
	fields   map[string]place    // of the CustomField records, by id
	defined  map[place]*metadata // as sent, of the fields made or changed here
}

// place is where a field stands: places never change, so that a field that was
// removed and made again is another one.
type place struct {
	object string
	field  int
}

// entry is what one record tells of.
type entry struct {
	kind string
	place
}

func newCatalog(config Config) (*catalog, error) {
	records, err := store.New(schema.Tooling(), config.Pod, config.Now)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what was set up
	}
	c := &catalog{org: config.DB, records: records, ids: map[entry]string{}, fields: map[string]place{}, defined: map[place]*metadata{}}
	c.follow()
	return c, nil
}

// follow brings the records up to date with the schema, and returns it.
func (c *catalog) follow() *schema.Schema {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.org.Schema()
	if c.followed == s {
		return s
	}
	for _, o := range s.Objects() {
		entity := c.keep(entry{entityDefinition, place{o.Name, -1}}, o.EntityDefinition())
		for i := range o.Fields {
			f := &o.Fields[i]
			definition, custom := entry{fieldDefinition, place{o.Name, i}}, entry{customField, place{o.Name, i}}
			if f.Removed() {
				c.drop(definition)
				c.drop(custom)
				continue
			}
			c.keep(definition, definitionOf(o, f, entity))
			if f.Custom() {
				c.fields[c.keep(custom, customFieldOf(o, f, entity))] = custom.place
			}
		}
	}
	c.followed = s
	return s
}

// keep makes the record of an entry, or updates it, and returns its id.
func (c *catalog) keep(e entry, values map[string]string) string {
	id, known := c.ids[e]
	op := store.Insert
	if known {
		op = store.Update
	}
	id = c.apply(op, e.kind, id, values)
	c.ids[e] = id
	return id
}

func (c *catalog) drop(e entry) {
	if id, known := c.ids[e]; known {
		c.apply(store.Delete, e.kind, id, nil)
		delete(c.ids, e)
		delete(c.fields, id)
	}
}

func (c *catalog) apply(op store.Op, kind, id string, values map[string]string) string {
	object, _ := c.records.Schema().Object(kind) // schema.Tooling has it
	m := store.Mutation{Op: op, Object: object, ID: id}
	for name, text := range values {
		field, _ := object.AnyField(name) // likewise
		m.Cells = append(m.Cells, store.Cell{Field: field, Text: text})
	}
	outcome := c.records.Apply(store.Actor{By: "user", System: true, Loading: true}, true, []store.Mutation{m})[0]
	if outcome.Err != nil {
		panic(fmt.Errorf("catalog %s: %w", kind, outcome.Err)) // what a schema holds fits its own catalog
	}
	return outcome.ID
}

// idOf is the id of a custom field's record; ok is false where there is none.
func (c *catalog) idOf(p place) (id string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok = c.ids[entry{customField, p}]
	return id, ok
}

// define keeps a definition as it was sent.
func (c *catalog) define(p place, m *metadata) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.defined[p] = m
}

// definition is that of a field in place p.
func (c *catalog) definition(p place, f *schema.Field) *metadata {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m, ok := c.defined[p]; ok {
		return m
	}
	return metadataOf(f)
}

// related is the custom field, other than that in place p, whose relationship to
// the parent bears the name, as a full name; empty if there is none.
func (c *catalog) related(parent, name string, p place) string {
	for _, o := range c.follow().Objects() {
		for i := range o.Fields {
			f := &o.Fields[i]
			at := place{o.Name, i}
			if at == p || !f.Custom() || f.Type != schema.Reference || !f.RefersTo(parent) {
				continue
			}
			if m := c.definition(at, f); strings.EqualFold(of(m.RelationshipName), name) {
				return owner(o) + "." + f.Name
			}
		}
	}
	return ""
}

// find is the place of the custom field that a record tells of.
func (c *catalog) find(id string) (place, bool) {
	full, err := recordid.Parse(id)
	if err != nil {
		return place{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.fields[full]
	return p, ok
}

func definitionOf(o *schema.Object, f *schema.Field, entity string) map[string]string {
	values := sizes(f)
	maps.Copy(values, map[string]string{
		"EntityDefinitionId": o.Name, "EntityDefinitionRecordId": entity, "DurableId": o.Name + "." + f.Name,
		"QualifiedApiName": f.Name, "DeveloperName": strings.TrimSuffix(f.Name, "__c"), "MasterLabel": f.Label, "Label": f.Label,
		"DataType": dataType(f), "IsNillable": strconv.FormatBool(f.Nillable()), "IsCalculated": strconv.FormatBool(f.Type == schema.Formula),
		"IsIndexed": strconv.FormatBool(f.Indexed()), "IsNameField": strconv.FormatBool(f.NameField()), "RelationshipName": f.RelationshipName,
	})
	return values
}

func customFieldOf(o *schema.Object, f *schema.Field, entity string) map[string]string {
	values := sizes(f)
	maps.Copy(values, map[string]string{
		"EntityDefinitionId": o.Name, "EntityDefinitionRecordId": entity, "TableEnumOrId": owner(o),
		"DeveloperName": strings.TrimSuffix(f.Name, "__c"), "FullName": owner(o) + "." + f.Name, "ManageableState": "unmanaged",
	})
	return values
}

// sizes are those that the field's type has.
func sizes(f *schema.Field) map[string]string {
	switch f.Kind() {
	case schema.Number, schema.Currency, schema.Percent, schema.Int:
		return map[string]string{"Precision": strconv.Itoa(f.Precision), "Scale": strconv.Itoa(f.Scale)}
	case schema.Checkbox, schema.Date, schema.DateTime, schema.Time, schema.Reference, schema.ID:
		return map[string]string{}
	default:
		return map[string]string{"Length": strconv.Itoa(f.Length)}
	}
}

package store

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// relation is a lookup of the queried object by which a query goes up to the
// parent.
type relation struct {
	name    string           // relationship name
	lookup  int              // the lookup's place in the queried object
	targets []*schema.Object // several where the lookup is polymorphic
	queues  bool             // it leads to owners that could be queues, which the simulator lacks: polymorphic too
}

// nameEntity is the entity that stands for the parents of a polymorphic lookup;
// it has nameFields and no others (SOAP API guide: Name).
const nameEntity = "Name"

var nameFields = []string{"Id", "Name", "FirstName", "LastName", "Title", "Email", "Phone", "Username", "Alias", "IsActive"}

// entityField is what a polymorphic lookup's parents have besides: the name of
// their object (SOQL reference: polymorphic relationships).
var entityField = schema.Field{Name: "Type", Label: "Type", Type: schema.Picklist, Length: 40} //nolint:gochecknoglobals // never changed

// ownedByQueues reports whether a queue may own the object's records.
func ownedByQueues(o *schema.Object) bool {
	return o.Custom() || slices.Contains([]string{"Case", "Lead", "Task"}, o.Name)
}

// entity is the name by which answers call the relation's parents.
func (r *relation) entity() string {
	if len(r.targets) > 1 {
		return nameEntity
	}
	return r.targets[0].Name
}

// place is where a query finds a value: in a field of the record itself or of
// the parent that a relation leads to.
type place struct {
	field    *schema.Field // how the value is read, compared and printed
	relation int           // -1: the record itself
	at       int           // the field's place in its object
	others   []int         // its places in the further targets of a polymorphic lookup
	entity   bool          // not a field: the name of the parent's object
}

// in is the field's place in one target of the relation.
func (p *place) in(target int) int {
	if target == 0 {
		return p.at
	}
	return p.others[target-1]
}

// relation finds a relationship of the object that the user may see, and keeps
// each that a query uses once.
func (b *binder) relation(name string) (int, bool) {
	for i := range b.relations {
		if strings.EqualFold(b.relations[i].name, name) {
			return i, true
		}
	}
	for i := range b.object.Fields {
		f := &b.object.Fields[i]
		if f.Type != schema.Reference || !strings.EqualFold(f.RelationshipName, name) {
			continue
		}
		if at, ok := b.find(b.object, f.Name); !ok || at != i {
			continue
		}
		r := relation{name: f.RelationshipName, lookup: i, queues: f.Name == "OwnerId" && ownedByQueues(b.object)}
		for _, target := range f.ReferenceTo {
			if object, ok := b.view.Object(target); ok {
				r.targets = append(r.targets, object)
			}
		}
		if len(r.targets) > 0 {
			b.relations = append(b.relations, r)
			return len(b.relations) - 1, true
		}
	}
	return 0, false
}

// parentField finds a field of the parents; all of a polymorphic lookup's
// targets must have it.
func (b *binder) parentField(relation int, name soql.Name, field string) (place, error) {
	r := &b.relations[relation]
	p := place{relation: relation}
	if strings.EqualFold(field, entityField.Name) && (len(r.targets) > 1 || r.queues) {
		p.field, p.entity = &entityField, true
		return p, nil
	}
	missing := func() (place, error) { return place{}, b.noSuchColumn(name, field, r.entity()) }
	if len(r.targets) > 1 && !slices.ContainsFunc(nameFields, func(f string) bool { return strings.EqualFold(f, field) }) {
		return missing()
	}
	for i, target := range r.targets {
		at, ok := b.find(target, field)
		if !ok {
			return missing()
		}
		if i == 0 {
			p.at, p.field = at, &target.Fields[at]
			continue
		}
		p.others = append(p.others, at)
	}
	return p, nil
}

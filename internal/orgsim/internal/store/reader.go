package store

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// filter is a bound condition with all that is needed to judge rows by it.
type filter struct {
	relations []relation
	spans     []span
	where     predicate // nil: every row holds
}

// newFilter binds the condition of a query as the administrator sees its object,
// for rules that are judged by one. A refusal is a [*soql.Error].
func newFilter(s *schema.Schema, object *schema.Object, q *soql.Query) (*filter, error) {
	b := &binder{query: q, view: s, administrator: true, object: object}
	where, err := b.condition(q.Where)
	if err != nil {
		return nil, err
	}
	return &filter{relations: b.relations, spans: b.spans, where: where}, nil
}

// reader reads values of rows and of their parents. It is made and used while
// the database is locked.
type reader struct {
	db        *DB
	deleted   bool // parents in the recycle bin count too
	relations []relation
	tables    [][]*table // by relation and target
	spans     []bounds
}

func (f *filter) reader(db *DB, deleted bool) *reader {
	r := &reader{db: db, deleted: deleted, relations: f.relations}
	for i := range f.relations {
		tables := make([]*table, 0, len(f.relations[i].targets))
		for _, target := range f.relations[i].targets {
			tables = append(tables, db.tables[target.Name])
		}
		r.tables = append(r.tables, tables)
	}
	now := db.now()
	for i := range f.spans {
		r.spans = append(r.spans, f.spans[i].bounds(now))
	}
	return r
}

// holds judges one row.
func (f *filter) holds(r *reader, row Row) bool { return f.where == nil || f.where(r, row) }

// text is the value at a place; empty, too, where there is no parent.
func (r *reader) text(p *place, row Row) string {
	if p.relation < 0 {
		return row.At(p.at)
	}
	parent, target := r.parent(p.relation, row)
	if p.entity && parent != "" {
		return r.relations[p.relation].targets[target].Name
	}
	return parent.At(p.in(target))
}

// parent finds the row that a relation leads to, and which of its targets that
// is of. A parent in the recycle bin is none, but for queries that see those.
func (r *reader) parent(relation int, row Row) (parent Row, target int) {
	id := row.At(r.relations[relation].lookup)
	if id == "" {
		return "", 0
	}
	for i, t := range r.tables[relation] {
		if number, ok := r.db.find(t, id); ok {
			if parent = t.rows[number]; t.deleted(parent) && (!r.deleted || t.erased(parent)) {
				return "", 0
			}
			return parent, i
		}
	}
	return "", 0
}

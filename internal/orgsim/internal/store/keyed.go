package store

import (
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// keyed is what every match must satisfy and the indexes can answer: one of some
// fields, of the record or of its parent, equal to one of some values.
type keyed struct {
	any []*keyed // of OR; the rest is empty then

	isID   bool
	field  int      // an indexed field of the record
	values []string // stored form; folded where the index folds

	relation int    // of a parent's field: its relation; field is the lookup then
	parent   *keyed // and what the parent must satisfy

	rows int // how many rows a value may have, roughly: 0 is one at most
}

// keyed looks for such a term: the condition itself, the best one of those joined
// by AND, or all of those joined by OR. It is only called on conditions that have
// been bound without error.
func (b *binder) keyed(e soql.Expr) *keyed {
	switch e := e.(type) {
	case soql.And:
		var best *keyed
		for _, term := range e.Terms {
			if k := b.keyed(term); k != nil && (best == nil || k.rows < best.rows) {
				best = k
			}
		}
		return best
	case soql.Or:
		return b.keyedByAny(e.Terms)
	case soql.Compare:
		if e.Op == soql.Equal {
			return b.keyedBy(e.Field, []soql.Literal{e.Value})
		}
	case soql.In:
		if !e.Negated {
			return b.keyedBy(e.Field, e.Values)
		}
	}
	return nil
}

func (b *binder) keyedByAny(terms []soql.Expr) *keyed {
	union := &keyed{}
	for _, term := range terms {
		k := b.keyed(term)
		if k == nil {
			return nil
		}
		union.any = append(union.any, k)
		union.rows = max(union.rows, k.rows)
	}
	return union
}

func (b *binder) keyedBy(name soql.Name, literals []soql.Literal) *keyed {
	p, err := b.place(name)
	if err != nil || p.field.Type != schema.ID && !p.field.Indexed() {
		return nil
	}
	k := &keyed{field: p.at, isID: p.field.Type == schema.ID, rows: 1}
	if k.isID || p.field.Unique {
		k.rows = 0
	}
	for _, lit := range literals {
		text, err := b.literal(p.field, lit)
		if err != nil || text == "" {
			return nil // nulls are not in the index
		}
		if !k.isID {
			text = fold(text)
		}
		k.values = append(k.values, text)
	}
	if p.relation < 0 {
		return k
	}
	r := &b.relations[p.relation]
	if len(r.targets) > 1 || !b.object.Fields[r.lookup].Indexed() {
		return nil
	}
	return &keyed{field: r.lookup, relation: p.relation, parent: k, rows: k.rows + 1}
}

// candidates lists the rows that have one of the values, each once and in order.
// It fails where a field has lost its index since the query was bound.
func (k *keyed) candidates(r *reader, t *table) ([]int, bool) {
	rows, ok := k.find(nil, r, t)
	slices.Sort(rows)
	return slices.Compact(rows), ok
}

func (k *keyed) find(into []int, r *reader, t *table) ([]int, bool) {
	for _, term := range k.any {
		var ok bool
		if into, ok = term.find(into, r, t); !ok {
			return nil, false
		}
	}
	if k.isID {
		for _, id := range k.values {
			if row, ok := r.db.find(t, id); ok {
				into = append(into, row)
			}
		}
		return into, true
	}
	if k.any != nil {
		return into, true
	}
	x := t.indexes[k.field]
	if x == nil {
		return nil, false
	}
	values := k.values
	if k.parent != nil {
		parents := r.tables[k.relation][0]
		numbers, ok := k.parent.candidates(r, parents)
		if !ok {
			return nil, false
		}
		for _, number := range numbers {
			values = append(values, fold(r.db.idOf(parents, number)))
		}
	}
	for _, text := range values {
		into = x.rows(into, text)
	}
	return into, true
}

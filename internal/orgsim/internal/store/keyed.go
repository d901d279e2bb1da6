package store

import (
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// keyed is a term that every match must satisfy and that an index can answer: a
// field equal to one of these values.
type keyed struct {
	field  int
	isID   bool
	values []string // stored form; folded where the index folds
}

// keyed looks for such a term: the condition itself, or one joined by AND. It
// is only called on conditions that have been bound without error.
func (b *binder) keyed(e soql.Expr) *keyed {
	switch e := e.(type) {
	case soql.And:
		for _, term := range e.Terms {
			if k := b.keyed(term); k != nil {
				return k
			}
		}
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

func (b *binder) keyedBy(name soql.Name, literals []soql.Literal) *keyed {
	field, err := b.field(name)
	if err != nil {
		return nil
	}
	f := &b.object.Fields[field]
	k := &keyed{field: field, isID: f.Type == schema.ID}
	if !k.isID && !f.Indexed() {
		return nil
	}
	for _, lit := range literals {
		text, err := b.literal(f, lit)
		if err != nil || text == "" {
			return nil // nulls are not in the index
		}
		if !k.isID {
			text = fold(text)
		}
		k.values = append(k.values, text)
	}
	return k
}

// candidates lists the rows that have one of the values, each once and in order.
func (k *keyed) candidates(db *DB, t *table) []int {
	var rows []int
	for _, text := range k.values {
		if k.isID {
			if row, ok := db.find(t, text); ok {
				rows = append(rows, row)
			}
			continue
		}
		rows = t.indexes[k.field].rows(rows, text)
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

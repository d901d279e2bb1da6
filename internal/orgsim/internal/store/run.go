package store

import (
	"iter"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
)

// Select binds a query and runs it.
func (db *DB) Select(q *soql.Query, scope Scope) (*Result, error) {
	plan, err := db.Bind(q, scope)
	if err != nil {
		return nil, err
	}
	return db.Run(plan), nil
}

// Run executes a bound query. Without ORDER BY records come in the order of
// their ids.
func (db *DB) Run(p *Plan) *Result {
	defer db.shared()()
	r := p.reader(db, p.deleted)
	t := db.tables[p.Object.Name]
	switch {
	case p.query.Count:
		return p.total(r, t)
	case len(p.counts) > 0:
		return p.counted(r, t)
	default:
		return p.found(r, t)
	}
}

// total answers COUNT(), which counts what the same query would find.
func (p *Plan) total(r *reader, t *table) *Result {
	count, enough := 0, p.enough(t)
	for range p.matches(r, t) {
		if count >= enough {
			break
		}
		count++
	}
	result := p.Outline()
	result.Total = max(count-p.query.Offset, 0)
	return result
}

func (p *Plan) counted(r *reader, t *table) *Result {
	result := p.Outline()
	result.Total = 1
	for row := range p.matches(r, t) {
		for i := range p.counts {
			if r.text(&p.counts[i].column.place, row) != "" {
				result.Counts[i].Count++
			}
		}
	}
	return result
}

func (p *Plan) found(r *reader, t *table) *Result {
	enough := len(t.rows)
	if len(p.order) == 0 {
		enough = p.enough(t)
	}
	rows := p.sorted(r, p.gather(r, t, enough))
	rows = rows[min(p.query.Offset, len(rows)):]
	if p.query.Limit >= 0 {
		rows = rows[:min(p.query.Limit, len(rows))]
	}
	result := p.Outline()
	result.Rows, result.Total = rows, len(rows)
	result.keepParents(r)
	return result
}

// few is how many rows are found before there may be as many as the table has.
// Memory that is set aside for rows and not used costs nothing; to copy a million
// of them each time there are a few more costs more than to find them.
const few = 1_000

// gather lists the first matches.
func (p *Plan) gather(r *reader, t *table, enough int) []Row {
	var rows []Row
	for row := range p.matches(r, t) {
		if len(rows) >= enough {
			break
		}
		if len(rows) == few {
			rows = slices.Grow(rows, min(enough, len(t.rows))-few)
		}
		rows = append(rows, row)
	}
	if cap(rows) > 2*len(rows) {
		return slices.Clone(rows) // cursors and jobs keep it for long
	}
	return rows
}

// enough is how many matches answer the query where their order does not matter.
func (p *Plan) enough(t *table) int {
	if p.query.Limit < 0 || p.query.Limit > len(t.rows) {
		return len(t.rows)
	}
	return p.query.Limit + p.query.Offset
}

// matches goes through the rows that the query finds, by an index where it can.
func (p *Plan) matches(r *reader, t *table) iter.Seq[Row] {
	holds := func(row Row) bool { return (!t.deleted(row) || p.deleted && !t.erased(row)) && p.holds(r, row) }
	if p.keyed != nil {
		if numbers, ok := p.keyed.candidates(r, t); ok {
			return func(yield func(Row) bool) {
				for _, number := range numbers {
					if row := t.rows[number]; holds(row) && !yield(row) {
						return
					}
				}
			}
		}
	}
	return func(yield func(Row) bool) {
		for _, row := range t.rows {
			if holds(row) && !yield(row) {
				return
			}
		}
	}
}

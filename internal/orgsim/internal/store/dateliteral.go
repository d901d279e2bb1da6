package store

import (
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// span is a date literal of a bound condition. What it stands for is settled
// when the condition is used, since that may be days later.
type span struct {
	literal soql.Literal
	kind    schema.Type // Date or DateTime
}

// bounds are a span's ends in stored form: from the first value inside up to the
// first one outside.
type bounds struct{ from, until string }

func (s *span) bounds(now time.Time) bounds {
	from, until := s.literal.Span(now)
	if s.kind == schema.Date {
		return bounds{from: from.Format(time.DateOnly), until: until.Format(time.DateOnly)}
	}
	return bounds{from: value.FormatTime(from), until: value.FormatTime(until)}
}

// compareSpan compares a date or datetime with a date literal: it is equal to the
// literal where it lies inside, less before and greater after (SOQL reference:
// date formats and date literals).
func (b *binder) compareSpan(p *place, c soql.Compare) (predicate, error) {
	kind := p.field.Kind()
	if kind != schema.Date && kind != schema.DateTime {
		return nil, b.wrongType(p.field, c.Value)
	}
	index := len(b.spans)
	b.spans = append(b.spans, span{literal: c.Value, kind: kind})
	test := map[soql.Op]func(text string, b bounds) bool{
		soql.Equal:        func(text string, b bounds) bool { return text >= b.from && text < b.until },
		soql.NotEqual:     func(text string, b bounds) bool { return text < b.from || text >= b.until },
		soql.Less:         func(text string, b bounds) bool { return text < b.from },
		soql.LessEqual:    func(text string, b bounds) bool { return text < b.until },
		soql.Greater:      func(text string, b bounds) bool { return text >= b.until },
		soql.GreaterEqual: func(text string, b bounds) bool { return text >= b.from },
	}[c.Op]
	return func(r *reader, row Row) bool {
		text := r.text(p, row)
		if text == "" { // as with any other value: null is unequal, and on neither side
			return c.Op == soql.NotEqual
		}
		return test(text, r.spans[index])
	}, nil
}

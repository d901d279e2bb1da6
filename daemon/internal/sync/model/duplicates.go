package model

import (
	"cmp"
	"math/big"
	"slices"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// duplicates leaves one row of those with the same key. Rows that all say the same are as good as one. Of rows that
// differ the policy uses the first, the last, or none; what is wrong with a row does not keep it from being the one
// that the policy means, because an older row is no better for it.
func (e *expecting) duplicates() {
	groups := map[string][]*row{}
	for _, r := range e.rows {
		if r.outcome == nil {
			groups[e.key.fold(r.key)] = append(groups[e.key.fold(r.key)], r)
		}
	}
	for i, r := range e.rows {
		r.same = i
	}
	for _, group := range groups {
		for i, r := range group {
			first := slices.IndexFunc(group[:i], r.sameAs)
			if first >= 0 {
				r.same = group[first].same
			}
		}
		used := e.chosen(group)
		for _, r := range group {
			switch {
			case r == used:
			case used == nil:
				r.end(reportsync.Duplicate, reportsync.RowKeyDuplicate)
			case r.sameAs(used):
				r.end(reportsync.Duplicate, reportsync.RowRepeated)
			default:
				r.end(reportsync.Duplicate, reportsync.RowSuperseded)
			}
		}
	}
	for _, r := range e.rows {
		if r.invalid != "" {
			r.end(reportsync.Malformed, r.invalid)
		}
	}
}

// chosen returns the row that is used of those with a key, nil for none.
func (e *expecting) chosen(group []*row) *row {
	if column := e.Spec.OrderBy(); column != "" {
		group = slices.Clone(group)
		slices.SortStableFunc(group, e.order(column))
	}
	first, last := group[0], group[len(group)-1]
	switch e.Spec.Keeps() {
	case reportsync.KeepFirst:
		return first
	case reportsync.KeepLast:
		return last
	case reportsync.KeepReject:
	}
	for _, r := range group[1:] {
		if !r.sameAs(first) {
			return nil
		}
	}
	return first
}

// order returns how a column orders rows: as numbers or times where all of its cells are, else as text. An empty cell
// comes before all others.
func (e *expecting) order(column string) func(a, b *row) int {
	numbers, times := true, true
	for _, r := range e.rows {
		if cell := trim(r.cells[column]); cell != "" {
			_, isNumber := number(cell)
			_, isTime := when(cell)
			numbers, times = numbers && isNumber, times && isTime
		}
	}
	return func(x, y *row) int {
		a, b := trim(x.cells[column]), trim(y.cells[column])
		switch {
		case a == "" || b == "":
			return cmp.Compare(len(a), len(b))
		case numbers:
			m, _ := number(a)
			n, _ := number(b)
			return m.Cmp(n)
		case times:
			m, _ := when(a)
			n, _ := when(b)
			return m.Compare(n)
		}
		return cmp.Compare(a, b)
	}
}

func number(cell string) (*big.Rat, bool) {
	if !decimal.MatchString(cell) {
		return nil, false
	}
	return new(big.Rat).SetString(cell)
}

// when reads a date as its first moment.
func when(cell string) (time.Time, bool) {
	if day, ok := date(cell, reportsync.Mapping{}); ok {
		cell = day + " 00:00:00"
	}
	stored, ok := moment(cell, reportsync.Mapping{})
	at, err := time.Parse(storedMoment, stored)
	return at, ok && err == nil
}

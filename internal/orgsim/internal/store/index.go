package store

import (
	"slices"
	"strings"
)

// index finds rows by a field's folded value. Most keys have one row, so the
// first one is kept without a slice of its own.
type index struct {
	one  map[string]int32
	more map[string][]int32
}

func newIndex() *index {
	return &index{one: map[string]int32{}, more: map[string][]int32{}}
}

func (x *index) add(text string, row int) {
	if text == "" {
		return
	}
	key := fold(text)
	number := int32(row) //nolint:gosec // memory ends long before two thousand million rows
	if _, taken := x.one[key]; !taken {
		x.one[key] = number
		return
	}
	x.more[key] = append(x.more[key], number)
}

func (x *index) remove(text string, row int) {
	if text == "" {
		return
	}
	key := fold(text)
	number := int32(row) //nolint:gosec // as in add
	more := x.more[key]
	if x.one[key] != number {
		if i := slices.Index(more, number); i >= 0 {
			x.setMore(key, slices.Delete(more, i, i+1))
		}
		return
	}
	if len(more) == 0 {
		delete(x.one, key)
		return
	}
	x.one[key] = more[0]
	x.setMore(key, more[1:])
}

func (x *index) setMore(key string, rows []int32) {
	if len(rows) == 0 {
		delete(x.more, key)
		return
	}
	x.more[key] = rows
}

// rows appends the rows that have the folded value.
func (x *index) rows(into []int, key string) []int {
	first, ok := x.one[key]
	if !ok {
		return into
	}
	into = append(into, int(first))
	for _, row := range x.more[key] {
		into = append(into, int(row))
	}
	return into
}

// fold is the form in which SOQL compares text: without regard to case.
func fold(text string) string { return strings.ToLower(text) }

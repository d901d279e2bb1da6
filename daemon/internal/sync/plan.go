package sync

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// writePlan is what is to be written, and how.
type writePlan struct {
	lists   []*writeList
	seed    maphash.Seed
	calls   int64 // that writing is to cost
	looks   int64 // at Bulk jobs that Salesforce works on, a call each, which it is likely to cost besides
	batches int64 // Bulk batches that writing is to use
	left    remaining
}

// writeList is records that are written by the same verb.
type writeList struct {
	verb  salesforce.Operation
	route reportsync.WriteRoute
	units []unit
}

// unit is one record to be written: a row, and which of its records if it has several. Units with the same parent
// stand together.
type unit struct {
	parent uint32 // hash of the record's parent, 0 for none
	row    uint32
	member uint32
}

// newWritePlan makes an empty plan: one list for records that exist or are not looked at, one for those to be created.
func newWritePlan(t *target, op reportsync.Operation, direct bool) *writePlan {
	onto, create := &writeList{verb: salesforce.OperationUpdate}, &writeList{verb: salesforce.OperationInsert}
	if t.createsByKey(op) {
		create.verb = salesforce.OperationUpsert // which can be repeated without creating twice
		if direct {
			onto.verb = salesforce.OperationUpsert
		}
	}
	return &writePlan{seed: maphash.MakeSeed(), lists: []*writeList{onto, create}}
}

// reserve makes room for so many records that exist and that are to be created.
func (p *writePlan) reserve(onto, created int) {
	for i, n := range []int{onto, created} {
		p.lists[i].units = slices.Grow(p.lists[i].units, n)
	}
}

func (p *writePlan) add(created bool, u unit, parent string) {
	if parent != "" {
		u.parent = uint32(maphash.String(p.seed, parent)>>32) | 1
	}
	list := p.lists[bit(created)]
	list.units = append(list.units, u)
}

// sort brings rows that share a parent together, and otherwise leaves the report's order. Lists without units go.
func (p *writePlan) sort() {
	p.lists = slices.DeleteFunc(p.lists, func(l *writeList) bool { return len(l.units) == 0 })
	for _, l := range p.lists {
		slices.SortFunc(l.units, func(a, b unit) int {
			return cmp.Or(cmp.Compare(a.parent, b.parent), cmp.Compare(a.row, b.row), cmp.Compare(a.member, b.member))
		})
	}
}

// len returns how many records are to be written.
func (p *writePlan) len() int {
	n := 0
	for _, l := range p.lists {
		n += len(l.units)
	}
	return n
}

// unitsOf returns what of a row is to be written: a unit for each of its records that is to be, one for a row whose
// record is to be created or was not looked at.
func (s *rowSet) unitsOf(index int) []unit {
	row := uint32(index) //nolint:gosec // at most maxRows
	if s.states[index].is() != rowGroup {
		return []unit{{row: row}}
	}
	var units []unit
	for i, m := range s.groups.of(s.links[index]) {
		if m.open() {
			units = append(units, unit{row: row, member: uint32(i)})
		}
	}
	return units
}

// onto returns the record that a unit is to be written to, which was looked at.
func (r *run) onto(u unit) (find, error) {
	if r.unitDone(u) {
		return find{}, fmt.Errorf("find the record of row %d: it has its answer already", u.row+1)
	}
	return r.rows.recordOf(u)
}

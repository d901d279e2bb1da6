package sync

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// shownRivals is how many records are named of those that have one key; the smallest ids are, since records come in any
// order and equal runs are to say the same.
const shownRivals = 10

// rivals are the records of a row that is written to none of them, because there are several.
type rivals struct {
	number int
	ids    []string // the smallest ones, in order
}

// tell completes the outcome of the row.
func (v *rivals) tell(o reportsync.Outcome) reportsync.Outcome {
	ids := strings.Join(v.ids, ", ")
	if more := v.number - len(v.ids); more > 0 {
		ids += fmt.Sprintf(" and %d more", more)
	}
	o.Code, o.Message = reportsync.RowManyRecords, fmt.Sprintf("%d records have this key: %s", v.number, ids)
	return o
}

// add notes a record that was not met before.
func (v *rivals) add(id string) {
	v.number++
	at, _ := slices.BinarySearch(v.ids, id)
	if at == shownRivals {
		return
	}
	v.ids = slices.Insert(v.ids, at, id)
	v.ids = v.ids[:min(len(v.ids), shownRivals)]
}

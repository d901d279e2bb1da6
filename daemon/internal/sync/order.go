package sync

import (
	"cmp"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// order says which of several rows with one key comes first: by a column, as numbers or times where all of its cells
// are, else as text; without a column, and where the column doesn't tell, by the report's own order.
type order struct {
	by             bool
	numbers, times bool // so far, of the cells that are not empty
}

func newOrder(spec reportsync.IntegrationSpec) order {
	by := spec.OrderBy() != ""
	return order{by: by, numbers: by, times: by}
}

// see takes a cell of the column into account and returns what is kept of it.
func (o *order) see(cell string) string {
	cell = trim(cell)
	if cell == "" {
		return ""
	}
	if o.numbers {
		_, o.numbers = orderNumber(cell)
	}
	if o.times {
		_, o.times = orderTime(cell)
	}
	return cell
}

// merge takes what was seen of other cells into account.
func (o *order) merge(other order) {
	o.numbers, o.times = o.numbers && other.numbers, o.times && other.times
}

// before reports whether row a comes before row b.
func (o *order) before(a, b *reportRow) bool {
	if c := o.compare(string(a.order), string(b.order)); c != 0 {
		return c < 0
	}
	return a.index < b.index
}

// compare orders two cells; an empty one comes before all others.
func (o *order) compare(a, b string) int {
	if !o.by || a == b {
		return 0
	}
	if a == "" || b == "" {
		return cmp.Compare(len(a), len(b))
	}
	switch {
	case o.numbers:
		x, _ := orderNumber(a)
		y, _ := orderNumber(b)
		return x.Cmp(y)
	case o.times:
		x, _ := orderTime(a)
		y, _ := orderTime(b)
		return x.Compare(y)
	}
	return strings.Compare(a, b)
}

// maxOrderNumber bounds the work that a hostile cell can make.
const maxOrderNumber = 60

func orderNumber(cell string) (*apd.Decimal, bool) {
	if len(cell) > maxOrderNumber {
		return nil, false
	}
	d, _, err := apd.NewFromString(cell)
	if err != nil || d.Form != apd.Finite || d.Exponent > maxOrderNumber || d.Exponent < -maxOrderNumber {
		return nil, false
	}
	return d, true
}

// orderLayouts are the forms of dates and times in which reports come by default; a fraction of a second may follow.
var orderLayouts = []string{"2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700"}

func orderTime(cell string) (time.Time, bool) {
	for _, layout := range orderLayouts {
		if t, err := time.Parse(layout, cell); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

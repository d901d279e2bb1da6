package sync

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// holding reads the records of writes by their ids and returns the rows whose records hold every value that is sent.
// Fields and ids are cut into queries that each fit a URL.
func (r *run) holding(ctx context.Context, target *target, writes []write) (map[*reportRow]bool, error) {
	byID, held := make(map[string]write, len(writes)), make(map[string]int, len(writes))
	for _, w := range writes {
		byID[w.outcome.RecordID] = w
	}
	for _, fields := range target.portions(writes) {
		want := make(map[int]int, len(fields)) // where in a query's row a field is
		columns := []string{"Id"}
		for _, f := range fields {
			want[f] = len(columns)
			columns = append(columns, target.names[f])
		}
		for _, soql := range target.byID(columns, writes) {
			for row, err := range r.Org.Query(ctx, soql, columns) {
				if err != nil {
					return nil, fmt.Errorf("read written records of %s: %w", target.object, err)
				}
				id, err := salesforce.ID18(row[0])
				if err != nil {
					return nil, errNoID
				}
				for _, s := range byID[id].sends {
					if at, here := want[s.field]; here && target.fields[s.field].fromOrg(row[at]) == s.value {
						held[id]++
					}
				}
			}
		}
	}
	rows := make(map[*reportRow]bool, len(writes))
	for _, w := range writes {
		if len(w.sends) > 0 && held[w.outcome.RecordID] == len(w.sends) {
			rows[w.row] = true
		}
	}
	return rows, nil
}

// portions cuts the fields that any of the writes sends into lists that leave half of a URL to ids.
func (t *target) portions(writes []write) [][]int {
	used := t.used(writes)
	var lists [][]int
	room := 0
	for i, name := range t.names {
		if !used[i] {
			continue
		}
		size := len(url.QueryEscape(", " + name))
		if size > room {
			lists, room = append(lists, nil), salesforce.MaxQueryLength/2
		}
		lists[len(lists)-1] = append(lists[len(lists)-1], i)
		room -= size
	}
	return lists
}

// byID returns the queries that read columns of the records of writes.
func (t *target) byID(columns []string, writes []write) []string {
	head := fmt.Sprintf("SELECT %s FROM %s WHERE Id IN (", strings.Join(columns, ", "), t.object)
	literal := func(w write) string { return salesforce.QuoteSOQL(w.outcome.RecordID) }
	// There is always room for an id: the columns take half of a URL at most.
	lists, _ := fitting(writes, literal, salesforce.MaxQueryLength-salesforce.QueryLength(head+")"))
	queries := make([]string, len(lists))
	for i, list := range lists {
		queries[i] = head + listed(list, literal) + ")"
	}
	return queries
}

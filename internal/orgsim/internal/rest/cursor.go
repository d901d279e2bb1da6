package rest

import (
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// maxCursors is how many query results the org remembers; the oldest goes first.
const maxCursors = 500

// cursor is a query result that a client pages through.
type cursor struct {
	id     string
	number uint64
	path   string // of the query resource
	result *store.Result
}

type cursors struct {
	mu   sync.Mutex
	byID map[string]*cursor
	next uint64
}

func newCursors() *cursors { return &cursors{byID: map[string]*cursor{}} }

// open remembers a result. Ids have two known shapes, which take turns.
func (c *cursors) open(result *store.Result, path string) *cursor {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	cur := &cursor{id: cursorID(c.next), number: c.next, path: path, result: result}
	c.byID[cur.id] = cur
	delete(c.byID, cursorID(c.next-maxCursors))
	return cur
}

func cursorID(number uint64) string {
	prefix := "01g"
	if number%2 == 0 {
		prefix = "0r8"
	}
	return recordid.Make(prefix, "xx", number)
}

func (c *cursors) find(id string) (*cursor, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cur, ok := c.byID[id]
	return cur, ok
}

func (c *cursors) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.byID)
}

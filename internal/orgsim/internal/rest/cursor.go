package rest

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

const (
	maxCursors     = 500            // that the org remembers; the oldest goes first
	cursorLifetime = 48 * time.Hour // REST API guide: query
)

// cursor is a query result that its user pages through.
type cursor struct {
	id     string
	number uint64
	path   string // of the query resource
	userID string
	opened time.Time
	result *store.Result

	offered map[int]bool // offsets that a page has named as the next one's; below mu of cursors
}

type cursors struct {
	mu   sync.Mutex
	byID map[string]*cursor
	next uint64
}

func newCursors() *cursors { return &cursors{byID: map[string]*cursor{}} }

// open remembers a result. Ids have two known shapes, which take turns.
func (c *cursors) open(cur *cursor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	cur.id, cur.number, cur.offered = cursorID(c.next), c.next, map[int]bool{}
	c.byID[cur.id] = cur
	delete(c.byID, cursorID(c.next-maxCursors))
}

// offer gives the path of the page from an offset on, and takes it from then on.
func (c *cursors) offer(cur *cursor, offset int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	cur.offered[offset] = true
	return cur.path + "/" + cur.id + "-" + strconv.Itoa(offset)
}

func cursorID(number uint64) string {
	prefix := "01g"
	if number%2 == 0 {
		prefix = "0r8"
	}
	return recordid.Make(prefix, "xx", number)
}

// find tells which page a path stands for: one that this user has been offered,
// and not too long ago.
func (c *cursors) find(path, userID string, now time.Time) (cur *cursor, offset int, ok bool) {
	slash := strings.LastIndexByte(path, '/')
	id, text, _ := strings.Cut(path[slash+1:], "-")
	c.mu.Lock()
	defer c.mu.Unlock()
	cur = c.byID[id]
	if cur == nil || cur.path != path[:slash] || cur.userID != userID {
		return nil, 0, false
	}
	if now.Sub(cur.opened) >= cursorLifetime {
		delete(c.byID, id)
		return nil, 0, false
	}
	offset, err := strconv.Atoi(text)
	return cur, offset, err == nil && strconv.Itoa(offset) == text && cur.offered[offset]
}

func (c *cursors) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.byID)
}

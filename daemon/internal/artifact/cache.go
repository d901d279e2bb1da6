package artifact

import (
	"slices"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// keptIndexes is how many are kept: the pages of one run are read one after the other.
const keptIndexes = 16

// indexCache keeps the indexes of the objects that were read last. An object never changes.
type indexCache struct {
	mu    sync.Mutex
	newer []cachedIndex // the newest first
}

type cachedIndex struct {
	object reportsync.Artifact
	index  index
}

// of returns the index of an object, which is read where it is not known.
func (c *indexCache) of(a reportsync.Artifact, read func() (index, error)) (index, error) {
	if x, ok := c.find(a); ok {
		return x, nil
	}
	// Several may read it at a time; nobody waits for a bucket that another waits for.
	x, err := read()
	if err == nil {
		c.keep(cachedIndex{object: a, index: x})
	}
	return x, err
}

func (c *indexCache) find(a reportsync.Artifact) (index, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.IndexFunc(c.newer, func(k cachedIndex) bool { return k.object == a })
	if at < 0 {
		return index{}, false
	}
	found := c.newer[at]
	c.newer = slices.Insert(slices.Delete(c.newer, at, at+1), 0, found)
	return found.index, true
}

func (c *indexCache) keep(k cachedIndex) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.newer = slices.DeleteFunc(c.newer, func(other cachedIndex) bool { return other.object == k.object })
	c.newer = slices.Insert(c.newer, 0, k)
	if len(c.newer) > keptIndexes {
		c.newer = slices.Delete(c.newer, keptIndexes, len(c.newer))
	}
}

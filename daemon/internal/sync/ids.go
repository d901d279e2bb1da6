package sync

import (
	"slices"
	"strings"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// idDigits are the digits of record ids, which count in base 62.
const idDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const (
	idHead = 6  // of an id: the object, the server and a reserved digit, the same in most ids of an object
	idBits = 54 // of the nine digits behind
	// maxHeads is how many different heads fit beside the digits.
	maxHeads = 1 << (64 - idBits)
)

// idTable packs record ids into 8 bytes each. It is safe for concurrent use.
type idTable struct {
	mu    sync.RWMutex
	heads []string
}

// pack returns the packed form of an id of 18 characters, and false when its head is one too many.
func (t *idTable) pack(id string) (uint64, bool) {
	var digits uint64
	for i := idHead; i < 15; i++ {
		digits = digits*62 + uint64(strings.IndexByte(idDigits, id[i])) //nolint:gosec // ids hold no other characters
	}
	head, ok := t.head(id[:idHead])
	return uint64(head)<<idBits | digits, ok //nolint:gosec // counted from 0
}

func (t *idTable) head(text string) (int, bool) {
	t.mu.RLock()
	i := slices.Index(t.heads, text)
	t.mu.RUnlock()
	if i >= 0 {
		return i, true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i = slices.Index(t.heads, text); i >= 0 { // another goroutine was quicker
		return i, true
	}
	if len(t.heads) == maxHeads {
		return 0, false
	}
	t.heads = append(t.heads, strings.Clone(text))
	return len(t.heads) - 1, true
}

// unpack returns the id of 18 characters.
func (t *idTable) unpack(packed uint64) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var id [15]byte
	copy(id[:], t.heads[packed>>idBits])
	digits := packed & (1<<idBits - 1)
	for i := len(id) - 1; i >= idHead; i-- {
		id[i] = idDigits[digits%62]
		digits /= 62
	}
	full, _ := salesforce.ID18(string(id[:])) // it was one before
	return full
}

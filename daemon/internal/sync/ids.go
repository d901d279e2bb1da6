package sync

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/reportsync/terraform-provider-reportsync/internal/recordid"
)

// idDigits are the digits of record ids, which count in base 62.
const idDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// idDigit is what each digit counts; ids hold no other characters.
var idDigit = func() (counts [256]uint8) {
	for i := range len(idDigits) {
		counts[idDigits[i]] = uint8(i)
	}
	return counts
}()

const (
	idHead = 6  // of an id: the object, the server and a reserved digit, the same in most ids of an object
	idBits = 54 // of the nine digits behind
	// maxHeads is how many different heads fit beside the digits.
	maxHeads = 1 << (64 - idBits)
)

// head is what an id begins with.
type head [idHead]byte

// idTable packs record ids into 8 bytes each. It is safe for concurrent use.
type idTable struct {
	heads atomic.Pointer[[]head] // replaced by a longer one, so that nobody waits to read it
	mu    sync.Mutex             // of those who replace it
}

// pack returns the packed form of an id of 18 characters, and false when its head is one too many.
func (t *idTable) pack(id string) (uint64, bool) {
	var digits uint64
	for _, digit := range []byte(id[idHead:15]) {
		digits = digits*62 + uint64(idDigit[digit])
	}
	first, ok := t.head(head([]byte(id[:idHead])))
	return uint64(first)<<idBits | digits, ok //nolint:gosec // counted from 0
}

// head returns the number of a head, which is given it when it is new.
func (t *idTable) head(wanted head) (int, bool) {
	if i := slices.Index(t.known(), wanted); i >= 0 {
		return i, true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.known()
	if i := slices.Index(known, wanted); i >= 0 { // another goroutine was quicker
		return i, true
	}
	if len(known) == maxHeads {
		return 0, false
	}
	t.heads.Store(new(append(slices.Clip(known), wanted)))
	return len(known), true
}

func (t *idTable) known() []head {
	if heads := t.heads.Load(); heads != nil {
		return *heads
	}
	return nil
}

// unpack returns the id of 18 characters.
func (t *idTable) unpack(packed uint64) string {
	var id [18]byte
	return string(t.append(id[:0], packed))
}

// append adds the id of 18 characters to dst.
func (t *idTable) append(dst []byte, packed uint64) []byte {
	var id [15]byte
	*(*head)(id[:]) = t.known()[packed>>idBits]
	digits := packed & (1<<idBits - 1)
	// Two halves at a time: the processor divides both at once, and small numbers faster.
	const half = 62 * 62 * 62 * 62
	high, low := uint32(digits/half), uint32(digits%half)
	for i := range 4 {
		id[14-i], id[10-i] = idDigits[low%62], idDigits[high%62]
		low, high = low/62, high/62
	}
	id[idHead] = idDigits[high]
	return recordid.Append(dst, &id)
}

package sync

import "sync"

const (
	// againCalls and againShare bound the calls that are made for rows that were answered with a passing obstacle: so
	// many, and so many times the calls of the first round. Obstacles that stay would else cost a call a row.
	againCalls = 5
	againShare = 2
	// halvingShare bounds the calls that look for the rows for which Salesforce refuses a whole call. Of 200 rows one
	// culprit is found in 16 of them.
	halvingShare = 32
)

// budget bounds the calls of a run's write stage that are more than one a batch. It is safe for concurrent use.
type budget struct {
	mu     sync.Mutex
	again  int
	halves int
	told   bool // whether the log has it that again is used up
}

func newBudget() *budget { return &budget{again: againCalls} }

// grant adds what the calls of a first round allow.
func (b *budget) grant(calls int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.again += againShare * calls
	b.halves += halvingShare * calls
}

// takeAgain takes a call for rows that are sent again. It returns whether there was one, and of those who get none
// it tells the first.
func (b *budget) takeAgain() (ok, first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.again > 0 {
		b.again--
		return true, false
	}
	first, b.told = !b.told, true
	return false, first
}

// takeHalves takes the two calls for the halves of a part.
func (b *budget) takeHalves() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.halves < 2 {
		return false
	}
	b.halves -= 2
	return true
}

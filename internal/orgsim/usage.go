package orgsim

import (
	"strconv"
	"sync"
)

const limitHeader = "Sforce-Limit-Info"

// Every so many calls the header is missing, or shows an older count, as the
// recorded headers of real orgs do.
const (
	headerMissing = 11
	headerLags    = 5
	lag           = 2
)

// usage counts what the org has spent of its daily limits.
type usage struct {
	mu         sync.Mutex
	calls      int
	batches    int
	queryJobs  int
	maxCalls   int // enforced only when set in the Config
	maxBatches int
	strict     bool
	strictBulk bool
}

func newUsage(calls, batches int) *usage {
	u := &usage{maxCalls: calls, maxBatches: batches, strict: calls > 0, strictBulk: batches > 0}
	if !u.strict {
		u.maxCalls = defaultDailyCalls
	}
	if !u.strictBulk {
		u.maxBatches = defaultDailyBatches
	}
	return u
}

func (u *usage) reset() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls, u.batches, u.queryJobs = 0, 0, 0
}

// spend counts one call. It returns what the limit header says, "" for none, and
// whether the call is within an enforced limit.
func (u *usage) spend() (header string, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.strict && u.calls >= u.maxCalls {
		return u.header(u.calls), false
	}
	u.calls++
	switch {
	case u.calls%headerMissing == 0:
		return "", true
	case u.calls%headerLags == 0:
		return u.header(max(0, u.calls-lag)), true
	}
	return u.header(u.calls), true
}

func (u *usage) header(calls int) string {
	return "api-usage=" + strconv.Itoa(calls) + "/" + strconv.Itoa(u.maxCalls)
}

// spendBatches counts internal batches of an ingest job; it counts none and
// returns false where an enforced limit has no room for all of them.
func (u *usage) spendBatches(n int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.strictBulk && u.batches+n > u.maxBatches {
		return false
	}
	u.batches += n
	return true
}

func (u *usage) spendQueryJob() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.queryJobs++
}

// limit is one entry of the limits resource.
type limit struct {
	Max       int `json:"Max"`
	Remaining int `json:"Remaining"`
}

// limits is the limits resource, with the names of a current org.
func (u *usage) limits() map[string]limit {
	u.mu.Lock()
	defer u.mu.Unlock()
	left := func(limitOf, used int) limit { return limit{Max: limitOf, Remaining: max(0, limitOf-used)} }
	return map[string]limit{
		"DailyApiRequests":              left(u.maxCalls, u.calls),
		"DailyBulkApiBatches":           left(u.maxBatches, u.batches),
		"DailyBulkV2QueryJobs":          left(10_000, u.queryJobs),
		"DailyBulkV2QueryFileStorageMB": left(976_562, 0),
		"DataStorageMB":                 left(5, 0),
		"FileStorageMB":                 left(20, 0),
	}
}

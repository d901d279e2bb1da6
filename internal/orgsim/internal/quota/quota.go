// Package quota counts what an org has spent of its daily limits.
package quota

import (
	"fmt"
	"strconv"
	"sync"
)

// Every so many calls the header is missing, or shows an older count, as the
// recorded headers of real orgs do.
const (
	headerMissing = 11
	headerLags    = 5
	lag           = 2
	headerPerApp  = 7 // … and it tells of the calling app too
)

// appShare is what the header shows of an app's own limit: its calls, the most
// it may make, its name (REST API guide: Limit Info header).
const appShare = "; per-app-api-usage=%d/%d(appName=orgsim)"

// Usage is what the org has spent. It is safe for concurrent use.
type Usage struct {
	mu         sync.Mutex
	calls      int
	batches    int
	queryJobs  int
	queryBytes int64 // of Bulk query results
	maxCalls   int   // enforced only when set in the Config
	maxBatches int
	strict     bool
	looseBulk  bool
}

// The limits that an org announces where none is set; they are those of a
// Developer Edition org (Limits quick reference: API request limits).
const (
	defaultCalls   = 15_000
	defaultBatches = 15_000
	maxQueryJobs   = 10_000
	maxQueryMB     = 976_562
)

const megabyte = 1 << 20

// New returns a fresh count. A limit of API calls a day is enforced; 0 announces
// the default and enforces none, as Salesforce lets orgs exceed theirs for a
// while. That of Bulk ingest batches is enforced, 0 being the default; a negative
// one announces the default and enforces none.
func New(calls, batches int) *Usage {
	u := &Usage{maxCalls: calls, maxBatches: batches, strict: calls > 0, looseBulk: batches < 0}
	if !u.strict {
		u.maxCalls = defaultCalls
	}
	if batches <= 0 {
		u.maxBatches = defaultBatches
	}
	return u
}

// Reset begins a new day.
func (u *Usage) Reset() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls, u.batches, u.queryJobs, u.queryBytes = 0, 0, 0, 0
}

// Spend counts one call. It returns what the limit header says, "" for none, and
// whether the call is within an enforced limit.
func (u *Usage) Spend() (header string, ok bool) {
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
	case u.calls%headerPerApp == 0:
		return u.header(u.calls) + fmt.Sprintf(appShare, u.calls, u.maxCalls), true
	}
	return u.header(u.calls), true
}

func (u *Usage) header(calls int) string {
	return "api-usage=" + strconv.Itoa(calls) + "/" + strconv.Itoa(u.maxCalls)
}

// SpendBatches counts internal batches of an ingest job; it counts none and
// returns false where an enforced limit has no room for all of them.
func (u *Usage) SpendBatches(n int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.looseBulk && u.batches+n > u.maxBatches {
		return false
	}
	u.batches += n
	return true
}

// SpendQueryJob counts a Bulk query job; it counts none and returns false where
// the day's are used up.
func (u *Usage) SpendQueryJob() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.queryJobs >= maxQueryJobs {
		return false
	}
	u.queryJobs++
	return true
}

// StoreQueryResult counts the bytes of a Bulk query job's result.
func (u *Usage) StoreQueryResult(bytes int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.queryBytes += bytes
}

// Limit is one entry of the limits resource.
type Limit struct {
	Max       int `json:"Max"`
	Remaining int `json:"Remaining"`
}

// Limits is the limits resource, with the names of a current org.
func (u *Usage) Limits() map[string]Limit {
	u.mu.Lock()
	defer u.mu.Unlock()
	left := func(limitOf, used int) Limit { return Limit{Max: limitOf, Remaining: max(0, limitOf-used)} }
	return map[string]Limit{
		"DailyApiRequests":              left(u.maxCalls, u.calls),
		"DailyBulkApiBatches":           left(u.maxBatches, u.batches),
		"DailyBulkV2QueryJobs":          left(maxQueryJobs, u.queryJobs),
		"DailyBulkV2QueryFileStorageMB": left(maxQueryMB, int((u.queryBytes+megabyte-1)/megabyte)),
		"DataStorageMB":                 left(5, 0),
		"FileStorageMB":                 left(20, 0),
	}
}

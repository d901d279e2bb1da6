// Package journal records what an org was asked: every request, and what it cost
// as Salesforce counts. It keeps no query text and no cell values.
package journal

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// keep bounds the entries held; sums go on counting beyond it.
const keep = 100_000

// Entry is one request.
type Entry struct {
	Number   int           `json:"number"` // counted from 1
	Time     time.Time     `json:"time"`
	Method   string        `json:"method"`
	Path     string        `json:"path"` // without the query string
	Kind     string        `json:"kind"` // what it was for: "query", "collections update", "ingest upload", …
	Status   int           `json:"status"`
	Calls    int           `json:"calls"` // against the daily limit: 1, or 0 for OAuth, /services/data and refused sessions
	Rows     int           `json:"rows"`  // rows received or returned
	BytesIn  int64         `json:"bytes_in"`
	BytesOut int64         `json:"bytes_out"`
	Duration time.Duration `json:"duration"`
	Fault    string        `json:"fault,omitzero"` // what struck it
}

// Sum adds up the entries of one kind, or all of them.
type Sum struct {
	Kind     string `json:"kind"`
	Requests int    `json:"requests"`
	Failures int    `json:"failures"` // status 400 and above, or no answer at all
	Calls    int    `json:"calls"`
	Rows     int    `json:"rows"`
	BytesIn  int64  `json:"bytes_in"`
	BytesOut int64  `json:"bytes_out"`
}

// Summary is the whole journal in figures.
type Summary struct {
	Kinds []Sum `json:"kinds"` // by name
	Total Sum   `json:"total"`
	Bulk  int   `json:"bulk_batches"` // internal batches of ingest jobs
}

// Journal collects entries. The zero value is empty and ready; it is safe for
// concurrent use.
type Journal struct {
	mu      sync.Mutex
	entries []Entry
	sums    map[string]*Sum
	batches int
	next    int
}

// Add records a request; its number is set here.
func (j *Journal) Add(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next++
	e.Number = j.next
	if len(j.entries) >= 2*keep {
		j.entries = slices.Delete(j.entries, 0, keep)
	}
	j.entries = append(j.entries, e)
	if j.sums == nil {
		j.sums = map[string]*Sum{}
	}
	s := j.sums[e.Kind]
	if s == nil {
		s = &Sum{Kind: e.Kind}
		j.sums[e.Kind] = s
	}
	s.Requests++
	if e.Status >= 400 || e.Status == 0 {
		s.Failures++
	}
	s.add(Sum{Calls: e.Calls, Rows: e.Rows, BytesIn: e.BytesIn, BytesOut: e.BytesOut})
}

// AddBatches counts internal batches of an ingest job.
func (j *Journal) AddBatches(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.batches += n
}

// Entries lists the latest requests, oldest first: all of them up to 100,000.
func (j *Journal) Entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries[max(0, len(j.entries)-keep):])
}

// Summary adds up everything since the last reset.
func (j *Journal) Summary() Summary {
	j.mu.Lock()
	defer j.mu.Unlock()
	summary := Summary{Total: Sum{Kind: "total"}, Bulk: j.batches, Kinds: []Sum{}}
	for _, s := range j.sums {
		summary.Kinds = append(summary.Kinds, *s)
		summary.Total.Requests += s.Requests
		summary.Total.Failures += s.Failures
		summary.Total.add(*s)
	}
	slices.SortFunc(summary.Kinds, func(a, b Sum) int { return strings.Compare(a.Kind, b.Kind) })
	return summary
}

// Calls counts the calls of the given kinds, or of all where none is given.
func (j *Journal) Calls(kinds ...string) int {
	summary, calls := j.Summary(), 0
	for _, s := range summary.Kinds {
		if len(kinds) == 0 || slices.Contains(kinds, s.Kind) {
			calls += s.Calls
		}
	}
	return calls
}

// Reset forgets everything.
func (j *Journal) Reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.sums, j.batches, j.next = nil, nil, 0, 0
}

func (s *Sum) add(other Sum) {
	s.Calls += other.Calls
	s.Rows += other.Rows
	s.BytesIn += other.BytesIn
	s.BytesOut += other.BytesOut
}

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
	Path     string        `json:"path"`         // without the query string
	Kind     string        `json:"kind"`         // what it was for: "query", "collections update", "ingest upload", …
	App      string        `json:"app,omitzero"` // consumer key of the connected app whose session it used
	Job      string        `json:"job,omitzero"` // id of the Bulk job that it was about
	Status   int           `json:"status"`
	Calls    int           `json:"calls"`     // against the daily limit: 1, or 0 for OAuth, /services/data and refused sessions; batches by their subrequests
	Rows     int           `json:"rows"`      // rows received or returned
	BytesIn  int64         `json:"bytes_in"`  // of the body, on the wire
	BytesOut int64         `json:"bytes_out"` // likewise
	Duration time.Duration `json:"duration"`
	Fault    string        `json:"fault,omitzero"` // what struck it
}

// Sum adds up the entries of one kind, of one app, or all of them.
type Sum struct {
	Kind     string `json:"kind,omitzero"`
	App      string `json:"app,omitzero"`
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
	Apps  []Sum `json:"apps"`  // by consumer key; requests without a session belong to none
	Total Sum   `json:"total"`
	Bulk  int   `json:"bulk_batches"` // internal batches of ingest jobs
}

// Journal collects entries. The zero value is empty and ready; it is safe for
// concurrent use.
type Journal struct {
	mu      sync.Mutex
	entries []Entry
	sums    sums
	batches int
	next    int
	grown   chan struct{} // closed at the next entry; nil while nobody waits
}

// Add records a request; its number is set here, and its job where the path
// names one.
func (j *Journal) Add(e Entry) {
	if e.Job == "" {
		e.Job = jobOf(e.Path)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next++
	e.Number = j.next
	if len(j.entries) >= 2*keep {
		j.entries = slices.Delete(j.entries, 0, keep)
	}
	j.entries = append(j.entries, e)
	j.sums.add(&e)
	if j.grown != nil {
		close(j.grown)
		j.grown = nil
	}
}

// jobOf is the id in /services/data/vXX.0/jobs/ingest/{id} and below, or "".
func jobOf(path string) string {
	_, after, found := strings.Cut(path, "/jobs/")
	if !found {
		return ""
	}
	_, id, _ := strings.Cut(after, "/")
	id, _, _ = strings.Cut(id, "/")
	return id
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
	summary := j.sums.summary()
	summary.Bulk = j.batches
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
	j.entries, j.sums, j.batches, j.next = nil, sums{}, 0, 0
}

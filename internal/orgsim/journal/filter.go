package journal

import (
	"context"
	"slices"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// Filter chooses entries. Empty properties choose all.
type Filter struct {
	Kind  string    // glob over the kind, such as "ingest *"
	Path  string    // glob over the path, * within a segment and ** across
	After int       // entries with a greater number
	Since time.Time // entries of this time and later
}

// Check tells whether the filter's globs are valid.
func (f Filter) Check() bool {
	return doublestar.ValidatePattern(f.Kind) && doublestar.ValidatePattern(f.Path)
}

// All reports whether the filter chooses every entry.
func (f Filter) All() bool { return f == Filter{} }

func (f Filter) chooses(e *Entry) bool {
	return e.Number > f.After && !e.Time.Before(f.Since) &&
		(f.Kind == "" || doublestar.MatchUnvalidated(f.Kind, e.Kind)) &&
		(f.Path == "" || doublestar.MatchUnvalidated(f.Path, e.Path))
}

// Choose lists the entries held that the filter chooses, and their sums, which
// do not know of Bulk batches.
func (j *Journal) Choose(f Filter) ([]Entry, Summary) {
	entries := slices.DeleteFunc(j.Entries(), func(e Entry) bool { return !f.chooses(&e) })
	var chosen sums
	for i := range entries {
		chosen.add(&entries[i])
	}
	return entries, chosen.summary()
}

// Wait returns when there is an entry that the filter chooses, or with the
// context's error.
func (j *Journal) Wait(ctx context.Context, f Filter) error {
	for {
		grown := j.growth() // taken before looking, so that no entry slips between
		if entries, _ := j.Choose(f); len(entries) > 0 {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (j *Journal) growth() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.grown == nil {
		j.grown = make(chan struct{})
	}
	return j.grown
}

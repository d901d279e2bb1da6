package sync_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// shelf keeps the outcomes of runs in memory.
type shelf struct {
	runs map[string][]reportsync.Outcome
}

func (s *shelf) Create(_ context.Context, runID string, _ int) (sync.EvidenceWriter, error) {
	return &folder{shelf: s, run: runID}, nil
}

type folder struct {
	shelf    *shelf
	run      string
	outcomes []reportsync.Outcome
	last     int64 // row of the pass
}

func (f *folder) Add(o reportsync.Outcome) error {
	if o.Row <= f.last {
		return errors.New("outcomes come out of order")
	}
	f.outcomes, f.last = append(f.outcomes, o), o.Row
	return nil
}

func (f *folder) NextPass() { f.last = 0 }

func (f *folder) AddPlain(p *rowlog.Plain) error { return f.Add(p.Outcome()) }

func (f *folder) Close(context.Context) (reportsync.Artifact, error) {
	if f.shelf.runs == nil {
		f.shelf.runs = map[string][]reportsync.Outcome{}
	}
	slices.SortFunc(f.outcomes, func(a, b reportsync.Outcome) int { return cmp.Compare(a.Row, b.Row) })
	for i, o := range f.outcomes {
		if o.Row != int64(i)+1 {
			return reportsync.Artifact{}, errors.New("a row is missing, or there twice")
		}
	}
	f.shelf.runs[f.run] = f.outcomes
	return reportsync.Artifact{Key: f.run, Rows: int64(len(f.outcomes))}, nil
}

func (f *folder) Discard() {}

// brokenShelf breaks after a few outcomes, or can't be opened at all.
type brokenShelf struct{ takes int }

var errShelf = errors.New("the bucket is full")

func (s *brokenShelf) Create(context.Context, string, int) (sync.EvidenceWriter, error) {
	if s.takes == 0 {
		return nil, errShelf
	}
	return &brokenFolder{left: s.takes}, nil
}

type brokenFolder struct{ left int }

func (f *brokenFolder) Add(reportsync.Outcome) error {
	if f.left--; f.left == 0 {
		return errShelf
	}
	return nil
}

func (f *brokenFolder) AddPlain(p *rowlog.Plain) error { return f.Add(p.Outcome()) }

func (*brokenFolder) NextPass() {}

func (*brokenFolder) Close(context.Context) (reportsync.Artifact, error) {
	return reportsync.Artifact{}, errShelf
}

func (*brokenFolder) Discard() {}

// A bucket that takes no outcomes is no reason to fail a run that has written its rows; the run's log tells it.
func TestEvidenceCannotBeKept(t *testing.T) {
	t.Parallel()
	for _, takes := range []int{0, 2, 1000} { // not opened, breaks off, can't be closed
		t.Run(strconv.Itoa(takes), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 5, sync.Routes{})
				b.keeps = &brokenShelf{takes: takes}
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 5, Updated: 5}, result.Counts)
				if result.Artifact != nil || !strings.Contains(b.log(id), "the outcomes of the rows can't be kept") {
					t.Errorf("artifact %v\n%s", result.Artifact, b.log(id))
				}
			})
		})
	}
}

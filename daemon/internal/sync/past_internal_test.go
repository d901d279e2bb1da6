package sync

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// A note that can't be read is not taken for none: the row might be written again.
func TestNotesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	p := newPast(Job{Run: reportsync.Run{Attempt: 2}, Scratch: t.TempDir()})
	defer func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := p.plans.addAll(1, []reportsync.Outcome{{Row: 1, RecordID: "003000000000001AAA"}}); err != nil {
		t.Fatal(err)
	}
	if p.planOf(0, "003000000000001AAA") == nil || p.failure() != nil {
		t.Fatalf("the note is not there: %v", p.failure())
	}
	damaged, err := p.spool.Append([]byte{0, 0, 1, '{'})
	if err != nil {
		t.Fatal(err)
	}
	p.plans.rows[0] = uint64(damaged) + 1
	if o := p.planOf(0, "003000000000001AAA"); o != nil {
		t.Errorf("read %+v", o)
	}
	if err := p.failure(); err == nil || !strings.Contains(err.Error(), "recall what earlier attempts did") {
		t.Errorf("failure %v", err)
	}
}

// Of a row with very many records the notes about one are found without reading those about the others.
//
//nolint:paralleltest // allocations are counted
func TestNotesOfManyRecords(t *testing.T) {
	p := newPast(Job{Run: reportsync.Run{Attempt: 2}, Scratch: t.TempDir(), Integration: reportsync.Integration{IntegrationSpec: reportsync.IntegrationSpec{
		Match: reportsync.Match{OnMultiple: new(reportsync.OnMultipleUpdateAll)},
	}}})
	defer func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}()
	const records = 2000
	id := func(n int) string { return fmt.Sprintf("0030000000%05dAAA", n) }
	for n := range records {
		plan, answer := reportsync.Outcome{Row: 1, RecordID: id(n)}, reportsync.Outcome{Row: 1, RecordID: id(n), Kind: reportsync.Updated}
		if err := errors.Join(p.plans.addAll(n/200+1, []reportsync.Outcome{plan}), p.plans.addAll(n/200+101, []reportsync.Outcome{plan})); err != nil {
			t.Fatal(err)
		}
		if n%2 == 0 {
			if err := p.answers.addAll(n/200+101, []reportsync.Outcome{answer}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, n := range []int{0, 1, records - 1} {
		if got := p.batchOf(0, id(n)); got != n/200+101 {
			t.Errorf("record %d was planned in batch %d", n, got)
		}
		if answered := n%2 == 0; p.answered(0, id(n)) != answered || (p.answerOf(0, id(n)) != nil) != answered || (p.planOf(0, id(n)) == nil) != answered {
			t.Errorf("record %d: answered %t", n, p.answered(0, id(n)))
		}
	}
	if len(p.answersOf(0)) != records/2 || p.lostPlan(0).RecordID != id(records-1) {
		t.Errorf("%d answers; lost is %+v", len(p.answersOf(0)), p.lostPlan(0))
	}
	// The first record's notes are the oldest, so that walking through all of them would take thousands of allocations.
	if n := testing.AllocsPerRun(10, func() { p.answerOf(0, id(0)); p.batchOf(0, id(0)); p.planOf(0, id(1)) }); n > 200 {
		t.Errorf("finding the notes about a record takes %v allocations", n)
	}
}

// A record that was created for a row is found by its id, and as the one that was planned without.
func TestNotesOfCreatedRecords(t *testing.T) {
	t.Parallel()
	for _, several := range []reportsync.OnMultiple{reportsync.OnMultipleReject, reportsync.OnMultipleUpdateAll} {
		p := newPast(Job{Run: reportsync.Run{Attempt: 2}, Scratch: t.TempDir(), Integration: reportsync.Integration{IntegrationSpec: reportsync.IntegrationSpec{
			Match: reportsync.Match{OnMultiple: &several},
		}}})
		made := reportsync.Outcome{Row: 3, RecordID: "003000000000001AAA", Kind: reportsync.Created}
		if err := errors.Join(p.plans.addAll(1, []reportsync.Outcome{{Row: 3}}), p.answers.addAll(1, []reportsync.Outcome{made})); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"", made.RecordID} {
			if o := p.answerOf(2, id); o == nil || o.Kind != reportsync.Created || !p.answered(2, id) {
				t.Errorf("%s: answer for %q is %+v", several, id, o)
			}
		}
		if p.answerOf(1, "") != nil || p.planOf(2, "") != nil {
			t.Errorf("%s: an answer for another row, or a plan for one that is answered", several)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}
}

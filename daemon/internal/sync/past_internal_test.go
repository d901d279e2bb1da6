package sync

import (
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
	if err := p.noteAll(&p.plans, 1, []reportsync.Outcome{{Row: 1, RecordID: "003000000000001AAA"}}); err != nil {
		t.Fatal(err)
	}
	if p.planOf(0, "003000000000001AAA") == nil || p.failure() != nil {
		t.Fatalf("the note is not there: %v", p.failure())
	}
	damaged, err := p.notes.Append([]byte{0, 1, '{'})
	if err != nil {
		t.Fatal(err)
	}
	p.plans[0] = uint64(damaged) + 1
	if o := p.planOf(0, "003000000000001AAA"); o != nil {
		t.Errorf("read %+v", o)
	}
	if err := p.failure(); err == nil || !strings.Contains(err.Error(), "recall what earlier attempts did") {
		t.Errorf("failure %v", err)
	}
}

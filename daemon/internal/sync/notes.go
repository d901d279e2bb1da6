package sync

import (
	"iter"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// notes is what the journal says about rows: what was planned for them, or what was answered. The outcomes are in a
// spool, each with the places of the one before it about the same row and about the same record of that row, so that
// those of one record are found without passing over those of the row's others, of which there may be thousands.
type notes struct {
	spool   *spool.Spool
	rows    []uint64       // by row: its newest note, counted from 1; 0 for none
	records map[met]uint64 // by record of a row, alike; nil where rows have one record at most
	err     error          // why a note could not be read
}

// newNotes returns none. With several, rows may have several records.
func newNotes(in *spool.Spool, several bool) notes {
	n := notes{spool: in}
	if several {
		n.records = map[met]uint64{}
	}
	return n
}

// forget leaves no notes.
func (n *notes) forget() {
	n.rows, n.err = nil, nil
	clear(n.records)
}

// addAll notes outcomes of a batch.
func (n *notes) addAll(seq int, outcomes []reportsync.Outcome) error {
	for _, o := range outcomes {
		if err := n.add(seq, o); err != nil {
			return err
		}
	}
	return nil
}

func (n *notes) add(seq int, o reportsync.Outcome) error {
	index := int(o.Row - 1)
	for len(n.rows) <= index {
		n.rows = append(n.rows, make([]uint64, index+1-len(n.rows))...)
	}
	record := placeOf(index, o.RecordID)
	var pack packer
	pack.number(n.rows[index])
	pack.number(n.records[record])
	pack.number(uint64(seq)) //nolint:gosec // counted from 1
	pack.out = rowlog.Append(pack.out, o)
	ref, err := n.spool.Append(pack.out)
	n.rows[index] = uint64(ref) + 1
	if n.records != nil {
		n.records[record] = uint64(ref) + 1
		if o.Kind == reportsync.Created { // it was planned without an id
			n.records[placeOf(index, "")] = uint64(ref) + 1
		}
	}
	return err
}

// placeOf names a record of a row.
func placeOf(index int, recordID string) met {
	at := met{row: uint32(index)} //nolint:gosec // at most maxRows
	copy(at.id[:], recordID)
	return at
}

// has reports whether there is a note about a row.
func (n *notes) has(index int) bool { return index < len(n.rows) && n.rows[index] != 0 }

// hasRecord reports whether there is a note about a record of a row, where rows may have several.
func (n *notes) hasRecord(index int, recordID string) bool {
	return n.records[placeOf(index, recordID)] != 0
}

// ofRow yields the notes about a row with their batches, the newest first. Those that can't be read are missed: whoever
// decides by notes asks for failure in the end.
func (n *notes) ofRow(index int) iter.Seq2[int, reportsync.Outcome] {
	return func(yield func(int, reportsync.Outcome) bool) {
		if !n.has(index) {
			return
		}
		for at := n.rows[index]; at != 0; {
			one, ok := n.read(at)
			if !ok || !yield(one.seq, one.outcome) {
				return
			}
			at = one.beforeOfRow
		}
	}
}

// ofRecord is ofRow for one record of a row, empty for one that is to be created, or was.
func (n *notes) ofRecord(index int, recordID string) iter.Seq2[int, reportsync.Outcome] {
	return func(yield func(int, reportsync.Outcome) bool) {
		if n.records == nil {
			for seq, o := range n.ofRow(index) {
				if (o.RecordID == recordID || recordID == "" && o.Kind == reportsync.Created) && !yield(seq, o) {
					return
				}
			}
			return
		}
		for at := n.records[placeOf(index, recordID)]; at != 0; {
			one, ok := n.read(at)
			if !ok || !yield(one.seq, one.outcome) {
				return
			}
			at = one.beforeOfRecord
		}
	}
}

// note is one of them as it is read.
type note struct {
	beforeOfRow, beforeOfRecord uint64
	seq                         int
	outcome                     reportsync.Outcome
}

func (n *notes) read(at uint64) (one note, ok bool) {
	data, err := n.spool.Read(spool.Ref(at-1), nil)
	if err == nil {
		u := unpacker{in: data}
		one.beforeOfRow, one.beforeOfRecord = u.number(), u.number()
		one.seq = int(u.number()) //nolint:gosec // was an int
		one.outcome, err = rowlog.Parse(u.in)
	}
	if err != nil {
		n.err = err
	}
	return one, err == nil
}

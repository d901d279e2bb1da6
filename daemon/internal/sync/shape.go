package sync

import (
	"fmt"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// shaper brings report rows into canonical form and packs them. It may work on several batches at the same time.
type shaper struct {
	target      *target
	columns     []string
	order       order // before any row
	orderBy     int   // of the selected columns, -1 for none
	transformed bool  // whether keys pass a transform
	hashes      *spool.Hashes
	glances     bool      // whether prints are of use
	used        sync.Pool // of *shaped
}

// shaped is a batch of rows in canonical form.
type shaped struct {
	pack     packer // of all rows
	ends     []int  // of each row
	states   []state
	hashes   []uint64 // of the folded keys
	prints   []uint64
	parents  []askedParent
	keyBytes int // of all keys, as look-ups take them at least
	order    order
	read     int64 // bytes of the report up to here

	values []string // of the row at hand
	mark   []byte
}

// askedParent is the key of a parent that a row is to be linked with.
type askedParent struct {
	parents *parents
	key     string
}

func newShaper(spec reportsync.IntegrationSpec, target *target, hashes *spool.Hashes) *shaper {
	s := &shaper{
		target: target, columns: spec.Columns(), order: newOrder(spec), orderBy: -1,
		transformed: len(spec.Match.Transform) > 0, hashes: hashes,
	}
	for i, name := range s.columns {
		if name == spec.OrderBy() {
			s.orderBy = i
		}
	}
	s.used.New = func() any { return &shaped{values: make([]string, len(target.fields))} }
	return s
}

// all shapes the rows of a batch.
func (s *shaper) all(batch report.Batch) (*shaped, error) {
	b, _ := s.used.Get().(*shaped)
	*b = shaped{
		pack: packer{out: b.pack.out[:0]}, ends: b.ends[:0], states: b.states[:0], hashes: b.hashes[:0], prints: b.prints[:0], parents: b.parents[:0],
		values: b.values, mark: b.mark, order: s.order, read: batch.Read,
	}
	for i := range batch.Rows {
		s.one(b, &batch.Rows[i])
	}
	return b, nil
}

// recycle lets the memory of a batch be used again.
func (s *shaper) recycle(b *shaped) { s.used.Put(b) }

// one shapes a row.
func (s *shaper) one(b *shaped, in *report.Row) {
	var key, order string
	var flawed *flaw
	if in.Problem != nil {
		flawed = &flaw{code: in.Problem.Code, message: in.Problem.Message}
	} else {
		if s.orderBy >= 0 {
			order = b.order.see(in.Cells[s.orderBy])
		}
		if key, flawed = s.key(in.Cells[0]); flawed == nil {
			flawed = s.read(in.Cells, b.values)
		}
	}
	st := rowOpen
	if flawed != nil {
		st = rowFlawed
	} else {
		b.ask(s.target)
	}
	b.pack.row(in.Line, key, order, b.values, flawed)
	b.ends, b.states = append(b.ends, len(b.pack.out)), append(b.states, st)
	hash := s.hashes.Hash(s.target.key.Fold(key))
	b.hashes, b.prints = append(b.hashes, hash), append(b.prints, s.print(b, hash, flawed))
	if key != "" {
		b.keyBytes += len(key) + minLiteral
	}
}

// print returns the print of the row at hand, whose key has a hash.
func (s *shaper) print(b *shaped, key uint64, flawed *flaw) (mark uint64) {
	if flawed != nil || !s.glances {
		return noPrint
	}
	var known bool
	if b.mark, known = s.target.appendRow(b.mark[:0], b.values); !known {
		return noPrint
	}
	return printOf(key, s.hashes.HashBytes(b.mark))
}

// ask notes which parents the row at hand is to be linked with.
func (b *shaped) ask(target *target) {
	if len(target.parents) == 0 {
		return
	}
	for i := range target.fields {
		if p := target.fields[i].parents; p != nil && b.values[i] != "" {
			b.parents = append(b.parents, askedParent{parents: p, key: b.values[i]})
		}
	}
}

// key returns the row's key as it is looked up, or as much of it as is shown and why it leads nowhere.
func (s *shaper) key(cell string) (string, *flaw) {
	key, err := s.target.key.FromReport(cell)
	switch {
	case err != nil:
		return shownKey(cell), &flaw{code: reportsync.RowKeyInvalid, message: fmt.Sprintf("key column %q for %s: %s", s.columns[0], s.target.key.Name, err)}
	case key == "" && s.transformed && trim(cell) != "":
		return shownKey(cell), &flaw{code: reportsync.RowKeyInvalid, message: fmt.Sprintf("key column %q: match.transform leaves nothing of %s", s.columns[0], quote(trim(cell)))}
	case key == "":
		return "", &flaw{code: reportsync.RowKeyEmpty, message: fmt.Sprintf("key column %q is empty", s.columns[0])}
	}
	return key, nil
}

// read reads the mapped cells into values; the flaw names the first one that can't be read. All of them are read all the
// same: rows that share a key may have the same flaw and say other things.
func (s *shaper) read(cells, values []string) (flawed *flaw) {
	for i := range s.target.fields {
		f := &s.target.fields[i]
		values[i] = ""
		if f.column < 0 {
			continue
		}
		text, err := f.fromReport(cells[f.column])
		if err != nil {
			text = unreadable + text
			if flawed == nil {
				flawed = &flaw{code: reportsync.RowValueInvalid, message: fmt.Sprintf("column %q for %s: %s", s.columns[f.column], s.target.names[i], err)}
			}
		}
		values[i] = text
	}
	return flawed
}

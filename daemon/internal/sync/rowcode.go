package sync

import (
	"encoding/binary"
	"errors"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// reportRow is one row of the report in canonical form. Its texts stand in the spool's memory or in a buffer: they are
// valid until the next row is read into the same reportRow.
type reportRow struct {
	index  int // from 0; the row's number is one more
	line   int64
	key    []byte   // as it is looked up and shown; empty when there is none
	order  []byte   // what duplicates are ordered by
	values [][]byte // one a mapped field: empty for nothing, the key of a parent for a lookup, [unreadable] and a text for a bad one
	flaw   *flaw    // why the row goes no further, nil while nothing is wrong with it by itself

	buf []byte
}

// unreadable stands before a text that is no value of its field. No text of a report begins with this byte, which is not
// UTF-8.
const unreadable = "\xff"

// flaw is what is wrong with a row by itself.
type flaw struct{ code, message string }

// keyless reports whether the row can't take part in the search for duplicates.
func (r *reportRow) keyless() bool {
	return len(r.key) == 0 || r.flaw.valueless()
}

var errPacked = errors.New("unpack a row: it was damaged")

// packer packs rows.
type packer struct{ out []byte }

func (p *packer) begin() { p.out = p.out[:0] }

func (p *packer) number(n uint64) { p.out = binary.AppendUvarint(p.out, n) }

func (p *packer) text(s string) {
	p.number(uint64(len(s)))
	p.out = append(p.out, s...)
}

// valueless reports whether nothing is kept of a row's cells.
func (f *flaw) valueless() bool { return f != nil && f.code != reportsync.RowValueInvalid }

// row packs a row behind what is packed already.
func (p *packer) row(line int64, key, order string, values []string, flawed *flaw) {
	p.number(uint64(line)<<1 | bit(flawed != nil)) //nolint:gosec // lines are counted from 1
	p.text(key)
	p.text(order)
	if flawed != nil {
		p.text(flawed.code)
		p.text(flawed.message)
	}
	if flawed.valueless() {
		return
	}
	for _, v := range values {
		p.text(v)
	}
}

func bit(set bool) uint64 {
	if set {
		return 1
	}
	return 0
}

// unpacker reads what a packer has packed. After the first failure it gives empty texts.
type unpacker struct {
	in  []byte
	bad bool
}

func (u *unpacker) number() uint64 {
	n, size := binary.Uvarint(u.in)
	if size <= 0 {
		u.in, u.bad = nil, true
		return 0
	}
	u.in = u.in[size:]
	return n
}

func (u *unpacker) text() []byte {
	n := u.number()
	if n > uint64(len(u.in)) {
		u.in, u.bad = nil, true
		return nil
	}
	text := u.in[:n:n]
	u.in = u.in[n:]
	return text
}

// textUnpacker is an unpacker that gives its texts as strings, all of them parts of one.
type textUnpacker struct {
	unpacker
	all string
}

func (u *textUnpacker) text() string {
	text := u.unpacker.text()
	end := len(u.all) - len(u.in)
	return u.all[end-len(text) : end]
}

// unpack reads a packed row with so many values into r.
func (r *reportRow) unpack(data []byte, values int) error {
	u := unpacker{in: data}
	head := u.number()
	r.line, r.flaw, r.values = int64(head>>1), nil, r.values[:0]
	r.key, r.order = u.text(), u.text()
	if head&1 == 1 {
		r.flaw = &flaw{code: string(u.text()), message: string(u.text())}
	}
	if !r.flaw.valueless() {
		for range values {
			r.values = append(r.values, u.text())
		}
	}
	if u.bad {
		return errPacked
	}
	return nil
}

// unpackHead reads no more than the line and the key.
func (r *reportRow) unpackHead(data []byte) error {
	u := unpacker{in: data}
	r.line, r.key = int64(u.number()>>1), u.text()
	if u.bad {
		return errPacked
	}
	return nil
}

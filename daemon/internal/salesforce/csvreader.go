package salesforce

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

const (
	// readAhead is how much of a body is asked for at a time, and what the reader holds unless a row is longer.
	readAhead = 256 << 10
	// maxRowBytes bounds a row, for a body without line breaks must not fill the memory. An object's long texts
	// have 1.6 million characters in all (App limits: long text area fields), of up to 4 bytes each.
	maxRowBytes = 32 << 20
	// maxIdleReads is how often a body may give nothing, and no error, before it is given up.
	maxIdleReads = 100
)

// The ways in which bytes are no CSV.
var (
	errBareQuote  = errors.New("a quote stands within a value that is not quoted")
	errStrayQuote = errors.New("a quoted value does not end where a value has to end")
	errNoQuote    = errors.New("a quoted value has no end")
	errFieldCount = errors.New("the row has another number of values than the header")
	errRowTooLong = errors.New("the row is longer than any that Salesforce can hold")
)

// csvReader reads rows of CSV as encoding/csv does, but for throughput: values are found where they lie in the buffer, and
// a row costs no allocation. Blank lines are left out, and every row has to have as many values as the first.
type csvReader struct {
	source io.Reader
	buf    []byte
	start  int   // where the row at hand begins in buf
	filled int   // where what was read ends in buf
	broken error // why source gives no more: io.EOF, or what went wrong

	row    csvRow
	next   int // where the row behind the one at hand begins, from start
	fields int // values of the first row, 0 before it was read
}

// csvRow is where a row's values lie, counted from the row's start.
type csvRow struct {
	cells []csvCell
	size  int  // bytes without the line break
	open  bool // it ends with the body, not with a line break
	plain bool // no value holds a quote
}

type csvCell struct{ from, to uint32 } // no row, and no batch, is longer than maxRowBytes and batchBytes

func cellOf(from, to int) csvCell {
	return csvCell{uint32(from), uint32(to)} //nolint:gosec // within a row
}

func newCSVReader(source io.Reader) *csvReader {
	return &csvReader{source: source}
}

// scan goes on to the next row and reports whether there is one. An error is one of those above, or the source's.
func (r *csvReader) scan() (bool, error) {
	for {
		r.start += r.next
		r.next = 0
		if !r.has(0) {
			return false, r.orBroken(nil)
		}
		if !r.scanUsual() {
			if err := r.scanRow(); err != nil {
				return false, err
			}
		}
		if r.row.size > 0 {
			break
		}
	}
	if r.fields == 0 {
		r.fields = len(r.row.cells)
	}
	if len(r.row.cells) != r.fields {
		return false, errFieldCount
	}
	return true, nil
}

// has reports whether the byte at an offset from the row's start is there, reading on for it.
func (r *csvReader) has(at int) bool {
	return r.start+at < r.filled || r.fill(at)
}

// fill reads until the byte at an offset from the row's start is there. It may move the row within the buffer.
func (r *csvReader) fill(at int) bool {
	for idle := 0; r.start+at >= r.filled; {
		if r.broken != nil {
			return false
		}
		if r.filled == len(r.buf) {
			r.makeRoom()
		}
		n, err := r.source.Read(r.buf[r.filled:])
		r.filled += n
		if n == 0 {
			idle++
		}
		switch {
		case err != nil:
			r.broken = err
		case idle == maxIdleReads:
			r.broken = io.ErrNoProgress
		case at > maxRowBytes:
			r.broken = errRowTooLong
		}
	}
	return true
}

// makeRoom moves the row at hand to the front of the buffer, and doubles the buffer where the row fills most of it.
func (r *csvReader) makeRoom() {
	row := r.buf[r.start:r.filled]
	if len(row) > len(r.buf)/2 || len(r.buf) == 0 {
		r.buf = make([]byte, max(readAhead, 2*len(r.buf)))
	}
	r.filled = copy(r.buf, row)
	r.start = 0
}

// scanUsual finds the values of a row as Salesforce writes nearly all of them: each quoted, none with a quote in it, LF at
// the end, and the whole in the buffer. It reports whether the row is one.
func (r *csvReader) scanUsual() bool {
	buf, cells, plain := r.buf[r.start:r.filled], r.row.cells[:0], true
	for at := 0; at < len(buf) && buf[at] == '"'; {
		from := at + 1
		end := from
		for {
			length := bytes.IndexByte(buf[end:], '"')
			end += length
			if length < 0 || end+1 >= len(buf) || end > maxRowBytes {
				return false
			}
			if buf[end+1] != '"' {
				break
			}
			plain = false
			end += 2
		}
		cells = append(cells, cellOf(from, end))
		switch at = end + 2; buf[end+1] {
		case ',':
		case '\n':
			r.row.cells, r.row.size, r.row.open, r.row.plain = cells, end+1, false, plain
			r.next = at
			return true
		default:
			return false
		}
	}
	return false
}

// scanRow finds the values of one line, which may be blank: size is 0 then.
func (r *csvReader) scanRow() error {
	r.row = csvRow{cells: r.row.cells[:0], plain: true}
	for at := 0; ; {
		scan := r.scanBare
		if r.has(at) && r.buf[r.start+at] == '"' {
			scan, at = r.scanQuoted, at+1
		}
		next, more, err := scan(at)
		switch {
		case err != nil:
			return err
		case !more:
			r.next = next
			return nil
		}
		at = next
	}
}

// scanBare finds the end of a value without quotes. It returns where the next value, or else the next row, begins.
func (r *csvReader) scanBare(from int) (next int, more bool, err error) {
	for at := from; ; at++ {
		if !r.has(at) {
			return at, false, r.endBare(from, at, at)
		}
		switch r.buf[r.start+at] {
		case ',':
			r.row.cells = append(r.row.cells, cellOf(from, at))
			return at + 1, true, nil
		case '\n':
			return at + 1, false, r.endBare(from, at, at+1)
		case '"':
			return at, false, errBareQuote
		}
	}
}

// endBare adds the last value of a row, which ends at an offset; the CR of a line break is no part of it.
func (r *csvReader) endBare(from, to, next int) error {
	r.row.open = next == to
	if r.row.open && !r.ended() {
		return r.broken
	}
	if to > from && r.buf[r.start+to-1] == '\r' {
		to--
	}
	r.row.cells = append(r.row.cells, cellOf(from, to))
	r.row.size = to
	return nil
}

// scanQuoted finds the end of a value whose opening quote stands before from.
func (r *csvReader) scanQuoted(from int) (next int, more bool, err error) {
	for at := from; ; {
		if !r.has(at) {
			return at, false, r.orBroken(errNoQuote)
		}
		rest := r.buf[r.start+at : r.filled]
		quote := bytes.IndexByte(rest, '"')
		if quote < 0 {
			at += len(rest)
			continue
		}
		at += quote
		if quote+1 < len(rest) && rest[quote+1] == ',' { // by far the most values end here
			r.row.cells = append(r.row.cells, cellOf(from, at))
			return at + 2, true, nil
		}
		if r.has(at+1) && r.buf[r.start+at+1] == '"' {
			r.row.plain = false
			at += 2
			continue
		}
		r.row.cells = append(r.row.cells, cellOf(from, at))
		return r.behindQuote(at + 1)
	}
}

// behindQuote reads what ends a quoted value: a comma, a line break or the end.
func (r *csvReader) behindQuote(at int) (next int, more bool, err error) {
	r.row.size = at
	if r.has(at) && r.buf[r.start+at] == ',' {
		return at + 1, true, nil
	}
	if r.has(at) && r.buf[r.start+at] == '\r' {
		at++
	}
	switch {
	case !r.has(at):
		r.row.open = true
		return at, false, r.orBroken(nil)
	case r.buf[r.start+at] == '\n':
		return at + 1, false, nil
	}
	return at, false, errStrayQuote
}

// orBroken returns why the source broke off, or, where it just ended, what is wrong with an end here.
func (r *csvReader) orBroken(ended error) error {
	if r.ended() {
		return ended
	}
	return r.broken
}

// ended reports whether the body came to its end and did not break off.
func (r *csvReader) ended() bool {
	return r.broken == io.EOF //nolint:errorlint // a wrapped EOF is a connection that was lost
}

// raw returns the row at hand as it was sent, without its line break, until the next scan.
func (r *csvReader) raw() []byte { return r.buf[r.start : r.start+r.row.size] }

// last is the last byte of the body, once the row at hand is open.
func (r *csvReader) last() byte { return r.buf[r.filled-1] }

// appendTo writes the values of the row at hand behind a text, and where they lie in it behind cells. Line breaks within
// values become LF, as REST's do.
func (r *csvReader) appendTo(text *strings.Builder, cells []csvCell) []csvCell {
	raw, base := r.raw(), uint32(text.Len()) //nolint:gosec // at most batchBytes
	breaks := bytes.IndexByte(raw, '\r') >= 0
	if !r.row.plain || breaks {
		return r.appendUnescaped(text, cells, breaks)
	}
	text.Write(raw)
	for _, c := range r.row.cells {
		cells = append(cells, csvCell{base + c.from, base + c.to})
	}
	return cells
}

// appendUnescaped is appendTo for rows with quotes or CR in their values. Each quote there is a doubled one.
func (r *csvReader) appendUnescaped(text *strings.Builder, cells []csvCell, breaks bool) []csvCell {
	raw := r.raw()
	for _, c := range r.row.cells {
		from := uint32(text.Len()) //nolint:gosec // at most batchBytes and a row
		if cell := raw[c.from:c.to]; breaks {
			text.WriteString(unifyLineBreaks(strings.ReplaceAll(string(cell), `""`, `"`)))
		} else {
			writeUnescaped(text, cell)
		}
		cells = append(cells, csvCell{from, uint32(text.Len())}) //nolint:gosec // as above
	}
	return cells
}

// writeUnescaped writes a value in which quotes, if there are any, stand twice.
func writeUnescaped(text *strings.Builder, cell []byte) {
	for {
		quote := bytes.IndexByte(cell, '"')
		if quote < 0 {
			text.Write(cell)
			return
		}
		text.Write(cell[:quote+1])
		cell = cell[quote+2:]
	}
}

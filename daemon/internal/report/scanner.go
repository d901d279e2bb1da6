package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// The most bytes and lines that one record may have. They bound memory where a quote is never closed or the file is no
// text at all; Salesforce itself takes 131,072 characters in a field (Salesforce Help: custom field types).
const (
	maxRecord      = 16 << 20
	maxRecordLines = 100_000
)

// A report that ends within quotes, or whose record never ends, can't be told apart into rows from there on: most
// likely it was cut off while it was delivered. Going on would take parts of a cell for rows.
var (
	errUnclosed = errors.New("the quote that opens there is never closed: the report was cut off, or has a quote too many")
	errTooLong  = fmt.Errorf("the row that starts there is longer than %d MiB", maxRecord>>20)
	errTooMany  = fmt.Errorf("the quote that opens there is not closed within %d lines: the report has a quote too many", maxRecordLines)
)

// scanError ends a scan; line is where the record in question starts.
type scanError struct {
	line int64
	err  error
}

func (e *scanError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.err) }
func (e *scanError) Unwrap() error { return e.err }

// record is one row of cells as they stand in the file. It is valid until the next record is read.
type record struct {
	line  int64
	text  []byte // the cells, unquoted, one after another
	ends  []int  // where in text each cell ends
	fault string // what is wrong with its quotes, empty if nothing is; then there are no cells
}

func (r *record) cell(i int) []byte {
	start := 0
	if i > 0 {
		start = r.ends[i-1]
	}
	return r.text[start:r.ends[i]]
}

// scanner reads RFC 4180 records. It differs from encoding/csv where quotes don't pair: encoding/csv then drops every
// line up to the next quote without a word. Here each of these lines becomes a record with a fault, and scanning goes
// on at the line where the fault showed.
type scanner struct {
	in   *bufio.Reader
	line int64 // number of the last line that was read

	lines  [][]byte // lines of the current record, without line ends
	first  int64    // number of the first of them
	size   int      // bytes in them
	given  []byte   // the line to read next, when back
	back   bool
	faulty []record // records to return before anything else is read

	text   []byte
	ends   []int
	quoted bool // within quotes at the end of the last line
}

func newScanner(in io.Reader) *scanner {
	s := &scanner{in: bufio.NewReaderSize(in, 64<<10)}
	if mark, _ := s.in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = s.in.Discard(len(mark)) // was peeked, so it is there
	}
	return s
}

// next returns the next record, [io.EOF] after the last one, or a *scanError.
func (s *scanner) next() (record, error) {
	for {
		if len(s.faulty) > 0 {
			r := s.faulty[0]
			s.faulty = s.faulty[1:]
			return r, nil
		}
		s.lines, s.size, s.text, s.ends, s.quoted = s.lines[:0], 0, s.text[:0], s.ends[:0], false
		if err := s.readLine(); err != nil {
			return record{}, err
		}
		s.first = s.line
		if len(bytes.TrimSpace(s.lines[0])) == 0 {
			continue // a blank line is no row
		}
		r, ok, err := s.record()
		if err != nil || ok {
			return r, err
		}
	}
}

// record parses the record that starts on the line just read. It returns false when its quotes are at fault; then
// s.faulty holds what to return.
func (s *scanner) record() (record, bool, error) {
	for {
		fault := s.parse(s.lines[len(s.lines)-1])
		switch {
		case fault != "":
			s.setAside(fault)
			return record{}, false, nil
		case !s.quoted:
			return record{line: s.first, text: s.text, ends: s.ends}, true, nil
		}
		if len(s.lines) == maxRecordLines {
			return record{}, false, &scanError{line: s.first, err: errTooMany}
		}
		switch err := s.readLine(); {
		case errors.Is(err, io.EOF):
			return record{}, false, &scanError{line: s.first, err: errUnclosed}
		case err != nil:
			return record{}, false, err
		}
	}
}

// setAside turns the lines of a record with a fault into faulty records. Where a quote reached over several lines,
// nobody can say which of them are rows, so none is taken for one; the last, where the fault showed, is read again on
// its own, because it may well begin a good row.
func (s *scanner) setAside(fault string) {
	last := s.first + int64(len(s.lines)) - 1
	if len(s.lines) == 1 {
		s.faulty = append(s.faulty, record{line: s.first, fault: fault})
		return
	}
	for i, text := range s.lines[:len(s.lines)-1] {
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		s.faulty = append(s.faulty, record{line: s.first + int64(i), fault: fmt.Sprintf(
			"lines %d to %d can't be told apart: a quote opens on line %d, and on line %d %s", s.first, last-1, s.first, last, fault)})
	}
	s.given, s.back = bytes.Clone(s.lines[len(s.lines)-1]), true
	s.line = last - 1
}

// parse takes one more line into the record and returns what is wrong with its quotes, if anything is.
func (s *scanner) parse(line []byte) (fault string) {
	for more := true; more; {
		switch {
		case s.quoted:
			line, more, fault = s.inQuotes(line)
		case len(line) > 0 && line[0] == '"':
			s.quoted, line = true, line[1:]
		default:
			line, more, fault = s.bare(line)
		}
		if fault != "" {
			return fault
		}
	}
	return ""
}

// bare takes a cell without quotes. It returns the rest of the line after the comma, and whether there was one.
func (s *scanner) bare(line []byte) (rest []byte, more bool, fault string) {
	cell, rest, more := bytes.Cut(line, []byte{','})
	if bytes.IndexByte(cell, '"') >= 0 {
		return nil, false, fmt.Sprintf("cell %d has a quote in its middle: a cell with quotes must be quoted, its own quotes doubled", len(s.ends)+1)
	}
	s.endCell(cell)
	return rest, more, ""
}

// inQuotes takes what stands within quotes, up to the closing one and the comma after it, to a doubled one, or to the
// end of the line. It returns the rest of the line, and whether there is more to take.
func (s *scanner) inQuotes(line []byte) (rest []byte, more bool, fault string) {
	inside, rest, closed := bytes.Cut(line, []byte{'"'})
	s.text = append(s.text, inside...)
	switch {
	case !closed:
		s.text = append(s.text, '\n')
		return nil, false, ""
	case len(rest) > 0 && rest[0] == '"':
		s.text = append(s.text, '"')
		return rest[1:], true, ""
	case len(rest) > 0 && rest[0] != ',':
		return nil, false, fmt.Sprintf("cell %d goes on after its closing quote", len(s.ends)+1)
	}
	s.quoted = false
	s.endCell(nil)
	if len(rest) == 0 {
		return nil, false, ""
	}
	return rest[1:], true, ""
}

func (s *scanner) endCell(rest []byte) {
	s.text = append(s.text, rest...)
	s.ends = append(s.ends, len(s.text))
}

// readLine adds the next line, without its line end, to s.lines.
func (s *scanner) readLine() error {
	if s.back {
		s.back = false
		s.lines, s.size = append(s.lines, s.given), s.size+len(s.given)
		s.line++
		return nil
	}
	line := s.spare()
	for {
		part, err := s.in.ReadSlice('\n')
		if s.size+len(line)+len(part) > maxRecord {
			return &scanError{line: s.line + 1 - int64(len(s.lines)), err: errTooLong}
		}
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return fmt.Errorf("read line %d: %w", s.line+1, err)
		case err != nil && len(line) == 0:
			return io.EOF
		}
		break
	}
	line = bytes.TrimSuffix(line, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	s.lines, s.size = append(s.lines, line), s.size+len(line)
	s.line++
	return nil
}

// spare returns the buffer of the line that stood at this place in an earlier record.
func (s *scanner) spare() []byte {
	if n := len(s.lines); n < cap(s.lines) {
		return s.lines[:n+1][n][:0]
	}
	return nil
}

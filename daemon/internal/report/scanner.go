package report

import (
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
	text  []byte // the cells, unquoted, each but the first after one byte that parts them
	ends  []int  // where in text each cell ends
	fault string // what is wrong with its quotes, empty if nothing is; then there are no cells
}

func (r *record) cell(i int) []byte {
	start := 0
	if i > 0 {
		start = r.ends[i-1] + 1
	}
	return r.text[start:r.ends[i]]
}

// scanner reads RFC 4180 records. It differs from encoding/csv where quotes don't pair: encoding/csv then drops every
// line up to the next quote without a word. Here each of these lines becomes a record with a fault, and scanning goes
// on at the line where the fault showed.
type scanner struct {
	in   lines
	line int64 // number of the last line that was read

	first  int64    // number of the first line of the current record
	count  int      // lines of it read so far
	size   int      // bytes in them, without line ends
	faulty []record // records to return before anything else is read

	text   []byte // cells of the current record, where it has quotes
	ends   []int
	quoted bool // within quotes at the end of the last line
}

func newScanner(in io.Reader) *scanner {
	s := &scanner{in: newLines(in)}
	s.in.skip("\xef\xbb\xbf")
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
		s.in.keep()
		s.first, s.count, s.size = s.line+1, 0, 0
		line, err := s.readLine()
		switch {
		case err != nil:
			return record{}, err
		case blank(line):
			continue // is no row
		case bytes.IndexByte(line, '"') < 0:
			return s.unquoted(line), nil
		}
		if r, ok, err := s.record(line); err != nil || ok {
			return r, err
		}
	}
}

// unquoted returns the record of a line without quotes, which most are: its cells stay where they were read.
func (s *scanner) unquoted(line []byte) record {
	s.ends = append(appendCommas(s.ends[:0], line), len(line))
	return record{line: s.first, text: line, ends: s.ends}
}

// record parses the record that starts with the line. It returns false when its quotes are at fault; then s.faulty
// holds what to return.
func (s *scanner) record(line []byte) (record, bool, error) {
	s.text, s.ends, s.quoted = s.text[:0], s.ends[:0], false
	for {
		fault := s.parse(line)
		switch {
		case fault != "":
			s.setAside(fault)
			return record{}, false, nil
		case !s.quoted:
			return record{line: s.first, text: s.text, ends: s.ends}, true, nil
		case s.count == maxRecordLines:
			return record{}, false, &scanError{line: s.first, err: errTooMany}
		}
		var err error
		switch line, err = s.readLine(); {
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
	if s.count == 1 {
		s.faulty = append(s.faulty, record{line: s.first, fault: fault})
		return
	}
	last := s.line
	at := s.first
	for text := range bytes.Lines(s.in.back()) {
		if !blank(text) {
			s.faulty = append(s.faulty, record{line: at, fault: fmt.Sprintf(
				"lines %d to %d can't be told apart: a quote opens on line %d, and on line %d %s", s.first, last-1, s.first, last, fault)})
		}
		at++
	}
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

// bare takes the cells that stand before the next quote. It returns the rest of the line, and whether there is one.
func (s *scanner) bare(line []byte) (rest []byte, more bool, fault string) {
	quote := bytes.IndexByte(line, '"') //nolint:modernize // bytes.Cut shows in the profile: cells are short
	if quote < 0 {
		s.plain(line)
		return nil, false, ""
	}
	comma := bytes.LastIndexByte(line[:quote], ',')
	if comma < 0 {
		return nil, false, fmt.Sprintf("cell %d has a quote in its middle: a cell with quotes must be quoted, its own quotes doubled", len(s.ends)+1)
	}
	s.plain(line[:comma])
	return line[comma+1:], true, ""
}

// plain takes cells without quotes.
func (s *scanner) plain(line []byte) {
	base, from := len(s.text), len(s.ends)
	s.ends = append(appendCommas(s.ends, line), len(line))
	for i := from; i < len(s.ends); i++ {
		s.ends[i] += base
	}
	s.text = append(append(s.text, line...), ',')
}

// inQuotes takes what stands within quotes, up to the closing one and the comma after it, to a doubled one, or to the
// end of the line. It returns the rest of the line, and whether there is more to take.
func (s *scanner) inQuotes(line []byte) (rest []byte, more bool, fault string) {
	n := bytes.IndexByte(line, '"') //nolint:modernize // as in bare
	if n < 0 {
		s.text = append(append(s.text, line...), '\n')
		return nil, false, ""
	}
	s.text, rest = append(s.text, line[:n]...), line[n+1:]
	switch {
	case len(rest) > 0 && rest[0] == '"':
		s.text = append(s.text, '"')
		return rest[1:], true, ""
	case len(rest) > 0 && rest[0] != ',':
		return nil, false, fmt.Sprintf("cell %d goes on after its closing quote", len(s.ends)+1)
	}
	s.quoted = false
	s.endCell()
	if len(rest) == 0 {
		return nil, false, ""
	}
	return rest[1:], true, ""
}

// endCell marks the end of a cell; the byte behind it parts it from the next.
func (s *scanner) endCell() {
	s.ends = append(s.ends, len(s.text))
	s.text = append(s.text, ',')
}

// readLine reads the next line of the current record, without its line end. It is valid until the next one is read.
func (s *scanner) readLine() ([]byte, error) {
	line, err := s.in.next(maxRecord - s.size)
	switch {
	case errors.Is(err, errTooLong):
		return nil, &scanError{line: s.first, err: err}
	case errors.Is(err, io.EOF):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("read line %d: %w", s.line+1, err)
	}
	s.line++
	s.count++
	s.size += len(line)
	return line, nil
}

// blank reports whether a line holds nothing but white space.
func blank(line []byte) bool {
	if len(line) > 0 && ' ' < line[0] && line[0] < 0x7f { // most lines; looking at both ends takes longer
		return false
	}
	return len(bytes.TrimSpace(line)) == 0
}

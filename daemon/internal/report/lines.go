package report

import (
	"bytes"
	"io"
	"slices"
)

// lineBuffer is how much of the input stands in memory at first; a longer record makes it grow.
const lineBuffer = 128 << 10

// lines cuts an input into lines without copying them, and can go back as far as it was told to keep.
type lines struct {
	in     io.Reader
	buffer []byte
	kept   int   // where the oldest line stands that back may return to
	last   int   // where the line stands that was read last
	at     int   // where the next line stands
	end    int   // where what was read ends
	read   int64 // bytes of the lines that were read, those twice that were gone back to
	err    error // what ended the input
}

func newLines(in io.Reader) lines { return lines{in: in, buffer: make([]byte, lineBuffer)} }

// skip passes over a text if the input starts with it.
func (l *lines) skip(text string) {
	for l.end < len(text) && l.err == nil {
		l.fill()
	}
	if bytes.HasPrefix(l.buffer[:l.end], []byte(text)) {
		l.at = len(text)
	}
}

// next returns the next line without its line end, LF or CRLF. It is valid until the next call. The error is
// [io.EOF] after the last line, errTooLong for a line of more than limit bytes, its LF counted, or the input's own.
func (l *lines) next(limit int) ([]byte, error) {
	for searched := 0; ; {
		n := bytes.IndexByte(l.buffer[l.at+searched:l.end], '\n')
		length, after := searched+n, searched+n+1
		if n < 0 {
			searched = l.end - l.at
			length, after = searched, searched
		}
		switch {
		case after > limit:
			return nil, errTooLong
		case n < 0 && l.err == nil:
			l.fill()
			continue
		case n < 0 && (l.err != io.EOF || length == 0): //nolint:errorlint // the end of an input is io.EOF itself
			return nil, l.err
		}
		line := l.buffer[l.at : l.at+length]
		l.last, l.at, l.read = l.at, l.at+after, l.read+int64(after)
		return bytes.TrimSuffix(line, []byte{'\r'}), nil
	}
}

// keep makes the next line the oldest one that back may return to.
func (l *lines) keep() { l.kept = l.at }

// back returns the lines that were kept, but the last, with their line ends; the last is read again by next.
func (l *lines) back() []byte {
	l.at = l.last
	return l.buffer[l.kept:l.last]
}

// fill reads more, over what is not kept any longer.
func (l *lines) fill() {
	if l.kept > 0 {
		copy(l.buffer, l.buffer[l.kept:l.end])
		l.last, l.at, l.end, l.kept = l.last-l.kept, l.at-l.kept, l.end-l.kept, 0
	}
	if l.end == len(l.buffer) {
		l.buffer = slices.Grow(l.buffer, len(l.buffer))
		l.buffer = l.buffer[:cap(l.buffer)]
	}
	n, err := l.in.Read(l.buffer[l.end:])
	l.end += n
	l.err = err
}

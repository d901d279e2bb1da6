package rowlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/zstd"
)

const (
	// MaxLine bounds a line in bytes, and with it what reading takes in memory: a row that changes every field of a record
	// stays far below.
	MaxLine = 64 << 20
	// maxWindow bounds what a frame may make its reader keep; our own need far less.
	maxWindow = 8 << 20
	// readBuffer holds most lines as a whole.
	readBuffer = 64 << 10
)

// Lines walks through the lines of zstd frames, without their line feeds. A line is good until the next one is asked for.
func Lines(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		// One decoder at work on the caller's own goroutine: nothing is left running when the walk ends early.
		frames, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			yield(nil, fmt.Errorf("read outcomes: %w", err))
			return
		}
		defer frames.Close()
		lines := bufio.NewReaderSize(frames, readBuffer)
		var long []byte
		for {
			line, err := readLine(lines, &long)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// readLine returns the next line. One that does not fit the buffer is gathered in long.
func readLine(r *bufio.Reader, long *[]byte) ([]byte, error) {
	part, err := r.ReadSlice('\n')
	if err == nil {
		return part[:len(part)-1], nil
	}
	gathered := (*long)[:0]
	for {
		gathered = append(gathered, part...)
		*long = gathered
		switch {
		case err == nil:
			return bytes.TrimSuffix(gathered, []byte{'\n'}), nil
		case len(gathered) > MaxLine:
			return nil, tooLong()
		case errors.Is(err, io.EOF) && len(gathered) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("read outcomes: the last line has no end: %w", io.ErrUnexpectedEOF)
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("read outcomes: %w", err)
		}
		part, err = r.ReadSlice('\n')
	}
}

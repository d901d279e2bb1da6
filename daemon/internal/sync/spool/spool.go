// Package spool keeps what a run knows of many rows in little memory.
//
// A [Spool] is an append-only sequence of records of bytes: the first ones stay in memory, the others go to a file. A
// [Table] is a spool whose records are found by number. An [Index] finds the number of a row by the hash of its key
// and holds nothing that the garbage collector would have to walk.
package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
)

const (
	// chunkBytes is how much is allocated, and written to the file, at once.
	chunkBytes = 1 << 20
	// guessBytes is how much of a record is read from the file at first; few are longer.
	guessBytes = 1 << 10
)

var errDamaged = errors.New("read a scratch file: it was damaged")

// Ref finds a record in its spool.
type Ref uint64

// Spool is an append-only sequence of records. It is safe for concurrent use.
type Spool struct {
	dir    string
	memory int // chunks that stay in memory

	mu     sync.RWMutex
	chunks [][]byte // in memory: the first ones, and last the one that is being filled
	size   uint64   // bytes in all
	file   *os.File // what comes after the chunks that stay in memory; nil before
	filed  uint64   // bytes in it
}

// New makes a spool that keeps about memory bytes in memory and the rest in a file in dir, which is made when it is
// needed and goes with Close.
func New(dir string, memory int) *Spool {
	return &Spool{dir: dir, memory: max(1, memory/chunkBytes)}
}

// Append adds a record.
func (s *Spool) Append(record []byte) (Ref, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(record)
}

// add adds a record to a spool that is locked.
func (s *Spool) add(record []byte) (Ref, error) {
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(len(record)))
	ref := Ref(s.size)
	if s.size%chunkBytes != 0 && s.size%chunkBytes+uint64(n+len(record)) <= chunkBytes { //nolint:gosec // a length
		last := &s.chunks[len(s.chunks)-1]
		*last = append(append(*last, head[:n]...), record...)
		s.size += uint64(n + len(record)) //nolint:gosec // a length
		return ref, nil
	}
	if err := s.write(head[:n]); err != nil {
		return 0, err
	}
	return ref, s.write(record)
}

// write adds bytes to the last chunk, which goes to the file when it is full and no more may stay in memory.
func (s *Spool) write(p []byte) error {
	for len(p) > 0 {
		if s.size%chunkBytes == 0 {
			if err := s.nextChunk(); err != nil {
				return err
			}
		}
		last := &s.chunks[len(s.chunks)-1]
		n := min(len(p), chunkBytes-len(*last))
		*last = append(*last, p[:n]...)
		p, s.size = p[n:], s.size+uint64(n) //nolint:gosec // a length
	}
	return nil
}

// nextChunk makes room for more: a new chunk, or the last one again once it is in the file.
func (s *Spool) nextChunk() error {
	if len(s.chunks) <= s.memory {
		s.chunks = append(s.chunks, make([]byte, 0, chunkBytes))
		return nil
	}
	if s.file == nil {
		file, err := os.CreateTemp(s.dir, "rows-*")
		if err != nil {
			return fmt.Errorf("make a scratch file: %w", err)
		}
		s.file = file
	}
	last := &s.chunks[len(s.chunks)-1]
	if _, err := s.file.WriteAt(*last, int64(s.filed)); err != nil { //nolint:gosec // a file is never that large
		return fmt.Errorf("write to a scratch file: %w", err)
	}
	s.filed += uint64(len(*last))
	*last = (*last)[:0]
	return nil
}

// Read returns a record. It may stand in buf or in the spool's own memory: it must not be changed, and is valid until
// buf is used again.
func (s *Spool) Read(ref Ref, buf []byte) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.read(uint64(ref), buf)
}

// read returns the record at a place.
func (s *Spool) read(at uint64, buf []byte) ([]byte, error) {
	window, err := s.window(at, guessBytes, buf)
	if err != nil {
		return nil, err
	}
	size, n := binary.Uvarint(window)
	next := at + uint64(n) + size //nolint:gosec // a negative n is caught below
	if n <= 0 || next > s.size {
		return nil, errDamaged
	}
	if uint64(len(window)) < uint64(n)+size {
		if window, err = s.window(at, int(next-at), buf); err != nil { //nolint:gosec // a record fits in memory
			return nil, err
		}
	}
	return window[n : uint64(n)+size], nil
}

// window returns so many bytes from a place on, fewer where the spool ends, more where they are at hand.
func (s *Spool) window(at uint64, size int, buf []byte) ([]byte, error) {
	size = int(min(uint64(size), s.size-at)) //nolint:gosec // both are lengths
	// The last chunk may be written over once it is in the file, so what stands there is copied.
	if at < s.kept() {
		if chunk := s.chunks[at/chunkBytes][at%chunkBytes:]; len(chunk) >= size {
			return chunk, nil
		}
	}
	if cap(buf) < size {
		buf = make([]byte, size, 2*size)
	}
	buf = buf[:size]
	for filled := 0; filled < size; {
		n, err := s.copyAt(buf[filled:], at+uint64(filled))
		if err != nil {
			return nil, err
		}
		filled += n
	}
	return buf, nil
}

// chunkAt returns the chunk in memory that holds a place.
func (s *Spool) chunkAt(at uint64) (chunk []byte, offset int, ok bool) {
	kept := s.kept()
	switch {
	case at < kept:
		return s.chunks[at/chunkBytes], int(at % chunkBytes), true
	case at >= kept+s.filed:
		return s.chunks[len(s.chunks)-1], int(at - kept - s.filed), true //nolint:gosec // within a chunk
	}
	return nil, 0, false
}

// kept returns how many bytes stay in memory for good: all full chunks but the last one that there may be, which is used
// again once it is in the file.
func (s *Spool) kept() uint64 {
	return min(s.size-s.size%chunkBytes, uint64(s.memory)*chunkBytes) //nolint:gosec // at least one chunk
}

func (s *Spool) copyAt(p []byte, at uint64) (int, error) {
	if chunk, offset, ok := s.chunkAt(at); ok {
		return copy(p, chunk[offset:]), nil
	}
	kept := s.kept()
	p = p[:min(uint64(len(p)), kept+s.filed-at)]
	if _, err := s.file.ReadAt(p, int64(at-kept)); err != nil { //nolint:gosec // a file is never that large
		return 0, fmt.Errorf("read a scratch file: %w", err)
	}
	return len(p), nil
}

// Close lets go of memory and file.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	file := s.file
	s.chunks, s.size, s.file, s.filed = nil, 0, nil, 0
	if file == nil {
		return nil
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

package report

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"os"
	"sync"
)

// A report is read in chunks, of which one is scanned while the next is fetched and hashed.
const (
	chunkBytes = 256 << 10
	chunkCount = 2
)

// readAhead reads a file ahead of its reader and hashes it on the way, both on a goroutine of its own: hashing takes
// about as long as scanning does. close ends the goroutine and waits for it.
type readAhead struct {
	full chan chunk  // read and hashed, in order; has room for all chunks
	free chan []byte // read out, to be filled again; has room for all chunks
	hash hash.Hash   // belongs to the goroutine until the chunk with the error was received
	size int64       // bytes hashed; likewise

	stop    chan struct{}
	stopped sync.Once
	running sync.WaitGroup

	taken []byte // the chunk that is being read out
	rest  []byte // what is left of it
	err   error  // what follows it
}

// chunk is a part of a file. An error, also the end of the file, comes with the last one.
type chunk struct {
	data []byte
	err  error
}

// newReadAhead starts to read a file that probably has so many bytes.
func newReadAhead(in io.Reader, size int64) *readAhead {
	a := &readAhead{
		full: make(chan chunk, chunkCount),
		free: make(chan []byte, chunkCount),
		hash: sha256.New(),
		stop: make(chan struct{}),
	}
	for range chunkCount {
		a.free <- make([]byte, max(1, min(size+1, chunkBytes))) // one more shows the end at once
	}
	a.running.Go(func() { a.fetch(in) })
	return a
}

func (a *readAhead) fetch(in io.Reader) {
	defer close(a.full)
	for {
		var buffer []byte
		select {
		case buffer = <-a.free:
		case <-a.stop:
			return
		}
		n, err := io.ReadFull(in, buffer[:cap(buffer)])
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		a.hash.Write(buffer[:n]) // never fails
		a.size += int64(n)
		a.full <- chunk{buffer[:n], err}
		if err != nil {
			return
		}
	}
}

// Read implements [io.Reader].
func (a *readAhead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.taken != nil {
			a.free <- a.taken
		}
		next, ok := <-a.full
		if !ok {
			next.err = os.ErrClosed
		}
		a.taken, a.rest, a.err = next.data, next.data, next.err
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// sum returns the size and the SHA-256 of the file, once Read has returned [io.EOF].
func (a *readAhead) sum() (size int64, sha256 []byte) { return a.size, a.hash.Sum(nil) }

func (a *readAhead) close() {
	a.stopped.Do(func() { close(a.stop) })
	a.running.Wait()
}

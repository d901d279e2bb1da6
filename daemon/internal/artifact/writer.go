package artifact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path"
	"sync/atomic"

	"gocloud.dev/blob"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// A frame ends with whichever comes first. Few rows make a page quick to find, many make the object small.
	frameRows  = 4096
	frameBytes = 1 << 20

	// partBytes is what is sent to a bucket at a time; S3 takes no smaller parts than 5 MiB.
	partBytes = 5 << 20

	contentType = "application/zstd"
)

// ErrClosed is the error for a writer that was closed or discarded before.
var ErrClosed = errors.New("the artifact is closed")

// block is the lines of a frame to be.
type block struct {
	lines       []byte
	rows        int
	first, last int64
	kinds       kindSet
}

// Writer writes the outcomes of a run's attempt into an object, which appears when the writer is closed. Frames are
// compressed and sent by a goroutine that ends with Close or Discard, while the next one is filled: some megabytes in all.
// It is not safe for concurrent use.
type Writer struct {
	bucket *Bucket
	key    string
	cancel context.CancelFunc
	closed bool

	// Of the filling side.
	block *block
	rows  int64
	last  int64

	full   chan *block
	free   chan *block
	failed atomic.Bool
	packed chan struct{} // closed when the packing side has ended; what it has made may be read then

	// Of the packing side.
	ctx    context.Context // of the writing, which outlives the call that began it
	object *blob.Writer
	hash   hash.Hash
	size   int64
	frames []frame
	packet []byte // the frame that is sent, reused
	err    error
}

// Create begins the object of a run's attempt. When ctx ends before the writer is closed, nothing appears. The writer must be
// closed or discarded.
func (b *Bucket) Create(ctx context.Context, runID string, attempt int) (*Writer, error) {
	prefix, err := runPrefix(runID)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%soutcomes-%d.jsonl.zst", prefix, attempt)
	ctx, cancel := context.WithCancel(ctx)
	object, err := b.blobs.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType: contentType, BufferSize: partBytes, MaxConcurrency: 1, BeforeWrite: private,
	})
	if err != nil {
		err = b.trouble(ctx, "can't write the object "+key+" to", err)
		cancel()
		return nil, err
	}
	w := &Writer{
		bucket: b, key: key, ctx: ctx, cancel: cancel, object: object, hash: sha256.New(),
		// One is filled while the other is packed.
		full: make(chan *block, 1), free: make(chan *block, 2), packed: make(chan struct{}),
	}
	for range cap(w.free) {
		w.free <- new(block)
	}
	go w.pack()
	return w, nil
}

// Add writes a row's outcome. Rows come in their order, each once (invariant 2).
func (w *Writer) Add(o reportsync.Outcome) error {
	kind := bitOf(reportsync.OutcomeKinds, o.Kind)
	switch {
	case w.closed:
		return w.ended()
	case o.Row <= w.last:
		return fmt.Errorf("write the outcome of row %d: row %d was written before it", o.Row, w.last)
	case kind == 0:
		return fmt.Errorf("write the outcome of row %d: %q is no outcome", o.Row, o.Kind)
	}
	if w.block == nil {
		w.block = <-w.free
		w.block.first = o.Row
	}
	b := w.block
	before := len(b.lines)
	b.lines = rowlog.Append(b.lines, o)
	if len(b.lines)-before > rowlog.MaxLine {
		b.lines = b.lines[:before]
		return fmt.Errorf("write the outcome of row %d: it takes more than %d bytes", o.Row, rowlog.MaxLine)
	}
	if len(o.Changes) > 0 {
		kind |= withChanges
	}
	b.rows++
	b.last, b.kinds = o.Row, b.kinds|kind
	w.rows++
	w.last = o.Row
	if b.rows >= frameRows || len(b.lines) >= frameBytes {
		w.flush()
		if w.failed.Load() {
			// The block was taken, so that what the packing side found is there to be read once it has ended.
			return fmt.Errorf("write the outcome of row %d: %w", o.Row, w.end())
		}
	}
	return nil
}

func (w *Writer) flush() {
	if w.block != nil && w.block.rows > 0 {
		w.full <- w.block
	}
	w.block = nil
}

// pack compresses and sends blocks until there are no more. After an error it only takes them.
func (w *Writer) pack() {
	defer close(w.packed)
	for b := range w.full {
		if w.err == nil {
			if w.err = w.write(b); w.err != nil {
				w.failed.Store(true)
			}
		}
		*b = block{lines: b.lines[:0]}
		w.free <- b
	}
}

func (w *Writer) write(b *block) error {
	w.packet = rowlog.Compress(w.packet[:0], b.lines)
	w.frames = append(w.frames, frame{
		offset: w.size, length: int64(len(w.packet)), first: b.first, last: b.last, kinds: b.kinds,
	})
	return w.send(w.packet)
}

func (w *Writer) send(data []byte) error {
	if err := w.ctx.Err(); err != nil {
		return w.trouble(err)
	}
	w.hash.Write(data)
	w.size += int64(len(data))
	if _, err := w.object.Write(data); err != nil {
		return w.trouble(err)
	}
	return nil
}

func (w *Writer) trouble(err error) error {
	return w.bucket.trouble(w.ctx, "can't write the object "+w.key+" to", err)
}

// end waits for the packing side, after which nothing can be added. An object that is not whole is dropped.
func (w *Writer) end() error {
	w.closed = true
	close(w.full)
	<-w.packed
	if w.err == nil {
		return nil
	}
	w.drop()
	return w.err
}

// ended says why a writer takes no more.
func (w *Writer) ended() error {
	if w.err != nil {
		return w.err
	}
	return ErrClosed
}

// drop ends the writing so that nothing appears: a writer whose context has ended before it is closed makes no object.
func (w *Writer) drop() {
	w.cancel()
	_ = w.object.Close() // says that it was cancelled
}

// Close makes the object visible and says what it is. When ctx ends first, or anything else goes wrong, nothing appears.
func (w *Writer) Close(ctx context.Context) (reportsync.Artifact, error) {
	if w.closed {
		return reportsync.Artifact{}, w.ended()
	}
	if ctx.Err() != nil {
		w.Discard()
		return reportsync.Artifact{}, w.bucket.trouble(ctx, "can't write the object "+w.key+" to", ctx.Err())
	}
	stop := context.AfterFunc(ctx, w.cancel)
	defer stop()
	w.flush()
	if err := w.end(); err != nil {
		return reportsync.Artifact{}, err
	}
	x := index{kinds: reportsync.OutcomeKinds, frames: w.frames}
	if err := w.send(x.append(nil)); err != nil {
		w.drop()
		return reportsync.Artifact{}, err
	}
	defer w.cancel()
	if err := w.object.Close(); err != nil {
		return reportsync.Artifact{}, w.trouble(err)
	}
	if err := w.bucket.sync(w.key); err != nil {
		return reportsync.Artifact{}, err
	}
	return reportsync.Artifact{Key: w.key, Rows: w.rows, Bytes: w.size, SHA256: hex.EncodeToString(w.hash.Sum(nil))}, nil
}

// Discard drops what was written. After Close, and a second time, it does nothing.
func (w *Writer) Discard() {
	if w.closed {
		return
	}
	w.closed = true
	w.cancel()
	close(w.full)
	<-w.packed
	w.drop()
}

// sync makes a file last over a power failure, before the database says that it is there. Other buckets have done so.
func (b *Bucket) sync(key string) error {
	if b.root == nil {
		return nil
	}
	for _, name := range []string{key, path.Dir(key), path.Dir(path.Dir(key))} {
		if err := syncFile(b.root, name); err != nil {
			return fmt.Errorf("make the artifact %s last: %w", key, err)
		}
	}
	return nil
}

func syncFile(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

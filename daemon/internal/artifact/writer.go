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

// Writer writes the outcomes of a run's attempt into an object, which appears when the writer is closed. While one frame is
// filled, others are compressed side by side and sent in their order, by goroutines that end with Close or Discard: some
// megabytes in all. It is not safe for concurrent use.
type Writer struct {
	bucket *Bucket
	key    string
	cancel context.CancelFunc
	closed bool

	// Of the filling side.
	block *block
	rows  int64
	last  int64 // of the pass
	pass  int

	press  *press
	failed atomic.Bool
	sent   chan struct{} // closed when the sending side has ended; what it has made may be read then

	// Of the sending side.
	ctx    context.Context // of the writing, which outlives the call that began it
	object *object
	hash   hash.Hash
	size   int64
	passes [][]frame
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
	object, err := b.newObject(ctx, key, &blob.WriterOptions{
		ContentType: contentType, BufferSize: partBytes, MaxConcurrency: 1, BeforeWrite: private,
	})
	if err != nil {
		err = b.trouble(ctx, "can't write the object "+key+" to", err)
		cancel()
		return nil, err
	}
	w := &Writer{
		bucket: b, key: key, ctx: ctx, cancel: cancel, object: object, hash: sha256.New(),
		press: newPress(), sent: make(chan struct{}),
	}
	go w.sendAll()
	return w, nil
}

// NextPass begins with the rows from the first one again. Each row comes in one pass only: those whose outcome is known
// early need not wait for the others.
func (w *Writer) NextPass() {
	w.flush()
	w.pass++
	w.last = 0
}

// Add writes a row's outcome. In each pass rows come in their order, each once (invariant 2).
func (w *Writer) Add(o reportsync.Outcome) error {
	kind, err := w.next(o.Row, o.Kind)
	if err != nil {
		return err
	}
	if len(o.Changes) > 0 {
		kind |= withChanges
	}
	before := len(w.block.lines)
	w.block.lines = rowlog.Append(w.block.lines, o)
	return w.added(o.Row, kind, before)
}

// AddPlain is Add for an outcome that tells of little. What p leads to is not kept.
func (w *Writer) AddPlain(p *rowlog.Plain) error {
	kind, err := w.next(p.Row, p.Kind)
	if err != nil {
		return err
	}
	before := len(w.block.lines)
	w.block.lines = rowlog.AppendPlain(w.block.lines, p)
	return w.added(p.Row, kind, before)
}

// next checks that a row may come next, and sees to it that there is a block that takes it.
func (w *Writer) next(row int64, kind reportsync.OutcomeKind) (kindSet, error) {
	bit := bitOf(reportsync.OutcomeKinds, kind)
	switch {
	case w.closed:
		return 0, w.ended()
	case row <= w.last:
		return 0, fmt.Errorf("write the outcome of row %d: row %d was written before it", row, w.last)
	case bit == 0:
		return 0, fmt.Errorf("write the outcome of row %d: %q is no outcome", row, kind)
	}
	if w.block == nil {
		w.block = w.press.take()
	}
	return bit, nil
}

// added notes the row whose line was added behind what stood in the block before. A block that is full goes on its way.
func (w *Writer) added(row int64, kinds kindSet, before int) error {
	b := w.block
	if len(b.lines)-before > rowlog.MaxLine {
		b.lines = b.lines[:before]
		return fmt.Errorf("write the outcome of row %d: it takes more than %d bytes", row, rowlog.MaxLine)
	}
	if b.rows == 0 {
		b.first, b.pass = row, w.pass
	}
	b.rows++
	b.last, b.kinds = row, b.kinds|kinds
	w.rows++
	w.last = row
	if b.rows < frameRows && len(b.lines) < frameBytes {
		return nil
	}
	w.flush()
	if w.failed.Load() {
		// What the sending side found is there to be read once it has ended.
		return fmt.Errorf("write the outcome of row %d: %w", row, w.end())
	}
	return nil
}

func (w *Writer) flush() {
	if w.block != nil && w.block.rows > 0 {
		w.press.put(w.block)
	}
	w.block = nil
}

// sendAll sends blocks until there are no more. After an error it only takes them.
func (w *Writer) sendAll() {
	defer close(w.sent)
	for b := range w.press.pressed() {
		if w.err != nil {
			continue
		}
		for len(w.passes) <= b.pass {
			w.passes = append(w.passes, nil)
		}
		w.passes[b.pass] = append(w.passes[b.pass], frame{
			offset: w.size, length: int64(len(b.packet)), first: b.first, last: b.last, kinds: b.kinds,
		})
		if w.err = w.send(b.packet); w.err != nil {
			w.failed.Store(true)
		}
	}
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

// end waits for the sending side, after which nothing can be added. An object that is not whole is dropped.
func (w *Writer) end() error {
	w.closed = true
	w.press.close()
	<-w.sent
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
	x := index{kinds: reportsync.OutcomeKinds, passes: w.passes}
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
	w.press.close()
	<-w.sent
	w.drop()
}

// sync makes a file last over a power failure, before the database says that it is there. Other buckets have done so.
func (b *Bucket) sync(key string) error {
	if b.folder == "" {
		return nil
	}
	err := b.inFolder(func(root *os.Root) error {
		for _, name := range []string{key, path.Dir(key), path.Dir(path.Dir(key))} {
			if err := syncFile(root, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make the artifact %s last: %w", key, err)
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

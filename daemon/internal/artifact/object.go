package artifact

import (
	"context"
	"io"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob"
)

// object is one that is being written. It appears when it is closed, unless its context has ended before.
type object struct {
	to    io.WriteCloser
	watch *watch
}

// newObject begins an object. It must be closed, and only one goroutine may use it at a time.
func (b *Bucket) newObject(ctx context.Context, key string, o *blob.WriterOptions) (*object, error) {
	w := b.watch(ctx)
	w.rests()
	var azure *container.Client
	if b.blobs.As(&azure) {
		return &object{to: b.pull(w.ctx, key, o), watch: w}, nil
	}
	to, err := b.blobs.NewWriter(w.ctx, key, o)
	if err != nil {
		w.end()
		return nil, err
	}
	return &object{to: to, watch: w}, nil
}

// Write hands data to the bucket.
func (o *object) Write(data []byte) (int, error) {
	o.watch.waits()
	defer o.watch.rests()
	n, err := o.to.Write(data)
	return n, o.watch.explain(err)
}

// Close waits until the object is there.
func (o *object) Close() error {
	defer o.watch.end()
	o.watch.waits()
	return o.watch.explain(o.to.Close())
}

// writeAll writes a small object.
func (b *Bucket) writeAll(ctx context.Context, key string, data []byte, o *blob.WriterOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := b.newObject(ctx, key, o)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		cancel()
		_ = w.Close() // says that it was cancelled
		return err
	}
	return w.Close()
}

// pulled is an object that the library reads from a pipe. The library's own writer for Azure can't be closed while its upload
// fails: it then closes a pipe that it has let go of, and panics (gocloud.dev 0.47, azureblob.writer.Close).
type pulled struct {
	ctx  context.Context
	pipe *io.PipeWriter
	done chan struct{} // closed when the upload has ended, with err
	err  error
}

// pull begins an upload, which ends with Close.
func (b *Bucket) pull(ctx context.Context, key string, o *blob.WriterOptions) *pulled {
	r, w := io.Pipe()
	p := &pulled{ctx: ctx, pipe: w, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.err = b.blobs.Upload(ctx, key, r, o)
		_ = r.CloseWithError(p.err) // never fails; whoever writes on is told
	}()
	return p
}

// Write waits until the upload has taken the data.
func (p *pulled) Write(data []byte) (int, error) { return p.pipe.Write(data) }

// Close ends the upload: what it got so far is the object, unless the context has ended.
func (p *pulled) Close() error {
	_ = p.pipe.CloseWithError(context.Cause(p.ctx)) // never fails; without a cause it is the end of the data
	<-p.done
	return p.err
}

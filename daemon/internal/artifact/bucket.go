package artifact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	folderMode = 0o700
	fileMode   = 0o600

	runsPrefix   = "runs/"
	checksPrefix = "checks/"
)

// Bucket is where the outcomes of runs are kept. It is safe for concurrent use.
type Bucket struct {
	name   string // its URL without parameters, for messages
	blobs  *blob.Bucket
	folder string // a local one, empty for other buckets

	indexes  indexCache
	patience time.Duration
}

// Open opens the bucket at a URL: file:///folder, which is made where it is missing and is then only ours to read,
// s3://bucket, gs://bucket or azblob://container, with the parameters of gocloud.dev/blob. Credentials come from the
// environment. Plain http is refused except to this machine. Whether the bucket can be used is told by [Bucket.Check].
func Open(ctx context.Context, rawURL string) (*Bucket, error) {
	at, err := parse(rawURL)
	if err != nil {
		return nil, reportsync.Errorf(reportsync.CodeInvalid, "artifacts_url: %w", err)
	}
	if at.url == nil {
		return openFolder(at.folder)
	}
	b := &Bucket{name: nameOf(at.url), patience: patience}
	if err := checkCredentials(ctx, at.url, os.Getenv); err != nil {
		return nil, reportsync.Errorf(reportsync.CodeInvalid, "artifacts_url: %s: %w", b.name, err)
	}
	if b.blobs, err = blob.OpenBucket(ctx, at.url.String()); err != nil {
		return nil, reportsync.Errorf(reportsync.CodeInvalid, "artifacts_url: can't open %s: %s", b.name, reason(err))
	}
	if err := checkTransport(b.blobs, os.Getenv); err != nil {
		return nil, errors.Join(reportsync.Errorf(reportsync.CodeInvalid, "artifacts_url: %s: %w", b.name, err), b.blobs.Close())
	}
	limitRetries(b.blobs)
	return b, nil
}

// nameOf leaves out the parameters, where keys may stand.
func nameOf(u *url.URL) string {
	name := u.Scheme + "://" + u.Host
	if prefix := u.Query().Get("prefix"); prefix != "" {
		name += "/" + strings.Trim(prefix, "/")
	}
	return name
}

func openFolder(folder string) (*Bucket, error) {
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return nil, fmt.Errorf("make the folder of artifacts: %w", err)
	}
	blobs, err := fileblob.OpenBucket(folder, &fileblob.Options{
		DirFileMode: folderMode,
		Metadata:    fileblob.MetadataDontWrite,
		// Another file system can't be renamed from.
		NoTempDir: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open the folder of artifacts: %w", err)
	}
	return &Bucket{name: SchemeFile + folder, blobs: blobs, folder: folder}, nil
}

// inFolder calls do with the folder, out of which neither ".." nor a link leads. It is opened anew each time: somebody may
// have put another one in its place.
func (b *Bucket) inFolder(do func(*os.Root) error) (err error) {
	root, err := os.OpenRoot(b.folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return do(root)
}

// String returns the bucket's URL without parameters.
func (b *Bucket) String() string { return b.name }

// Close lets go of the bucket. Nobody may be reading or writing.
func (b *Bucket) Close() error {
	if err := b.blobs.Close(); err != nil {
		return fmt.Errorf("close the bucket %s: %w", b.name, err)
	}
	return nil
}

// DeleteRun deletes all objects of a run. One without objects is no error.
func (b *Bucket) DeleteRun(ctx context.Context, runID string) error {
	prefix, err := runPrefix(runID)
	if err != nil {
		return err
	}
	if b.folder != "" {
		// With the folder itself, and what a write that was cut off has left.
		err := b.inFolder(func(root *os.Root) error { return root.RemoveAll(strings.TrimSuffix(prefix, "/")) })
		if err != nil { // also where the folder is away, such as one that is not mounted now
			return fmt.Errorf("delete the artifacts of the run %s: %w", runID, err)
		}
		return nil
	}
	w := b.watch(ctx)
	defer w.end()
	objects := b.blobs.List(&blob.ListOptions{Prefix: prefix})
	for {
		w.waits()
		object, err := objects.Next(w.ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return b.trouble(ctx, "can't list the objects of the run "+runID+" in", w.explain(err))
		}
		w.waits()
		if err := b.blobs.Delete(w.ctx, object.Key); err != nil && !isMissing(err) {
			return b.trouble(ctx, "can't delete the object "+object.Key+" of", w.explain(err))
		}
	}
}

// runPrefix is what the keys of a run's objects begin with. Ids are made by us, but whatever else came here would delete more
// than a run.
func runPrefix(runID string) (string, error) {
	if !reportsync.RunID.Is(runID) || strings.ContainsAny(runID, "/\\.") {
		return "", fmt.Errorf("%q is no id of a run", runID)
	}
	return runsPrefix + runID + "/", nil
}

// Check tries everything that is done with a bucket, on an object of its own that it deletes again. It says what the
// bucket refused.
func (b *Bucket) Check(ctx context.Context) (err error) {
	key, text := checksPrefix+uuid.NewString(), []byte("reportsync looks whether it can write, read and delete here\n")
	if err := b.writeAll(ctx, key, text, &blob.WriterOptions{ContentType: "text/plain", BeforeWrite: private}); err != nil {
		return b.trouble(ctx, "can't write to", err)
	}
	deleted := false
	defer func() {
		if !deleted {
			_ = b.blobs.Delete(context.WithoutCancel(ctx), key) // the first trouble is the one to tell
		}
	}()
	read, err := b.blobs.ReadAll(ctx, key)
	if err != nil {
		return b.trouble(ctx, "can't read from", err)
	}
	if !bytes.Equal(read, text) {
		return reportsync.Errorf(reportsync.CodeUnavailable, "%s gives back something else than was written to it", b.name)
	}
	if _, err := b.blobs.List(&blob.ListOptions{Prefix: key}).Next(ctx); err != nil {
		return b.trouble(ctx, "can't list what is in", err)
	}
	if err := b.blobs.Delete(ctx, key); err != nil {
		return b.trouble(ctx, "can't delete from", err)
	}
	deleted = true
	return nil
}

// private keeps others of the machine from reading a file; buckets elsewhere have rules of their own.
func private(as func(any) bool) error {
	var file *os.File
	if !as(&file) {
		return nil
	}
	return file.Chmod(fileMode)
}

package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"gocloud.dev/blob"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// tailBytes is read from the end of an object to find its index: that of ten million rows fits.
	tailBytes = 32 << 10

	// maxSpan is how many frames are read in one go at most. The first reads are short, since most readers want a page.
	maxSpan = 64
)

// Filter narrows what is read. The zero value reads everything.
type Filter struct {
	Kinds   []reportsync.OutcomeKind // only these; none for all
	After   int64                    // only rows after this one
	Changed bool                     // only those with changes
}

// Outcomes walks through the outcomes that an object holds, in the order of the report. It reads only the frames that can
// hold what the filter asks for, and not further than the walk goes. An object that is missing, can't be reached or is
// damaged is a [reportsync.Error] of [reportsync.CodeUnavailable]; the walk ends with it.
func (b *Bucket) Outcomes(ctx context.Context, a reportsync.Artifact, f Filter) iter.Seq2[reportsync.Outcome, error] {
	return func(yield func(reportsync.Outcome, error) bool) {
		x, err := b.indexes.of(a, func() (index, error) { return b.readIndex(ctx, a) })
		if err != nil {
			yield(reportsync.Outcome{}, err)
			return
		}
		var passes []iter.Seq2[reportsync.Outcome, error]
		for _, pass := range x.passes {
			if slices.ContainsFunc(pass, func(one frame) bool { return x.holds(one, f) }) {
				passes = append(passes, b.pass(ctx, a.Key, x.spans(pass, f), f))
			}
		}
		b.byRow(a.Key, passes)(yield)
	}
}

// pass walks through what the frames of a pass hold.
func (b *Bucket) pass(ctx context.Context, key string, spans iter.Seq[[]frame], f Filter) iter.Seq2[reportsync.Outcome, error] {
	return func(yield func(reportsync.Outcome, error) bool) {
		for span := range spans {
			if ctx.Err() != nil {
				yield(reportsync.Outcome{}, b.unreadable(ctx, key, ctx.Err()))
				return
			}
			for o, err := range b.span(ctx, key, span, f) {
				if !yield(o, err) || err != nil {
					return
				}
			}
		}
	}
}

// spans walks through the frames of a pass that can hold what is asked for, neighbours together.
func (x index) spans(pass []frame, f Filter) iter.Seq[[]frame] {
	return func(yield func([]frame) bool) {
		longest := 1
		for at := 0; at < len(pass); {
			end := at
			for end < len(pass) && end-at < longest && x.holds(pass[end], f) {
				end++
			}
			if end == at {
				at++
				continue
			}
			if !yield(pass[at:end]) {
				return
			}
			at, longest = end, min(2*longest, maxSpan)
		}
	}
}

// span reads neighbouring frames in one request.
func (b *Bucket) span(ctx context.Context, key string, span []frame, f Filter) iter.Seq2[reportsync.Outcome, error] {
	return func(yield func(reportsync.Outcome, error) bool) {
		first, last := span[0], span[len(span)-1]
		r, err := b.open(ctx, key, first.offset, last.offset+last.length-first.offset)
		if err != nil {
			yield(reportsync.Outcome{}, err)
			return
		}
		defer r.Close() //nolint:errcheck // it was only read
		before := first.first - 1
		for line, err := range rowlog.Lines(r) {
			var row int64
			if err == nil {
				row, err = rowlog.RowOf(line)
			}
			// What a frame holds beyond its rows would not end.
			if err == nil && (row <= before || row > last.last) {
				err = fmt.Errorf("row %d stands where one from %d to %d is due", row, before+1, last.last)
			}
			var o reportsync.Outcome
			if err == nil && f.mayTake(row, line) {
				o, err = rowlog.Parse(line)
			}
			if err != nil {
				yield(reportsync.Outcome{}, r.trouble(ctx, err))
				return
			}
			before = row
			if f.takes(o) && !yield(o, nil) {
				return
			}
		}
		if before != last.last {
			yield(reportsync.Outcome{}, b.damaged(key, fmt.Errorf("the rows after %d are missing", before)))
		}
	}
}

// mayTake spares reading most lines that are not asked for.
func (f Filter) mayTake(row int64, line []byte) bool {
	return row > f.After && (len(f.Kinds) == 0 || rowlog.MayBe(line, f.Kinds)) && (!f.Changed || rowlog.HasChanges(line))
}

func (f Filter) takes(o reportsync.Outcome) bool {
	return o.Row > f.After && (len(f.Kinds) == 0 || slices.Contains(f.Kinds, o.Kind)) && (!f.Changed || len(o.Changes) > 0)
}

func (b *Bucket) readIndex(ctx context.Context, a reportsync.Artifact) (index, error) {
	tail, err := b.tail(ctx, a, tailBytes)
	if err != nil {
		return index{}, err
	}
	size, err := indexSize(tail)
	if err == nil && size > a.Bytes {
		err = fmt.Errorf("%w: it is larger than the object", errIndex)
	}
	if err != nil {
		return index{}, b.damaged(a.Key, err)
	}
	if size > int64(len(tail)) {
		if tail, err = b.tail(ctx, a, size); err != nil {
			return index{}, err
		}
	}
	x, err := parseIndex(tail[int64(len(tail))-size:], a.Bytes)
	if err != nil {
		return index{}, b.damaged(a.Key, err)
	}
	return x, nil
}

// tail reads the end of an object, the whole where it is shorter.
func (b *Bucket) tail(ctx context.Context, a reportsync.Artifact, size int64) ([]byte, error) {
	size = min(size, a.Bytes)
	r, err := b.open(ctx, a.Key, a.Bytes-size, size)
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	tail, err := io.ReadAll(r)
	if err == nil && (r.Size() != a.Bytes || int64(len(tail)) != size) {
		err = fmt.Errorf("it has %d bytes, not the %d that were written", r.Size(), a.Bytes)
	}
	if err != nil {
		return nil, r.trouble(ctx, err)
	}
	return tail, nil
}

// part reads a part of an object and remembers whether the bucket failed to give it.
type part struct {
	*blob.Reader

	bucket *Bucket
	key    string
	watch  *watch
	failed error
}

func (b *Bucket) open(ctx context.Context, key string, offset, length int64) (*part, error) {
	w := b.watch(ctx)
	r, err := b.blobs.NewRangeReader(w.ctx, key, offset, length, nil)
	w.rests()
	if err != nil {
		err = w.explain(err)
		w.end()
		return nil, b.unreadable(ctx, key, err)
	}
	return &part{Reader: r, bucket: b, key: key, watch: w}, nil
}

// Read reads on.
func (p *part) Read(data []byte) (int, error) {
	p.watch.waits()
	defer p.watch.rests()
	n, err := p.Reader.Read(data)
	if err != nil && !errors.Is(err, io.EOF) {
		p.failed = p.watch.explain(err)
	}
	return n, err
}

// Close ends the reading.
func (p *part) Close() error {
	defer p.watch.end()
	return p.Reader.Close()
}

// trouble tells a bucket that fails from an object that is not as it was written.
func (p *part) trouble(ctx context.Context, err error) error {
	if p.failed != nil || ctx.Err() != nil {
		return p.bucket.unreadable(ctx, p.key, p.failed)
	}
	return p.bucket.damaged(p.key, err)
}

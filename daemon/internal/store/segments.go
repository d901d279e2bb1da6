package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// segmentKind says what the outcomes of a segment are.
type segmentKind string

const (
	plans   segmentKind = "plan"   // rows that were about to be sent, with before-images and without an outcome
	answers segmentKind = "answer" // what became of rows
)

// A segment is full with the first of these. Whoever reads a part of a run unpacks whole segments.
const (
	segmentRows  = 4096
	segmentBytes = 1 << 20 // unpacked
	// packedShare is how many times longer the lines of a segment are than their packed form, roughly.
	packedShare = 4
)

// segment is a row of the table of that name: outcomes of one kind, packed.
type segment struct {
	number      int64 // 0 until it is stored
	attempt     int
	batch       sql.Null[int64]
	kind        segmentKind
	rows        int
	first, last int64  // lowest and highest Row in it
	data        []byte // nil until it is read
}

// lineBuffers keeps what lines are written into before they are packed: a segment's worth and what its last line is
// longer. Of *[]byte.
var lineBuffers = sync.Pool{New: func() any { return new(make([]byte, 0, segmentBytes+segmentBytes/8)) }}

// cut packs outcomes into as many segments as they take, in their order.
func cut(s segment, rows iter.Seq[*reportsync.Outcome]) []segment {
	var all []segment
	buffer, _ := lineBuffers.Get().(*[]byte)
	defer lineBuffers.Put(buffer)
	lines := (*buffer)[:0]
	flush := func() {
		if s.rows > 0 {
			s.data = rowlog.Compress(make([]byte, 0, len(lines)/packedShare), lines)
			all = append(all, s)
		}
		s.rows, lines = 0, lines[:0]
	}
	for o := range rows {
		if s.rows == 0 {
			s.first, s.last = o.Row, o.Row
		}
		s.first, s.last = min(s.first, o.Row), max(s.last, o.Row)
		lines = rowlog.Append(lines, *o)
		if s.rows++; s.rows == segmentRows || len(lines) >= segmentBytes {
			flush()
		}
	}
	flush()
	return all
}

// inOrder walks through rows as they are.
func inOrder(rows []reportsync.Outcome) iter.Seq[*reportsync.Outcome] {
	return func(yield func(*reportsync.Outcome) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
}

// byRow walks through rows by their numbers; several of one number keep their order.
func byRow(rows []reportsync.Outcome) iter.Seq[*reportsync.Outcome] {
	if slices.IsSortedFunc(rows, func(a, b reportsync.Outcome) int { return cmp.Compare(a.Row, b.Row) }) {
		return inOrder(rows)
	}
	type place struct{ row, at int64 } // an outcome itself is too large to be moved about
	places := make([]place, len(rows))
	for i := range rows {
		places[i] = place{rows[i].Row, int64(i)}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.row != b.row {
			return cmp.Compare(a.row, b.row)
		}
		return cmp.Compare(a.at, b.at)
	})
	return func(yield func(*reportsync.Outcome) bool) {
		for _, p := range places {
			if !yield(&rows[p.at]) {
				return
			}
		}
	}
}

func insertSegments(ctx context.Context, tx conn, run int64, all []segment) error {
	for _, s := range all {
		_, err := tx.exec(ctx, `INSERT INTO segments (run, attempt, batch, kind, row_count, first_row, last_row, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			run, s.attempt, s.batch, s.kind, s.rows, s.first, s.last, s.data)
		if err != nil {
			return fmt.Errorf("store rows %d to %d: %w", s.first, s.last, err)
		}
	}
	return nil
}

// segmentsOf lists the segments of a run in the order in which they were stored, without their data.
func segmentsOf(ctx context.Context, c conn, run int64) ([]segment, error) {
	all, err := collect(ctx, c, func(row scanner) (s segment, err error) {
		err = row.Scan(&s.number, &s.attempt, &s.batch, &s.kind, &s.rows, &s.first, &s.last)
		return s, err
	}, `SELECT number, attempt, batch, kind, row_count, first_row, last_row FROM segments WHERE run = ? ORDER BY number`, run)
	if err != nil {
		return nil, fmt.Errorf("list the journal's segments: %w", err)
	}
	return all, nil
}

// lastSegment returns the number of the run's newest segment, 0 for none.
func lastSegment(ctx context.Context, c conn, run int64) (int64, error) {
	n, err := scanNumber(c.row(ctx, `SELECT COALESCE(MAX(number), 0) FROM segments WHERE run = ?`, run))
	if err != nil {
		return 0, fmt.Errorf("look for the journal's newest segment: %w", err)
	}
	return n, nil
}

// errSegmentGone says that the run has ended, and left its segments to its artifact, while they were read.
var errSegmentGone = errors.New("the run's journal is gone")

// lines walks through the lines of a segment. It is read by itself, so that neither a transaction nor a connection is held
// while the caller works.
func (s segment) lines(ctx context.Context, c conn) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var data []byte
		err := c.row(ctx, `SELECT data FROM segments WHERE number = ?`, s.number).Scan(&data)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			yield(nil, errSegmentGone)
			return
		case err != nil:
			yield(nil, fmt.Errorf("read segment %d of the journal: %w", s.number, err))
			return
		}
		rowlog.Lines(bytes.NewReader(data))(yield)
	}
}

// dropSegments deletes the segments of a run whose outcomes are kept elsewhere.
func dropSegments(ctx context.Context, tx conn, run int64) error {
	if _, err := tx.exec(ctx, `DELETE FROM segments WHERE run = ?`, run); err != nil {
		return fmt.Errorf("drop the journal's segments: %w", err)
	}
	return nil
}

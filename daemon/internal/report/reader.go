package report

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Reader reads one version of one report, once.
type Reader struct {
	ctx      context.Context //nolint:containedctx // a Reader lives within the call that opened it, like sql.Rows
	files    *Files
	file     *os.File
	ahead    *readAhead
	scan     *scanner
	columns  []string
	selected []int
	version  reportsync.ReportVersion
	started  bool
}

// Open opens the version v of a report and reads its header. The error is a [reportsync.Error] with report_changed
// when the file is gone or another one by now, and with report_unreadable when it is no table.
func (f *Files) Open(ctx context.Context, v reportsync.ReportVersion) (*Reader, error) {
	// Looking before opening keeps a named pipe from blocking the open for ever.
	info, err := f.root.Stat(v.Path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, changed(v, "is gone")
	case err != nil:
		return nil, f.unreadable(v.Path, err)
	case !info.Mode().IsRegular():
		return nil, reportsync.Errorf(reportsync.CodeReportUnreadable, "%s in %s is no file", v.Path, f.path)
	}
	file, err := f.root.Open(v.Path)
	if err != nil {
		return nil, f.unreadable(v.Path, err)
	}
	r := &Reader{ctx: ctx, files: f, file: file, version: v}
	if err := r.unchanged(); err != nil {
		_ = file.Close() // was only read
		return nil, err
	}
	r.ahead = newReadAhead(file, v.Size)
	if err := r.begin(); err != nil {
		_ = r.Close() // was only read
		return nil, err
	}
	return r, nil
}

func (r *Reader) begin() error {
	r.scan = newScanner(r.ahead)
	header, err := r.scan.next()
	if err != nil {
		return r.readError(err)
	}
	if header.fault != "" {
		return r.unreadable("the header on line %d is no row of CSV: %s", header.line, header.fault)
	}
	for i := range header.ends {
		name := header.cell(i)
		if problem := textProblem(name); problem != "" {
			return r.unreadable("the header, column %d, %s", i+1, problem).WithHint("save the report as CSV in UTF-8")
		}
		r.columns = append(r.columns, string(name))
		r.selected = append(r.selected, i)
	}
	return nil
}

// Columns returns the header, spelt as it is in the file.
func (r *Reader) Columns() []string { return r.columns }

// Select makes Rows yield the cells of these columns, in this order, and look at no others. The error is a
// [reportsync.Error]: column_not_found for a column that is not there, report_unreadable for one whose name stands in
// the header several times.
func (r *Reader) Select(columns []string) error {
	selected := make([]int, 0, len(columns))
	for _, want := range columns {
		at := positions(r.columns, want)
		switch len(at) {
		case 0:
			return reportsync.Errorf(reportsync.CodeColumnNotFound, "report %s has no column %q%s", r.version.Path, want, reportsync.DidYouMean(want, r.columns))
		case 1:
			selected = append(selected, at[0])
		default:
			return r.unreadable("the header names %q %d times, in columns %s: rename all but one", want, len(at), ordinals(at))
		}
	}
	r.selected = selected
	return nil
}

// Batches yields the rows, once, some hundred at a time; they are the receiver's. An error ends it: report_changed when what
// was read is not the version that was opened, report_unreadable when rows can't be told apart any more, the context's
// cause when it is done.
func (r *Reader) Batches() iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if r.started {
			yield(Batch{}, fmt.Errorf("read report %s: it was read already", r.version.Path))
			return
		}
		r.started = true
		for b := newBatch(r); ; {
			err := b.fill()
			if rows := b.take(); len(rows.Rows) > 0 && !yield(rows, nil) {
				return
			}
			if errors.Is(err, io.EOF) {
				err = r.finish()
				if err == nil {
					return
				}
			}
			if err != nil {
				yield(Batch{}, err)
				return
			}
		}
	}
}

// Version returns the version that is read. SHA256 is set once Rows has come to its end.
func (r *Reader) Version() reportsync.ReportVersion { return r.version }

// Close closes the file, after the part of it that is being read.
func (r *Reader) Close() error {
	r.ahead.close()
	return r.file.Close()
}

// finish checks that all that was read belongs to one version, and gives the version its hash.
func (r *Reader) finish() error {
	if err := r.unchanged(); err != nil {
		return err
	}
	size, hash := r.ahead.sum()
	if size != r.version.Size {
		return changed(r.version, fmt.Sprintf("had %d bytes rather than %d", size, r.version.Size))
	}
	sum := hex.EncodeToString(hash)
	if r.version.SHA256 != "" && r.version.SHA256 != sum {
		return changed(r.version, "has other content than before")
	}
	r.version.SHA256 = sum
	return nil
}

func (r *Reader) unchanged() error {
	info, err := r.file.Stat()
	if err != nil {
		return r.files.unreadable(r.version.Path, err)
	}
	now := versionOf(r.version.Path, info)
	switch {
	case now.Size != r.version.Size:
		return changed(r.version, fmt.Sprintf("has %d bytes rather than %d", now.Size, r.version.Size))
	case !now.ModifiedAt.Equal(r.version.ModifiedAt):
		return changed(r.version, "was written again at "+now.ModifiedAt.Format("2006-01-02 15:04:05.000 UTC"))
	}
	return nil
}

// readError makes an error of the scanner one that a user is told. A file that changed is told so, whatever the change
// did to its rows.
func (r *Reader) readError(err error) error {
	if changed := r.unchanged(); changed != nil {
		return changed
	}
	if errors.Is(err, io.EOF) {
		return r.unreadable("it is empty: a report starts with a header line")
	}
	if at, ok := errors.AsType[*scanError](err); ok {
		return r.unreadable("line %d: %s", at.line, at.err)
	}
	return r.files.unreadable(r.version.Path, err)
}

func (r *Reader) unreadable(format string, args ...any) *reportsync.Error {
	return reportsync.Errorf(reportsync.CodeReportUnreadable, "report %s can't be read: %s", r.version.Path, fmt.Sprintf(format, args...))
}

func changed(v reportsync.ReportVersion, how string) error {
	return reportsync.Errorf(reportsync.CodeReportChanged, "report %s of %s changed before the run was through with it: it %s",
		v.Path, v.ModifiedAt.Format("2006-01-02 15:04:05 UTC"), how).
		WithHint("start a run again when the report is complete; let what delivers it write to another name and rename it")
}

func positions(columns []string, name string) []int {
	var at []int
	for i, c := range columns {
		if c == name {
			at = append(at, i)
		}
	}
	return at
}

func ordinals(at []int) string {
	texts := make([]string, len(at))
	for i, p := range at {
		texts[i] = strconv.Itoa(p + 1)
	}
	return strings.Join(texts, ", ")
}

package salesforce_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func TestIngestWriter(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		operation salesforce.Operation
		id        string
		want      string
	}{
		"update": {salesforce.OperationUpdate, contactA, "Id,Ext__c,Title\n" + contactA + ",k,\"a, b\"\n" + contactA + ",#N/A,\n"},
		"insert": {salesforce.OperationInsert, "", "Ext__c,Title\nk,\"a, b\"\n#N/A,\n"},
		"upsert": {salesforce.OperationUpsert, "", "Ext__c,Title\nk,\"a, b\"\n#N/A,\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			w, err := salesforce.NewIngestWriter(&out, tc.operation, []string{"Ext__c", "Title"})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range []salesforce.Row{
				{ID: tc.id, Values: []salesforce.Value{salesforce.Text("k"), salesforce.Text("a, b")}},
				{ID: tc.id, Values: []salesforce.Value{salesforce.Text("#N/A"), {}}}, // refused: it would empty the field
				{ID: tc.id, Values: []salesforce.Value{salesforce.Null(), {}}},
			} {
				err := w.Write(row)
				if refused := row.BulkError([]string{"Ext__c", "Title"}) != nil; refused != errors.Is(err, salesforce.ErrNotForBulk) || !refused && err != nil {
					t.Fatalf("writing %+v gave %v", row, err)
				}
			}
			if diff := cmp.Diff(tc.want, out.String()); diff != "" {
				t.Errorf("CSV (-want +got):\n%s", diff)
			}
			if w.Rows() != 2 || w.Bytes() != int64(out.Len()) {
				t.Errorf("%d rows and %d bytes counted, %d bytes written", w.Rows(), w.Bytes(), out.Len())
			}
		})
	}
}

func TestIngestWriterStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	w, err := salesforce.NewIngestWriter(io.Discard, salesforce.OperationInsert, []string{"Title", "Description"})
	if err != nil {
		t.Fatal(err)
	}
	large := salesforce.Row{Values: []salesforce.Value{salesforce.Text(strings.Repeat("x", 100_000)), salesforce.Text(strings.Repeat("y", 100_000))}}
	for err == nil {
		err = w.Write(large)
	}
	if !errors.Is(err, salesforce.ErrUploadFull) || w.Bytes() > salesforce.MaxUploadBytes || w.Rows() != 499 {
		t.Errorf("%v after %d rows of %d bytes", err, w.Rows(), w.Bytes())
	}
	if err := w.Write(salesforce.Row{Values: []salesforce.Value{salesforce.Text("small"), {}}}); err != nil {
		t.Errorf("a row that fits was refused: %v", err)
	}
}

// A row that is refused leaves no trace in the upload.
func TestIngestWriterRefusesRows(t *testing.T) {
	t.Parallel()
	text := func(text string) salesforce.Row {
		return salesforce.Row{ID: contactA, Values: []salesforce.Value{salesforce.Text(text)}}
	}
	const update, insert = salesforce.OperationUpdate, salesforce.OperationInsert
	for name, tc := range map[string]struct {
		operation salesforce.Operation
		row       salesforce.Row
		says      string
	}{
		"literal null": {update, text("#N/A"), "Title: the text #N/A would empty"},
		"not UTF-8":    {update, text("\xff"), "UTF-8"},
		"long cell":    {update, text(strings.Repeat("x", 131_073)), "131073 characters"},
		"not a number": {update, salesforce.Row{ID: contactA, Values: []salesforce.Value{salesforce.Number("NaN")}}, "not a number"},
		"wrong id":     {update, salesforce.Row{ID: "003", Values: []salesforce.Value{{}}}, `"003"`},
		"ragged":       {update, salesforce.Row{ID: contactA, Values: make([]salesforce.Value, 2)}, "2 values for 1 columns"},
		"id on insert": {insert, text("x"), "record id"},
		"empty insert": {insert, salesforce.Row{Values: []salesforce.Value{{}}}, "omitted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			w, err := salesforce.NewIngestWriter(&out, tc.operation, []string{"Title"})
			if err != nil {
				t.Fatal(err)
			}
			header := out.Len()
			if err := w.Write(tc.row); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %q", err, tc.says)
			}
			if w.Rows() != 0 || out.Len() != header {
				t.Errorf("%d rows counted, %q written", w.Rows(), out.String()[header:])
			}
		})
	}
}

func TestIngestWriterRefuses(t *testing.T) {
	t.Parallel()
	_, err := salesforce.NewIngestWriter(io.Discard, "hardDelete", []string{"Title"})
	wantError(t, err, salesforce.CodeInvalidRequest, "hardDelete")
	_, err = salesforce.NewIngestWriter(io.Discard, salesforce.OperationUpdate, []string{"Title", "ID"})
	wantError(t, err, salesforce.CodeInvalidRequest, "Row.ID")
	full := errors.New("no space left on device")
	if _, err = salesforce.NewIngestWriter(failing{full}, salesforce.OperationUpdate, []string{"Title"}); !errors.Is(err, full) {
		t.Errorf("got %v, want the writer's own error", err)
	}
}

// failing is a writer on a full disk.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestUploadContentRefusals(t *testing.T) {
	t.Parallel()
	gone := errors.New("the scratch file is gone")
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("never read")), gone }
	closed := openJob()
	closed.State = salesforce.JobUploadComplete
	for name, tc := range map[string]struct {
		job  salesforce.IngestJob
		rows int
		size int64
		says string
	}{
		"no rows":    {openJob(), 0, 10, "no rows"},
		"too large":  {openJob(), 1, salesforce.MaxUploadBytes + 1, "several jobs"},
		"closed job": {closed, 1, 10, "UploadComplete"},
		"no job":     {salesforce.IngestJob{}, 1, 10, "CreateIngest"},
		"unreadable": {openJob(), 1, 10, gone.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, nil)
			client := org.client(nil)
			err := client.UploadIngestContent(t.Context(), tc.job, tc.rows, tc.size, open)
			wantError(t, err, salesforce.CodeInvalidRequest, tc.says)
			if calls := org.calls(); len(calls) != 0 || client.Usage() != (salesforce.Usage{BytesReceived: client.Usage().BytesReceived}) {
				t.Errorf("sent %v all the same, counted as %+v", calls, client.Usage())
			}
			if salesforce.IsRetryable(err) {
				t.Error("what was never sent is not of unknown fate")
			}
		})
	}
}

// Content that breaks off while it is sent leaves a job that nobody can use.
func TestUploadContentThatBreaksOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("input/output error")
		org := newOrg(t, map[string]handler{"PUT " + ingestPath + "/batches": answer(201, "")})
		opened := 0
		err := org.client(nil).UploadIngestContent(t.Context(), openJob(), 1, 10, func() (io.ReadCloser, error) {
			opened++
			return io.NopCloser(io.MultiReader(strings.NewReader("Id,"), errReader{broken})), nil
		})
		if !errors.Is(err, broken) || opened != 1 {
			t.Errorf("got %v after opening %d times, want the cause after one", err, opened)
		}
	})
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

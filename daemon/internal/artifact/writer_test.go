package artifact_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func create(t *testing.T, b *artifact.Bucket) *artifact.Writer {
	t.Helper()
	w, err := b.Create(t.Context(), runID, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Discard)
	return w
}

// Rows out of order, or without an end, break invariant 2.
func TestAddRefuses(t *testing.T) {
	t.Parallel()
	w := create(t, openFolder(t, t.TempDir()))
	if err := w.Add(reportsync.Outcome{Row: 2, Kind: reportsync.Updated}); err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]reportsync.Outcome{
		"row 2 was written before it": {Row: 2, Kind: reportsync.Updated},
		"row 1: row 2 was written":    {Row: 1, Kind: reportsync.Updated},
		`"" is no outcome`:            {Row: 3},
		`"gone" is no outcome`:        {Row: 3, Kind: "gone"},
		"takes more than":             {Row: 3, Kind: reportsync.Failed, Message: strings.Repeat("x", rowlog.MaxLine)},
	} {
		if err := w.Add(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if a, err := w.Close(t.Context()); err != nil || a.Rows != 1 {
		t.Errorf("closed with %+v, %v", a, err)
	}
	w.Discard()
	if err := w.Add(reportsync.Outcome{Row: 9, Kind: reportsync.Updated}); !errors.Is(err, artifact.ErrClosed) {
		t.Errorf("added after the end: %v", err)
	}
	if _, err := w.Close(t.Context()); !errors.Is(err, artifact.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
}

// However an outcome is added, the object is the same to the byte; and so it is each time, whichever frame is compressed
// first.
func TestAddPlain(t *testing.T) {
	t.Parallel()
	b := openFolder(t, t.TempDir())
	rows := outcomes(100_000)
	want := write(t, b, rows)
	w := create(t, b)
	var p rowlog.Plain
	for _, o := range rows {
		var err error
		if len(o.Changes) > 0 {
			err = w.Add(o)
		} else {
			p.Row, p.Line, p.Kind, p.Code, p.Message = o.Row, o.Line, o.Kind, o.Code, o.Message
			p.Key, p.RecordID = append(p.Key[:0], o.Key...), append(p.RecordID[:0], o.RecordID...)
			err = w.AddPlain(&p)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.AddPlain(&p); err == nil || !strings.Contains(err.Error(), "was written before it") {
		t.Errorf("added a row twice: %v", err)
	}
	got, err := w.Close(t.Context())
	if err != nil || got != want {
		t.Errorf("closed with %+v, %v, want %+v", got, err, want)
	}
}

// A folder that somebody has deleted, or put another one in the place of, is made again.
func TestFolderIsReplaced(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "artifacts")
	b := openFolder(t, folder)
	want := write(t, b, outcomes(10))
	for range 2 {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if got := write(t, b, outcomes(10)); got != want {
			t.Errorf("closed with %+v, want %+v", got, want)
		}
		if err := b.DeleteRun(t.Context(), runID); err != nil {
			t.Error(err)
		}
	}
}

// What is not closed, or not in time, leaves nothing.
func TestNothingAppears(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, w *artifact.Writer, cancel context.CancelFunc){
		"discarded": func(_ *testing.T, w *artifact.Writer, _ context.CancelFunc) {
			w.Discard()
			w.Discard()
		},
		"closed too late": func(t *testing.T, w *artifact.Writer, cancel context.CancelFunc) {
			t.Helper()
			cancel()
			if _, err := w.Close(t.Context()); !errors.Is(err, context.Canceled) {
				t.Errorf("closed with %v", err)
			}
		},
		"closed without time": func(t *testing.T, w *artifact.Writer, _ context.CancelFunc) {
			t.Helper()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := w.Close(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("closed with %v", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w, err := openFolder(t, folder).Create(ctx, runID, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range outcomes(10_000) {
				if err := w.Add(o); err != nil {
					t.Fatal(err)
				}
			}
			end(t, w, cancel)
			left, err := filepath.Glob(filepath.Join(folder, "runs", "*", "*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

// A bucket that refuses ends the writing with its words, and Close repeats them.
func TestWriteRefused(t *testing.T) {
	t.Parallel()
	url := startS3(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			w.Write([]byte(`<Error><Code>AccessDenied</Code><Message>not yours</Message></Error>`)) //nolint:errcheck // the client tells
		})
	})
	b := open(t, url)
	w := create(t, b)
	if err := w.Add(reportsync.Outcome{Row: 1, Kind: reportsync.Updated}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Close(t.Context())
	if reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(err.Error(), "s3://evidence: access is denied: AccessDenied not yours") {
		t.Errorf("closed with %v", err)
	}
	if err := b.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "can't write to s3://evidence: access is denied") {
		t.Errorf("check: %v", err)
	}
	if err := b.DeleteRun(t.Context(), runID); err == nil || !strings.Contains(err.Error(), "access is denied") {
		t.Errorf("delete: %v", err)
	}
}

// A large object goes to S3 in parts; one that a part of can't be sent ends the adding.
func TestPartsFail(t *testing.T) {
	t.Parallel()
	url := startS3(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				w.WriteHeader(http.StatusNotImplemented)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	w := create(t, open(t, url))
	var err error
	random := newNoise()
	for row := int64(1); err == nil && row < 100_000; row++ {
		err = w.Add(reportsync.Outcome{Row: row, Kind: reportsync.Failed, Message: random.text(2000)})
	}
	if reportsync.CodeOf(err) != reportsync.CodeUnavailable {
		t.Fatalf("added with %v", err)
	}
	if _, again := w.Close(t.Context()); again == nil || again.Error() == artifact.ErrClosed.Error() {
		t.Errorf("closed with %v", again)
	}
}

// A disk that is in the way is told when the writing begins.
func TestCreateFails(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	b := openFolder(t, folder)
	if err := os.WriteFile(filepath.Join(folder, "runs"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Create(t.Context(), runID, 1); reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("created with %v", err)
	}
	if _, err := b.Create(t.Context(), "../run_1", 1); err == nil {
		t.Error("created an object outside of the runs")
	}
}

package artifact_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// remotes make a bucket of each kind that is not a folder, whose requests pass a gate.
var remotes = map[string]func(*testing.T, func(http.Handler) http.Handler) string{
	"s3":    startS3,
	"gcs":   func(_ *testing.T, gate func(http.Handler) http.Handler) string { return gcs.make(gate) },
	"azure": startAzure,
}

// switched lets requests through to the bucket until it is told to hand them to another handler.
type switched struct {
	on    atomic.Bool
	other http.HandlerFunc
}

func (s *switched) gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.on.Load() {
			s.other(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// A bucket that refuses is told in a line, in its own words, whatever was asked of it.
func TestRefused(t *testing.T) {
	t.Parallel()
	refuse := map[string]http.HandlerFunc{
		"s3": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			w.Write([]byte(`<Error><Code>AccessDenied</Code><Message>not yours</Message></Error>`)) //nolint:errcheck // the client tells
		},
		"gcs": func(w http.ResponseWriter, _ *http.Request) { refuseGCS(w, http.StatusForbidden, "not yours") },
		"azure": func(w http.ResponseWriter, _ *http.Request) {
			refuseAzure(w, http.StatusForbidden, "AuthorizationFailure")
		},
	}
	for name, start := range remotes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			closed := &switched{other: refuse[name]}
			b := open(t, start(t, closed.gate))
			a := write(t, b, outcomes(10))
			closed.on.Store(true)
			for what, err := range attempts(t, b, a) {
				text := errorText(err)
				if reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(text, b.String()+": access is denied") || strings.Contains(text, "\n") {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

// What may be listed but not deleted is not taken for deleted.
func TestDeleteRefused(t *testing.T) {
	t.Parallel()
	for name, start := range remotes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, start(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodDelete {
						w.WriteHeader(http.StatusForbidden)
						return
					}
					next.ServeHTTP(w, r)
				})
			}))
			write(t, b, outcomes(1))
			if err := b.DeleteRun(t.Context(), runID); reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(errorText(err), "can't delete the object") {
				t.Errorf("deleted with %v", err)
			}
		})
	}
}

// A bucket that takes requests and says nothing holds up nobody for ever.
func TestStalled(t *testing.T) {
	t.Parallel()
	for name, start := range remotes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			over := make(chan struct{})
			silent := &switched{other: func(http.ResponseWriter, *http.Request) { <-over }}
			b := open(t, start(t, silent.gate))
			t.Cleanup(func() { close(over) }) // before the server is closed
			a := write(t, b, outcomes(10))
			b.SetPatience(100 * time.Millisecond)
			silent.on.Store(true)
			for what, err := range attempts(t, b, a) {
				if reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(errorText(err), "it gave no answer within 100ms") {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

// attempts does everything with a bucket, and says what came of each thing.
func attempts(t *testing.T, b *artifact.Bucket, a reportsync.Artifact) map[string]error {
	t.Helper()
	w, err := b.Create(t.Context(), runID, 2)
	if err == nil {
		err = w.Add(reportsync.Outcome{Row: 1, Kind: reportsync.Updated})
	}
	if err == nil {
		_, err = w.Close(t.Context())
	}
	other := a // whose index is not known yet
	other.SHA256 = "0"
	_, unread := read(t.Context(), b, other, artifact.Filter{})
	return map[string]error{"write": err, "read": unread, "delete": b.DeleteRun(t.Context(), runID), "check": b.Check(t.Context())}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Trouble that passes is not told: what was asked is asked again.
func TestPassingTrouble(t *testing.T) {
	t.Parallel()
	for name, start := range remotes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			b := open(t, start(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if requests.Add(1) == 1 {
						w.WriteHeader(http.StatusServiceUnavailable)
						return
					}
					next.ServeHTTP(w, r)
				})
			}))
			rows := outcomes(10)
			a := write(t, b, rows)
			requests.Store(0)
			got, err := read(t.Context(), b, a, artifact.Filter{})
			if diff := cmp.Diff(rows, got); err != nil || diff != "" {
				t.Errorf("%v, (-want +got):\n%s", err, diff)
			}
			requests.Store(0)
			if err := b.DeleteRun(t.Context(), runID); err != nil {
				t.Error(err)
			}
		})
	}
}

// Google's library alone would ask for ever.
func TestGoogleIsGivenUp(t *testing.T) {
	t.Parallel()
	away := &switched{other: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }}
	b := open(t, gcs.make(away.gate))
	a := write(t, b, outcomes(10))
	away.on.Store(true)
	if _, err := read(t.Context(), b, a, artifact.Filter{}); reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(errorText(err), "503") {
		t.Errorf("read: %v", err)
	}
}

// A large object goes to each bucket in parts, and comes back as it was. One that is given up leaves nothing.
func TestLargeObjects(t *testing.T) {
	t.Parallel()
	var rows []reportsync.Outcome
	random := newNoise()
	for row := int64(1); row <= 6000; row++ {
		rows = append(rows, reportsync.Outcome{Row: row, Kind: reportsync.Failed, Message: random.text(2000)})
	}
	for name, start := range remotes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, start(t, nil))
			ctx, cancel := context.WithCancel(t.Context())
			w, err := b.Create(ctx, runID, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range rows {
				if err := w.Add(o); err != nil {
					t.Fatal(err)
				}
			}
			cancel()
			if _, err := w.Close(t.Context()); !errors.Is(err, context.Canceled) {
				t.Errorf("closed with %v", err)
			}
			missing := reportsync.Artifact{Key: "runs/" + runID + "/outcomes-1.jsonl.zst", Rows: 1, Bytes: 100}
			if _, err := read(t.Context(), b, missing, artifact.Filter{}); err == nil || !strings.Contains(err.Error(), "there is no object") {
				t.Errorf("what was given up: %v", err)
			}
			a := write(t, b, rows)
			if a.Bytes < 6<<20 {
				t.Fatalf("%d bytes are no large object", a.Bytes)
			}
			got, err := read(t.Context(), b, a, artifact.Filter{})
			if diff := cmp.Diff(rows, got); err != nil || diff != "" {
				t.Errorf("%v, %d rows, (-want +got):\n%.1000s", err, len(got), diff)
			}
		})
	}
}

// A container or bucket that is not there is told as such.
func TestNoBucket(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"gcs": "gs://nowhere", "azure": strings.Replace(startAzure(t, nil), "evidence", "nowhere", 1),
		"s3": strings.Replace(startS3(t, nil), "evidence", "nowhere", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, url)
			if err := b.Check(t.Context()); err == nil || !strings.HasSuffix(err.Error(), "can't write to "+b.String()+": it is not there") {
				t.Errorf("check: %v", err)
			}
		})
	}
}

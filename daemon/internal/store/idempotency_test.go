package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestIdempotentRequest(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, body := t.Context(), []byte("POST /v1/sources {}")
		begin := func(key, token string, body []byte) (*store.Answer, error) {
			return b.IdempotentBegin(ctx, key, token, body)
		}
		if a := must(begin("key", "tok_1", body))(t); a != nil {
			t.Fatalf("a first request got %+v", a)
		}
		if a := must(begin("key", "tok_2", []byte("else")))(t); a != nil {
			t.Errorf("another token's request got %+v", a)
		}
		_, err := begin("key", "tok_1", []byte("POST /v1/sources {else}"))
		wantCode(t, err, reportsync.CodeInvalid, `"key"`)

		want := &store.Answer{Status: 201, Header: map[string][]string{"Etag": {`"1"`}}, Body: []byte(`{"id":"src_1"}`)}
		noError(t, b.IdempotentEnd(ctx, "key", "tok_1", want))
		for range 2 {
			if diff := cmp.Diff(want, must(begin("key", "tok_1", body))(t)); diff != "" {
				t.Errorf("the answer (-want +got):\n%s", diff)
			}
		}
		_, err = begin("key", "tok_1", []byte("else"))
		wantCode(t, err, reportsync.CodeInvalid)

		noError(t, b.IdempotentEnd(ctx, "key", "tok_2", nil)) // it changed nothing
		if a := must(begin("key", "tok_2", body))(t); a != nil {
			t.Errorf("a key that is free again gave %+v", a)
		}
	})
}

func TestIdempotentRequestsMeet(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		var carriedOut, answered atomic.Int32
		race(5, func(int) {
			a, err := b.IdempotentBegin(ctx, "key", "tok_1", []byte("body"))
			switch {
			case err != nil:
				t.Error(err)
			case a == nil:
				carriedOut.Add(1)
				if err := b.IdempotentEnd(ctx, "key", "tok_1", &store.Answer{Status: 202}); err != nil {
					t.Error(err)
				}
			case a.Status == 202:
				answered.Add(1)
			}
		})
		if carriedOut.Load() != 1 || answered.Load() != 4 {
			t.Errorf("%d requests were carried out, %d got the answer", carriedOut.Load(), answered.Load())
		}
	})
}

func TestIdempotentWaitEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		must(b.IdempotentBegin(t.Context(), "key", "tok_1", nil))(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		gone := errors.New("the client has gone")
		cancel(gone)
		if _, err := b.IdempotentBegin(ctx, "key", "tok_1", nil); !errors.Is(err, context.Canceled) && !errors.Is(err, gone) {
			t.Errorf("got %v", err)
		}
	})
}

// A request that died with its node frees its key after a while, and answers are kept for a day.
func TestIdempotentRequestsAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, "sqlite://"+filepath.Join(t.TempDir(), "test.db"))
		ctx, began := t.Context(), time.Now()
		must(b.IdempotentBegin(ctx, "key", "tok_1", nil))(t)
		_, err := b.IdempotentBegin(ctx, "key", "tok_1", nil)
		wantCode(t, err, reportsync.CodeConflict, `"key" is under way`)
		if waited := time.Since(began); waited < 30*time.Second || waited > 31*time.Second {
			t.Errorf("waited %s for a request under way", waited)
		}
		time.Sleep(5 * time.Minute)
		if a := must(b.IdempotentBegin(ctx, "key", "tok_1", nil))(t); a != nil {
			t.Errorf("got %+v", a)
		}
		noError(t, b.IdempotentEnd(ctx, "key", "tok_1", &store.Answer{Status: 200}))
		time.Sleep(23 * time.Hour)
		if a := must(b.IdempotentBegin(ctx, "key", "tok_1", nil))(t); a == nil {
			t.Error("the answer is gone within a day")
		}
		time.Sleep(2 * time.Hour)
		if a := must(b.IdempotentBegin(ctx, "key", "tok_1", nil))(t); a != nil {
			t.Error("the answer is kept after a day")
		}
	})
}

package api

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The time of an outage counts from when the run was last seen, and what is seen or missed is told once each.
func TestFollow(t *testing.T) {
	t.Parallel()
	away := reportsync.Errorf(reportsync.CodeUnavailable, "away")
	refused := reportsync.Errorf(reportsync.CodeForbidden, "refused")
	running := reportsync.Run{ID: "run_1", Status: reportsync.RunRunning}
	ended := reportsync.Run{ID: "run_1", Status: reportsync.RunCompleted}
	for name, test := range map[string]struct {
		answer  func(call int) (reportsync.Run, error)
		status  reportsync.RunStatus
		err     error
		elapsed time.Duration
		told    []string // the first few
	}{
		"over a restart": {func(call int) (reportsync.Run, error) {
			return []reportsync.Run{running, {}, {}, ended}[call], []error{nil, away, away, nil}[call]
		}, reportsync.RunCompleted, nil, 2 * followPause, []string{"queued", "running", "away", "away", "completed"}},
		"over two outages that are too long together": {func(call int) (reportsync.Run, error) {
			switch call {
			case 100:
				return running, nil
			case 201:
				return ended, nil
			}
			return reportsync.Run{}, away
		}, reportsync.RunCompleted, nil, 200 * followPause, []string{"queued", "away"}},
		"not for ever": {func(int) (reportsync.Run, error) {
			return reportsync.Run{}, away
		}, reportsync.RunQueued, away, followOutage + followPause, []string{"queued", "away"}},
		"not where it is refused": {func(int) (reportsync.Run, error) {
			return reportsync.Run{}, refused
		}, reportsync.RunQueued, refused, 0, []string{"queued"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start, calls, told := time.Now(), -1, []string(nil)
				run, err := follow(t.Context(), reportsync.Run{ID: "run_1", Status: reportsync.RunQueued},
					func(context.Context, string, time.Duration) (reportsync.Run, error) {
						calls++
						return test.answer(calls)
					},
					func(run reportsync.Run, err error) {
						if err != nil {
							told = append(told, err.Error())
						} else {
							told = append(told, string(run.Status))
						}
					})
				if run.Status != test.status || !errors.Is(err, test.err) || time.Since(start) != test.elapsed {
					t.Errorf("%s, %v after %s; want %s, %v after %s", run.Status, err, time.Since(start), test.status, test.err, test.elapsed)
				}
				if diff := cmp.Diff(test.told, told[:min(len(told), len(test.told))]); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// Whoever follows may leave at any time, and gets the reason of its own context.
func TestFollowEndsWithItsContext(t *testing.T) {
	t.Parallel()
	why := errors.New("enough")
	for name, wait := range map[string]func(ctx context.Context, _ string, _ time.Duration) (reportsync.Run, error){
		"while the daemon waits": func(ctx context.Context, _ string, _ time.Duration) (reportsync.Run, error) {
			<-ctx.Done()
			return reportsync.Run{}, ctx.Err()
		},
		"while the daemon is away": func(context.Context, string, time.Duration) (reportsync.Run, error) {
			return reportsync.Run{}, reportsync.Errorf(reportsync.CodeUnavailable, "away")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx, cancel := context.WithTimeoutCause(t.Context(), 1500*time.Millisecond, why)
				defer cancel()
				run, err := follow(ctx, reportsync.Run{ID: "run_1", Status: reportsync.RunRunning}, wait, func(reportsync.Run, error) {})
				if !errors.Is(err, why) || run.ID != "run_1" || time.Since(start) != 1500*time.Millisecond {
					t.Errorf("%s, %v after %s", run.ID, err, time.Since(start))
				}
			})
		})
	}
}

package server

import (
	"context"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// runPollInterval is how often a waiting request looks at its run. The store is asked rather than the worker, since
// the run may be at work on another node.
const runPollInterval = 250 * time.Millisecond

// parseWait reads how long a request is ready to wait, up to the longest that is granted.
func parseWait(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, invalidParameter("wait", fmt.Sprintf("%q is no duration: use one such as 20s", text))
	}
	return min(d, api.MaxRunWait), nil
}

// awaitChange returns the run once it differs from what it was or has ended, and as it stands when the time is up. When
// the daemon goes down the wait is over too: the client gets what is known and asks again elsewhere.
func (s *server) awaitChange(ctx context.Context, was reportsync.Run, wait time.Duration) (reportsync.Run, error) {
	end := time.NewTimer(wait)
	defer end.Stop()
	tick := time.NewTicker(runPollInterval)
	defer tick.Stop()
	for run := was; ; {
		if !run.Status.Live() || moved(was, run) {
			return run, nil
		}
		select {
		case <-ctx.Done():
			return run, nil
		case <-end.C:
			return run, nil
		case <-tick.C:
		}
		next, err := s.store.Run(ctx, was.ID)
		if err != nil {
			return run, err
		}
		run = next
	}
}

// moved reports whether somebody who watches the run would see a difference.
func moved(was, is reportsync.Run) bool {
	return was.Status != is.Status || was.Stage != is.Stage || was.Attempt != is.Attempt || progress(was) != progress(is) ||
		(was.Waiting == nil) != (is.Waiting == nil)
}

func progress(r reportsync.Run) reportsync.Progress {
	if r.Progress == nil {
		return reportsync.Progress{}
	}
	return *r.Progress
}

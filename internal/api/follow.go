package api

import (
	"context"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// followOutage is how long a daemon may be away from a run that is followed: it restarts within a minute.
	followOutage = 2 * time.Minute
	// followPause is the time between two looks at a daemon that is away.
	followPause = time.Second
)

// FollowRun waits until a run has ended, over a restart of the daemon too. It calls watch with the run as it is given and
// after each change, and with an error whenever the daemon is away, which comes back by itself. It returns the run as it
// was seen last, with the cause of ctx where that has ended; the run itself goes on then.
func (c *Client) FollowRun(ctx context.Context, run reportsync.Run, watch func(run reportsync.Run, away error)) (reportsync.Run, error) {
	return follow(ctx, run, c.WaitRun, watch)
}

func follow(
	ctx context.Context, run reportsync.Run,
	wait func(context.Context, string, time.Duration) (reportsync.Run, error),
	watch func(reportsync.Run, error),
) (reportsync.Run, error) {
	lastSeen := time.Now()
	watch(run, nil)
	for run.Status.Live() {
		seen, err := wait(ctx, run.ID, MaxRunWait)
		switch {
		case err == nil:
			run, lastSeen = seen, time.Now()
			watch(run, nil)
			continue
		case ctx.Err() != nil:
			return run, context.Cause(ctx)
		case reportsync.CodeOf(err) != reportsync.CodeUnavailable || time.Since(lastSeen) > followOutage:
			return run, err
		}
		watch(run, err)
		select {
		case <-ctx.Done():
			return run, context.Cause(ctx)
		case <-time.After(followPause):
		}
	}
	return run, nil
}

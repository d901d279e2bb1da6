package work

import (
	"context"
	"errors"
	"fmt"
	"os"
	gosync "sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Execute works on a claimed run until it has a result. Its error is [*sync.PostponedError], [reportsync.ErrLeaseLost],
// [reportsync.ErrShutdown] or a failure of the store; whatever goes wrong with the run itself is in the result.
type Execute func(ctx context.Context, claim store.Claim, journal *store.Journal) (sync.Result, error)

// Config says what a node works with.
type Config struct {
	Store    *store.Store
	Execute  Execute
	Logger   hclog.Logger
	Name     string           // unique among the nodes of a database; default: host, process and a random part
	Parallel int              // scheduled runs at once, and as many on demand; default [DefaultParallel]
	Timing   Timing           // default: the defaults of each
	Now      func() time.Time // the clock that schedules go by; default [time.Now]
}

// Node works on the runs of one database, alone or beside other nodes.
type Node struct {
	cfg   Config
	queue queue
	live  *attempts
	sweep *sweeper

	lifecycle gosync.Mutex
	state     state
}

// state only ever moves forward: a node starts once.
type state int

const (
	made state = iota
	started
	stopped
)

// New makes a node. It touches nothing before Start.
func New(cfg Config) (*Node, error) {
	if cfg.Name == "" {
		cfg.Name = nodeName()
	}
	if cfg.Parallel <= 0 {
		cfg.Parallel = DefaultParallel
	}
	if cfg.Logger == nil {
		cfg.Logger = hclog.NewNullLogger()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Timing = cfg.Timing.withDefaults()
	n := &Node{cfg: cfg, live: newAttempts()}
	q, err := newQueue(cfg, n.attempt)
	if err != nil {
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	n.queue = q
	n.sweep = newSweeper(cfg, q, n.live)
	return n, nil
}

// nodeName tells nodes apart, also after a restart: a lease of the process before is not ours.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "node"
	}
	return fmt.Sprintf("%.60s/%d/%s", host, os.Getpid(), uuid.NewString()[:8])
}

// Start migrates the queue's tables and begins to work; it returns once the node works. A started node works until
// Stop, whatever becomes of ctx.
func (n *Node) Start(ctx context.Context) error {
	n.lifecycle.Lock()
	defer n.lifecycle.Unlock()
	if n.state == started {
		return nil
	}
	if n.state == stopped {
		return errors.New("start the node: it was stopped")
	}
	if err := n.queue.migrate(ctx); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	if err := n.queue.start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	n.sweep.start(context.WithoutCancel(ctx))
	n.state = started
	return nil
}

// Stop ends the node's work and waits for it, at most until ctx ends: attempts settle what is in flight and their runs
// go back to the queue. A run that is not back in time is taken up again once its lease has expired.
func (n *Node) Stop(ctx context.Context) error {
	n.lifecycle.Lock()
	defer n.lifecycle.Unlock()
	if n.state != started {
		n.state = stopped
		return nil
	}
	n.sweep.stop()
	n.live.end(reportsync.ErrShutdown)
	if err := n.queue.stop(ctx); err != nil {
		return fmt.Errorf("wait for the runs under way: %w", err)
	}
	n.state = stopped
	return nil
}

// StartRun stores a run and sees to it that a node takes it up at once. The errors are those of the store's CreateRun.
func (n *Node) StartRun(ctx context.Context, want reportsync.NewRun) (reportsync.Run, error) {
	return n.sweep.startRun(ctx, want)
}

// CancelRun ends a run. A queued one is cancelled at once; a running one settles what is in flight first. The run's
// log names by, who asked for it. The errors are those of the store's RequestCancel.
func (n *Node) CancelRun(ctx context.Context, id, by string) (reportsync.Run, error) {
	run, err := n.cfg.Store.RequestCancel(ctx, id, by)
	if err != nil {
		return reportsync.Run{}, err
	}
	// An attempt of this node need not wait to see it at its next renewal.
	n.live.cancel(id, reportsync.ErrCancelled)
	return run, nil
}

// Running returns how many runs this node works on.
func (n *Node) Running() int { return n.live.count() }

// Healthy fails when the node has stopped looking after its runs: the last sweep that went through is long ago.
func (n *Node) Healthy() error { return n.sweep.healthy() }

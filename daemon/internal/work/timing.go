package work

import (
	"cmp"
	"time"
)

// Timing is how often a node looks, and how long it waits. The zero value of each takes its default.
type Timing struct {
	Lease     time.Duration // how long a silent node keeps a run; default 20 s
	Renew     time.Duration // between renewals of a lease, and how soon a cancel asked of another node is seen; default 5 s
	Sweep     time.Duration // between sweeps; default 1 s
	Schedule  time.Duration // between looks at the schedules within one minute; default 15 s
	Redeliver time.Duration // how long a queued run may wait beside a free place before it gets another job; default 15 s
	Poll      time.Duration // between looks for new jobs, where no notification comes; default 500 ms
}

func (t Timing) withDefaults() Timing {
	return Timing{
		Lease:     cmp.Or(t.Lease, 20*time.Second),
		Renew:     cmp.Or(t.Renew, 5*time.Second),
		Sweep:     cmp.Or(t.Sweep, time.Second),
		Schedule:  cmp.Or(t.Schedule, 15*time.Second),
		Redeliver: cmp.Or(t.Redeliver, 15*time.Second),
		Poll:      cmp.Or(t.Poll, 500*time.Millisecond),
	}
}

const (
	// DefaultParallel is how many scheduled runs a node works on at once, and how many on demand. Most of a run is
	// waiting for Salesforce.
	DefaultParallel = 8

	// maxAttempts ends a run that keeps taking its node down with it.
	maxAttempts = 5

	// saveTimeout bounds storing where a run stands after its attempt has ended: of one that broke, millions of rows may
	// have to be counted.
	saveTimeout = time.Minute
)

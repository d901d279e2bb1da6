package daemon

import (
	"context"
	"errors"
	"time"
)

// Supervisor is the service manager that watches over the process.
type Supervisor interface {
	// Notify passes a state on, in the words of sd_notify(3).
	Notify(state string) error
	// WatchdogInterval is within what time the process must say that it is well; 0 for no watchdog.
	WatchdogInterval() (time.Duration, error)
}

// unsupervised stands in where no service manager watches.
type unsupervised struct{}

func (unsupervised) Notify(string) error                      { return nil }
func (unsupervised) WatchdogInterval() (time.Duration, error) { return 0, nil }

// supervise tells the service manager that the daemon serves, and again and again that it is well.
func (d *Daemon) supervise() error {
	interval, err := d.watch.WatchdogInterval()
	if err != nil {
		return err
	}
	if interval > 0 {
		d.startWatchdog(interval)
	}
	if err := d.watch.Notify("READY=1\nSTATUS=Serving at " + d.url); err != nil {
		return err
	}
	d.stop.onStop("tell the service manager", func(context.Context) error {
		return d.watch.Notify("STOPPING=1\nSTATUS=Waiting for what is under way to settle")
	})
	return nil
}

// startWatchdog answers the watchdog for as long as the database answers, the runs are looked after and the config API
// is served. A daemon that is alive but useless keeps silent, so that it is restarted.
func (d *Daemon) startWatchdog(interval time.Duration) {
	d.background("the watchdog", func(ctx context.Context) {
		ticker := time.NewTicker(interval / 3)
		defer ticker.Stop()
		well := true
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			err := d.health(ctx, interval/3)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				err = d.watch.Notify("WATCHDOG=1")
			}
			if (err == nil) != well {
				well = err == nil
				d.noteHealth(err)
			}
		}
	})
}

func (d *Daemon) health(ctx context.Context, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return errors.Join(d.store.Ping(ctx), d.ready(ctx))
}

func (d *Daemon) noteHealth(err error) {
	if err == nil {
		d.log.Info("the daemon is well again")
		return
	}
	d.log.Error("the daemon is not well: the watchdog is not answered", "error", err)
}

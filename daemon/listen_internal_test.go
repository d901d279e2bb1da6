package daemon

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// heartbeats counts the answers to the watchdog.
type heartbeats chan struct{}

func (h heartbeats) Notify(state string) error {
	if state == "WATCHDOG=1" {
		h <- struct{}{}
	}
	return nil
}

func (heartbeats) WatchdogInterval() (time.Duration, error) { return 60 * time.Millisecond, nil }

// A daemon whose config API is gone is neither ready nor well: its watchdog goes hungry, and it is restarted.
func TestServingEndsByItself(t *testing.T) {
	t.Parallel()
	alive := make(heartbeats)
	d, err := New(t.Context(), Options{StateDir: t.TempDir(), Supervisor: alive})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	if err := d.work.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.serve(t.Context(), listener, http.NotFoundHandler())
	if err := d.supervise(); err != nil {
		t.Fatal(err)
	}
	<-alive
	if err := d.ready(t.Context()); err != nil {
		t.Errorf("while it serves: %v", err)
	}

	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-d.serving.ended:
	case <-time.After(30 * time.Second):
		t.Fatal("the end of the config API goes unnoticed")
	}
	for name, err := range map[string]error{"readiness": d.ready(t.Context()), "health": d.health(t.Context(), time.Minute)} {
		if err == nil || !strings.Contains(err.Error(), "the config API has stopped") {
			t.Errorf("%s: %v, want that the config API has stopped", name, err)
		}
	}
	// A beat may have been under way; after it none follows, for many times the interval.
	beats := 0
	for quiet := time.After(time.Second); ; {
		select {
		case <-alive:
			if beats++; beats > 1 {
				t.Fatal("the watchdog is still answered")
			}
			continue
		case <-quiet:
		}
		break
	}
}

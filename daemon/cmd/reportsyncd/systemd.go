package main

import (
	"fmt"
	"time"

	sd "github.com/coreos/go-systemd/v22/daemon"
)

// systemd tells the service manager over $NOTIFY_SOCKET, where there is one.
type systemd struct{}

// Notify passes a state on.
func (systemd) Notify(state string) error {
	if _, err := sd.SdNotify(false, state); err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	return nil
}

// WatchdogInterval reads the unit's WatchdogSec=.
func (systemd) WatchdogInterval() (time.Duration, error) {
	interval, err := sd.SdWatchdogEnabled(false)
	if err != nil {
		return 0, fmt.Errorf("read the watchdog's interval: %w", err)
	}
	return interval, nil
}

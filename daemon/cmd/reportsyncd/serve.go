package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
)

// stopTimeout bounds a stop, below systemd's default of 90 s before it kills.
const stopTimeout = 60 * time.Second

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon",
		Long: `Run the daemon until SIGINT or SIGTERM. It then finishes what is under way; runs that
are not through go on at the next start. A second signal ends it at once, which is safe too.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(p.configFile, p.getenv)
			if err != nil {
				return err
			}
			return p.serve(cmd.Context(), cfg)
		},
	}
}

func (p *program) serve(ctx context.Context, cfg config.Config) error {
	ctx, release := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer release()
	keepHeapTight()
	log := p.logger(cfg.Log)
	options := daemon.FromConfig(cfg)
	options.Logger, options.Version, options.Supervisor = log, version, systemd{}
	d, err := daemon.New(ctx, options)
	if err != nil {
		return err
	}
	if err := d.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	log.Info("stopping", "cause", context.Cause(ctx))

	// A second signal means that somebody does not want to wait.
	stopping, hurry := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt, syscall.SIGTERM)
	defer hurry()
	stopping, cancel := context.WithTimeout(stopping, stopTimeout)
	defer cancel()
	return d.Stop(stopping)
}

// logger writes to standard error, in UTC.
func (p *program) logger(cfg config.Log) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{
		Name:       "reportsyncd",
		Level:      cfg.Level,
		Output:     p.err,
		JSONFormat: cfg.Format == config.FormatJSON,
		TimeFn:     func() time.Time { return time.Now().UTC() },
		TimeFormat: "2006-01-02T15:04:05.000Z",
	})
}

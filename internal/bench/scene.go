package main

import (
	"context"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// scene is one org, one daemon, and one integration whose report is written anew for each run.
type scene struct {
	*rig

	org         *org
	daemon      *daemon
	integration string
	generation  int
}

// result is what a run took, as the org and the daemon's own clock saw it.
type result struct {
	took    time.Duration
	calls   int64
	batches int64
}

// setup starts an org, and a daemon that is configured for it.
func setup(ctx context.Context, s settings, name string, spec orgSpec) (*scene, error) {
	r, err := newRig(s, name)
	if err != nil {
		return nil, err
	}
	sc := &scene{rig: r}
	if err := sc.configure(ctx, spec); err != nil {
		closing(r, &err)
		return nil, err
	}
	return sc, nil
}

func (sc *scene) configure(ctx context.Context, spec orgSpec) error {
	orgs, err := sc.startOrgs(ctx, 1, spec)
	if err != nil {
		return err
	}
	sc.org = orgs[0]
	if sc.daemon, err = sc.startDaemon(ctx); err != nil {
		return err
	}
	// An integration is checked against its report, which must be there.
	if err := (data{rows: 1}).writeReport(sc.report()); err != nil {
		return err
	}
	source, err := sc.daemon.source(ctx, sc.path("reports"))
	if err != nil {
		return err
	}
	connection, err := sc.daemon.connect(ctx, "org", sc.org)
	if err != nil {
		return err
	}
	sc.integration, err = sc.daemon.integrate(ctx, "usage-to-contacts", source, "usage.csv", connection, reportsync.ManualSchedule)
	return err
}

func (sc *scene) report() string { return sc.path("reports", "usage.csv") }

// write writes the next report; rows that differ also do from the reports before.
func (sc *scene) write(d data) (data, error) {
	sc.generation++
	d.generation = sc.generation
	return d, d.writeReport(sc.report())
}

// run carries the integration out over the report that was written, and checks how it ended.
func (sc *scene) run(ctx context.Context, d data) (result, error) {
	if err := sc.org.forget(ctx); err != nil {
		return result{}, err
	}
	run, err := sc.daemon.run(ctx, sc.integration)
	if err != nil {
		return result{}, err
	}
	if err := check(run, d.counts()); err != nil {
		return result{}, err
	}
	journal, err := sc.org.journal(ctx)
	if err != nil {
		return result{}, err
	}
	seen := result{calls: int64(journal.Summary.Total.Calls), batches: int64(journal.Summary.Bulk)}
	if run.APICalls != seen.calls || run.BulkBatches != seen.batches {
		return result{}, fmt.Errorf("run %s says that it made %d API calls and %d batches; the org counted %d and %d",
			run.ID, run.APICalls, run.BulkBatches, seen.calls, seen.batches)
	}
	seen.took = run.FinishedAt.Sub(*run.StartedAt)
	if sc.log {
		return seen, sc.show(ctx, run, journal)
	}
	return seen, nil
}

// show prints the run's log, with the milliseconds since its start, and the calls that the org counted.
func (sc *scene) show(ctx context.Context, run reportsync.Run, journal orgsim.JournalAnswer) error {
	for entry, err := range sc.daemon.api.RunLog(ctx, run.ID) {
		if err != nil {
			return err
		}
		fmt.Printf("%6d %s\n", entry.At.Sub(*run.StartedAt).Milliseconds(), entry.Message)
	}
	for _, kind := range journal.Summary.Kinds {
		fmt.Printf("%6d %s\n", kind.Calls, kind.Kind)
	}
	return nil
}

// next writes a report and carries the integration out over it.
func (sc *scene) next(ctx context.Context, d data) (result, error) {
	d, err := sc.write(d)
	if err != nil {
		return result{}, err
	}
	return sc.run(ctx, d)
}

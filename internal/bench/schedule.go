package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The integrations that are due at once: each org has as many, each over rows of its own.
const (
	manyOrgs   = 20
	perOrg     = 50
	rowsOfEach = 200
	notice     = 2 * time.Minute // before they are due, to declare them all
	dueTimeout = 15 * time.Minute

	// orgShare is how many requests the daemon has in flight against one org at most (docs/performance.md).
	orgShare = 10
)

// measureSchedule lets a thousand integrations come due in one minute.
func measureSchedule(ctx context.Context, s settings) (figures []figure, err error) {
	r, err := newRig(s, "schedule")
	if err != nil {
		return nil, err
	}
	defer closing(r, &err)
	orgs, err := r.startOrgs(ctx, manyOrgs, orgSpec{contacts: perOrg * rowsOfEach})
	if err != nil {
		return nil, err
	}
	d, err := r.startDaemon(ctx)
	if err != nil {
		return nil, err
	}
	due := time.Now().UTC().Add(notice).Truncate(time.Minute)
	if err := r.declare(ctx, d, orgs, due); err != nil {
		return nil, err
	}
	if time.Now().After(due) {
		return nil, fmt.Errorf("declaring %d integrations took longer than %s", manyOrgs*perOrg, notice)
	}
	for _, o := range orgs {
		if err := o.forget(ctx); err != nil {
			return nil, err
		}
	}
	if err := sleepUntil(ctx, due); err != nil {
		return nil, err
	}
	memory := sample(d.program)
	runs, err := awaitRuns(ctx, d, due)
	samples := memory.end()
	if err != nil {
		return nil, err
	}
	inFlight, err := mostInFlight(ctx, orgs)
	if err != nil {
		return nil, err
	}
	return append(scheduleFigures(runs, due), append(memoryFigures(samples),
		atMost("requests in flight, of the org that had most", int64(inFlight), orgShare))...), nil
}

// declare writes the reports and makes connections and integrations.
func (r *rig) declare(ctx context.Context, d *daemon, orgs []*org, due time.Time) error {
	for n := range perOrg {
		if err := (data{rows: rowsOfEach, first: n * rowsOfEach, permille: 100, generation: 1}).writeReport(r.path("reports", reportOf(n))); err != nil {
			return err
		}
	}
	source, err := d.source(ctx, r.path("reports"))
	if err != nil {
		return err
	}
	schedule := due.Format("4 15 2 1 *")
	for i, o := range orgs {
		connection, err := d.connect(ctx, fmt.Sprintf("org%02d", i), o)
		if err != nil {
			return err
		}
		for n := range perOrg {
			if _, err := d.integrate(ctx, fmt.Sprintf("usage-%02d-to-org%02d", n, i), source, reportOf(n), connection, schedule); err != nil {
				return err
			}
		}
	}
	return nil
}

func reportOf(n int) string { return fmt.Sprintf("usage-%02d.csv", n) }

// awaitRuns waits until every integration has run, and checks each run.
func awaitRuns(ctx context.Context, d *daemon, due time.Time) ([]reportsync.Run, error) {
	ended := []reportsync.RunStatus{reportsync.RunCompleted, reportsync.RunCompletedWithErrors, reportsync.RunFailed, reportsync.RunCancelled}
	for {
		var runs []reportsync.Run
		for run, err := range d.api.Runs(ctx, api.RunQuery{Status: ended}) {
			if err != nil {
				return nil, err
			}
			runs = append(runs, run)
		}
		if len(runs) >= manyOrgs*perOrg {
			return runs, checkRuns(runs)
		}
		if time.Since(due) > dueTimeout {
			return nil, fmt.Errorf("%d of %d runs had ended %s after they were due", len(runs), manyOrgs*perOrg, dueTimeout)
		}
		if err := sleepUntil(ctx, time.Now().Add(2*time.Second)); err != nil {
			return nil, err
		}
	}
}

// checkRuns holds each run against its report.
func checkRuns(runs []reportsync.Run) error {
	for _, run := range runs {
		n := 0
		if _, err := fmt.Sscanf(run.Report, "usage-%02d.csv", &n); err != nil {
			return fmt.Errorf("run %s read %q: %w", run.ID, run.Report, err)
		}
		if err := check(run, data{rows: rowsOfEach, first: n * rowsOfEach, permille: 100}.counts()); err != nil {
			return err
		}
	}
	return nil
}

func scheduleFigures(runs []reportsync.Run, due time.Time) []figure {
	var last time.Time
	var took times
	var calls int64
	for _, run := range runs {
		if run.FinishedAt.After(last) {
			last = *run.FinishedAt
		}
		took = append(took, run.FinishedAt.Sub(*run.StartedAt))
		calls += run.APICalls
	}
	return []figure{
		{what: "runs that completed", got: strconv.Itoa(len(runs)), target: strconv.Itoa(manyOrgs * perOrg), met: len(runs) == manyOrgs*perOrg},
		note("from due to the last one settled", "%s", short(last.Sub(due))),
		note("one run", "%s", took),
		note("API calls", "%d", calls),
	}
}

// memoryFigures compares the memory while the last third of the time passed with that of the second.
func memoryFigures(samples []int64) []figure {
	third := len(samples) / 3
	middle, end := slices.Max(samples[third:2*third+1]), slices.Max(samples[2*third:])
	grown := 100 * (end - middle) / middle
	return []figure{
		note("daemon, most memory", "%d MiB", slices.Max(samples)>>20),
		{what: "daemon, memory in the last third over that in the second", got: fmt.Sprintf("%+d %%", grown), target: "flat: <= +10 %", met: grown <= 10},
	}
}

// mostInFlight returns how many requests the org that had most at once had.
func mostInFlight(ctx context.Context, orgs []*org) (int, error) {
	most := 0
	for _, o := range orgs {
		seen, err := o.journal(ctx)
		if err != nil {
			return 0, err
		}
		most = max(most, overlapping(seen.Entries))
	}
	return most, nil
}

// overlapping returns how many of the requests were under way at once.
func overlapping(entries []journal.Entry) int {
	type edge struct {
		at time.Time
		by int
	}
	var edges []edge
	for _, e := range entries {
		edges = append(edges, edge{e.Time, 1}, edge{e.Time.Add(max(e.Duration, 1)), -1}) // one that took no time was there, too
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.by, b.by)) })
	now, most := 0, 0
	for _, e := range edges {
		now += e.by
		most = max(most, now)
	}
	return most
}

func sleepUntil(ctx context.Context, at time.Time) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(time.Until(at)):
		return nil
	}
}

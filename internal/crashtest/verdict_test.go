package crashtest_test

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// awaitDeath waits until there are more deaths than before or the run has ended, and reports which.
func (d *world) awaitDeath(runID string, deaths int) bool {
	d.Helper()
	died, ended := false, time.Time{}
	await(d.T, "a daemon dies, or the run "+runID+" ends", recovery, func() bool {
		died = d.deaths() > deaths
		if died {
			return true
		}
		if ended.IsZero() && !d.run(runID).Status.Live() {
			ended = time.Now()
		}
		// Who commits the end may die right after it.
		return !ended.IsZero() && time.Since(ended) > 200*time.Millisecond
	})
	return died
}

// deaths returns how many daemons have died so far.
func (d *world) deaths() (n int) {
	for _, node := range d.nodes {
		n += node.started
		if node.alive() {
			n--
		}
	}
	return n
}

// run returns a run as a daemon tells it, or one that is live where its id is not known yet or there is nobody to ask.
func (d *world) run(id string) (run reportsync.Run) {
	d.Helper()
	run.Status = reportsync.RunRunning
	if id == "" {
		return run
	}
	for _, n := range d.nodes {
		if !n.alive() {
			continue
		}
		told, err := n.client.Run(d.Context(), id)
		if err == nil {
			return told
		}
		if reportsync.CodeOf(err) != reportsync.CodeUnavailable {
			d.Fatal(err)
		}
	}
	return run
}

// awaitEnd waits until the run has ended: within a minute of the last kill, without anybody's help (invariant 6).
func (d *world) awaitEnd(id string) (run reportsync.Run) {
	d.Helper()
	await(d.T, "the run "+id+" ends", recovery, func() bool {
		run = d.run(id)
		return !run.Status.Live()
	})
	return run
}

// assertOneLive checks that nothing but the run is under way (invariant 3).
func (d *world) assertOneLive(id string) {
	d.Helper()
	var others []string
	d.ask(func(c *api.Client) error {
		others = nil
		for run, err := range c.Runs(d.Context(), api.RunQuery{Status: []reportsync.RunStatus{reportsync.RunQueued, reportsync.RunRunning}}) {
			if err != nil {
				return err
			}
			if run.ID != id {
				others = append(others, run.ID)
			}
		}
		return nil
	})
	if len(others) > 0 {
		d.Errorf("round %d: beside the run %s there are %v", d.round, id, others)
	}
}

// told is what an outcome says of a row.
type told struct {
	Row   int64
	Key   string
	Kind  reportsync.OutcomeKind
	Code  string
	Title string // that was written, or was meant to be
}

// assertRound checks that a run ended as if nothing had happened to it, after the org had so many writes.
func (d *world) assertRound(run reportsync.Run, rows []row, writesBefore int) {
	d.Helper()
	want, counts := expected(rows)
	if run.Status != reportsync.RunCompletedWithErrors || run.Counts != counts {
		d.Errorf("round %d: run %s is %s after %d attempts with %+v, want %+v; error: %+v", d.round, run.ID, run.Status, run.Attempt, run.Counts, counts, run.Error)
	}
	if run.Revision != d.integration.Revision {
		d.Errorf("round %d: revision %d, want %d", d.round, run.Revision, d.integration.Revision)
	}
	if run.Artifact == nil || run.Artifact.Rows != int64(len(rows)) {
		d.Errorf("round %d: the outcomes of the run %s are kept as %+v, want an artifact with %d", d.round, run.ID, run.Artifact, len(rows))
	}
	if diff := cmp.Diff(want, d.outcomes(run.ID)); diff != "" {
		d.Errorf("round %d: outcomes (-want +got):\n%s", d.round, diff)
	}
	writes := 0
	for _, r := range rows {
		if r.written() {
			writes++
			d.titles[r.key] = r.title
		}
	}
	if got := d.org.Writes(object) - writesBefore; got != writes {
		d.Errorf("round %d: the org has written %d records, want %d: each once", d.round, got, writes)
	}
	held := map[string][]string{}
	for key, title := range d.titles {
		held[key] = []string{title}
	}
	if diff := cmp.Diff(held, d.records()); diff != "" {
		d.Errorf("round %d: titles of the records by key (-want +got):\n%s", d.round, diff)
	}
	if d.Failed() {
		d.FailNow() // the next rounds would tell the same again
	}
}

// expected is what is to be told of rows.
func expected(rows []row) (all []told, counts reportsync.Counts) {
	for i, r := range rows {
		o := told{Row: int64(i + 1), Key: r.key, Kind: r.kind, Code: r.code}
		if r.written() || r.kind == reportsync.Failed {
			o.Title = r.title
		}
		all = append(all, o)
		counts.Read++
		*counts.Of(r.kind)++
	}
	return all, counts
}

// outcomes reads what a daemon tells of the rows of a run.
func (d *world) outcomes(runID string) (all []told) {
	d.Helper()
	d.ask(func(c *api.Client) error {
		all = nil
		for o, err := range c.Outcomes(d.Context(), runID, api.OutcomeQuery{}) {
			if err != nil {
				return err
			}
			t := told{Row: o.Row, Key: o.Key, Kind: o.Kind, Code: o.Code}
			for _, change := range o.Changes {
				if change.Field == "Title" && change.After != nil {
					t.Title = *change.After
				}
			}
			all = append(all, t)
		}
		return nil
	})
	return all
}

// records returns the titles of the org's records, by key.
func (d *world) records() map[string][]string {
	titles := map[string][]string{}
	for record := range d.org.Records(object) {
		key := record[d.way.field]
		titles[key] = append(titles[key], record["Title"])
	}
	return titles
}

package crashtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// play runs the integration on a new report. Each attempt dies of one of the strikes, until there are none left or the
// run has ended before. It returns the strikes that struck, and how many requests the org had.
func (d *world) play(strikes ...strike) (struck []strike, requests int) {
	d.Helper()
	d.round++
	rows := d.way.report(d.round, d.titles)
	d.writeReport(rows)
	d.org.Faults().Clear()
	d.must(d.org.AddFaults(troubles(d.round)...))
	writes, before := d.org.Writes(object), d.wire.requests()

	deaths := d.deaths()
	if len(strikes) > 0 {
		d.Logf("round %d: %v", d.round, strikes)
		d.arm(strikes[0])
	}
	id := d.start()
	for len(struck) < len(strikes) && d.awaitDeath(id, deaths) {
		struck = append(struck, strikes[len(struck)])
		deaths = d.deaths()
		d.disarm()
		if len(struck) < len(strikes) {
			d.arm(strikes[len(struck)]) // before anybody can take over
		}
		d.revive()
		if id == "" {
			id = d.newest()
		}
		d.assertOneLive(id)
	}
	d.disarm()
	d.reviveAll()
	d.assertRound(d.awaitEnd(id), rows, writes)
	return struck, d.wire.requests() - before
}

// start starts a run. The id is empty when the daemon that was asked died before it could tell.
func (d *world) start() (id string) {
	d.Helper()
	run, err := d.nodes[0].client.StartRun(d.Context(), d.integration.ID, api.StartRun{}, "")
	if err != nil && reportsync.CodeOf(err) != reportsync.CodeUnavailable {
		d.Fatal(err)
	}
	return run.ID
}

// newest returns the id of the run that was started last.
func (d *world) newest() (id string) {
	d.Helper()
	d.ask(func(c *api.Client) error {
		for run, err := range c.Runs(d.Context(), api.RunQuery{Limit: 1}) {
			if err != nil {
				return err
			}
			id = run.ID
		}
		return nil
	})
	return id
}

// arm makes a strike the fate of the next attempt.
func (d *world) arm(s strike) {
	d.Helper()
	if s.blow.Nth == 0 {
		d.wire.strike(s.request, s.moment, d.killHolder)
		return
	}
	text, err := json.Marshal(s.blow)
	d.must(err)
	// In one step, since a daemon may be looking.
	d.must(os.WriteFile(d.path("blow.new"), text, 0o600))
	d.must(os.Rename(d.path("blow.new"), filepath.Join(d.path("blows"), blowFile)))
}

func (d *world) disarm() {
	d.Helper()
	d.wire.calm()
	if err := os.Remove(filepath.Join(d.path("blows"), blowFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.Fatal(err)
	}
}

// commits returns how many commits went through so far, by method.
func (d *world) commits() map[string]int {
	d.Helper()
	counts := map[string]int{}
	text, err := os.ReadFile(filepath.Join(d.path("blows"), traceFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.Fatal(err)
	}
	for method := range strings.FieldsSeq(string(text)) {
		counts[method]++
		counts[""]++
	}
	return counts
}

// killHolder kills the daemon that holds the run, or any where none does any more.
func (d *world) killHolder() {
	holder := d.nodes[0].current()
	if len(d.nodes) > 1 {
		pid, err := d.holder()
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			d.Errorf("find out who holds the run: %v", err)
			return
		}
		for _, n := range d.nodes {
			if p := n.current(); p.process.Pid == pid {
				holder = p
			}
		}
	}
	if err := holder.kill(); err != nil {
		d.Error(err)
	}
	<-holder.dead
}

// holder returns the process that holds the run. Nobody but the database says that, in the name of the node:
// host/process/random.
func (d *world) holder() (pid int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pool, err := pgxpool.New(ctx, d.database)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	err = pool.QueryRow(ctx, `SELECT split_part(owner, '/', 2)::int FROM runs WHERE status = 'running'`).Scan(&pid)
	return pid, err
}

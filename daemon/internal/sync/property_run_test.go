package sync_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// stage is where scenes are played: a folder of reports that many of them share.
type stage struct {
	t      *testing.T
	folder string
	files  *report.Files
	played atomic.Int64
	routes sync.Routes
}

func newStage(t *testing.T, routes sync.Routes) *stage {
	t.Helper()
	s := &stage{t: t, folder: t.TempDir(), routes: routes}
	var err error
	s.files, err = report.OpenFiles(reportsync.FilesSource{URL: "file://" + s.folder}, []string{s.folder})
	noError(t, err)
	t.Cleanup(func() { noError(t, s.files.Close()) })
	return s
}

// played is what a scene has come to, and what it was to come to.
type played struct {
	c        model.Case
	want     model.Expectation
	result   reportsync.RunResult
	outcomes []reportsync.Outcome
	records  []model.Record
	rules    []*fault.Rule // the faults, in the order in which they were given
	log      []string
	err      error
}

// play runs a scene on fake time, and under faults at last: the runs before had none, and what they wrote was undone. What
// goes wrong with the scene itself is in the error.
func (s *stage) play(sc scene, faults ...fault.Fault) (p played) {
	name := fmt.Sprintf("report-%d.csv", s.played.Add(1))
	sc.spec.Report = name
	for range sc.repeats {
		before := s.playOnce(sc)
		if before.err != nil {
			return before
		}
		if !sc.dryRun { // those don't count
			sc.made, sc.evidence = before.made(), before.outcomes
		}
	}
	return s.playOnce(sc, faults...)
}

func (s *stage) playOnce(sc scene, faults ...fault.Fault) (p played) {
	synctest.Test(s.t, func(t *testing.T) {
		p, p.err = s.playNow(t.Context(), sc, faults)
	})
	return p
}

func (s *stage) playNow(ctx context.Context, sc scene, faults []fault.Fault) (played, error) {
	org, err := simulate(sc.objects)
	if err != nil {
		return played{}, err
	}
	defer org.Close()
	p := played{c: sc.enter(org)}
	p.want = model.Expect(p.c)
	path := filepath.Join(s.folder, sc.spec.Report)
	if err := os.WriteFile(path, []byte(reportOf(p.c)), 0o600); err != nil {
		return p, err
	}
	defer func() { _ = os.Remove(path) }() // the folder goes anyway
	for _, f := range faults {
		p.rules = append(p.rules, org.Faults().Add(f))
	}
	client, err := salesforce.New(salesforce.Config{
		LoginURL: "http://127.0.0.1:1", ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret, Transport: &wire{org: org},
	})
	if err != nil {
		return p, err
	}
	memory, routes := &memory{}, s.routes
	if len(p.c.Spec.Match.FieldTransform) > 0 {
		routes.Read = "" // every record has to be read
	}
	job := sync.Job{
		Run:         reportsync.Run{ID: "run", Attempt: 1, DryRun: sc.dryRun, FullResync: sc.full, IgnoreGuards: sc.ignore},
		Integration: reportsync.Integration{ID: "integration", Revision: 1, IntegrationSpec: p.c.Spec},
		Previous:    sync.Previous{Read: p.c.PreviousRows, Outcomes: evidence(sc.evidence)},
		Reports:     s.files, Org: client.Metered(), Journal: memory, Evidence: memory, Scratch: s.folder,
	}
	p.result, err = sync.ExecuteBy(ctx, job, routes)
	if waits, postponed := errors.AsType[*sync.PostponedError](err); postponed {
		org.Faults().Clear() // the org's day is over
		time.Sleep(time.Until(waits.Until))
		job.Run = memory.resumed(job.Run)
		p.result, err = sync.ExecuteBy(ctx, job, routes)
	}
	p.outcomes, p.records, p.log = memory.outcomes, recordsOf(org, thing, sc.objects[thing]), memory.log
	p.respell()
	p.align()
	return p, err
}

// align has the row used that the model uses, of those that say the same.
func (p *played) align() {
	if len(p.outcomes) != len(p.want.Outcomes) {
		return
	}
	for i, want := range p.want.Outcomes {
		if want.Kind == reportsync.Duplicate || p.outcomes[i].Kind != reportsync.Duplicate {
			continue
		}
		for j, other := range p.want.Outcomes {
			if other.Same == want.Same && p.outcomes[j].Kind != reportsync.Duplicate {
				p.outcomes[i], p.outcomes[j] = p.outcomes[j], p.outcomes[i]
				p.outcomes[i].Row, p.outcomes[j].Row = p.outcomes[j].Row, p.outcomes[i].Row
			}
		}
	}
}

// respell undoes what an upsert does to keys that differ from the row's by case alone: where records are not read, it
// writes the row's spelling.
func (p *played) respell() {
	key := p.c.Org.Objects[thing].Fields["Key__c"]
	if p.c.Spec.Compares() || !key.Unique || key.CaseSensitive {
		return
	}
	for _, r := range p.records {
		if before := p.before(r["Id"]); before["Key__c"] != "" && strings.EqualFold(before["Key__c"], r["Key__c"]) {
			r["Key__c"] = before["Key__c"]
		}
	}
}

// evidence yields the outcomes of a run before, as its artifact does. Nil stands for no such run.
func evidence(outcomes []reportsync.Outcome) func(context.Context) iter.Seq2[reportsync.Outcome, error] {
	if outcomes == nil {
		return nil
	}
	return func(context.Context) iter.Seq2[reportsync.Outcome, error] {
		return func(yield func(reportsync.Outcome, error) bool) {
			for _, o := range outcomes {
				if len(o.Changes) > 0 && !yield(o, nil) {
					return
				}
			}
		}
	}
}

// made returns the changes that a run has made or held back, with how many runs in a row have done so.
func (p *played) made() map[model.Change]int {
	made := map[model.Change]int{}
	for _, o := range p.want.Outcomes {
		if o.Kind == reportsync.Updated {
			for _, c := range o.Changes {
				made[c] = p.c.Made[c] + 1
			}
		}
		for _, c := range o.Held {
			made[c] = p.c.Made[c] + 1
		}
	}
	return made
}

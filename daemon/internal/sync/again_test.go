package sync_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ending is what must be the same wherever a run was killed.
type ending struct {
	Status reportsync.RunStatus
	Kinds  []string
	Held   []string // fields of changes, with how they were held back
	Writes int
}

func (b *bundle) ending(runID string, result sync.Result, before int) ending {
	e := ending{Status: result.Status, Kinds: b.kinds(runID), Writes: b.org.Writes("Contact") - before}
	for _, o := range b.outcomes(runID) {
		for _, c := range o.Changes {
			e.Held = append(e.Held, fmt.Sprintf("%s %v %d", c.Field, c.Held, c.Repeats))
		}
	}
	return e
}

// everyKill kills the run of a bundle at each of its steps, one after another and each time in a new bundle, and lets
// look see how the next attempt ended it, beside how it ends undisturbed.
func everyKill(t *testing.T, build func(t *testing.T) *bundle, look func(t *testing.T, b *bundle, want, got ending)) {
	t.Helper()
	var want ending
	for at, steps := 0, 0; at <= steps; at++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprint(at, after), func(t *testing.T) {
				onFakeTime(t, func(t *testing.T) {
					b := build(t)
					before, id := b.org.Writes("Contact"), b.queue(reportsync.NewRun{})
					result, n, err := b.live(id, at, after)
					if at == 0 {
						want, steps = b.ending(id, result, before), n
						return
					}
					if err != nil {
						result, _, _ = b.live(id, 0, false)
					}
					look(t, b, want, b.ending(id, result, before))
				})
			})
		}
	}
}

// sameEnding is a look that asks for the same end.
func sameEnding(t *testing.T, _ *bundle, want, got ending) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-undisturbed +killed):\n%s", diff)
	}
}

// lastWords is the journal of an attempt that dies once an entry of a kind is stored.
type lastWords struct {
	sync.Journal
	of   string
	kill context.CancelCauseFunc
}

func (l *lastWords) Settle(ctx context.Context, seq int, rows []reportsync.Outcome, done bool) error {
	return l.die("settle", l.Journal.Settle(ctx, seq, rows, done))
}

func (l *lastWords) Plan(ctx context.Context, batches []sync.PlannedBatch) error {
	return l.die("plan", l.Journal.Plan(ctx, batches))
}

func (l *lastWords) die(of string, err error) error {
	if of != l.of {
		return err
	}
	l.kill(reportsync.ErrLeaseLost)
	return errors.Join(err, reportsync.ErrLeaseLost)
}

// diesAfter starts an attempt that dies once an entry is stored.
func (b *bundle) diesAfter(runID, entry string) {
	b.t.Helper()
	ctx, kill := context.WithCancelCause(b.t.Context())
	defer kill(nil)
	_, err := b.attempt(ctx, runID, func(j sync.Journal) sync.Journal { return &lastWords{Journal: j, of: entry, kill: kill} })
	if !errors.Is(err, reportsync.ErrLeaseLost) {
		b.t.Fatalf("attempt ended with %v", err)
	}
}

// onAll is an integration that writes a name onto every record with an e-mail, and creates one where there is none.
func onAll(field string) reportsync.IntegrationSpec {
	return reportsync.IntegrationSpec{
		Operation: new(reportsync.OperationUpsert),
		Match:     reportsync.Match{Column: "Email", Field: field, OnMultiple: new(reportsync.OnMultipleUpdateAll)},
		Mappings:  map[string]reportsync.Mapping{"LastName": column("Name")},
	}
}

// rename gives every contact another e-mail.
func (b *bundle) rename() {
	b.t.Helper()
	for _, record := range b.contacts() {
		noError(b.t, b.org.Update("Contact", record["Id"], map[string]string{"Email": "moved@x.example"}))
	}
}

// What Salesforce has answered for the records of a row counts, though none of them has the row's key any more.
func TestAnswersOfRecordsThatMoved(t *testing.T) {
	t.Parallel()
	t.Run("created", func(t *testing.T) {
		t.Parallel()
		onFakeTime(t, func(t *testing.T) {
			b := setup(t, onAll("Email"), "Email,Name\na@x.example,New\n")
			b.routes.Write = reportsync.RouteCollections
			id := b.queue(reportsync.NewRun{})
			b.diesAfter(id, "settle")
			made := b.contacts()[0]["Id"]
			b.rename()
			_, err := b.attempt(t.Context(), id, nil)
			noError(t, err)
			wantKinds(t, b, id, "created")
			if o := b.outcomes(id)[0]; o.RecordID != made || len(o.Changes) != 2 || len(b.contacts()) != 1 {
				t.Errorf("%d contacts, outcome %+v", len(b.contacts()), o)
			}
		})
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		onFakeTime(t, func(t *testing.T) {
			b := setup(t, onAll("Email"), "Email,Name\na@x.example,New\n")
			b.routes.Write = reportsync.RouteCollections
			b.org.Faults().Add(fault.Fault{Action: fault.RowError, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Object: "Contact", Times: 1})
			id := b.queue(reportsync.NewRun{})
			b.diesAfter(id, "settle")
			_, err := b.attempt(t.Context(), id, nil)
			noError(t, err)
			wantKinds(t, b, id, "failed FIELD_CUSTOM_VALIDATION_EXCEPTION")
			if len(b.contacts()) != 0 {
				t.Errorf("contacts %v", b.contacts())
			}
		})
	})
	t.Run("updated", func(t *testing.T) {
		t.Parallel()
		onFakeTime(t, func(t *testing.T) {
			b := setup(t, onAll("Email"), "Email,Name\na@x.example,New\n")
			b.routes.Write = reportsync.RouteCollections
			want := []string{b.insert(map[string]string{"Email": "a@x.example"}), b.insert(map[string]string{"Email": "a@x.example"})}
			id := b.queue(reportsync.NewRun{})
			b.diesAfter(id, "settle")
			b.rename()
			_, err := b.attempt(t.Context(), id, nil)
			noError(t, err)
			wantKinds(t, b, id, "updated")
			slices.Sort(want)
			if o := b.outcomes(id)[0]; !slices.Equal(o.Records, want) || len(o.Changes) != 2 || len(b.contacts()) != 2 {
				t.Errorf("%d contacts, outcome %+v", len(b.contacts()), o)
			}
		})
	})
}

// Records that are written along with others end alike wherever the run is killed, those that are created, too.
func TestKilledWhileWritingOntoAll(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"Email", "WalkMe_User_Id__c"} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			everyKill(t, func(t *testing.T) *bundle {
				b := setup(t, onAll(field), "Email,Name\na@x.example,New\nb@x.example,New\nc@x.example,New\n")
				b.routes.Write = reportsync.RouteCollections
				for _, key := range []string{"b", "c", "c"} {
					b.insert(map[string]string{field: key + "@x.example"})
				}
				return b
			}, sameEnding)
		})
	}
}

// A value that is held back stays so after a crash, also where what was written beside it has it undone once more.
func TestHeldValueAfterCrash(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		automation schema.Automation
		value      string
	}{
		"the same each time": {schema.Automation{Name: "shout", Field: "Title", Transform: schema.Upper}, "chief"},
		"another each time":  {schema.Automation{Name: "stamp", Field: "Last_Seen__c", Transform: schema.Now}, "2026-01-01 00:00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyKill(t, func(t *testing.T) *bundle {
				s := schema.Standard()
				noError(t, s.Add(schema.Object{Name: "Contact", Fields: contactFields, Rules: schema.Rules{Automations: []schema.Automation{tc.automation}}}))
				report := func(score int) string { return fmt.Sprintf("Email,Value,Score\na@x.example,%s,%d\n", tc.value, score) }
				b := setupOrg(t, s, byEmail(map[string]reportsync.Mapping{tc.automation.Field: column("Value"), "Score__c": column("Score")}), report(1))
				b.insert(map[string]string{"Email": "a@x.example"})
				var last string
				for range 4 {
					_, last = b.run(reportsync.NewRun{})
					b.previous = sync.Previous{Outcomes: b.evidence.reader(last)}
				}
				wantKinds(t, b, last, "unchanged never_settles")
				b.write("report.csv", report(2))
				return b
			}, func(t *testing.T, b *bundle, want, got ending) {
				sameEnding(t, b, want, got)
				if got.Kinds[0] != "updated never_settles" || got.Writes != 1 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// Rows that Salesforce has refused in one attempt don't count against the limits of the next one.
func TestGuardsPassOnce(t *testing.T) {
	t.Parallel()
	everyKill(t, func(t *testing.T) *bundle {
		spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
		spec.Guards = &reportsync.Guards{MaxRejectedPercent: new(float64(10))}
		spec.Writes = &reportsync.Writes{BatchRows: new(int64(2))}
		var report strings.Builder
		report.WriteString("Email,Title\n")
		var ids []string
		for i := range 8 {
			fmt.Fprintf(&report, "a%d@x.example,New\n", i)
		}
		b := setup(t, spec, report.String())
		b.routes.Write = reportsync.RouteCollections
		for i := range 8 {
			ids = append(ids, b.insert(map[string]string{"Email": fmt.Sprintf("a%d@x.example", i)}))
		}
		b.org.Faults().Add(fault.Fault{Action: fault.RowError, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Object: "Contact", IDs: ids[:2]})
		return b
	}, sameEnding)
}

// A record that an upsert found, without anybody having looked for it, is not told to be created.
func TestKilledWhileWritingBlindly(t *testing.T) {
	t.Parallel()
	for _, route := range writeRoutes {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			everyKill(t, func(t *testing.T) *bundle {
				spec := reportsync.IntegrationSpec{
					Operation: new(reportsync.OperationUpsert), Match: reportsync.Match{Column: "Key", Field: "WalkMe_User_Id__c"},
					ChangeDetection: new(reportsync.ChangeDetectionNone), Mappings: map[string]reportsync.Mapping{"LastName": column("Name")},
				}
				b := setup(t, spec, "Key,Name\na,Same\nb,New\nc,Fresh\n")
				b.routes.Write = route
				b.insert(map[string]string{"WalkMe_User_Id__c": "a", "LastName": "Same"})
				b.insert(map[string]string{"WalkMe_User_Id__c": "b", "LastName": "Old"})
				return b
			}, func(t *testing.T, b *bundle, want, got ending) {
				// Of the record that was made before the kill nobody can say whether it was there.
				if !slices.Equal(got.Kinds[:2], want.Kinds[:2]) || got.Kinds[2] != "created" && got.Kinds[2] != "updated" || len(b.contacts()) != 3 {
					t.Errorf("%d contacts, %+v", len(b.contacts()), got)
				}
				for _, outcomes := range b.evidence.runs {
					for _, o := range outcomes {
						for _, c := range o.Changes {
							if empty := c.Before == nil && !c.BeforeUnknown; empty != (o.Kind == reportsync.Created) {
								t.Errorf("outcome = %+v", o)
							}
						}
						if o.Kind == reportsync.Created && (len(o.Changes) != 2 || o.Changes[0].Field != "WalkMe_User_Id__c") {
							t.Errorf("outcome = %+v", o)
						}
					}
				}
			})
		})
	}
}

// What somebody else has set is not told to be written by a Bulk job that never began.
func TestJobThatNeverBegan(t *testing.T) {
	t.Parallel()
	const report = "Email,Title,Score\na@x.example,Boss,2\nb@x.example,Boss,2\n"
	build := func(t *testing.T) (*bundle, []string) {
		b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title"), "Score__c": column("Score")}), report)
		b.routes.Write = reportsync.RouteBulk
		return b, []string{b.insert(map[string]string{"Email": "a@x.example"}), b.insert(map[string]string{"Email": "b@x.example", "Title": "Clerk"})}
	}
	// One record is as the report has it by the time of the next attempt, the other in part.
	ends := func(t *testing.T, b *bundle, id string, ids []string) {
		t.Helper()
		noError(t, b.org.Update("Contact", ids[0], map[string]string{"Title": "Boss", "Score__c": "2"}))
		noError(t, b.org.Update("Contact", ids[1], map[string]string{"Title": "Boss"}))
		_, _, err := b.live(id, 0, false)
		noError(t, err)
		wantKinds(t, b, id, "unchanged", "updated")
		if c := b.outcomes(id)[1].Changes; len(c) != 1 || c[0].Field != "Score__c" {
			t.Errorf("changes %+v", c)
		}
	}
	t.Run("none was made", func(t *testing.T) {
		t.Parallel()
		onFakeTime(t, func(t *testing.T) {
			b, ids := build(t)
			id := b.queue(reportsync.NewRun{})
			b.diesAfter(id, "plan")
			ends(t, b, id, ids)
		})
	})
	t.Run("it was not closed", func(t *testing.T) {
		t.Parallel()
		onFakeTime(t, func(t *testing.T) {
			b, ids := build(t)
			id := b.queue(reportsync.NewRun{})
			ctx, kill := context.WithCancelCause(t.Context())
			defer kill(nil)
			_, err := b.attempt(ctx, id, func(j sync.Journal) sync.Journal { return &beforeClose{Journal: j, kill: kill} })
			if !errors.Is(err, reportsync.ErrLeaseLost) {
				t.Fatalf("attempt ended with %v", err)
			}
			ends(t, b, id, ids)
			if log := b.log(id); !strings.Contains(log, "was not closed: aborted") {
				t.Errorf("log:\n%s", log)
			}
		})
	})
}

// beforeClose is the journal of an attempt that dies when it would close its first Bulk job.
type beforeClose struct {
	sync.Journal
	kill context.CancelCauseFunc
}

func (j *beforeClose) MarkBatch(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error {
	if state != reportsync.BatchClosed {
		return j.Journal.MarkBatch(ctx, seq, jobID, state)
	}
	j.kill(reportsync.ErrLeaseLost)
	return reportsync.ErrLeaseLost
}

// A row that was sent stays the one that is used, wherever the run is killed.
func TestKilledWithDuplicates(t *testing.T) {
	t.Parallel()
	for _, keep := range []reportsync.Keep{reportsync.KeepReject, reportsync.KeepFirst, reportsync.KeepLast} {
		t.Run(string(keep), func(t *testing.T) {
			t.Parallel()
			everyKill(t, func(t *testing.T) *bundle {
				spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
				spec.Duplicates = &reportsync.Duplicates{Keep: &keep}
				b := setup(t, spec, "Email,Title\n"+strings.Repeat("a@x.example,same\n", 2)+"b@x.example,one\nb@x.example,two\n"+strings.Repeat("c@x.example,same\n", 3))
				b.routes.Write = reportsync.RouteCollections
				for _, name := range []string{"a", "b", "c"} {
					b.insert(map[string]string{"Email": name + "@x.example"})
				}
				return b
			}, sameEnding)
		})
	}
}

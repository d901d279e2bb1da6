package sync_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// wantStop fails unless a run was stopped with nothing written, begins to say so as it should and tells how to let one through, and a dry run goes on
// and tells the same.
func (b *bundle) wantStop(code reportsync.Code, says string) {
	b.t.Helper()
	writes := b.org.Writes("Contact")
	result, id := b.run(reportsync.NewRun{})
	if e := result.Err; e == nil || e.Code != code || !strings.HasPrefix(e.Message, "stopped before the first write: "+says) || !strings.HasSuffix(e.Hint, oneThrough) || b.org.Writes("Contact") != writes {
		b.t.Errorf("stopped: %+v, %d writes\n%s", e, b.org.Writes("Contact")-writes, b.log(id))
	}
	dry, id := b.run(reportsync.NewRun{DryRun: true})
	if dry.Err != nil || dry.Counts.Updated == 0 || b.org.Writes("Contact") != writes {
		b.t.Errorf("a dry run shows %+v, error %+v", dry.Counts, dry.Err)
	}
	would := b.wouldStop(id)
	if would == nil || would.Code != code || !strings.Contains(b.log(id), "warn") || !strings.Contains(b.log(id), ": dry run: a run would be "+would.Message) {
		b.t.Errorf("a dry run would be stopped by %+v\n%s", would, b.log(id))
	}
}

// letThrough runs with ignore_guards and fails unless the log has it what the run was let through for.
func (b *bundle) letThrough(says string) sync.Result {
	b.t.Helper()
	result, id := b.run(reportsync.NewRun{IgnoreGuards: true})
	if !strings.Contains(b.log(id), ": ignore_guards lets the run through: "+says) || strings.Contains(b.log(id), "stopped before") {
		b.t.Errorf("log of the run that was let through:\n%s", b.log(id))
	}
	return result
}

// old makes the report look as if it had been changed a while ago.
func (b *bundle) old(age time.Duration) {
	b.t.Helper()
	at := time.Now().Add(-age)
	noError(b.t, os.Chtimes(filepath.Join(b.folder, "report.csv"), at, at))
}

// staleReport makes an integration whose report is older than it may be.
func staleReport(t *testing.T, wait *string) *bundle {
	t.Helper()
	spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
	spec.Freshness = &reportsync.Freshness{MaxAge: "26h", Wait: wait}
	b := setup(t, spec, "Email,Title\na@x.example,Boss\n")
	b.insert(map[string]string{"Email": "a@x.example"})
	b.old(26*time.Hour + 20*time.Second)
	return b
}

const staleSays = "the report report.csv was last changed at 1999-12-30 21:59:40 UTC, 26h0m20s ago, and freshness.max_age is 26h0m0s"

// A stale report stops a run that does not wait. One that is let through writes it, and a dry run shows what it would do.
func TestStaleReport(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := staleReport(t, nil)
		b.wantStop(reportsync.CodeReportStale, staleSays)
		if result := b.letThrough(staleSays); result.Err != nil || result.Counts.Updated != 1 {
			t.Errorf("let through: %+v, error %+v", result.Counts, result.Err)
		}
	})
}

// Neither a run that is let through nor a dry run waits for a newer report.
func TestStaleReportIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := staleReport(t, new("1h"))
		_, id := b.run(reportsync.NewRun{DryRun: true})
		if e := b.wouldStop(id); e == nil || e.Code != reportsync.CodeReportStale || !strings.HasSuffix(e.Message, staleSays+" (a run that writes first waits 1h0m0s for a newer one)") {
			t.Errorf("a dry run would be stopped by %+v", e)
		}
		if result := b.letThrough(staleSays); result.Err != nil || result.Counts.Updated != 1 {
			t.Errorf("let through: %+v, error %+v", result.Counts, result.Err)
		}
		noError(t, os.Remove(filepath.Join(b.folder, "report.csv")))
		if result, _ := b.run(reportsync.NewRun{DryRun: true}); result.Err == nil || result.Err.Code != reportsync.CodeReportNotFound {
			t.Errorf("a dry run without a report: %+v", result.Err)
		}
	})
}

// A dry run that is cut off and goes on still knows that its report was stale.
func TestStaleReportOfDryRunThatIsCutOff(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := staleReport(t, nil)
		id := b.queue(reportsync.NewRun{DryRun: true})
		held := b.org.Faults().Add(fault.Fault{Path: "/services/data/*/query", Action: fault.Hold})
		if _, err := b.stopAt(held, id, reportsync.ErrShutdown); err == nil {
			t.Fatal("the dry run was not cut off")
		}
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		if e := b.wouldStop(id); result.Err != nil || e == nil || e.Code != reportsync.CodeReportStale {
			t.Errorf("it ended with %+v and would be stopped by %+v\n%s", result.Err, e, b.log(id))
		}
	})
}

// A connection's allowance of calls stops a run at its start, before it writes, or in the middle; a run that is let
// through is not bounded by it.
func TestAllowance(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		most, used int64
		says       string
	}{
		// It describes the object, looks up the records by two calls, and writes by three.
		"at the start":   {6, 7, "the connection's runs have made 7 API calls today, with what those under way are about to make, and limits.daily_api_calls is 6"},
		"before writing": {6, 1, "writing takes about 3 API calls, the connection's runs have made 4 today, with what those under way are about to make, and limits.daily_api_calls is 6"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 450, sync.Routes{})
				b.limits.DailyAPICalls, b.usedToday = &tc.most, tc.used
				b.wantStop(reportsync.CodeCallBudget, tc.says)
				if result := b.letThrough(tc.says); result.Err != nil || result.Counts.Updated != 450 {
					t.Errorf("let through: %+v, error %+v", result.Counts, result.Err)
				}
			})
		})
	}
}

// Where the allowance ends while records are read, the run says so in its own terms, and a dry run reads on.
func TestAllowanceEndsWhileReading(t *testing.T) {
	t.Parallel()
	for name, title := range map[string]string{"something to write": "", "nothing to write": "Title"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 450, sync.Routes{})
				if title != "" {
					for _, contact := range b.contacts() {
						local, _, _ := strings.Cut(contact["Email"], "@")
						noError(t, b.org.Update("Contact", contact["Id"], map[string]string{"Title": "Title " + strings.TrimPrefix(local, "user")}))
					}
				}
				writes := b.org.Writes("Contact")
				b.limits.DailyAPICalls, b.usedToday = new(int64(6)), 4
				result, _ := b.run(reportsync.NewRun{})
				const says = "stopped before the first write: the run has used what was left of the connection's day, 2 API calls, and limits.daily_api_calls is 6"
				if e := result.Err; e == nil || e.Code != reportsync.CodeCallBudget || e.Message != says || !strings.HasSuffix(e.Hint, oneThrough) || b.org.Writes("Contact") != writes {
					t.Errorf("stopped: %+v", e)
				}
				dry, id := b.run(reportsync.NewRun{DryRun: true})
				if e := b.wouldStop(id); dry.Err != nil || dry.Counts.Read != 450 || e == nil || e.Code != reportsync.CodeCallBudget || !strings.Contains(e.Message, "the connection's runs have made 7 today, with what those under way are about to make, and limits.daily_api_calls is 6") {
					t.Errorf("a dry run: %+v, error %+v, would be stopped by %+v", dry.Counts, dry.Err, e)
				}
				if through, id := b.run(reportsync.NewRun{IgnoreGuards: true}); through.Err != nil {
					t.Errorf("let through: %+v\n%s", through.Err, b.log(id))
				}
			})
		})
	}
}

// A run that goes on after a crash counts what its earlier attempt has used, and says that something was written.
func TestAllowanceOfNextAttempt(t *testing.T) {
	t.Parallel()
	for name, ignore := range map[string]bool{"stopped": false, "let through": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 450, sync.Routes{})
				b.limits.DailyAPICalls = new(int64(6))
				held := b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.Hold, After: 1})
				id := b.queue(reportsync.NewRun{IgnoreGuards: ignore})
				if _, err := b.stopAt(held, id, reportsync.ErrLeaseLost); err == nil {
					t.Fatal("the run was not cut off")
				}
				result, err := b.attempt(t.Context(), id, nil)
				noError(t, err)
				e := result.Err
				if ignore {
					if e != nil || result.Counts.Updated != 450 || !strings.Contains(b.log(id), "ignore_guards lets the run through: ") {
						t.Errorf("%+v, error %+v\n%s", result.Counts, e, b.log(id))
					}
					return
				}
				if e == nil || e.Code != reportsync.CodeCallBudget || !strings.HasPrefix(e.Message, "stopped before any further write: ") || !strings.HasSuffix(e.Hint, oneThrough) {
					t.Errorf("%+v\n%s", e, b.log(id))
				}
			})
		})
	}
}

// orgOf puts another org behind a bundle, with as many contacts.
func (b *bundle) orgOf(config orgsim.Config) {
	b.t.Helper()
	contacts := b.contacts()
	config.Schema = schema.Standard()
	noError(b.t, config.Schema.Add(schema.Object{Name: "Contact", Fields: contactFields}))
	org, err := orgsim.New(config)
	noError(b.t, err)
	b.t.Cleanup(org.Close)
	b.org, b.wire.org = org, org
	for _, contact := range contacts {
		b.insert(map[string]string{"Email": contact["Email"]})
	}
}

// What the org has left of its day stops a run that would need more. One that is let through gets as far as it can.
func TestOrgLimits(t *testing.T) {
	t.Parallel()
	t.Run("calls", func(t *testing.T) {
		t.Parallel()
		onFakeTime(t, func(t *testing.T) {
			b := titles(t, 450, sync.Routes{Write: reportsync.RouteCollections})
			b.orgOf(orgsim.Config{DailyCalls: 40})
			b.limits.BatchRows = new(int64(10))                                // three calls to read, 45 to write
			const says = "writing takes about 45 API calls, and the org has 3" // thirty-odd: its own count lags
			b.wantStop(reportsync.CodeSalesforceLimit, says)
			result := b.letThrough(says)
			if result.Err == nil || result.Err.Code != reportsync.CodeSalesforceLimit || result.Counts.Updated == 0 {
				t.Errorf("let through: %+v, error %+v", result.Counts, result.Err)
			}
		})
	})
	t.Run("Bulk batches", func(t *testing.T) {
		t.Parallel()
		onFakeTime(t, func(t *testing.T) {
			b := titles(t, 450, sync.Routes{Write: reportsync.RouteBulk})
			b.orgOf(orgsim.Config{DailyBatches: 1})
			if result, id := b.run(reportsync.NewRun{}); result.Err != nil {
				t.Fatalf("%+v\n%s", result.Err, b.log(id))
			}
			b.write("report.csv", "Email,Title\nuser0@x.example,Other\n")
			const says = "writing takes 1 of the org's Bulk API batches, and 0 are left of its day"
			b.wantStop(reportsync.CodeSalesforceLimit, says)
			if result := b.letThrough(says); result.Err != nil || result.Counts.Updated != 1 { // by collections
				t.Errorf("let through: %+v, error %+v", result.Counts, result.Err)
			}
		})
	})
}

// The first thing that would stop a run is what a dry run tells; its log has all of them.
func TestDryRunTellsTheFirstStop(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := staleReport(t, nil)
		b.limits.DailyAPICalls = new(int64(2))
		result, _ := b.run(reportsync.NewRun{})
		_, id := b.run(reportsync.NewRun{DryRun: true})
		if diff := cmp.Diff(result.Err, b.wouldStop(id)); diff != "" || !strings.Contains(b.log(id), "limits.daily_api_calls is 2") {
			t.Errorf("a dry run would be stopped (-want +got):\n%s\n%s", diff, b.log(id))
		}
	})
}

// Where the allowance ends while rows are written, since some have to be sent again, the run says that it had written.
func TestAllowanceEndsWhileWriting(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 450, sync.Routes{})
		b.limits.DailyAPICalls = new(int64(6)) // what it takes without
		b.org.Faults().Add(fault.Fault{Action: fault.LockRows, Object: "Contact", IDs: []string{b.contacts()[0]["Id"]}, Times: 1})
		const says = "stopped before any further write: the run has used what was left of the connection's day, 6 API calls, and limits.daily_api_calls is 6"
		result, id := b.run(reportsync.NewRun{})
		if e := result.Err; e == nil || e.Code != reportsync.CodeCallBudget || e.Message != says || !strings.HasSuffix(e.Hint, oneThrough) || result.Counts.Updated != 449 {
			t.Errorf("%+v, error %+v\n%s", result.Counts, e, b.log(id))
		}
		if rest, id := b.run(reportsync.NewRun{IgnoreGuards: true}); rest.Err != nil || rest.Counts.Updated != 1 {
			t.Errorf("the rest: %+v, error %+v\n%s", rest.Counts, rest.Err, b.log(id))
		}
	})
}

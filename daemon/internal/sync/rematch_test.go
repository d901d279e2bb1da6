package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// onPlan does something before the first rows are planned, when all records were read.
type onPlan struct {
	*auditor
	then func()
}

func (o *onPlan) Plan(ctx context.Context, batches []sync.PlannedBatch) error {
	if o.then != nil {
		o.then()
		o.then = nil
	}
	return o.auditor.Plan(ctx, batches)
}

// meanwhile runs the integration while something happens between reading and writing. The journal is audited.
func (b *bundle) meanwhile(ctx context.Context, id string, happens func()) (sync.Result, *auditor, error) {
	b.t.Helper()
	a := &auditor{t: b.t, planned: map[int64]int{}, open: map[int]bool{}}
	result, err := b.attempt(ctx, id, func(j sync.Journal) sync.Journal {
		a.Journal = j
		return &onPlan{auditor: a, then: happens}
	})
	return result, a, err
}

// replaced makes an org with six contacts and a report about them, and returns what befalls their records between
// reading and writing: of the first nothing; the second and third are deleted; the fourth makes way for another one, the
// fifth for one that holds what is wanted already, the sixth for two.
func replaced(t testing.TB, spec reportsync.IntegrationSpec, routes sync.Routes) (b *bundle, happens func()) {
	t.Helper()
	b = setup(t, spec, "Email,Name,Title\n")
	var report strings.Builder
	report.WriteString("Email,Name,Title\n")
	ids := make([]string, 6)
	for i := range ids {
		ids[i] = b.insert(map[string]string{"Email": fmt.Sprintf("user%d@x.example", i)})
		fmt.Fprintf(&report, "user%d@x.example,Doe,Boss\n", i)
	}
	b.write("report.csv", report.String())
	b.routes = routes
	return b, func() {
		for _, id := range ids[1:] {
			noError(t, b.org.Delete("Contact", id))
		}
		for _, fields := range []map[string]string{
			{"Email": "USER3@x.example", "Title": "Clerk"}, {"Email": "user4@x.example", "Title": "Boss"},
			{"Email": "user5@x.example"}, {"Email": "user5@x.example"},
		} {
			b.insert(fields)
		}
	}
}

// Rows whose records were deleted after they were read are matched once more, and end as if they had been read later.
func TestRecordsGoBetweenReadingAndWriting(t *testing.T) {
	t.Parallel()
	creating := byEmail(map[string]reportsync.Mapping{"Title": column("Title"), "LastName": column("Name")})
	creating.Operation = new(reportsync.OperationUpsert)
	guarded := creating
	guarded.Guards = &reportsync.Guards{MaxCreatedPercent: new(20.0)}
	for name, tc := range map[string]struct {
		spec  reportsync.IntegrationSpec
		kinds []string
		boss  int // contacts with that title in the end
	}{
		"update": {byEmail(map[string]reportsync.Mapping{"Title": column("Title")}),
			[]string{"updated", "unmatched no_record", "unmatched no_record", "updated", "unchanged", "ambiguous several_records"}, 3},
		"upsert": {creating, []string{"updated", "created", "created", "updated", "unchanged", "ambiguous several_records"}, 5},
		"upsert within its guards": {guarded,
			[]string{"updated", "created", "failed ENTITY_IS_DELETED", "updated", "unchanged", "ambiguous several_records"}, 4},
	} {
		for by, routes := range bothRoutes {
			t.Run(name+" by "+by, func(t *testing.T) {
				t.Parallel()
				onFakeTime(t, func(t *testing.T) {
					b, happens := replaced(t, tc.spec, routes)
					id := b.queue(reportsync.NewRun{})
					result, a, err := b.meanwhile(t.Context(), id, happens)
					noError(t, err)
					wantKinds(t, b, id, tc.kinds...)
					if len(a.planned)+len(a.open) > 0 || result.Counts.Read != 6 {
						t.Errorf("in the journal, rows without an answer: %v, open batches: %v; counts %+v", a.planned, a.open, result.Counts)
					}
					boss := 0
					for _, contact := range b.contacts() {
						if contact["Title"] == "Boss" {
							boss++
						}
					}
					if boss != tc.boss || !strings.Contains(b.log(id), "warn write: the records of 5 rows were deleted after they were read: matching again") {
						t.Errorf("%d contacts are boss, want %d\n%s", boss, tc.boss, b.log(id))
					}
				})
			})
		}
	}
}

// refuseAsGone makes the org say of contacts that are there that they are deleted.
func (b *bundle) refuseAsGone(times int, ids ...string) *fault.Rule {
	return b.org.Faults().Add(fault.Fault{Action: fault.RowError, Code: "ENTITY_IS_DELETED", Message: "entity is deleted", Object: "Contact", IDs: ids, Times: times})
}

// A row whose record is found once more although Salesforce says that it is gone keeps Salesforce's answer; so does one
// whose second record goes as well. No row is matched more than once again.
func TestMatchedAgainInVain(t *testing.T) {
	t.Parallel()
	for by, routes := range bothRoutes {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 4, routes)
				there, first := b.insert(map[string]string{"Email": "there@x.example"}), b.insert(map[string]string{"Email": "twice@x.example"})
				b.write("report.csv", "Email,Title\nuser1@x.example,x\nthere@x.example,x\ntwice@x.example,x\n")
				rule := b.refuseAsGone(0, there)
				id := b.queue(reportsync.NewRun{})
				result, a, err := b.meanwhile(t.Context(), id, func() {
					noError(t, b.org.Delete("Contact", first))
					b.refuseAsGone(0, b.insert(map[string]string{"Email": "twice@x.example"}))
				})
				noError(t, err)
				wantCounts(t, reportsync.Counts{Read: 3, Updated: 1, Failed: 2}, result.Counts)
				wantKinds(t, b, id, "updated", "failed ENTITY_IS_DELETED", "failed ENTITY_IS_DELETED")
				if o := b.outcomes(id)[1]; o.RecordID != there || !strings.Contains(o.Message, "still leads to this record") || len(o.Changes) != 1 {
					t.Errorf("outcome %+v", o)
				}
				if o := b.outcomes(id)[2]; o.RecordID == first || o.RecordID == "" || strings.Contains(o.Message, "matched again") {
					t.Errorf("outcome %+v", o)
				}
				if rule.Hits() != 1 || len(a.planned) > 0 {
					t.Errorf("the record was written %d times; without an answer: %v", rule.Hits(), a.planned)
				}
			})
		})
	}
}

// Where a run stops before it has matched again, or can't look for records, the refusals stand.
func TestNotMatchedAgain(t *testing.T) {
	t.Parallel()
	const rows = 3
	for name, why := range map[string]error{"cancelled": reportsync.ErrCancelled, "shut down": reportsync.ErrShutdown, "no look-ups": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, rows, sync.Routes{})
				id := b.queue(reportsync.NewRun{})
				ctx, stop := context.WithCancelCause(t.Context())
				defer stop(nil)
				_, a, err := b.meanwhile(ctx, id, func() {
					for _, contact := range b.contacts() {
						noError(t, b.org.Delete("Contact", contact["Id"]))
					}
					b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
						if strings.HasSuffix(request.URL.Path, "/query") {
							if why == nil {
								return nil, errReset
							}
							stop(why)
						}
						return deliver(), nil
					}
				})
				b.wire.cut = nil
				if errors.Is(why, reportsync.ErrShutdown) {
					if !errors.Is(err, why) {
						t.Fatalf("error %v", err)
					}
					_, err = b.attempt(t.Context(), id, nil)
				}
				noError(t, err)
				wantKinds(t, b, id, "failed ENTITY_IS_DELETED", "failed ENTITY_IS_DELETED", "failed ENTITY_IS_DELETED")
				if len(a.planned) > 0 {
					t.Errorf("rows without an answer in the journal: %v", a.planned)
				}
			})
		})
	}
}

// The refusals of rows that were set aside also stand where the run is cancelled while others are still written.
func TestCancelledBeforeMatchingAgain(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		spec := byEmail(map[string]reportsync.Mapping{"LastName": column("Name")})
		spec.Operation = new(reportsync.OperationUpsert)
		b := setup(t, spec, "Email,Name\ngone@x.example,Roe\nnew@x.example,Roe\n")
		gone := b.insert(map[string]string{"Email": "gone@x.example"})
		id := b.queue(reportsync.NewRun{})
		ctx, stop := context.WithCancelCause(t.Context())
		defer stop(nil)
		_, a, err := b.meanwhile(ctx, id, func() {
			noError(t, b.org.Delete("Contact", gone))
			b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
				if request.Method == http.MethodPost && strings.HasSuffix(request.URL.Path, "/sobjects") {
					stop(reportsync.ErrCancelled)
				}
				return deliver(), nil
			}
		})
		noError(t, err)
		wantKinds(t, b, id, "failed ENTITY_IS_DELETED", "created")
		if len(a.planned)+len(a.open) > 0 {
			t.Errorf("in the journal, rows without an answer: %v, open batches: %v", a.planned, a.open)
		}
	})
}

// An attempt that dies while rows are matched again, or written again, leaves nothing behind that the next one could
// take for something else: no record is created twice, and no row says what is not so.
func TestCrashWhileMatchingAgain(t *testing.T) {
	t.Parallel()
	spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title"), "LastName": column("Name")})
	spec.Operation = new(reportsync.OperationUpsert)
	for by, routes := range bothRoutes {
		for at, path := range map[string]string{"look-up": "/query", "answers": "/sobjects", "second plan": ""} {
			for _, landed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s by %s, landed %t", at, by, landed), func(t *testing.T) {
					t.Parallel()
					onFakeTime(t, func(t *testing.T) {
						b, happens := replaced(t, spec, routes)
						id := b.queue(reportsync.NewRun{})
						ctx, kill := context.WithCancelCause(t.Context())
						defer kill(nil)
						_, _, err := b.meanwhile(ctx, id, func() {
							happens()
							searched := false
							b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
								isQuery := strings.HasSuffix(request.URL.Path, "/query")
								dies := path != "" && (isQuery || searched) && strings.HasSuffix(request.URL.Path, path)
								searched = searched || isQuery
								if !dies {
									if path == "" && searched {
										kill(reportsync.ErrLeaseLost)
									}
									return deliver(), nil
								}
								if landed {
									deliver()
								}
								kill(reportsync.ErrLeaseLost)
								return nil, errReset
							}
						})
						b.wire.cut = nil
						if !errors.Is(err, reportsync.ErrLeaseLost) && by != "bulk" {
							t.Fatalf("error %v", err)
						}
						if err != nil {
							_, err = b.attempt(t.Context(), id, nil)
							noError(t, err)
						}
						seen := map[string]int{}
						for _, contact := range b.contacts() {
							seen[strings.ToLower(contact["Email"])]++
						}
						for i, o := range b.outcomes(id) {
							email := fmt.Sprintf("user%d@x.example", i)
							if want := map[bool]int{false: 1, true: 2}[i == 5]; seen[email] > want {
								t.Errorf("%d contacts have %s\n%s", seen[email], email, b.log(id))
							}
							if title := b.field(o.RecordID, "Title"); (o.Kind == reportsync.Updated || o.Kind == reportsync.Created) && title != "Boss" {
								t.Errorf("row %d is %s, and its record's title %q", o.Row, o.Kind, title)
							}
						}
					})
				})
			}
		}
	}
}

// A job of an earlier attempt may have met records that were gone. The next attempt matches their rows as any others.
func TestRecordsGoneInAJobOfAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b, happens := replaced(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), sync.Routes{Write: reportsync.RouteBulk})
		id := b.queue(reportsync.NewRun{})
		ctx, kill := context.WithCancelCause(t.Context())
		defer kill(nil)
		_, _, err := b.meanwhile(ctx, id, func() {
			happens()
			b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
				if request.Method == http.MethodPatch && strings.Contains(request.URL.Path, "/jobs/ingest/") {
					defer kill(reportsync.ErrLeaseLost) // the job is closed, and goes on
				}
				return deliver(), nil
			}
		})
		if !errors.Is(err, reportsync.ErrLeaseLost) {
			t.Fatalf("error %v", err)
		}
		b.wire.cut = nil
		_, err = b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantKinds(t, b, id, "updated", "unmatched no_record", "unmatched no_record", "updated", "unchanged", "ambiguous several_records")
	})
}

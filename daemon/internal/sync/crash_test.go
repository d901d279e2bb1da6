package sync_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// mortal kills an attempt at one of its steps, as SIGKILL would. A step is a call to the journal or a request to the
// org; the last one happens or not, but its caller never hears of it, and nothing happens after it.
type mortal struct {
	sync.Journal
	at    int  // the step to die at, 0 to live
	after bool // the last step still takes effect
	kill  context.CancelCauseFunc

	mu    stdsync.Mutex
	steps int
	dead  bool
}

func (m *mortal) step(do func() error) error {
	m.mu.Lock()
	if m.dead {
		m.mu.Unlock()
		return reportsync.ErrLeaseLost
	}
	m.steps++
	last := m.steps == m.at
	m.dead = last
	m.mu.Unlock()
	var err error
	if !last || m.after {
		err = do()
	}
	if last {
		m.kill(reportsync.ErrLeaseLost)
		return reportsync.ErrLeaseLost
	}
	return err
}

func (m *mortal) request(_ *http.Request, deliver func() *http.Response) (response *http.Response, err error) {
	err = m.step(func() error {
		response = deliver() //nolint:bodyclose // handed on
		return nil
	})
	return response, err
}

func (m *mortal) Log(ctx context.Context, level reportsync.LogLevel, stage reportsync.Stage, message string) error {
	return m.step(func() error { return m.Journal.Log(ctx, level, stage, message) })
}

func (m *mortal) Progress(ctx context.Context, p sync.RunProgress) error {
	return m.step(func() error { return m.Journal.Progress(ctx, p) })
}

func (m *mortal) PinReport(ctx context.Context, v reportsync.ReportVersion) error {
	return m.step(func() error { return m.Journal.PinReport(ctx, v) })
}

func (m *mortal) Facts(ctx context.Context, f reportsync.RunFacts) error {
	return m.step(func() error { return m.Journal.Facts(ctx, f) })
}

func (m *mortal) Plan(ctx context.Context, batches []sync.PlannedBatch) error {
	return m.step(func() error { return m.Journal.Plan(ctx, batches) })
}

func (m *mortal) MarkBatch(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error {
	return m.step(func() error { return m.Journal.MarkBatch(ctx, seq, jobID, state) })
}

func (m *mortal) Settle(ctx context.Context, seq int, rows []reportsync.Outcome, done bool) error {
	return m.step(func() error { return m.Journal.Settle(ctx, seq, rows, done) })
}

// killSequences is how many series of kills are tried for each way of writing.
const killSequences = 10

// crashRows is enough for several batches by either route.
const crashRows = 210

// crashReport has rows of every kind; most are to be written.
func crashReport() string {
	var report strings.Builder
	report.WriteString("Email,Sessions,Title\n")
	for i := range crashRows {
		fmt.Fprintf(&report, "User%d@x.example,%d,Title %d\n", i, i, i)
	}
	report.WriteString("nobody@x.example,1,x\ntwin@x.example,1,x\ndup@x.example,1,x\ndup@x.example,2,x\nuser0@x.example,no number,x\n,1,x\nragged\n")
	return report.String()
}

// crashBundle makes an org for crashReport. Its ids are the same each time. One record refuses writes, one stands
// already as the report has it.
func crashBundle(t testing.TB, routes sync.Routes) *bundle {
	b := setup(t, byEmail(map[string]reportsync.Mapping{"Sessions_30d__c": column("Sessions"), "Title": column("Title")}), crashReport())
	b.routes = routes
	for i := range crashRows {
		fields := map[string]string{"Email": fmt.Sprintf("user%d@x.example", i), "Title": fmt.Sprintf("Title %d", i)}
		if i%2 == 0 {
			fields["Title"] = "old"
		}
		if i == 7 {
			fields["Sessions_30d__c"] = "7"
		}
		id := b.insert(fields)
		if i == 5 {
			b.refuse(id)
		}
	}
	b.insert(map[string]string{"Email": "twin@x.example"})
	b.insert(map[string]string{"Email": "twin@x.example"})
	b.insert(map[string]string{"Email": "dup@x.example"})
	return b
}

// live attempts a run and dies at a step of it; it returns how many steps there were. A result ends the run.
func (b *bundle) live(runID string, at int, after bool) (result sync.Result, steps int, err error) {
	ctx, kill := context.WithCancelCause(context.Background())
	defer kill(nil)
	m := &mortal{at: at, after: after, kill: kill}
	b.wire.cut = m.request
	result, err = b.attempt(ctx, runID, func(j sync.Journal) sync.Journal {
		m.Journal = j
		return m
	})
	b.wire.cut = nil
	if at == 0 || !m.dead {
		noError(b.t, err)
	} else if err != nil && !errors.Is(err, reportsync.ErrLeaseLost) {
		b.t.Fatalf("killed at step %d: %v", at, err)
	}
	return result, m.steps, err
}

// verdict is what must be the same however often a run was cut off.
type verdict struct {
	Counts   reportsync.Counts
	Status   reportsync.RunStatus
	Outcomes []reportsync.Outcome
	Records  []map[string]string
	Writes   map[string]int // of records, by how often they were written
}

func (b *bundle) verdict(runID string, result sync.Result) verdict {
	v := verdict{Counts: result.Counts, Status: result.Status, Outcomes: b.outcomes(runID), Writes: map[string]int{}}
	for record := range b.org.Records("Contact") {
		v.Writes[record["Id"]] = len(b.org.History("Contact", record["Id"]))
		for _, name := range []string{"CreatedDate", "LastModifiedDate", "SystemModstamp"} {
			delete(record, name)
		}
		v.Records = append(v.Records, record)
	}
	return v
}

// crashRoutes are both ways of writing, in several batches.
var crashRoutes = map[string]sync.Routes{
	"collections": {Write: reportsync.RouteCollections},
	"bulk":        {Write: reportsync.RouteBulk, JobRows: 80},
	"all bulk":    {Read: "bulk", Write: reportsync.RouteBulk, JobRows: 80},
}

// The next attempt after a kill at any step ends the run as if nothing had happened: the same outcomes, the same
// records, and none written twice (invariants 1, 2, 5, 6 and 8).
func TestKilledAtAnyStep(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"collections", "bulk"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			routes := crashRoutes[name]
			want, steps := undisturbed(t, routes)
			for at := 1; at <= steps; at++ {
				for _, after := range []bool{false, true} {
					if got := killed(t, routes, [][2]int{{at, number(after)}}); !reflect.DeepEqual(want, got) {
						t.Fatalf("killed at step %d of %d (taking effect: %v) (-want +got):\n%s", at, steps, after, cmp.Diff(want, got))
					}
				}
			}
		})
	}
}

// Neither do several kills in a row matter.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	for name, routes := range crashRoutes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, steps := undisturbed(t, routes)
			random := rand.New(rand.NewPCG(2, uint64(len(name)))) //nolint:gosec // reproducible on purpose
			for range killSequences {
				kills := make([][2]int, 2+random.IntN(4))
				for i := range kills {
					kills[i] = [2]int{1 + random.IntN(steps), random.IntN(2)}
				}
				if got := killed(t, routes, kills); !reflect.DeepEqual(want, got) {
					t.Fatalf("killed at the steps %v (-want +got):\n%s", kills, cmp.Diff(want, got))
				}
			}
		})
	}
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// undisturbed runs without a kill.
func undisturbed(t *testing.T, routes sync.Routes) (v verdict, steps int) {
	t.Helper()
	t.Run("undisturbed", func(t *testing.T) {
		onFakeTime(t, func(t *testing.T) {
			b := crashBundle(t, routes)
			id := b.queue(reportsync.NewRun{})
			result, n, _ := b.live(id, 0, false)
			v, steps = b.verdict(id, result), n
			wantCounts(t, reportsync.Counts{Read: crashRows + 7, Updated: crashRows - 3, Unchanged: 1, Unmatched: 1, Ambiguous: 1, Duplicate: 4, Invalid: 2, Failed: 1}, v.Counts)
			for id, n := range v.Writes {
				if n > 1 {
					t.Errorf("record %s was written %d times", id, n)
				}
			}
		})
	})
	return v, steps
}

// killed runs with a kill in each attempt but the last.
func killed(t *testing.T, routes sync.Routes, kills [][2]int) (v verdict) {
	t.Helper()
	t.Run(fmt.Sprint(kills), func(t *testing.T) {
		onFakeTime(t, func(t *testing.T) {
			b := crashBundle(t, routes)
			id := b.queue(reportsync.NewRun{})
			for _, k := range append(kills, [2]int{}) {
				result, _, err := b.live(id, k[0], k[1] == 1)
				if err == nil {
					v = b.verdict(id, result)
					return
				}
			}
		})
	})
	return v
}

var _ sync.Journal = (*store.Journal)(nil)

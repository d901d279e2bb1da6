package sync_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// crowd makes a report of so many people, each of whom has so many records to which one title is to be written.
func crowd(t testing.TB, people, records int, onMultiple reportsync.OnMultiple) (*bundle, []string) {
	t.Helper()
	spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
	spec.Match.OnMultiple = &onMultiple
	var report strings.Builder
	report.WriteString("Email,Title\n")
	for i := range people {
		fmt.Fprintf(&report, "a%d@x.example,Boss\n", i)
	}
	b := setup(t, spec, report.String())
	var ids []string
	for i := range people {
		for range records {
			ids = append(ids, b.insert(map[string]string{"Email": fmt.Sprintf("a%d@x.example", i)}))
		}
	}
	return b, ids
}

// Records of one row are written side by side, in several batches. (The race detector looks on.)
func TestRecordsOfARowSideBySide(t *testing.T) {
	t.Parallel()
	for _, route := range writeRoutes {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			b, _ := crowd(t, 20, 6, reportsync.OnMultipleUpdateAll)
			b.routes = sync.Routes{Write: route, JobRows: 7}
			b.limits.BatchRows = new(int64(1))
			result, _ := b.run(reportsync.NewRun{})
			wantCounts(t, reportsync.Counts{Read: 20, Updated: 20}, result.Counts)
			if n := b.org.Writes("Contact"); n != 120 {
				t.Errorf("%d writes", n)
			}
		})
	}
}

// Of a row of whose records one was written and another may have been, the latter is told, and what is known of the
// former.
func TestRecordOfARowWithoutAnswer(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b, ids := crowd(t, 1, 2, reportsync.OnMultipleUpdateAll)
		b.routes.Write = reportsync.RouteCollections
		b.limits.BatchRows = new(int64(1))
		written := make(chan struct{})
		var calls atomic.Int64
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			switch {
			case request.Method == http.MethodPatch && calls.Add(1) == 1:
				defer close(written)
				return deliver(), nil
			case request.Method == http.MethodPatch:
				<-written
				return nil, errReset
			case strings.HasSuffix(request.URL.Path, "/composite/sobjects/Contact"):
				return nil, errReset // where the record would be looked at
			}
			return deliver(), nil
		}
		result, id := b.run(reportsync.NewRun{})
		wantKinds(t, b, id, "unprocessed "+reportsync.RowNoAnswer)
		slices.Sort(ids)
		if o := b.outcomes(id)[0]; result.Status != reportsync.RunFailed || !slices.Equal(o.Records, ids) || len(o.Changes) != 2 {
			t.Errorf("%s, outcome %+v", result.Status, o)
		}
	})
}

// Of many records with one key the smallest ids are named, and none is written.
func TestManyRivals(t *testing.T) {
	t.Parallel()
	for _, read := range []string{"lookups", "bulk"} {
		t.Run(read, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b, ids := crowd(t, 1, 25, reportsync.OnMultipleReject)
				b.routes.Read = read
				_, id := b.run(reportsync.NewRun{})
				slices.Sort(ids)
				want := "25 records have this key: " + strings.Join(ids[:10], ", ") + " and 15 more"
				if o := b.outcomes(id)[0]; o.Kind != reportsync.Ambiguous || o.Message != want {
					t.Errorf("outcome %+v, want message %q", o, want)
				}
			})
		})
	}
}

// BenchmarkCrowd measures a row whose key many records have.
func BenchmarkCrowd(b *testing.B) {
	for _, onMultiple := range []reportsync.OnMultiple{reportsync.OnMultipleReject, reportsync.OnMultipleUpdateAll} {
		for _, records := range []int{2_000, 8_000} {
			b.Run(fmt.Sprint(onMultiple, " ", records), func(b *testing.B) {
				bundle, _ := crowd(b, 1, records, onMultiple)
				for n := 0; b.Loop(); n++ {
					b.StopTimer()
					bundle.write("report.csv", fmt.Sprintf("Email,Title\na0@x.example,Boss %d\n", n))
					b.StartTimer()
					bundle.run(reportsync.NewRun{})
				}
				b.ReportMetric(float64(records*b.N)/b.Elapsed().Seconds(), "records/s")
			})
		}
	}
}

// BenchmarkChain measures rows that all have one key, of which the last one is used.
func BenchmarkChain(b *testing.B) {
	for _, rows := range []int{50_000, 200_000} {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			var report strings.Builder
			report.WriteString("Email,Title\n")
			for i := range rows {
				fmt.Fprintf(&report, "anonymous@x.example,Title %d\n", i)
			}
			spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
			spec.Duplicates = &reportsync.Duplicates{Keep: new(reportsync.KeepLast)}
			bundle := setup(b, spec, report.String())
			bundle.insert(map[string]string{"Email": "anonymous@x.example"})
			for b.Loop() {
				bundle.run(reportsync.NewRun{})
			}
			b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

package sync_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// blindly is an integration that writes names without reading a record.
func blindly(operation reportsync.Operation, field string) reportsync.IntegrationSpec {
	return reportsync.IntegrationSpec{
		Operation: &operation, Match: reportsync.Match{Column: "Key", Field: field},
		ChangeDetection: new(reportsync.ChangeDetectionNone), Mappings: map[string]reportsync.Mapping{"LastName": column("Name")},
	}
}

// Changes as a run tells them of a name that it has written.
var (
	overUnknown = []reportsync.Change{{Field: "LastName", BeforeUnknown: true, After: new("New")}}
	overOld     = []reportsync.Change{{Field: "LastName", Before: new("Old"), After: new("New")}}
)

func ofNew(key string) []reportsync.Change {
	return []reportsync.Change{{Field: "WalkMe_User_Id__c", After: &key}, {Field: "LastName", After: new("New")}}
}

// changes returns what a run tells to have changed, by row.
func (b *bundle) changes(runID string) (all [][]reportsync.Change) {
	for _, o := range b.outcomes(runID) {
		all = append(all, o.Changes)
	}
	return all
}

// What stood in a record that nobody has read is not told to have been empty. In one that was made, nothing stood.
func TestUnreadUpsert(t *testing.T) {
	t.Parallel()
	for _, route := range writeRoutes {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := setup(t, blindly(reportsync.OperationUpsert, "WalkMe_User_Id__c"), "Key,Name\na,New\nb,New\n")
				b.routes.Write = route
				b.insert(map[string]string{"WalkMe_User_Id__c": "a", "LastName": "Old"})
				_, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "updated", "created")
				if diff := cmp.Diff([][]reportsync.Change{overUnknown, ofNew("b")}, b.changes(id)); diff != "" {
					t.Errorf("changes (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A dry run of an integration whose runs read no record reads them, and foresees what the run takes nevertheless.
func TestUnreadForecast(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, blindly(reportsync.OperationUpsert, "WalkMe_User_Id__c"), "Key,Name\na,New\nb,New\n,New\n")
		b.insert(map[string]string{"WalkMe_User_Id__c": "a", "LastName": "Old"})
		dry, id := b.run(reportsync.NewRun{DryRun: true})
		wantKinds(t, b, id, "updated", "created", "invalid key_empty")
		if diff := cmp.Diff([][]reportsync.Change{overOld, ofNew("b"), nil}, b.changes(id)); diff != "" || dry.Err != nil {
			t.Errorf("error %v, changes (-want +got):\n%s", dry.Err, diff)
		}
		foreseen, err := b.store.Run(t.Context(), id)
		noError(t, err)
		result, id := b.run(reportsync.NewRun{})
		run, err := b.store.Run(t.Context(), id)
		noError(t, err)
		if diff := cmp.Diff(run.Forecast, foreseen.Forecast, cmpopts.IgnoreFields(reportsync.Forecast{}, "CallsRemaining")); diff != "" {
			t.Errorf("forecast (-run +dry run):\n%s", diff)
		}
		if foreseen.Forecast.Match.Route != "none" || foreseen.Forecast.APICalls != result.APICalls || dry.APICalls <= 1 {
			t.Errorf("forecast %+v; the dry run took %d calls, the run %d", foreseen.Forecast, dry.APICalls, result.APICalls)
		}
	})
}

func TestUnreadUpdate(t *testing.T) {
	t.Parallel()
	for _, route := range writeRoutes {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := setup(t, blindly(reportsync.OperationUpdate, "Id"), "")
				b.routes.Write = route
				b.write("report.csv", "Key,Name\n"+b.insert(map[string]string{"LastName": "Old"})+",New\n")
				_, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "updated")
				if diff := cmp.Diff([][]reportsync.Change{overUnknown}, b.changes(id)); diff != "" {
					t.Errorf("changes (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A row whose answer is lost tells what was sent all the same.
func TestUnreadWithoutAnswer(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, blindly(reportsync.OperationUpdate, "Id"), "")
		b.routes.Write = reportsync.RouteCollections
		record := b.insert(map[string]string{"LastName": "Old"})
		b.write("report.csv", "Key,Name\n"+record+",New\n")
		b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.ResetBefore})
		_, id := b.run(reportsync.NewRun{})
		o := b.outcomes(id)[0]
		if diff := cmp.Diff(overUnknown, o.Changes); diff != "" || o.Code != reportsync.RowNoAnswer || o.RecordID != record {
			t.Errorf("outcome = %+v, changes (-want +got):\n%s", o, diff)
		}
	})
}

// The attempt that follows one that was cut off reads, but what stood there before may be gone by then.
func TestUnreadBeforeCrash(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, blindly(reportsync.OperationUpsert, "WalkMe_User_Id__c"), "Key,Name\na,New\nb,New\nc,New\n")
		b.routes.Write = reportsync.RouteCollections
		b.insert(map[string]string{"WalkMe_User_Id__c": "a", "LastName": "New"})
		b.insert(map[string]string{"WalkMe_User_Id__c": "b", "LastName": "Old"})
		id := b.queue(reportsync.NewRun{})
		b.diesAfter(id, "plan")
		_, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantKinds(t, b, id, "updated", "updated", "created")
		if diff := cmp.Diff([][]reportsync.Change{overUnknown, overUnknown, ofNew("c")}, b.changes(id)); diff != "" {
			t.Errorf("changes (-want +got):\n%s\n%s", diff, b.log(id))
		}
	})
}

// A record that somebody else makes while the run is under way is not told to be the run's, nor to have been empty.
func TestUpsertMeetsUnreadRecord(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		spec := blindly(reportsync.OperationUpsert, "WalkMe_User_Id__c")
		spec.ChangeDetection = nil
		b := setup(t, spec, "Key,Name\na,New\nb,New\nc,New\n")
		b.routes.Write = reportsync.RouteCollections
		b.insert(map[string]string{"WalkMe_User_Id__c": "b", "LastName": "Old"})
		made := false
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			if !made && strings.Contains(request.URL.Path, "/composite/sobjects") {
				made = true
				b.insert(map[string]string{"WalkMe_User_Id__c": "a", "LastName": "Other"})
			}
			return deliver(), nil
		}
		_, id := b.run(reportsync.NewRun{})
		wantKinds(t, b, id, "updated found_late", "updated", "created")
		if diff := cmp.Diff([][]reportsync.Change{overUnknown, overOld, ofNew("c")}, b.changes(id)); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}

// An upsert that reads nothing writes the key as the row spells it; a run that compares leaves a record's key alone.
func TestKeyInOtherCase(t *testing.T) {
	t.Parallel()
	for detection, want := range map[reportsync.ChangeDetection]string{
		reportsync.ChangeDetectionNone: "ABC", reportsync.ChangeDetectionSalesforce: "abc",
	} {
		t.Run(string(detection), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				s := schema.Standard()
				noError(t, s.Add(schema.Object{Name: "Contact", Fields: []schema.Field{
					{Name: "Code__c", Type: schema.Text, Length: 20, ExternalID: true, Unique: true},
				}}))
				spec := blindly(reportsync.OperationUpsert, "Code__c")
				spec.ChangeDetection = &detection
				b := setupOrg(t, s, spec, "Key,Name\nABC,New\n")
				record := b.insert(map[string]string{"Code__c": "abc", "LastName": "Old"})
				_, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "updated")
				if got := b.field(record, "Code__c"); got != want || len(b.outcomes(id)[0].Changes) != 1 {
					t.Errorf("key %q, outcome = %+v", got, b.outcomes(id)[0])
				}
			})
		})
	}
}

// An id that no record has was not deleted meanwhile, as far as anybody knows, and leads nowhere else: that costs no call.
func TestUnreadUpdateOfUnknownID(t *testing.T) {
	t.Parallel()
	for _, route := range writeRoutes {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := setup(t, blindly(reportsync.OperationUpdate, "Id"), "")
				b.routes.Write = route
				b.write("report.csv", "Key,Name\n"+b.insert(map[string]string{"LastName": "Old"})+",New\n003000000000ABC,New\n")
				_, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "updated", "unmatched no_record")
				if said := b.outcomes(id)[1].Message; said != "no record has this id" {
					t.Errorf("told %q", said)
				}
				if calls := b.calls(); calls["query"] > 0 || strings.Contains(b.log(id), "deleted") {
					t.Errorf("calls %v, log:\n%s", calls, b.log(id))
				}
			})
		})
	}
}

// Whether a lost upsert has made a record that nobody looked at before can't be known, and is said.
func TestUnreadUpsertWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, blindly(reportsync.OperationUpsert, "WalkMe_User_Id__c"), "Key,Name\na,New\n")
		b.routes.Write = reportsync.RouteCollections
		lost := false
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			response := deliver()
			if strings.Contains(request.URL.Path, "/composite/sobjects/") && !lost {
				lost = true
				return nil, errReset
			}
			return response, nil
		}
		_, id := b.run(reportsync.NewRun{})
		wantKinds(t, b, id, "updated")
		if said := b.outcomes(id)[0].Message; !lost || !strings.Contains(said, "may have been created") {
			t.Errorf("told %q", said)
		}
	})
}

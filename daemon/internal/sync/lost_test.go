package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// shouting is an org whose automation changes every title that is written to capitals.
func shouting(t testing.TB) *schema.Schema {
	t.Helper()
	s := schema.Standard()
	noError(t, s.Add(schema.Object{Name: "Contact", Fields: contactFields, Rules: schema.Rules{
		Automations: []schema.Automation{{Name: "shout", Field: "Title", Transform: schema.Upper}},
	}}))
	return s
}

// creatingByEmail is an integration that creates Contacts with a name and a title.
func creatingByEmail(operation reportsync.Operation) reportsync.IntegrationSpec {
	spec := byEmail(map[string]reportsync.Mapping{"LastName": column("Name"), "Title": column("Title")})
	spec.Operation = &operation
	return spec
}

// ids returns the ids of the contacts with an e-mail, in their order.
func (b *bundle) ids(email string) (ids []string) {
	for _, record := range b.contacts() {
		if record["Email"] == email {
			ids = append(ids, record["Id"])
		}
	}
	return ids
}

// A record that a lost call has created is not created again, although it doesn't hold what was sent.
func TestLostCreateThatAnAutomationChanged(t *testing.T) {
	t.Parallel()
	for _, operation := range []reportsync.Operation{reportsync.OperationInsert, reportsync.OperationUpsert} {
		t.Run(string(operation), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := setupOrg(t, shouting(t), creatingByEmail(operation), "Email,Name,Title\na@x.example,Ann,chief\nb@x.example,Ben,CHIEF\n")
				b.routes.Write = reportsync.RouteCollections
				b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.ResetAfter, Times: 1})
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 2, Created: 1, Unprocessed: 1}, result.Counts)
				if n := b.org.Writes("Contact"); n != 2 || result.Status != reportsync.RunCompletedWithErrors {
					t.Errorf("%s, %d writes", result.Status, n)
				}
				o := b.outcomes(id)[0]
				if o.Code != reportsync.RowNoAnswer || o.RecordID != b.ids("a@x.example")[0] || !strings.Contains(o.Message, "other values") {
					t.Errorf("outcome = %+v", o)
				}
				log := b.log(id)
				if !strings.Contains(log, "1 of them hold what was sent") || !strings.Contains(log, "1 record that may have been created with that call") {
					t.Errorf("log:\n%s", log)
				}
			})
		})
	}
}

// Whatever stands under the key of a row whose create was lost, no second record comes of it, and none is claimed that
// somebody else may have made.
func TestLostCreateMeetsOtherRecords(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		delivered bool
		others    []string // titles of records that somebody else makes at that moment
		want      reportsync.OutcomeKind
		records   int
	}{
		"not created":                {false, nil, reportsync.Created, 1},
		"created":                    {true, nil, reportsync.Created, 1},
		"somebody else's":            {false, []string{"other"}, reportsync.Unprocessed, 1},
		"created beside another one": {true, []string{"other"}, reportsync.Created, 2},
		"created beside its like":    {true, []string{"chief"}, reportsync.Unprocessed, 2},
		"two of somebody else's":     {false, []string{"other", "another"}, reportsync.Unprocessed, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := setup(t, creatingByEmail(reportsync.OperationInsert), "Email,Name,Title\na@x.example,Ann,chief\n")
				b.routes.Write = reportsync.RouteCollections
				ours := "" // the id that the lost call gave
				lost := false
				b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
					if lost || !strings.HasSuffix(request.URL.Path, "/composite/sobjects") {
						return deliver(), nil
					}
					lost = true
					for _, title := range tc.others {
						b.insert(map[string]string{"Email": "a@x.example", "LastName": "Ann", "Title": title})
					}
					if before := b.ids("a@x.example"); tc.delivered {
						noError(t, deliver().Body.Close())
						ours = b.ids("a@x.example")[len(before)]
					}
					return nil, errReset
				}
				result, id := b.run(reportsync.NewRun{})
				o, ids := b.outcomes(id)[0], b.ids("a@x.example")
				if o.Kind != tc.want || len(ids) != tc.records || *result.Counts.Of(tc.want) != 1 {
					t.Errorf("%d records, outcome = %+v\n%s", len(ids), o, b.log(id))
				}
				if tc.want == reportsync.Created && tc.delivered && o.RecordID != ours {
					t.Errorf("record %s is told, %s was created", o.RecordID, ours)
				}
				if tc.want == reportsync.Unprocessed && len(ids) > 1 && (o.RecordID != "" || !strings.Contains(o.Message, ids[0]+", "+ids[1])) {
					t.Errorf("outcome = %+v, records %v", o, ids)
				}
			})
		})
	}
}

// Records that were to be created are looked for however many fields are mapped: the query asks for none of them.
func TestLostCreateOfManyFields(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		spec := creatingByEmail(reportsync.OperationInsert)
		s, fields := schema.Standard(), slices.Clip(contactFields)
		for i := range 290 {
			name := fmt.Sprintf("Some_Rather_Long_Field_Name_Number_%03d__c", i)
			fields = append(fields, schema.Field{Name: name, Type: schema.Text, Length: 20})
			spec.Mappings[name] = column("Name")
		}
		noError(t, s.Add(schema.Object{Name: "Contact", Fields: fields}))
		b := setupOrg(t, s, spec, "Email,Name,Title\na@x.example,Ann,chief\n")
		b.routes.Write = reportsync.RouteCollections
		b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.ResetAfter, Times: 1})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 1, Created: 1}, result.Counts)
		if n := b.org.Writes("Contact"); n != 1 || !strings.Contains(b.log(id), "1 of them hold what was sent") {
			t.Errorf("%d writes\n%s", n, b.log(id))
		}
	})
}

// When the org can't be asked, a row whose create was lost is not sent again.
func TestLostCreateCannotBeLookedFor(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, creatingByEmail(reportsync.OperationInsert), "Email,Name,Title\na@x.example,Ann,chief\n")
		b.routes.Write = reportsync.RouteCollections
		lost := false
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			if lost && strings.HasSuffix(request.URL.Path, "/query") {
				return nil, errReset
			}
			response := deliver()
			if strings.HasSuffix(request.URL.Path, "/composite/sobjects") {
				lost = true
				return nil, errReset
			}
			return response, nil
		}
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 1, Unprocessed: 1}, result.Counts)
		if o := b.outcomes(id)[0]; b.org.Writes("Contact") != 1 || o.Code != reportsync.RowNoAnswer {
			t.Errorf("%d writes, outcome = %+v", b.org.Writes("Contact"), o)
		}
	})
}

// Of several records with the key of an upsert none was written, though one of them holds what was sent.
func TestLostUpsertOfSeveralRecords(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, reportsync.IntegrationSpec{
			Operation: new(reportsync.OperationUpsert), Match: reportsync.Match{Column: "Key", Field: "WalkMe_User_Id__c"},
			ChangeDetection: new(reportsync.ChangeDetectionNone), Mappings: map[string]reportsync.Mapping{"LastName": column("Name")},
		}, "Key,Name\na,New\n")
		b.routes.Write = reportsync.RouteCollections
		b.insert(map[string]string{"WalkMe_User_Id__c": "a", "LastName": "New"})
		b.insert(map[string]string{"WalkMe_User_Id__c": "a", "LastName": "Old"})
		b.org.Faults().Add(fault.Fault{Path: collectionsPath + "/**", Action: fault.ResetAfter, Times: 1})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 1, Ambiguous: 1}, result.Counts)
		if o := b.outcomes(id)[0]; o.Code != "DUPLICATE_EXTERNAL_ID" {
			t.Errorf("outcome = %+v\n%s", o, b.log(id))
		}
	})
}

// A row that is in no result file of its job names the record that may be its.
func TestMissingCreateThatAnAutomationChanged(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setupOrg(t, shouting(t), creatingByEmail(reportsync.OperationInsert), "Email,Name,Title\na@x.example,Ann,chief\nb@x.example,Ben,CHIEF\n")
		b.routes = sync.Routes{Write: reportsync.RouteBulk}
		b.rewrite("/successfulResults", func(body string) string { return body[:strings.Index(body, "\n")+1] })
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 2, Created: 1, Unprocessed: 1}, result.Counts)
		got := []string{b.outcomes(id)[0].RecordID, b.outcomes(id)[1].RecordID}
		if diff := cmp.Diff([]string{b.ids("a@x.example")[0], b.ids("b@x.example")[0]}, got); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
	})
}

// A record that an attempt has created before it was cut off, and that doesn't hold what was sent, is not created again. It
// can't be told from one that somebody else has made.
func TestKilledCreateThatAnAutomationChanged(t *testing.T) {
	t.Parallel()
	for operation, want := range map[reportsync.Operation][]string{
		reportsync.OperationInsert: {"unprocessed no_answer", "created"},
		reportsync.OperationUpsert: {"updated", "created"},
	} {
		t.Run(string(operation), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := setupOrg(t, shouting(t), creatingByEmail(operation), "Email,Name,Title\na@x.example,Ann,chief\nb@x.example,Ben,CHIEF\n")
				b.routes.Write = reportsync.RouteCollections
				ctx, kill := context.WithCancelCause(t.Context())
				defer kill(nil)
				b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
					response := deliver()
					if strings.HasSuffix(request.URL.Path, "/composite/sobjects") {
						kill(reportsync.ErrLeaseLost)
						return nil, errReset
					}
					return response, nil
				}
				id := b.queue(reportsync.NewRun{})
				if _, err := b.attempt(ctx, id, nil); !errors.Is(err, reportsync.ErrLeaseLost) {
					t.Fatalf("attempt ended with %v", err)
				}
				b.wire.cut = nil
				_, err := b.attempt(t.Context(), id, nil)
				noError(t, err)
				wantKinds(t, b, id, want...)
				if n := len(b.contacts()); n != 2 {
					t.Errorf("%d contacts", n)
				}
			})
		})
	}
}

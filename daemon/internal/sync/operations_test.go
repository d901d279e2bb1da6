package sync_test

import (
	encoding "encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// kinds returns what became of the rows of a run, and why, in short.
func (b *bundle) kinds(runID string) []string {
	b.t.Helper()
	var kinds []string
	for _, o := range b.outcomes(runID) {
		kind := string(o.Kind)
		if o.Code != "" {
			kind += " " + o.Code
		}
		kinds = append(kinds, kind)
	}
	return kinds
}

func wantKinds(t *testing.T, b *bundle, runID string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, b.kinds(runID)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s\n%s", diff, b.log(runID))
	}
}

// contacts returns all contacts.
func (b *bundle) contacts() []map[string]string {
	return slices.Collect(b.org.Records("Contact"))
}

// writeRoutes are the ways of writing, each of which has to do the same.
var writeRoutes = []reportsync.WriteRoute{reportsync.RouteCollections, reportsync.RouteBulk}

// Rows without a record get one, and the next run finds them done.
func TestUpsert(t *testing.T) {
	t.Parallel()
	for _, match := range []struct{ column, field string }{{"Email", "Email"}, {"Id", "WalkMe_User_Id__c"}, {"Id", "Login__c"}} {
		for _, route := range writeRoutes {
			t.Run(match.field+" "+string(route), func(t *testing.T) {
				t.Parallel()
				onFakeTime(t, func(t *testing.T) {
					spec := reportsync.IntegrationSpec{
						Operation: new(reportsync.OperationUpsert), Match: reportsync.Match{Column: match.column, Field: match.field},
						Mappings: map[string]reportsync.Mapping{"LastName": column("Name"), "Score__c": column("Score")},
					}
					b := setup(t, spec, "Id,Email,Name,Score\nu1,a@x.example,Ada,1.50\nu2,b@x.example,Bo,2\nu3,c@x.example,,3\n,,Nobody,4\n")
					b.routes.Write = route
					ada := b.insert(map[string]string{"Email": "A@x.example", "WalkMe_User_Id__c": "u1", "Login__c": "u1", "LastName": "Old"})
					result, id := b.run(reportsync.NewRun{})
					wantKinds(t, b, id, "updated", "created", "invalid required_empty", "invalid key_empty")
					wantCounts(t, reportsync.Counts{Read: 4, Updated: 1, Created: 1, Invalid: 2}, result.Counts)
					made := b.outcomes(id)[1].RecordID
					if b.field(ada, "LastName") != "Ada" || b.field(made, "LastName") != "Bo" || b.field(made, "Score__c") != "2" || b.field(made, match.field) == "" {
						t.Errorf("records %v and %v", b.field(ada, "LastName"), b.field(made, "LastName"))
					}
					_, id = b.run(reportsync.NewRun{})
					wantKinds(t, b, id, "unchanged", "unchanged", "invalid required_empty", "invalid key_empty")
					if all := b.contacts(); len(all) != 2 {
						t.Errorf("contacts %v", all)
					}
				})
			})
		}
	}
}

// An insert leaves alone what is there.
func TestInsert(t *testing.T) {
	t.Parallel()
	for _, route := range writeRoutes {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				spec := byEmail(map[string]reportsync.Mapping{"LastName": column("Name")})
				spec.Operation = new(reportsync.OperationInsert)
				b := setup(t, spec, "Email,Name\na@x.example,Ada\nB@x.example,Bo\n")
				b.routes.Write = route
				old := b.insert(map[string]string{"Email": "a@x.example", "LastName": "Old"})
				_, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "unchanged exists", "created")
				_, id = b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "unchanged exists", "unchanged exists")
				if b.field(old, "LastName") != "Old" || len(b.contacts()) != 2 {
					t.Errorf("contacts %v", b.contacts())
				}
			})
		})
	}
}

// Parents are found by their key; one that is not there, or there twice, is told of the row.
func TestLookup(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		spec := byEmail(map[string]reportsync.Mapping{
			"AccountId": {Lookup: &reportsync.Lookup{Object: "Account", Field: "Name", Column: "Company"}, OnNull: new(reportsync.OnNullClear)},
		})
		b := setup(t, spec, "Email,Company\na@x.example,ACME\nb@x.example,Nowhere\nc@x.example,Twin\nd@x.example,\ne@x.example,Acme\n")
		acme, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
		noError(t, err)
		for range 2 {
			_, err = b.org.Insert("Account", map[string]string{"Name": "Twin"})
			noError(t, err)
		}
		ids := map[string]string{}
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			fields := map[string]string{"Email": name + "@x.example"}
			if name == "d" || name == "e" {
				fields["AccountId"] = acme
			}
			ids[name] = b.insert(fields)
		}
		_, id := b.run(reportsync.NewRun{})
		wantKinds(t, b, id, "updated", "invalid no_parent", "ambiguous several_parents", "updated", "unchanged")
		if b.field(ids["a"], "AccountId") != acme || b.field(ids["d"], "AccountId") != "" {
			t.Errorf("accounts %q and %q", b.field(ids["a"], "AccountId"), b.field(ids["d"], "AccountId"))
		}
		if o := b.outcomes(id)[1]; !strings.Contains(o.Message, `no Account has Name "Nowhere"`) {
			t.Errorf("message %q", o.Message)
		}
	})
}

// A row may be written to every record that has its key.
func TestUpdateAll(t *testing.T) {
	t.Parallel()
	for _, route := range writeRoutes {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
				spec.Match.OnMultiple = new(reportsync.OnMultipleUpdateAll)
				b := setup(t, spec, "Email,Title\na@x.example,Boss\nb@x.example,Boss\nc@x.example,Boss\n")
				b.routes.Write = route
				one, two := b.insert(map[string]string{"Email": "a@x.example"}), b.insert(map[string]string{"Email": "a@x.example", "Title": "Boss"})
				three := b.insert(map[string]string{"Email": "a@x.example", "Title": "Clerk"})
				b.insert(map[string]string{"Email": "b@x.example"})
				locked := b.insert(map[string]string{"Email": "c@x.example"})
				b.insert(map[string]string{"Email": "c@x.example"})
				b.refuse(locked)
				_, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "updated", "updated", "failed UNABLE_TO_LOCK_ROW")
				wantFared(t, b.outcomes(id)[2], locked)
				o := b.outcomes(id)[0]
				if len(o.Records) != 3 || len(o.Changes) != 2 || b.field(one, "Title") != "Boss" || b.field(two, "Title") != "Boss" || b.field(three, "Title") != "Boss" {
					t.Errorf("outcome %+v", o)
				}
				if n := b.org.Writes("Contact"); n != 4 {
					t.Errorf("%d writes", n)
				}
			})
		})
	}
}

// What differs between rows with the same key is decided by the policy; what doesn't, collapses.
func TestDuplicatesPolicies(t *testing.T) {
	t.Parallel()
	const report = "Email,Title,At\na@x.example,one,2\nA@x.example,two,10\na@x.example,three,9\nb@x.example,same,1\nb@x.example,same,2\n"
	for name, tc := range map[string]struct {
		duplicates *reportsync.Duplicates
		want       []string
		title      string
	}{
		"reject": {nil, []string{"duplicate key_duplicate", "duplicate key_duplicate", "duplicate key_duplicate", "updated", "duplicate repeated_row"}, ""},
		"first":  {&reportsync.Duplicates{Keep: new(reportsync.KeepFirst)}, []string{"updated", "duplicate superseded", "duplicate superseded", "updated", "duplicate repeated_row"}, "one"},
		"last":   {&reportsync.Duplicates{Keep: new(reportsync.KeepLast)}, []string{"duplicate superseded", "duplicate superseded", "updated", "updated", "duplicate repeated_row"}, "three"},
		"last by number": {
			&reportsync.Duplicates{Keep: new(reportsync.KeepLast), OrderBy: new("At")},
			[]string{"duplicate superseded", "updated", "duplicate superseded", "updated", "duplicate repeated_row"}, "two",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
				spec.Duplicates = tc.duplicates
				b := setup(t, spec, report)
				a := b.insert(map[string]string{"Email": "a@x.example"})
				b.insert(map[string]string{"Email": "b@x.example"})
				result, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, tc.want...)
				if got := b.field(a, "Title"); got != tc.title {
					t.Errorf("title %q, want %q", got, tc.title)
				}
				if completed := result.Status == reportsync.RunCompleted; completed != (name != "reject") {
					t.Errorf("status %s", result.Status)
				}
			})
		})
	}
}

// Rows that say the same collapse, whatever the policy, also where they say what can't be read, or what Salesforce takes
// for the same.
func TestDuplicatesThatSayTheSame(t *testing.T) {
	t.Parallel()
	const report = "Email,Score,Title,Company\n" +
		"a@x.example,many,x,\nA@x.example, many,x,\na@x.example,many,x,\n" + // the same flaw, and the same beside it
		"b@x.example,many,x,\nb@x.example,many,y,\n" + // the same flaw, and something else beside it
		"c@x.example,many,x,\nc@x.example,lots,x,\n" + // another flaw
		"d@x.example,1,x,acme\nd@x.example,1.0,x,ACME\n"
	repeated, conflict := "duplicate repeated_row", "duplicate key_duplicate"
	for keep, others := range map[reportsync.Keep][]string{
		reportsync.KeepReject: {conflict, conflict, conflict, conflict},
		reportsync.KeepFirst:  {"invalid value_invalid", "duplicate superseded", "invalid value_invalid", "duplicate superseded"},
		reportsync.KeepLast:   {"duplicate superseded", "invalid value_invalid", "duplicate superseded", "invalid value_invalid"},
	} {
		t.Run(string(keep), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				spec := byEmail(map[string]reportsync.Mapping{
					"Score__c": column("Score"), "Title": column("Title"),
					"AccountId": {Lookup: &reportsync.Lookup{Object: "Account", Field: "Name", Column: "Company"}},
				})
				spec.Duplicates = &reportsync.Duplicates{Keep: &keep}
				b := setup(t, spec, report)
				_, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
				noError(t, err)
				b.insert(map[string]string{"Email": "d@x.example"})
				_, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, slices.Concat([]string{"invalid value_invalid", repeated, repeated}, others, []string{"updated", repeated})...)
				if o := b.outcomes(id)[2]; o.Message != "repeats line 2" {
					t.Errorf("message %q", o.Message)
				}
			})
		})
	}
}

// samples finds a sample report beside the checkout.
func samples(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "reports", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the sample reports are not beside the checkout: %s", err)
	}
	return path
}

// Hashed ids find plain e-mail addresses: every row of the sample has its person among the contacts.
func TestHashedSample(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		report, err := os.ReadFile(samples(t, "usage-hashed.csv"))
		noError(t, err)
		spec := reportsync.IntegrationSpec{
			Match:    reportsync.Match{Column: "User ID", Field: "Email", FieldTransform: []string{"lower", "sha256_base64"}, OnMultiple: new(reportsync.OnMultipleUpdateAll)},
			Mappings: map[string]reportsync.Mapping{"Sessions_30d__c": column("Total Sessions")},
		}
		b := setup(t, spec, string(report))
		b.load("Contact", samples(t, "contacts.csv"))
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 800, Updated: 800}, result.Counts)
		result, _ = b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 800, Unchanged: 800}, result.Counts)
		if t.Failed() {
			t.Log(b.log(id))
		}
	})
}

// Of 945 rows on 459 people the newest of each is used.
func TestSurveySample(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		path := samples(t, "survey.csv")
		report, err := os.ReadFile(path)
		noError(t, err)
		spec := reportsync.IntegrationSpec{
			Match:      reportsync.Match{Column: "End User ID", Field: "WalkMe_User_Id__c"},
			Mappings:   map[string]reportsync.Mapping{"NPS__c": column("Answer"), "Last_Seen__c": column("Question Date & Time (UTC)")},
			Duplicates: &reportsync.Duplicates{Keep: new(reportsync.KeepLast), OrderBy: new("Question Date & Time (UTC)")},
		}
		b := setup(t, spec, string(report))
		rows, err := encoding.NewReader(strings.NewReader(string(report))).ReadAll()
		noError(t, err)
		newest := map[string][]string{}
		for _, row := range rows[1:] {
			if newest[row[1]] == nil {
				b.insert(map[string]string{"WalkMe_User_Id__c": row[1]})
			}
			if at := newest[row[1]]; at == nil || row[3] >= at[3] {
				newest[row[1]] = row
			}
		}
		result, id := b.run(reportsync.NewRun{})
		if c := result.Counts; c.Read != 945 || c.Updated+c.Unchanged != 459 || c.Duplicate != 486 {
			t.Errorf("counts %+v\n%s", c, b.log(id))
		}
		for _, record := range b.contacts() {
			if want := newest[record["WalkMe_User_Id__c"]]; record["NPS__c"] != want[6] {
				t.Fatalf("%s has %q, want %q", want[1], record["NPS__c"], want[6])
			}
		}
	})
}

// A field that can be set only when a record is created is set then. Afterwards it stays as it is, which the row tells,
// and keeps nothing else of the row from being written.
func TestFieldOfCreation(t *testing.T) {
	t.Parallel()
	for _, detection := range []reportsync.ChangeDetection{reportsync.ChangeDetectionSalesforce, reportsync.ChangeDetectionNone} {
		for _, route := range writeRoutes {
			t.Run(string(detection)+" "+string(route), func(t *testing.T) {
				t.Parallel()
				onFakeTime(t, func(t *testing.T) {
					s := schema.Standard()
					noError(t, s.Add(schema.Object{Name: "Seat__c", Fields: []schema.Field{
						{Name: "Key__c", Type: schema.Text, Length: 40, ExternalID: true, Unique: true},
						{Name: "Company__c", Type: schema.MasterDetail, ReferenceTo: []string{"Account"}},
						{Name: "Used__c", Type: schema.Number, Precision: 6},
					}}))
					b := setupOrg(t, s, reportsync.IntegrationSpec{
						Object: "Seat__c", Operation: new(reportsync.OperationUpsert), ChangeDetection: &detection,
						Match: reportsync.Match{Column: "Key", Field: "Key__c"},
						Mappings: map[string]reportsync.Mapping{
							"Company__c": {Lookup: &reportsync.Lookup{Object: "Account", Field: "Name", Column: "Company"}},
							"Used__c":    column("Used"),
						},
					}, "Key,Company,Used\na,Acme,1\nb,Acme,1\n")
					b.routes.Write = route
					acme, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
					noError(t, err)
					_, err = b.org.Insert("Account", map[string]string{"Name": "Globex"})
					noError(t, err)
					_, id := b.run(reportsync.NewRun{})
					wantKinds(t, b, id, "created", "created")

					b.write("report.csv", "Key,Company,Used\na,Globex,1\nb,Globex,2\n")
					for _, dry := range []bool{true, false} {
						_, id = b.run(reportsync.NewRun{DryRun: dry})
						want := []string{"unchanged create_only", "updated create_only"}
						if detection == reportsync.ChangeDetectionNone {
							want[0] = "updated create_only"
						}
						wantKinds(t, b, id, want...)
						for _, o := range b.outcomes(id) {
							if !strings.HasPrefix(o.Message, "Company__c can be set only") || len(o.Changes) == 0 || !o.Changes[0].CreateOnly {
								t.Errorf("row %d: %q, %+v", o.Row, o.Message, o.Changes)
							}
						}
					}
					for seat := range b.org.Records("Seat__c") {
						if seat["Company__c"] != acme || seat["Used__c"] != map[string]string{"a": "1", "b": "2"}[seat["Key__c"]] {
							t.Errorf("%v", seat)
						}
					}
				})
			})
		}
	}
}

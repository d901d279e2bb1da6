package sync_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// typed is a field of one of the rarer types, with cells for it and what becomes of them: nothing where they are refused.
type typed struct {
	object, field string
	cells, stored []string
}

// Times of day, comboboxes and whole numbers are written as they are stored, by either route, and found equal by the next
// run; what Salesforce would refuse costs no call.
func TestRarerTypes(t *testing.T) {
	t.Parallel()
	for name, field := range map[string]typed{
		"time": {
			"Task", "Starts__c",
			[]string{"17:30", "07:05:09", "23:59:59.1239", "00:00:00.000Z", "24:00", "17:30:00+02:00"},
			[]string{"17:30:00.000Z", "07:05:09.000Z", "23:59:59.123Z", "00:00:00.000Z", "", ""},
		},
		"combobox": {
			"Task", "Subject",
			[]string{"Call", " Lunch ", "call", strings.Repeat("x", 255), strings.Repeat("x", 256), "#N/A"},
			[]string{"Call", "Lunch", "call", strings.Repeat("x", 255), "", "#N/A"},
		},
		"int": {
			"Account", "NumberOfEmployees",
			[]string{"12", "007", "1E3", "2.5", "123456789", "many"},
			[]string{"12", "7", "1000", "3", "", ""},
		},
	} {
		for _, routes := range []sync.Routes{{Read: "lookups", Write: reportsync.RouteCollections}, {Read: "bulk", Write: reportsync.RouteBulk}} {
			t.Run(name+" "+string(routes.Write), func(t *testing.T) {
				t.Parallel()
				onFakeTime(t, func(t *testing.T) { field.isFed(t, routes) })
			})
		}
	}
}

func (f typed) isFed(t *testing.T, routes sync.Routes) {
	s := schema.Standard()
	key := schema.Field{Name: "Key__c", Type: schema.Text, Length: 20, ExternalID: true, Unique: true}
	noError(t, s.Add(schema.Object{Name: "Task", Fields: []schema.Field{key, {Name: "Starts__c", Type: schema.Time}}}))
	noError(t, s.Add(schema.Object{Name: "Account", Fields: []schema.Field{key}}))
	b := setupOrg(t, s, reportsync.IntegrationSpec{
		Object: f.object, Match: reportsync.Match{Column: "Key", Field: "Key__c"}, Mappings: map[string]reportsync.Mapping{f.field: column("Value")},
	}, "")
	b.routes = routes
	var ids, written, settled []string
	rows := []string{"Key,Value"}
	for i, cell := range f.cells {
		letter := string(rune('a' + i))
		record := map[string]string{"Key__c": letter}
		if f.object == "Account" {
			record["Name"] = "Acme"
		}
		id, err := b.org.Insert(f.object, record)
		noError(t, err)
		ids, rows = append(ids, id), append(rows, letter+","+cell)
		if f.stored[i] == "" {
			written, settled = append(written, "invalid value_invalid"), append(settled, "invalid value_invalid")
		} else {
			written, settled = append(written, "updated"), append(settled, "unchanged")
		}
	}
	b.write("report.csv", strings.Join(rows, "\n"))
	_, run := b.run(reportsync.NewRun{})
	wantKinds(t, b, run, written...)
	var stored []string
	for _, id := range ids {
		record, _ := b.org.Record(f.object, id)
		stored = append(stored, record[f.field])
	}
	if diff := cmp.Diff(f.stored, stored); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	_, run = b.run(reportsync.NewRun{})
	wantKinds(t, b, run, settled...)
}

// retyped describes a field as one of another type.
type retyped struct {
	sync.Describer
	field string
	as    salesforce.FieldType
}

func (d retyped) Describe(ctx context.Context, object string) (*salesforce.Object, error) {
	described, err := d.Describer.Describe(ctx, object)
	if err != nil {
		return nil, err
	}
	changed := *described
	changed.Fields = append([]salesforce.Field(nil), described.Fields...)
	for i := range changed.Fields {
		if changed.Fields[i].Name == d.field {
			changed.Fields[i].Type = d.as
		}
	}
	return &changed, nil
}

// A mapping of a field that no report can feed is refused with the reason, before there is a run.
func TestTypesThatAreNotFed(t *testing.T) {
	t.Parallel()
	b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "Email,Title\n")
	for as, says := range map[salesforce.FieldType]string{
		salesforce.TypeID:        "Salesforce gives records their ids",
		salesforce.TypeAddress:   "its parts are written one by one",
		salesforce.TypeLocation:  "its parts are written one by one",
		salesforce.TypeEncrypted: "masked",
		salesforce.TypeBase64:    "it holds a file",
		salesforce.TypeAnyType:   "no type of their own",
		"long":                   "not known how Salesforce compares",
		"complexvalue":           "not known how Salesforce compares",
	} {
		problems, _, err := sync.Check(t.Context(), retyped{b.client, "Title", as}, b.files, b.integration.IntegrationSpec)
		noError(t, err)
		if len(problems) != 1 || problems[0].Pointer != "/mappings/Title" || problems[0].Code != reportsync.CodeFieldUnsupported || !strings.Contains(problems[0].Detail, says) {
			t.Errorf("type %s: %+v, want %q", as, problems, says)
		}
	}
}

// An id that can't be one of the object which is referred to, or written, costs its row and no call.
func TestIDsOfAnotherObject(t *testing.T) {
	t.Parallel()
	for _, route := range writeRoutes {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				spec := reportsync.IntegrationSpec{Match: reportsync.Match{Column: "Id", Field: "Id"}, Mappings: map[string]reportsync.Mapping{
					"AccountId":   column("Account"),
					"ReportsToId": {Lookup: &reportsync.Lookup{Object: "Contact", Field: "Id", Column: "Boss"}},
				}}
				b := setup(t, spec, "")
				b.routes.Write = route
				account, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
				noError(t, err)
				a, c := b.insert(map[string]string{}), b.insert(map[string]string{})
				b.write("report.csv", "Id,Account,Boss\n"+a+","+a+",\n"+account+","+account+",\n"+c+",,"+account+"\n")
				_, id := b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "invalid value_invalid", "invalid key_invalid", "invalid value_invalid")
				for i, says := range []string{"is the id of a record of Contact, and AccountId takes those of Account", "those of this one start with 003", "those of this one start with 003"} {
					if o := b.outcomes(id)[i]; !strings.Contains(o.Message, says) {
						t.Errorf("row %d: %s, want %q", i+1, o.Message, says)
					}
				}
				if b.org.Writes("Contact") > 0 {
					t.Error("a row was sent")
				}
				b.write("report.csv", "Id,Account,Boss\n"+a+","+account+","+c+"\n")
				_, id = b.run(reportsync.NewRun{})
				wantKinds(t, b, id, "updated")
			})
		})
	}
}

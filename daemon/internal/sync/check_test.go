package sync_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// blame is a problem without its sentence, of which only a part is fixed.
type blame struct {
	pointer string
	code    reportsync.Code
	says    string
}

func TestCheck(t *testing.T) {
	t.Parallel()
	b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "User Email,Title,Sessions (30d),Twice,Twice\n")
	b.write("semicolons.csv", "User Email;Title\n")
	for name, tc := range map[string]struct {
		change func(s *reportsync.IntegrationSpec)
		want   []blame
	}{
		"nothing wrong": {func(*reportsync.IntegrationSpec) {}, nil},
		"object": {
			func(s *reportsync.IntegrationSpec) { s.Object = "Contacts" },
			[]blame{{"/object", reportsync.CodeObjectNotFound, `did you mean "Contact"?`}},
		},
		"object in another case": {
			func(s *reportsync.IntegrationSpec) { s.Object = "contact" },
			[]blame{{"/object", reportsync.CodeObjectNotFound, `did you mean "Contact"?`}},
		},
		"object that can't be edited": {
			func(s *reportsync.IntegrationSpec) {
				s.Object, s.Mappings = "User", map[string]reportsync.Mapping{"EmployeeNumber": column("Title")}
			},
			[]blame{{"/object", reportsync.CodeFieldNotWritable, "may not read and edit User records"}},
		},
		"fields, all at once": {
			func(s *reportsync.IntegrationSpec) {
				s.Match.Field = "Feature_Tags__c"
				s.Mappings = map[string]reportsync.Mapping{
					"Sesions_30d__c": column("Title"), // misspelt
					"Secret__c":      column("Title"), // no field-level security
					"title":          column("Title"), // wrong case
					"Age__c":         column("Title"), // formula
					"Locked__c":      column("Title"), // read-only
					"Id":             column("Title"),
					"LastName":       {Column: new("Title"), OnNull: new(reportsync.OnNullClear)},
					"Score__c":       {Constant: new("12345.6")},
					"Active__c":      {Constant: new("maybe")},
					"Birthdate":      {Constant: new("2026-11-20 10:00:00")},
				}
			},
			[]blame{
				{"/match/field", reportsync.CodeKeyNotUsable, "by which no record is found"},
				{"/mappings/Active__c/constant", reportsync.CodeInvalid, "neither true nor false"},
				{"/mappings/Age__c", reportsync.CodeFieldNotWritable, "a formula"},
				{"/mappings/Birthdate/constant", reportsync.CodeInvalid, "YYYY-MM-DD"},
				{"/mappings/Id", reportsync.CodeFieldUnsupported, "of type id"},
				{"/mappings/LastName/on_null", reportsync.CodeInvalid, `use "skip"`},
				{"/mappings/Locked__c", reportsync.CodeFieldNotWritable, "read-only"},
				{"/mappings/Score__c/constant", reportsync.CodeInvalid, "takes 4 digits before the decimal point"},
				{"/mappings/Secret__c", reportsync.CodeFieldNotFound, "field-level security"},
				{"/mappings/Sesions_30d__c", reportsync.CodeFieldNotFound, `did you mean "Sessions_30d__c"?`},
				{"/mappings/title", reportsync.CodeFieldNotFound, `is spelt "Title"`},
			},
		},
		"key that can't be searched by": {
			func(s *reportsync.IntegrationSpec) { s.Match.Field = "Description" },
			[]blame{{"/match/field", reportsync.CodeKeyNotUsable, "not filterable"}},
		},
		"columns, all at once": {
			func(s *reportsync.IntegrationSpec) {
				s.Match.Column = "user  email"
				s.Mappings = map[string]reportsync.Mapping{"Title": column("Titel"), "Department": column("Twice"), "Phone": column("xyz")}
			},
			[]blame{
				{"/match/column", reportsync.CodeColumnNotFound, `did you mean "User Email"?`},
				{"/mappings/Department/column", reportsync.CodeReportUnreadable, "2 columns named"},
				{"/mappings/Phone/column", reportsync.CodeColumnNotFound, "it has User Email, Title"},
				{"/mappings/Title/column", reportsync.CodeColumnNotFound, `did you mean "Title"?`},
			},
		},
		"semicolons": {
			func(s *reportsync.IntegrationSpec) {
				s.Report = "semicolons.csv"
				s.Match.Column = "Mail"
				s.Mappings = map[string]reportsync.Mapping{"Usage_Source__c": {Constant: new("x")}}
			},
			[]blame{{"/match/column", reportsync.CodeColumnNotFound, "parted by commas"}},
		},
		"report": {
			func(s *reportsync.IntegrationSpec) { s.Report = "reports.csv" },
			[]blame{{"/report", reportsync.CodeReportNotFound, `did you mean "report.csv"?`}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := b.integration.IntegrationSpec
			spec.Match.Column = "User Email"
			tc.change(&spec)
			problems, unchecked, err := sync.Check(t.Context(), b.client, b.files, spec)
			noError(t, err)
			if len(unchecked) > 0 {
				t.Errorf("unchecked: %q", unchecked)
			}
			wantBlame(t, tc.want, problems)
		})
	}
}

func wantBlame(t *testing.T, want []blame, got []reportsync.FieldError) {
	t.Helper()
	var blamed []blame
	for i, p := range got {
		says := p.Detail
		if i < len(want) && strings.Contains(says, want[i].says) {
			says = want[i].says
		}
		blamed = append(blamed, blame{p.Pointer, p.Code, says})
	}
	if diff := cmp.Diff(want, blamed, cmp.AllowUnexported(blame{})); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCheckSaysWhatItCouldNotCheck(t *testing.T) {
	t.Parallel()
	b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "Email,Title\n")
	stranger, err := salesforce.New(salesforce.Config{
		LoginURL: "http://127.0.0.1:1", ClientID: orgsim.DefaultClientID, ClientSecret: "wrong", Transport: b.wire,
	})
	noError(t, err)
	problems, unchecked, err := sync.Check(t.Context(), stranger, b.files, b.integration.IntegrationSpec)
	noError(t, err)
	if len(problems) > 0 || len(unchecked) != 1 || !strings.Contains(unchecked[0], "the object and its fields were not checked") {
		t.Errorf("problems %v, unchecked %q", problems, unchecked)
	}
	problems, unchecked, err = sync.Check(t.Context(), nil, nil, b.integration.IntegrationSpec)
	if len(problems)+len(unchecked) > 0 || err != nil {
		t.Errorf("with nothing to check against: %v, %q, %v", problems, unchecked, err)
	}
}

// Whatever is wrong before the first row ends the run with its code, and without a write.
func TestRunFailsBeforeTheFirstRow(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spec   func(s *reportsync.IntegrationSpec)
		report string
		fault  *fault.Fault
		code   reportsync.Code
		says   string
	}{
		"object":      {spec: func(s *reportsync.IntegrationSpec) { s.Object = "Contacts" }, code: reportsync.CodeObjectNotFound, says: `did you mean "Contact"?`},
		"field":       {spec: func(s *reportsync.IntegrationSpec) { s.Mappings["Titel"] = column("Title") }, code: reportsync.CodeFieldNotFound, says: `did you mean "Title"?`},
		"column":      {spec: func(s *reportsync.IntegrationSpec) { s.Match.Column = "Mail" }, code: reportsync.CodeColumnNotFound, says: `did you mean "Email"?`},
		"report":      {spec: func(s *reportsync.IntegrationSpec) { s.Report = "nothing/*.csv" }, code: reportsync.CodeReportNotFound, says: "nothing/*.csv"},
		"no table":    {report: "\n", code: reportsync.CodeReportUnreadable, says: "it is empty"},
		"cut off":     {report: "Email,Title\na@x.example,\"Bo", code: reportsync.CodeReportUnreadable, says: "line 2"},
		"daily limit": {fault: new(fault.DailyLimit()), code: reportsync.CodeSalesforceLimit, says: "TotalRequests"},
		"forbidden": {
			fault: &fault.Fault{Action: fault.Respond, Status: 403, Body: `[{"message":"no","errorCode":"API_DISABLED_FOR_ORG"}]`},
			code:  reportsync.CodeSalesforce, says: "API_DISABLED_FOR_ORG",
		},
		"unreachable": {fault: &fault.Fault{Action: fault.ResetBefore}, code: reportsync.CodeUnavailable, says: "describe Contact"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
				if tc.spec != nil {
					tc.spec(&spec)
				}
				if tc.report == "" {
					tc.report = "Email,Title\na@x.example,Boss\n"
				}
				b := setup(t, spec, tc.report)
				b.insert(map[string]string{"Email": "a@x.example"})
				if tc.fault != nil {
					tc.fault.Path = "/services/data/*/sobjects/**"
					b.org.Faults().Add(*tc.fault)
				}
				result, id := b.run(reportsync.NewRun{})
				if result.Status != reportsync.RunFailed || result.Err == nil || result.Err.Code != tc.code || !strings.Contains(result.Err.Message, tc.says) {
					t.Errorf("result = %+v, error %+v", result, result.Err)
				}
				if !strings.Contains(b.log(id), tc.says) || result.Counts != (reportsync.Counts{}) || b.org.Writes("Contact") > 0 {
					t.Errorf("counts %+v, log:\n%s", result.Counts, b.log(id))
				}
			})
		})
	}
}

func TestCheckHonoursContext(t *testing.T) {
	t.Parallel()
	b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "Email,Title\n")
	if _, _, err := sync.Check(cancelled(t), b.client, b.files, b.integration.IntegrationSpec); !errors.Is(err, reportsync.ErrCancelled) {
		t.Errorf("error = %v, want the cause", err)
	}
}

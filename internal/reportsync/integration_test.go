package reportsync_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// What is unset, what is empty and what is the default are told apart, on the wire and in the store.
func TestIntegrationKeepsWhatWasSaid(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*reportsync.IntegrationSpec){
		"unset":    func(*reportsync.IntegrationSpec) {},
		"no steps": func(s *reportsync.IntegrationSpec) { s.Match.Transform = []string{} },
		"empty policies": func(s *reportsync.IntegrationSpec) {
			s.Duplicates, s.Guards, s.Writes = new(reportsync.Duplicates), new(reportsync.Guards), new(reportsync.Writes)
		},
		"steps": func(s *reportsync.IntegrationSpec) {
			s.Match.FieldTransform = []string{"lower", "sha256_base64"}
			s.Mappings["F__c"] = reportsync.Mapping{Column: new("c"), Transform: []string{}, DateFormat: new("DD/MM/YYYY")}
		},
		"zero guards": func(s *reportsync.IntegrationSpec) { s.Guards = &reportsync.Guards{MaxClearedPercent: new(0.0)} },
		"lookup": func(s *reportsync.IntegrationSpec) {
			s.Mappings["AccountId"] = reportsync.Mapping{Lookup: &reportsync.Lookup{Object: "Account", Field: "Key__c", Column: "Account"}}
		},
	}
	for name, edit := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := validIntegration()
			edit(&want)
			text, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			var got reportsync.IntegrationSpec
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", text, diff)
			}
		})
	}
}

func TestIntegrationDefaults(t *testing.T) {
	t.Parallel()
	s := validIntegration()
	if s.Does() != reportsync.OperationUpdate || !s.Compares() || s.Keeps() != reportsync.KeepReject || s.OrderBy() != "" || s.Match.UpdatesAll() {
		t.Errorf("defaults are %s, %t, %s, %q, %t", s.Does(), s.Compares(), s.Keeps(), s.OrderBy(), s.Match.UpdatesAll())
	}
	if age, wait := s.Oldest(); age != 0 || wait != 0 {
		t.Errorf("a report may be %s old, and %s is waited", age, wait)
	}
	s.Freshness = &reportsync.Freshness{MaxAge: "26h", Wait: new("90m")}
	if age, wait := s.Oldest(); age != 26*time.Hour || wait != 90*time.Minute {
		t.Errorf("a report may be %s old, and %s is waited", age, wait)
	}
}

func TestIntegrationColumns(t *testing.T) {
	t.Parallel()
	s := validIntegration()
	s.Mappings["AccountId"] = reportsync.Mapping{Lookup: &reportsync.Lookup{Object: "Account", Field: "Key__c", Column: "Account"}}
	s.Mappings["Zip__c"] = reportsync.Mapping{Column: new("Account")} // a column may feed several
	s.Duplicates = &reportsync.Duplicates{Keep: new(reportsync.KeepLast), OrderBy: new("Date (UTC)")}
	want := []string{"User Email", "Account", "Onboarding Status", "Date (UTC)"}
	if diff := cmp.Diff(want, s.Columns()); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// Rows that gave way by rule are as they should be; others with the same key are for a person to look at.
func TestOutcomeRejected(t *testing.T) {
	t.Parallel()
	for o, want := range map[reportsync.OutcomeKind]map[string]bool{
		reportsync.Duplicate: {reportsync.RowRepeated: false, reportsync.RowSuperseded: false, reportsync.RowKeyDuplicate: true},
		reportsync.Unchanged: {"": false, reportsync.RowExists: false, reportsync.RowUnsettled: false},
		reportsync.Failed:    {"UNABLE_TO_LOCK_ROW": true},
		reportsync.Malformed: {reportsync.RowNoParent: true},
	} {
		for code, rejected := range want {
			if got := (reportsync.Outcome{Kind: o, Code: code}).Rejected(); got != rejected {
				t.Errorf("%s/%s is rejected: %t", o, code, got)
			}
		}
	}
}

package reportsync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// flaw is a change to a valid spec, and where Validate points then; no pointers stand for a spec that stays valid.
type flaw struct {
	name string
	edit func(*reportsync.IntegrationSpec)
	want []string
	says string // what the first detail has to hold
}

func checkFlaws(t *testing.T, flaws []flaw) {
	t.Helper()
	for _, f := range flaws {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			spec := validIntegration()
			f.edit(&spec)
			err := spec.Validate()
			if diff := cmp.Diff(f.want, pointers(t, err)); diff != "" {
				t.Errorf("wrong pointers (-want +got):\n%s\n%v", diff, err)
			}
			if err != nil && !strings.Contains(err.Error(), f.says) {
				t.Errorf("%v does not say %q", err, f.says)
			}
		})
	}
}

func TestMatchValidate(t *testing.T) {
	t.Parallel()
	type spec = reportsync.IntegrationSpec
	checkFlaws(t, []flaw{
		{"transforms", func(s *spec) {
			s.Match.Transform = []string{"trim", "strip_prefix:acme_"}
			s.Match.FieldTransform = []string{"lower", "sha256_base64"}
		}, nil, ""},
		{"no steps", func(s *spec) { s.Match.Transform = []string{} }, nil, ""},
		{"third step", func(s *spec) { s.Match.Transform = []string{"trim", "lower", "sha256"} }, []string{"/match/transform/2"}, `did you mean "sha256_base64"?`},
		{"expression", func(s *spec) { s.Match.FieldTransform = []string{"regex:(a"} }, []string{"/match/field_transform/0"}, "missing closing )"},
		{"update all", func(s *spec) { s.Match.OnMultiple = new(reportsync.OnMultipleUpdateAll) }, nil, ""},
		{"unknown policy", func(s *spec) { s.Match.OnMultiple = new(reportsync.OnMultiple("all")) }, []string{"/match/on_multiple"}, "is not one of"},
		{"update all of an insert", func(s *spec) {
			s.Operation, s.Match.OnMultiple = new(reportsync.OperationInsert), new(reportsync.OnMultipleUpdateAll)
		}, []string{"/match/on_multiple"}, "leave it out"},
		{"update all of an upsert", func(s *spec) {
			s.Operation, s.Match.OnMultiple = new(reportsync.OperationUpsert), new(reportsync.OnMultipleUpdateAll)
		}, nil, ""},
		{"the default said for an insert", func(s *spec) {
			s.Operation, s.Match.OnMultiple = new(reportsync.OperationInsert), new(reportsync.OnMultipleReject)
		}, nil, ""},
		{"update by id", func(s *spec) { s.Match.Field = "Id" }, nil, ""},
		{"upsert by id", func(s *spec) { s.Operation, s.Match.Field = new(reportsync.OperationUpsert), "id" }, []string{"/match/field"}, "is given by Salesforce"},
		{"upsert by transformed values", func(s *spec) {
			s.Operation, s.Match.FieldTransform = new(reportsync.OperationUpsert), []string{"sha256_hex"}
		}, []string{"/match/field_transform"}, "would make it again"},
		{"upsert by a transformed key", func(s *spec) {
			s.Operation, s.Match.Transform = new(reportsync.OperationUpsert), []string{"lower"}
		}, nil, ""},
		{"key mapped too", func(s *spec) {
			s.Operation = new(reportsync.OperationInsert)
			s.Mappings["EMAIL"] = reportsync.Mapping{Column: new("User Email")}
		}, []string{"/mappings/EMAIL"}, "get the key anyway"},
	})
}

func TestMappingValidate(t *testing.T) {
	t.Parallel()
	lookup := func() *reportsync.Lookup {
		return &reportsync.Lookup{Object: "Account", Field: "Account_Key__c", Column: "Account"}
	}
	mapping := func(m reportsync.Mapping) func(*reportsync.IntegrationSpec) {
		return func(s *reportsync.IntegrationSpec) { s.Mappings["F__c"] = m }
	}
	without := func(edit func(*reportsync.Lookup)) func(*reportsync.IntegrationSpec) {
		l := lookup()
		edit(l)
		return mapping(reportsync.Mapping{Lookup: l})
	}
	checkFlaws(t, []flaw{
		{"lookup", mapping(reportsync.Mapping{Lookup: lookup(), OnNull: new(reportsync.OnNullClear)}), nil, ""},
		{"lookup without object", without(func(l *reportsync.Lookup) { l.Object = "" }), []string{"/mappings/F__c/lookup/object"}, "must not be empty"},
		{"lookup across objects", without(func(l *reportsync.Lookup) { l.Field = "Owner.Email" }), []string{"/mappings/F__c/lookup/field"}, "is no API name"},
		{"lookup without column", without(func(l *reportsync.Lookup) { l.Column = " " }), []string{"/mappings/F__c/lookup/column"}, "must not be empty"},
		{"nothing", mapping(reportsync.Mapping{OnNull: new(reportsync.OnNullSkip)}), []string{"/mappings/F__c"}, "needs a column, a constant or a lookup"},
		{
			"everything", mapping(reportsync.Mapping{Column: new("a"), Constant: new("b"), Lookup: lookup()}),
			[]string{"/mappings/F__c"}, "not column and constant and lookup",
		},
		{"column and lookup", mapping(reportsync.Mapping{Column: new("a"), Lookup: lookup()}), []string{"/mappings/F__c"}, "not column and lookup"},
		{
			"lookup with what it can't use",
			mapping(reportsync.Mapping{Lookup: lookup(), Transform: []string{"trim"}, DateFormat: new("DD/MM/YYYY"), TimeZone: new("UTC")}),
			[]string{"/mappings/F__c/date_format", "/mappings/F__c/time_zone"}, "leave it out",
		},
		{
			"constant with what it can't use",
			mapping(reportsync.Mapping{Constant: new("x"), Transform: []string{"trim"}, DateFormat: new("DD/MM/YYYY")}),
			[]string{"/mappings/F__c/transform", "/mappings/F__c/date_format"}, "write the constant as the field is to have it",
		},
		{"constant in a zone", mapping(reportsync.Mapping{Constant: new("2026-01-31 09:00:00"), TimeZone: new("Asia/Tokyo")}), nil, ""},
		{"column with all", mapping(reportsync.Mapping{
			Column: new("Seen"), Transform: []string{`regex:^\S+`}, DateFormat: new("DD/MM/YYYY HH:mm"), TimeZone: new("Europe/Berlin"),
		}), nil, ""},
		{"wrong step", mapping(reportsync.Mapping{Column: new("a"), Transform: []string{"trim", "trim:"}}), []string{"/mappings/F__c/transform/1"}, `write it as "trim"`},
		{"wrong date format", mapping(reportsync.Mapping{Column: new("a"), DateFormat: new("MM/DD")}), []string{"/mappings/F__c/date_format"}, "needs YYYY, MM and DD"},
		{"empty date format", mapping(reportsync.Mapping{Column: new("a"), DateFormat: new("")}), []string{"/mappings/F__c/date_format"}, "must not be empty"},
	})
}

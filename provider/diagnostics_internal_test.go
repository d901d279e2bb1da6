package provider

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestProblemReport(t *testing.T) {
	t.Parallel()
	const summary = `Can't create integration "x"`
	column := reportsync.FieldError{
		Pointer: "/match/column", Code: reportsync.CodeColumnNotFound, Detail: `the report has no column "E-Mail"; did you mean "Email"?`,
	}
	for name, c := range map[string]struct {
		err  error
		want diag.Diagnostics
	}{
		"one for each attribute": {
			err: &api.ResponseError{Status: http.StatusUnprocessableEntity, RequestID: "req-1", Problem: api.Problem{
				Code: reportsync.CodeInvalid, Detail: "the integration is not valid", Hint: "see the report", Errors: []reportsync.FieldError{
					column, {Pointer: "/mappings/Phone", Detail: "needs a column or a constant"},
					{Pointer: "/mappings/Fax/column", Detail: "must not be empty"},
				},
			}},
			want: diag.Diagnostics{
				diag.NewAttributeErrorDiagnostic(path.Root("match"), summary,
					"match.column: the report has no column \"E-Mail\"; did you mean \"Email\"?\n\nSee the report.\n\nRequest id, as in the daemon's log: req-1"),
				diag.NewAttributeErrorDiagnostic(path.Root("mappings").AtMapKey("Phone"), summary,
					"mappings[\"Phone\"]: needs a column or a constant\n\nSee the report.\n\nRequest id, as in the daemon's log: req-1"),
				diag.NewAttributeErrorDiagnostic(path.Root("mappings").AtMapKey("Fax"), summary,
					"mappings[\"Fax\"].column: must not be empty\n\nSee the report.\n\nRequest id, as in the daemon's log: req-1"),
			},
		},
		"what is no attribute is blamed on the one around it, or on the whole": {
			err: &reportsync.Error{Code: reportsync.CodeInvalid, Message: "the integration is not valid", Fields: []reportsync.FieldError{
				{Pointer: "/match/nothing", Detail: "is not known"}, {Pointer: "/owner", Detail: "is not known"},
			}},
			want: diag.Diagnostics{
				diag.NewAttributeErrorDiagnostic(path.Root("match"), summary, "/match/nothing: is not known"),
				diag.NewErrorDiagnostic(summary, "The integration is not valid.\n/owner: is not known"),
			},
		},
		"a hint that the detail ends with": {
			err: &reportsync.Error{Code: reportsync.CodeOrgMismatch, Hint: "set it to Contact", Fields: []reportsync.FieldError{
				{Pointer: "/object", Detail: "is not there: set it to Contact"},
			}},
			want: diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("object"), summary, "object: is not there: set it to Contact")},
		},
		"a lost update": {
			err: fmt.Errorf("update: %w", &reportsync.Error{
				Code: reportsync.CodePreconditionFailed, Message: "it has revision 4, not 3", Hint: "read it again",
			}),
			want: diag.Diagnostics{diag.NewErrorDiagnostic(summary,
				"It has revision 4, not 3.\n\nIt was changed after Terraform had read it. Run terraform plan again to see by what, then apply.")},
		},
		"an error of no domain": {
			err:  errors.New("GET /runs: interrupted"),
			want: diag.Diagnostics{diag.NewErrorDiagnostic(summary, "GET /runs: interrupted")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got diag.Diagnostics
			problem{summary: summary, err: c.err, typ: integrationSchema().Type()}.report(&got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblemWarn(t *testing.T) {
	t.Parallel()
	var got diag.Diagnostics
	problem{summary: "Not checked", err: reportsync.Errorf(reportsync.CodeUnavailable, "can't reach it").WithHint("start it")}.warn(&got)
	want := diag.Diagnostics{diag.NewWarningDiagnostic("Not checked", "Can't reach it.\n\nStart it.")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

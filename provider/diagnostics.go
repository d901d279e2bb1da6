package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// problem is an error on its way to a user.
type problem struct {
	summary string    // what failed, in words
	err     error     // why
	typ     attr.Type // the type that the error's pointers point into; nil when there is none
}

// report adds one diagnostic for each attribute that the error blames, or one for the whole object when it blames none.
func (p problem) report(diags *diag.Diagnostics) {
	e, ok := errors.AsType[*reportsync.Error](p.err)
	if !ok {
		diags.AddError(p.summary, p.err.Error())
		return
	}
	var elsewhere []string
	for _, f := range e.Fields {
		if at, exact := attributePath(p.typ, f.Pointer); len(at.Steps()) > 0 {
			diags.AddAttributeError(shown(at), p.summary, p.text(blame(at, exact, f), e.Hint))
		} else {
			elsewhere = append(elsewhere, strings.TrimPrefix(f.Pointer+": "+f.Detail, ": "))
		}
	}
	if len(e.Fields) == 0 || len(elsewhere) > 0 {
		diags.AddError(p.summary, p.text(strings.Join(append([]string{sentence(e.Message)}, elsewhere...), "\n"), p.hint(e)))
	}
}

// warn adds one warning that says the same.
func (p problem) warn(diags *diag.Diagnostics) {
	var errs diag.Diagnostics
	p.report(&errs)
	for _, d := range errs {
		if at, ok := d.(diag.DiagnosticWithPath); ok {
			diags.AddAttributeWarning(at.Path(), d.Summary(), d.Detail())
		} else {
			diags.AddWarning(d.Summary(), d.Detail())
		}
	}
}

// text puts what went wrong, the way out and the request's id under each other.
func (p problem) text(what, hint string) string {
	parts := []string{what}
	if hint != "" && !strings.Contains(what, hint) {
		parts = append(parts, sentence(hint))
	}
	if res, ok := errors.AsType[*api.ResponseError](p.err); ok && res.RequestID != "" {
		parts = append(parts, "Request id, as in the daemon's log: "+res.RequestID)
	}
	return strings.Join(parts, "\n\n")
}

// hint returns the daemon's way out, or the one that Terraform offers where the daemon can't know it.
func (p problem) hint(e *reportsync.Error) string {
	if e.Code == reportsync.CodePreconditionFailed {
		return "It was changed after Terraform had read it. Run terraform plan again to see by what, then apply."
	}
	return e.Hint
}

// shown returns the part of a path that the CLI finds in the configuration, to print its line: the attribute and the
// key of its map. For a longer path it would only print the head of the resource. The text names the attribute in full.
func shown(at path.Path) path.Path {
	steps := at.Steps()
	short := path.Empty()
	for i, step := range steps[:min(len(steps), 2)] {
		switch s := step.(type) {
		case path.PathStepElementKeyString:
			short = short.AtMapKey(string(s))
		case path.PathStepAttributeName:
			if i == 0 {
				short = short.AtName(string(s))
			}
		}
	}
	return short
}

// blame words the error of one attribute; the daemon's details are clauses that follow a name.
func blame(at path.Path, exact bool, f reportsync.FieldError) string {
	if exact {
		return fmt.Sprintf("%s: %s", at, f.Detail)
	}
	return fmt.Sprintf("%s: %s", f.Pointer, f.Detail)
}

// sentence starts with a capital letter, unless it starts with a URL, and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if first, _, _ := strings.Cut(s, " "); !strings.Contains(first, "://") {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

package sync

import (
	"context"
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Describer is the part of an org that an integration is checked against. [*salesforce.Client] is one.
type Describer interface {
	Describe(ctx context.Context, object string) (*salesforce.Object, error)
	Objects(ctx context.Context) ([]salesforce.ObjectSummary, error)
}

// Check compares an integration with the org and the report, as a run does before its first row. Problems are what a
// run would fail for, each blaming an attribute of the spec. Unchecked are sentences about what could not be compared
// because the org or the source can't be reached now; a nil org or nil reports are left out silently. The error is
// the context's, or an answer of the org that nobody expects.
func Check(ctx context.Context, org Describer, reports Reports, spec reportsync.IntegrationSpec) (problems []reportsync.FieldError, unchecked []string, err error) {
	if org != nil {
		_, found, err := checkObject(ctx, org, spec)
		switch {
		case err == nil:
			problems = append(problems, found...)
		case ctx.Err() != nil:
			return nil, nil, context.Cause(ctx)
		case salesforce.IsUnreachable(err), salesforce.IsAuth(err), salesforce.IsRetryable(err), salesforce.IsLimit(err):
			unchecked = append(unchecked, fmt.Sprintf("the object and its fields were not checked: %s", err))
		default:
			return nil, nil, err
		}
	}
	if reports != nil {
		found, err := checkReport(ctx, reports, spec)
		switch {
		case err == nil:
			problems = append(problems, found...)
		case ctx.Err() != nil:
			return nil, nil, context.Cause(ctx)
		default:
			unchecked = append(unchecked, fmt.Sprintf("the report's columns were not checked: %s", err))
		}
	}
	return problems, unchecked, nil
}

// problems gathers what is wrong with an integration.
type problems []reportsync.FieldError

func (p *problems) add(pointer string, code reportsync.Code, format string, args ...any) {
	*p = append(*p, reportsync.FieldError{Pointer: pointer, Code: code, Detail: fmt.Sprintf(format, args...)})
}

// checkObject compares the spec with the object as the org describes it. The target is of use only when there are no
// problems.
func checkObject(ctx context.Context, org Describer, spec reportsync.IntegrationSpec) (*target, []reportsync.FieldError, error) {
	var p problems
	object, err := p.describe(ctx, org, "/object", spec.Object)
	if object == nil {
		return nil, p, err
	}
	p.rights(object, spec.Does())
	t := &target{object: object, names: spec.Fields()}
	t.key = p.key(object, spec)
	column := map[string]int{}
	for i, name := range spec.Columns() {
		column[name] = i
	}
	for _, name := range t.names {
		f, ok := p.field(object, name, spec)
		if !ok {
			continue
		}
		if source, fed := spec.Mappings[name].Source(); fed {
			f.column = column[source]
		}
		if spec.Mappings[name].Lookup != nil {
			if f.parents, err = p.lookup(ctx, org, object, name, spec.Mappings[name]); err != nil {
				return nil, nil, err
			}
			t.parents = append(t.parents, f.parents)
		}
		t.fields = append(t.fields, f)
	}
	p.required(object, spec)
	t.parent = sharedParent(object, t.names)
	return t, p, nil
}

// describe reads an object, and returns nil after it has said that there is none.
func (p *problems) describe(ctx context.Context, org Describer, pointer, name string) (*salesforce.Object, error) {
	object, err := org.Describe(ctx, name)
	switch {
	case err == nil && object.Name == name:
		return object, nil
	case err == nil:
		p.add(pointer, reportsync.CodeObjectNotFound, "the org has no object %q; did you mean %q?", name, object.Name)
		return object, nil
	case !salesforce.IsNotFound(err):
		return nil, err
	}
	var names []string
	if objects, err := org.Objects(ctx); err == nil { // only to offer a name
		for _, o := range objects {
			if o.Queryable && o.Updateable {
				names = append(names, o.Name)
			}
		}
	}
	p.add(pointer, reportsync.CodeObjectNotFound, "the org has no object %q, or its run-as user may not see it%s", name, reportsync.DidYouMean(name, names))
	return nil, nil
}

// rights checks what the user may do with the object's records.
func (p *problems) rights(object *salesforce.Object, op reportsync.Operation) {
	switch {
	case !object.Queryable || op.Updates() && !object.Updateable:
		p.add("/object", reportsync.CodeFieldNotWritable, "the run-as user may not read and edit %s records: give it the object permissions", object.Name)
	case op.Creates() && !object.Createable:
		p.add("/object", reportsync.CodeFieldNotWritable, "the run-as user may not create %s records: give it the object permission, or use operation \"update\"", object.Name)
	}
}

// find finds a field by its exact API name: Bulk results give back only headers in that spelling.
func (p *problems) find(object *salesforce.Object, name, pointer string) (salesforce.Field, bool) {
	field, ok := object.Field(name)
	switch {
	case !ok:
		names := make([]string, len(object.Fields))
		for i, f := range object.Fields {
			names[i] = f.Name
		}
		p.add(pointer, reportsync.CodeFieldNotFound, "%s has no field %q, or the run-as user lacks field-level security for it%s",
			object.Name, name, reportsync.DidYouMean(name, names))
		return field, false
	case field.Name != name:
		p.add(pointer, reportsync.CodeFieldNotFound, "the field is spelt %q, not %q", field.Name, name)
		return field, false
	}
	return field, true
}

// required says which fields a record can't be created without and nothing feeds.
func (p *problems) required(object *salesforce.Object, spec reportsync.IntegrationSpec) {
	if !spec.Does().Creates() {
		return
	}
	var missing []string
	for _, f := range object.Fields {
		if _, mapped := spec.Mappings[f.Name]; !mapped && f.Name != spec.Match.Field && f.RequiredOnCreate() {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) > 0 {
		p.add("/mappings", reportsync.CodeInvalid, "Salesforce creates no %s without %s: map %s, or use operation \"update\"",
			object.Name, strings.Join(missing, ", "), themOrIt(len(missing)))
	}
}

func themOrIt(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func readOnlyReason(field salesforce.Field) string {
	switch {
	case field.Calculated:
		return "it is a formula or a summary"
	case field.AutoNumber:
		return "Salesforce numbers it itself"
	}
	return "it is read-only, or the run-as user lacks edit rights for it in field-level security"
}

// partsHint names the writable parts of an address or a location, which share its beginning.
func partsHint(object *salesforce.Object, field salesforce.Field) string {
	if !field.Type.Compound() {
		return ""
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(field.Name, "Address"), "__c")
	var parts []string
	for _, f := range object.Fields {
		if f.Name != field.Name && f.Updateable && strings.HasPrefix(f.Name, stem) {
			parts = append(parts, f.Name)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ": map its parts, such as " + enumerate(parts)
}

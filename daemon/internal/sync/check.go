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
	object, err := org.Describe(ctx, spec.Object)
	if err != nil {
		if !salesforce.IsNotFound(err) {
			return nil, nil, err
		}
		return nil, missingObject(ctx, org, spec.Object), nil
	}
	var p problems
	if object.Name != spec.Object {
		p.add("/object", reportsync.CodeObjectNotFound, "the org has no object %q; did you mean %q?", spec.Object, object.Name)
	}
	if !object.Queryable || !object.Updateable {
		p.add("/object", reportsync.CodeFieldNotWritable, "the run-as user may not read and edit %s records: give it the object permissions", object.Name)
	}
	t := &target{object: object.Name}
	if key := p.key(object, spec.Match.Field); key != nil {
		t.key = *key
	}
	column := map[string]int{}
	for i, name := range spec.Columns() {
		column[name] = i
	}
	for _, name := range spec.Fields() {
		f, ok := p.field(object, name, spec.Mappings[name])
		if !ok {
			continue
		}
		if source := spec.Mappings[name].Column; source != nil {
			f.column = column[*source]
		}
		t.fields = append(t.fields, f)
		t.names = append(t.names, f.Name)
	}
	return t, p, nil
}

func missingObject(ctx context.Context, org Describer, name string) []reportsync.FieldError {
	var names []string
	if objects, err := org.Objects(ctx); err == nil { // only to offer a name
		for _, o := range objects {
			if o.Queryable && o.Updateable {
				names = append(names, o.Name)
			}
		}
	}
	var p problems
	p.add("/object", reportsync.CodeObjectNotFound, "the org has no object %q, or its run-as user may not see it%s", name, reportsync.DidYouMean(name, names))
	return p
}

// lookUp finds a field by its exact API name: Bulk results give back only headers in that spelling.
func (p *problems) lookUp(object *salesforce.Object, name, pointer string) (salesforce.Field, bool) {
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

// key checks the field that records are matched by.
func (p *problems) key(object *salesforce.Object, name string) *keyField {
	const pointer = "/match/field"
	field, ok := p.lookUp(object, name, pointer)
	if !ok {
		return nil
	}
	f, known := newForm(field, nil)
	key := newKeyField(object, f)
	switch {
	case !known || key == nil:
		p.add(pointer, reportsync.CodeKeyNotUsable, "%s is of type %s, which identifies no record: use a text, e-mail, phone, URL, number or id field", name, field.Type)
		return nil
	case !field.Filterable:
		p.add(pointer, reportsync.CodeKeyNotUsable, "Salesforce can't search by %s (it is not filterable): use another field, such as an external id", name)
		return nil
	}
	return key
}

// field checks one mapped field and its constant.
func (p *problems) field(object *salesforce.Object, name string, m reportsync.Mapping) (mappedField, bool) {
	at := reportsync.MappingPointer(name)
	field, ok := p.lookUp(object, name, at)
	if !ok {
		return mappedField{}, false
	}
	f := mappedField{column: -1, clears: m.Clears()}
	var known bool
	if f.form, known = newForm(field, m.Location()); !known || field.Type == salesforce.TypeID {
		p.add(at, reportsync.CodeFieldUnsupported, "%s is of type %s, which can't be fed from a report%s", name, field.Type, partsHint(object, field))
		return f, false
	}
	if !field.Updateable {
		p.add(at, reportsync.CodeFieldNotWritable, "%s can't be written: %s", name, readOnlyReason(field))
		return f, false
	}
	if f.clears && !field.Nillable && f.null() == "" {
		p.add(reportsync.MappingPointer(name, "on_null"), reportsync.CodeInvalid, "%s must have a value in Salesforce, so it can't be cleared: use \"skip\"", name)
		return f, false
	}
	if m.Constant != nil {
		constant, err := f.fromReport(*m.Constant)
		if err != nil {
			p.add(reportsync.MappingPointer(name, "constant"), reportsync.CodeInvalid, "%s", err)
			return f, false
		}
		f.constant = constant
	}
	return f, true
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

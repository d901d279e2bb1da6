package sync

import (
	"context"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

// key checks the field that records are matched by.
func (p *problems) key(object *salesforce.Object, spec reportsync.IntegrationSpec) keyField {
	const pointer = "/match/field"
	field, ok := p.find(object, spec.Match.Field, pointer)
	if !ok {
		return keyField{}
	}
	key, err := value.NewKey(object, field, value.KeyOptions{
		Operation:      spec.Does(),
		Transform:      p.chain("/match/transform", spec.Match.Transform),
		FieldTransform: p.chain("/match/field_transform", spec.Match.FieldTransform),
	})
	switch {
	case err != nil:
		p.add(pointer, reportsync.CodeKeyNotUsable, "%s", err)
		return keyField{}
	case !spec.Does().Creates():
	case len(spec.Match.FieldTransform) > 0:
		p.add("/match/field_transform", reportsync.CodeInvalid, "a record can't be created from a key that is only compared: leave field_transform out, or use operation \"update\"")
	case !field.Createable:
		p.add(pointer, reportsync.CodeFieldNotWritable, "%s can't be written, so no record can be created with the key: %s", field.Name, readOnlyReason(field))
	}
	return keyField{Key: key, Field: field}
}

// chain parses the steps of a transform, which Validate has checked.
func (p *problems) chain(pointer string, steps []string) transform.Chain {
	chain, err := transform.Parse(steps)
	if err != nil {
		p.add(pointer, reportsync.CodeInvalid, "%s", err)
	}
	return chain
}

// field checks one mapped field and its constant.
func (p *problems) field(object *salesforce.Object, name string, spec reportsync.IntegrationSpec) (mappedField, bool) {
	at, m := reportsync.MappingPointer(name), spec.Mappings[name]
	field, ok := p.find(object, name, at)
	if !ok {
		return mappedField{}, false
	}
	f := mappedField{column: -1, clears: m.Clears(), transformed: len(m.Transform) > 0, onUpdate: field.Updateable && spec.Does().Updates(), onCreate: field.Createable && spec.Does().Creates()}
	options := value.Options{Zone: m.Location(), Transform: p.chain(reportsync.MappingPointer(name, "transform"), m.Transform)}
	if m.DateFormat != nil {
		options.DateFormat = *m.DateFormat
	}
	var known bool
	if f.Form, known = value.New(field, options); !known || field.Type == salesforce.TypeID {
		p.add(at, reportsync.CodeFieldUnsupported, "%s is of type %s, which can't be fed from a report, because %s%s", name, field.Type, value.Unfed(field.Type), partsHint(object, field))
		return f, false
	}
	if err := value.CheckDateFormat(field, options.DateFormat); err != nil && options.DateFormat != "" {
		p.add(reportsync.MappingPointer(name, "date_format"), reportsync.CodeInvalid, "%s", err)
		return f, false
	}
	if !f.onUpdate && !f.onCreate {
		p.add(at, reportsync.CodeFieldNotWritable, "%s can't be written: %s", name, readOnlyReason(field))
		return f, false
	}
	if f.clears && !field.Nillable && f.Null() == "" {
		p.add(reportsync.MappingPointer(name, "on_null"), reportsync.CodeInvalid, "%s must have a value in Salesforce, so it can't be cleared: use \"skip\"", name)
		return f, false
	}
	if m.Constant != nil {
		constant, err := f.FromReport(*m.Constant)
		if err != nil {
			p.add(reportsync.MappingPointer(name, "constant"), reportsync.CodeInvalid, "%s", err)
			return f, false
		}
		f.constant = constant
	}
	return f, true
}

// lookup checks the parent that feeds a reference field.
func (p *problems) lookup(ctx context.Context, org Describer, child *salesforce.Object, name string, m reportsync.Mapping) (*parents, error) {
	l := m.Lookup
	at := func(attribute string) string { return reportsync.MappingPointer(name, "lookup", attribute) }
	reference, _ := child.Field(name)
	if reference.Type != salesforce.TypeReference {
		p.add(reportsync.MappingPointer(name, "lookup"), reportsync.CodeFieldUnsupported, "%s is of type %s: only a reference field holds the id of a parent", name, reference.Type)
		return nil, nil
	}
	if !slices.Contains(reference.ReferenceTo, l.Object) {
		p.add(at("object"), reportsync.CodeInvalid, "%s refers to %s, not to %q%s", name, enumerate(reference.ReferenceTo), l.Object, reportsync.DidYouMean(l.Object, reference.ReferenceTo))
		return nil, nil
	}
	object := child
	if l.Object != child.Name {
		described, err := p.describe(ctx, org, at("object"), l.Object)
		if described == nil {
			return nil, err
		}
		object = described
	}
	field, ok := p.find(object, l.Field, at("field"))
	if !ok {
		return nil, nil
	}
	key, err := value.NewKey(object, field, value.KeyOptions{Transform: p.chain(reportsync.MappingPointer(name, "transform"), m.Transform)})
	if err != nil {
		p.add(at("field"), reportsync.CodeKeyNotUsable, "%s", err)
		return nil, nil
	}
	return newParents(name, object, keyField{Key: key, Field: field}), nil
}

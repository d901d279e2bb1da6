package sync_test

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// features are the parts of an integration that are drawn.
type features struct {
	transforms, duplicates, multiple, lookups, formats, detection, runs, guards bool
}

// drawn are those that the properties draw.
var drawn = features{transforms: true, duplicates: true, multiple: true, lookups: true, formats: true, detection: true, runs: true, guards: true}

var operations = []reportsync.Operation{reportsync.OperationUpdate, reportsync.OperationUpsert, reportsync.OperationInsert}

// spec draws an integration that is valid and fits the object. Columns are named after the fields that they feed.
func (f features) spec(t *rapid.T, object model.Object, operation reportsync.Operation) reportsync.IntegrationSpec {
	spec := reportsync.IntegrationSpec{
		Name: "property", SourceID: "source", ConnectionID: "connection", Report: "report.csv", Object: thing,
		Operation: &operation,
		Match:     reportsync.Match{Column: "Key", Field: "Key__c"},
		Mappings:  map[string]reportsync.Mapping{},
	}
	if !operation.Creates() && maybe(t, "by id", 6) {
		spec.Match.Field = "Id"
	}
	f.match(t, &spec, object.Fields[spec.Match.Field])
	var names []string
	for _, name := range slices.Sorted(maps.Keys(object.Fields)) {
		field := object.Fields[name]
		if field.CreateOnly && !operation.Creates() { // it could never be written
			continue
		}
		if field.Type != model.ID && name != "Key__c" && (f.lookups || field.Type != model.Reference) {
			names = append(names, name)
		}
	}
	mapped := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 6, rapid.ID[string]).Draw(t, "mapped")
	if operation.Creates() && !slices.Contains(mapped, "Name__c") {
		mapped = append(mapped, "Name__c")
	}
	for _, name := range mapped {
		spec.Mappings[name] = f.mapping(t, name, object.Fields[name])
	}
	f.policies(t, &spec)
	return spec
}

// match draws how keys are compared.
func (f features) match(t *rapid.T, spec *reportsync.IntegrationSpec, key model.Field) {
	if f.multiple && spec.Does().Updates() && rapid.Bool().Draw(t, "update all") {
		spec.Match.OnMultiple = new(reportsync.OnMultipleUpdateAll)
	}
	if !f.transforms || key.Type != model.Text {
		return
	}
	spec.Match.Transform = few(t, "transform", nil, nil, []string{"trim"}, []string{"trim", "lower"}, []string{"strip_prefix:p_"}, []string{"regex:([a-z]+)$", "upper"})
	if !spec.Does().Creates() && maybe(t, "hashed", 6) {
		spec.Match.Transform, spec.Match.FieldTransform = nil, []string{"trim", "sha256_base64"}
	}
}

// mapping draws what feeds a field.
func (f features) mapping(t *rapid.T, name string, field model.Field) reportsync.Mapping {
	m := reportsync.Mapping{Column: &name}
	if !field.Required {
		m.OnNull = few(t, name+" on null", nil, new(reportsync.OnNullSkip), new(reportsync.OnNullClear))
	}
	switch {
	case field.Type == model.Reference:
		m.Column, m.Lookup = nil, &reportsync.Lookup{Object: parent, Field: "Code__c", Column: name}
		if f.transforms && maybe(t, name+" transformed", 4) {
			m.Transform = few(t, name+" transform", []string{"lower"}, []string{"strip_prefix:p_"}, []string{"regex:^p_(.+)$", "upper"})
		}
		return m
	case field.Type == model.Text && maybe(t, name+" constant", 8):
		m.Column, m.Constant = nil, new("constant")
		return m
	}
	if f.transforms && field.Type == model.Text && maybe(t, name+" transformed", 4) {
		m.Transform = few(t, name+" transform", []string{"upper"}, []string{"regex:[a-z]+"}, []string{"trim", "lower"})
	}
	if f.formats && field.Type == model.Date && maybe(t, name+" format", 3) {
		m.DateFormat = new("DD/MM/YYYY")
	}
	if field.Type == model.DateTime && rapid.Bool().Draw(t, name+" zone") {
		m.TimeZone = new("Europe/Berlin")
	}
	return m
}

// policies draws what becomes of duplicates, what is compared, and what stops a run.
func (f features) policies(t *rapid.T, spec *reportsync.IntegrationSpec) {
	if f.duplicates {
		keep := few(t, "keep", reportsync.KeepReject, reportsync.KeepFirst, reportsync.KeepLast)
		spec.Duplicates = &reportsync.Duplicates{Keep: &keep}
		if keep != reportsync.KeepReject && rapid.Bool().Draw(t, "ordered") {
			spec.Duplicates.OrderBy = new(few(t, "order by", "Order numbers", "Order days", "Order texts"))
		}
	}
	if f.detection && spec.Does().Updates() && maybe(t, "detection none", 6) {
		spec.ChangeDetection = new(reportsync.ChangeDetectionNone)
	}
	if f.guards && spec.Compares() && maybe(t, "guards", 3) {
		percent := func(name string) *float64 {
			return few(t, name, nil, nil, nil, new(float64(0)), new(33.3), new(float64(50)), new(float64(100)))
		}
		spec.Guards = &reportsync.Guards{
			MaxRejectedPercent: percent("rejected"), MaxCreatedPercent: percent("created"),
			MaxChangedPercent: percent("changed"), MaxClearedPercent: percent("cleared"), MinRowsPercent: few(t, "rows", nil, nil, new(33.3), new(float64(100))),
		}
	}
}

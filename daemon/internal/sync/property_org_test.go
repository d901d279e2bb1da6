package sync_test

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// The objects that the properties are about: one that is written to, and the parents of its records.
const (
	thing  = "Thing__c"
	parent = "Parent__c"
)

// simulatedTypes are the names that Salesforce's setup has for the types of describe.
var simulatedTypes = map[model.Type]schema.Type{
	model.Text: schema.Text, model.TextArea: schema.TextArea, model.Phone: schema.Phone, model.URL: schema.URL, model.Email: schema.Email,
	model.Picklist: schema.Picklist, model.MultiPicklist: schema.MultiPicklist,
	model.Double: schema.Number, model.Currency: schema.Currency, model.Percent: schema.Percent,
	model.Boolean: schema.Checkbox, model.Date: schema.Date, model.DateTime: schema.DateTime, model.Time: schema.Time, model.Reference: schema.Reference,
}

// simulate makes an org with the objects of the model's, and gives these the prefixes of their ids. Records are the
// caller's to add.
func simulate(objects map[string]model.Object) (*orgsim.Org, error) {
	s := schema.Standard()
	for _, name := range []string{parent, thing} {
		object := schema.Object{Name: name}
		for field, f := range objects[name].Fields {
			if f.Type == model.ID {
				continue // every object has it
			}
			simulated := schema.Field{
				Name: field, Type: simulatedTypes[f.Type], Precision: f.Precision, Scale: f.Scale, Values: f.Values, Restricted: f.Restricted,
				Required: f.Required, Unique: f.Unique, CaseSensitive: f.CaseSensitive, ExternalID: f.ExternalID, CreateOnly: f.CreateOnly,
			}
			switch f.Type {
			case model.Text, model.TextArea:
				simulated.Length = f.Length
			case model.Reference:
				simulated.ReferenceTo = []string{parent}
			default: // of fixed length, or of none
			}
			object.Fields = append(object.Fields, simulated)
		}
		slices.SortFunc(object.Fields, func(a, b schema.Field) int { return strings.Compare(a.Name, b.Name) })
		if err := s.Add(object); err != nil {
			return nil, err
		}
		made, _ := s.Object(name)
		described := objects[name]
		described.Prefix = made.KeyPrefix
		objects[name] = described
	}
	return orgsim.New(orgsim.Config{Schema: s, SteadyPages: false})
}

// recordsOf reads an object's records as the model has them: of the fields that it knows, with the values of
// multi-select picklists sorted.
func recordsOf(org *orgsim.Org, name string, object model.Object) []model.Record {
	var records []model.Record
	for stored := range org.Records(name) {
		record := model.Record{}
		for field, f := range object.Fields {
			value, ok := stored[field]
			if !ok {
				continue
			}
			if f.Type == model.MultiPicklist {
				values := strings.Split(value, ";")
				slices.Sort(values)
				value = strings.Join(values, ";")
			}
			record[field] = value
		}
		records = append(records, record)
	}
	return records
}

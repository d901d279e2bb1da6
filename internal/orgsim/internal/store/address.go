package store

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Text is what a row has in a field, in stored form; of an address, which is not
// stored, the JSON that its parts make, and nothing where all are empty.
func Text(object *schema.Object, row Row, field int) string {
	if object.Fields[field].Type != schema.Address {
		return row.At(field)
	}
	return row.address(field - schema.AddressParts)
}

// address is the address whose parts begin at a field. It has no geocode: nothing
// computes one (REST API guide: address compound fields).
func (r Row) address(street int) string {
	empty := true
	for i := range schema.AddressParts {
		empty = empty && r.At(street+i) == ""
	}
	if empty {
		return ""
	}
	var body []byte
	member := func(head string, part int) {
		body = append(body, head...)
		if text := r.At(street + part); text != "" {
			body = value.AppendString(body, text)
			return
		}
		body = append(body, "null"...)
	}
	member(`{"city":`, 1)
	member(`,"country":`, 4)
	member(`,"geocodeAccuracy":null,"latitude":null,"longitude":null,"postalCode":`, 3)
	member(`,"state":`, 2)
	member(`,"street":`, 0)
	return string(append(body, '}'))
}

package store

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// parent finds the record that a cell names by a key, as an upsert by that key
// would, and returns its id. The same reference may not be given twice, by key
// and by id.
func (tx *transaction) parent(f *schema.Field, cells []Cell, at int) (string, *sferr.Error) {
	c := cells[at]
	for i, other := range cells {
		if i != at && other.Field == c.Field {
			return "", sferr.On(nil, "INVALID_FIELD",
				"Cannot specify both an external ID reference %s and a salesforce id, %s", f.RelationshipName, f.Name)
		}
	}
	object := c.Parent.Object
	if !f.RefersTo(object.Name) {
		return "", sferr.On(nil, "INVALID_FIELD", "The relationship %s does not lead to %s", f.RelationshipName, object.Name)
	}
	target := tx.db.tables[object.Name]
	key := &target.object.Fields[c.Parent.Key]
	if !key.IDLookup() || key.Removed() {
		return "", sferr.NotIndexed(key.Name, object.Name)
	}
	if key.Type == schema.ID {
		id, err := value.Normalise(f, c.Parent.Text)
		if err != nil {
			return "", err
		}
		return id, tx.refer(f, id)
	}
	text, err := value.Normalise(key, c.Parent.Text)
	if err != nil {
		return "", err
	}
	if text == "" {
		return "", sferr.NoParent(c.Parent.Text, key.Name, object.Name)
	}
	number, found, err := tx.db.match(target, c.Parent.Key, text)
	switch {
	case err != nil:
		return "", err
	case !found:
		return "", sferr.NoParent(c.Parent.Text, key.Name, object.Name)
	default:
		return tx.db.idOf(target, number), nil
	}
}

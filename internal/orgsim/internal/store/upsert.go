package store

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// upsert updates the one record that the key matches, or creates one.
func (tx *transaction) upsert(t *table, m *Mutation) Outcome {
	f := &t.object.Fields[m.Key]
	if f.Type == schema.ID {
		if m.ID == "" {
			return tx.insert(t, m)
		}
		return tx.existing(t, &Mutation{Op: Update, Object: m.Object, ID: m.ID, Cells: m.Cells})
	}
	key, err := keyOf(m)
	if err != nil {
		return Outcome{Err: err}
	}
	if key == "" {
		return tx.insert(t, m)
	}
	found := t.matching(m.Key, key, exactKey(f))
	switch len(found) {
	case 0:
		return tx.insert(t, m)
	case 1:
		id := tx.db.idOf(t, found[0])
		return Outcome{ID: id, Err: tx.update(t, found[0], id, m)}
	}
	ids := make([]string, 0, len(found))
	for _, row := range found {
		ids = append(ids, recordid.Short(tx.db.idOf(t, row)))
	}
	return Outcome{Err: sferr.SeveralMatches(f.Name, ids)}
}

// exactKey tells whether an upsert by the field distinguishes case: it does
// unless the field is unique without regard to case (Apex guide: upsert). E-mail
// is stored in lower case, so the question does not arise there.
func exactKey(f *schema.Field) bool { return !f.Unique || f.CaseSensitive }

// keyOf is the normalised value of the key field among the cells.
func keyOf(m *Mutation) (string, *sferr.Error) {
	for _, c := range m.Cells {
		if c.Field == m.Key {
			return value.Normalise(&m.Object.Fields[m.Key], c.Text)
		}
	}
	return "", nil
}

// sentKey is the key as the client wrote it.
func sentKey(m *Mutation) string {
	for _, c := range m.Cells {
		if c.Field == m.Key {
			return c.Text
		}
	}
	return ""
}

// Matches returns the ids of the live records that an upsert by the field would
// match, for the single-row calls that must tell them apart before writing.
func (db *DB) Matches(object *schema.Object, field int, text string) ([]string, *sferr.Error) {
	f := &object.Fields[field]
	key, err := value.Normalise(f, text)
	if err != nil {
		return nil, err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	t := db.tables[object.Name]
	if t.indexes[field] == nil {
		return nil, sferr.NotIndexed(f.Name, object.Name)
	}
	var ids []string
	for _, row := range t.matching(field, key, exactKey(f)) {
		ids = append(ids, db.idOf(t, row))
	}
	return ids, nil
}

// refuseRepeatedKeys fails every row whose upsert key another row of the same
// request has too.
func refuseRepeatedKeys(rows []Mutation) {
	type name struct{ object, key string }
	first := make(map[name]int, len(rows))
	for i := range rows {
		m := &rows[i]
		if m.Refused != nil || m.Op != Upsert || m.Object.Fields[m.Key].Type == schema.ID {
			continue
		}
		key, err := keyOf(m)
		if err != nil || key == "" {
			continue
		}
		if !exactKey(&m.Object.Fields[m.Key]) {
			key = fold(key)
		}
		same := name{m.Object.Name, key}
		before, repeated := first[same]
		if !repeated {
			first[same] = i
			continue
		}
		for _, row := range []*Mutation{&rows[before], m} {
			row.Refused = sferr.DuplicateKey(row.Object.Fields[row.Key].Name, sentKey(row))
		}
	}
}

package store

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// upsert updates the one record that the key matches, or creates one. Without an
// id it creates one too, but without a value of another key it fails (recorded in
// bulk job results: "MISSING_ARGUMENT:… not specified").
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
		return Outcome{Err: sferr.MissingKey(f.Name)}
	}
	number, found, err := tx.db.match(t, m.Key, key)
	switch {
	case err != nil:
		return Outcome{Err: err}
	case !found:
		return tx.insert(t, m)
	}
	if err := tx.admitted(t, "update"); err != nil {
		return Outcome{Err: err}
	}
	id := tx.db.idOf(t, number)
	return Outcome{ID: id, Err: tx.update(t, number, id, m)}
}

// match finds the live record that has the normalised value in a key field; that
// several have it is an error. The caller holds mu.
func (db *DB) match(t *table, field int, key string) (number int, found bool, err *sferr.Error) {
	rows := t.keyed(field, key)
	switch len(rows) {
	case 0:
		return 0, false, nil
	case 1:
		return rows[0], true, nil
	}
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, recordid.Short(db.idOf(t, row)))
	}
	return 0, false, sferr.SeveralMatches(t.object.Fields[field].Name, ids)
}

// keyed lists the live rows that an upsert by the field would match.
func (t *table) keyed(field int, key string) []int {
	return t.matching(field, key, exactKey(&t.object.Fields[field]))
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
	defer db.shared()()
	t := db.tables[object.Name]
	if t.indexes[field] == nil {
		return nil, sferr.NotIndexed(f.Name, object.Name)
	}
	var ids []string
	for _, row := range t.keyed(field, key) {
		ids = append(ids, db.idOf(t, row))
	}
	return ids, nil
}

// target is the record that a mutation means: by id, where field is -1, or by the
// value of an upsert's key.
type target struct {
	object string
	field  int
	value  string
}

// target tells which record is meant; ok is false for a new one, for one that is
// deleted, where the second row finds it gone, and where the mutation fails for
// what it names.
func (m *Mutation) target() (of target, ok bool) {
	if m.Refused != nil || m.Op != Update && m.Op != Upsert {
		return target{}, false
	}
	if m.Op == Update || m.Object.Fields[m.Key].Type == schema.ID {
		id, err := recordid.Parse(m.ID)
		return target{m.Object.Name, -1, id}, err == nil
	}
	key, err := keyOf(m)
	if !exactKey(&m.Object.Fields[m.Key]) {
		key = fold(key)
	}
	return target{m.Object.Name, m.Key, key}, err == nil && key != ""
}

// refuseRepeatedKeys fails every row that updates or upserts the record of another
// row of the same request (KB 000384876).
func refuseRepeatedKeys(rows []Mutation) {
	if len(rows) == 1 {
		return
	}
	var first map[target]int
	for i := range rows {
		m := &rows[i]
		same, ok := m.target()
		if !ok {
			continue
		}
		if first == nil {
			first = make(map[target]int, len(rows))
		}
		before, repeated := first[same]
		if !repeated {
			first[same] = i
			continue
		}
		for _, row := range []*Mutation{&rows[before], m} {
			row.Refused = row.repeats(same)
		}
	}
}

func (m *Mutation) repeats(same target) *sferr.Error {
	if same.field < 0 {
		return sferr.DuplicateID(same.value)
	}
	return sferr.DuplicateKey(m.Object.Fields[m.Key].Name, sentKey(m))
}

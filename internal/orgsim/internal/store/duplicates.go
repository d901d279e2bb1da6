package store

import (
	"cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// duplicate is a bound duplicate rule. Its first field has an index.
type duplicate struct {
	rule   *schema.DuplicateRule
	fields []int
}

func bindDuplicate(o *schema.Object, r *schema.DuplicateRule) duplicate {
	d := duplicate{rule: r}
	for _, name := range r.Match {
		i, _ := o.AnyField(name) // the schema has checked the names
		if o.Fields[i].Indexed() && len(d.fields) > 0 && !o.Fields[d.fields[0]].Indexed() {
			d.fields = append([]int{i}, d.fields...)
			continue
		}
		d.fields = append(d.fields, i)
	}
	return d
}

// findDuplicates refuses a record that others have the rule's values of. An
// update is looked at only when it changes one of them (HELP: duplicate rules).
func (tx *transaction) findDuplicates(s *save, d duplicate) *sferr.Error {
	if !schema.Runs(d.rule.On, s.event) || d.rule.Action == schema.Alert && (tx.actor.AllowDuplicates || tx.actor.System) {
		return nil
	}
	changed := false
	for _, field := range d.fields {
		if s.draft[field] == "" {
			return nil
		}
		changed = changed || s.changed(field)
	}
	if !changed {
		return nil
	}
	found := sferr.Duplicates{AllowSave: d.rule.Action == schema.Alert, Rule: d.rule.Name, Entity: s.table.object.Name}
	for _, number := range s.table.matching(d.fields[0], s.draft[d.fields[0]], false) {
		if number != s.number && d.same(s.draft, s.table.rows[number]) {
			found.Records = append(found.Records, tx.db.idOf(s.table, number))
		}
	}
	if found.Records == nil {
		return nil
	}
	return sferr.DuplicatesDetected(cmp.Or(d.rule.Message, "Use one of these records?"), found)
}

func (d duplicate) same(a draft, b Row) bool {
	for _, field := range d.fields {
		if fold(a[field]) != fold(b.At(field)) {
			return false
		}
	}
	return true
}

package fault

import (
	"slices"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Transaction is what writes rows: one request, or one job with its internal
// batches, which Salesforce carries out side by side. It is used by one
// goroutine at a time.
type Transaction struct {
	injector *Injector
	batch    int
	note     func(rule string)
}

// Transaction begins one.
func (i *Injector) Transaction() *Transaction { return &Transaction{injector: i} }

// Note has a function called with the name of each rule that refuses a row.
func (t *Transaction) Note(note func(rule string)) { t.note = note }

// Batch says which of the job's internal batches the next rows belong to.
func (t *Transaction) Batch(number int) { t.batch = number }

// Strike tells how a row that is about to be written is refused, or returns nil.
// The values are the row's, by field.
func (t *Transaction) Strike(object *schema.Object, values []string) *sferr.Error {
	i := t.injector
	if i.ofRows.Load() == 0 {
		return nil
	}
	row := row{object, values}
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, r := range i.rules {
		if !r.Action.ofRows() || !r.onObject(object.Name) || !row.has(r.Where) {
			continue
		}
		if refusal := t.refusal(r, row); refusal != nil && r.turn() {
			if t.note != nil {
				t.note(r.Name)
			}
			return refusal
		}
	}
	return nil
}

// refusal is what a rule refuses the row with when it is the rule's turn. The
// caller holds the injector's mu.
func (t *Transaction) refusal(r *Rule, row row) *sferr.Error {
	switch r.Action {
	case LockParents:
		if parent := r.heldFrom(t, row); parent != "" {
			return sferr.Locked(parent)
		}
	case LockRows:
		if id := r.firstOf(row.ids()); id != "" {
			return sferr.Locked(id)
		}
	default:
		if r.firstOf(row.ids()) != "" {
			return &sferr.Error{Code: r.Code, Message: r.Message, Fields: append([]string{}, r.Fields...)}
		}
	}
	return nil
}

// hold is a parent that a transaction has a lock on.
type hold struct {
	by    *Transaction
	batch int
	until time.Time
}

// heldFrom is the first of the row's parents that another transaction holds.
// Where there is none, the row's own transaction takes hold of them all.
func (r *Rule) heldFrom(t *Transaction, row row) string {
	now := r.owner.now()
	parents := slices.DeleteFunc(row.parents(), func(id string) bool { return r.firstOf([]string{id}) == "" })
	for _, id := range parents {
		if held, ok := r.parents[id]; ok && held.against(t, now) {
			return id
		}
	}
	if r.parents == nil {
		r.parents = map[string]hold{}
	}
	for _, id := range parents {
		r.parents[id] = hold{by: t, batch: t.batch, until: now.Add(time.Duration(r.Delay))}
	}
	return ""
}

func (i *Injector) now() time.Time {
	if i.Now == nil {
		return time.Now()
	}
	return i.Now()
}

// against reports whether the hold keeps a transaction out. The internal batches
// of one job overlap in Salesforce, however long each takes here.
func (h hold) against(t *Transaction, now time.Time) bool {
	if h.by == t {
		return h.batch != t.batch
	}
	return now.Before(h.until)
}

// firstOf is the first of the ids that the rule names.
func (r *Rule) firstOf(ids []string) string {
	for _, id := range ids {
		if len(r.IDs) == 0 || slices.Contains(r.IDs, id) {
			return id
		}
	}
	return ""
}

// row is a row that is about to be written.
type row struct {
	object *schema.Object
	values []string
}

// ids are the row's own id and those of its parents.
func (r row) ids() []string {
	id := ""
	if i, ok := r.object.AnyField("Id"); ok {
		id = r.values[i]
	}
	return append([]string{id}, r.parents()...)
}

// parents are the ids of the records whose locks a write of the row takes too.
func (r row) parents() []string {
	var ids []string
	for i := range r.object.Fields {
		if r.object.Fields[i].Parent() && r.values[i] != "" {
			ids = append(ids, r.values[i])
		}
	}
	return ids
}

// has reports whether the row has the values; a field that the object lacks has
// none.
func (r row) has(where map[string]string) bool {
	for name, want := range where {
		have := ""
		if i, ok := r.object.AnyField(name); ok {
			have = r.values[i]
		}
		if !strings.EqualFold(have, want) {
			return false
		}
	}
	return true
}

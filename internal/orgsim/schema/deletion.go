package schema

import "slices"

// Deletion is what befalls a record when one that it refers to is deleted (HELP:
// object relationships overview; considerations for deleting accounts, contacts).
type Deletion int

// The kinds of it.
const (
	Clears    Deletion = iota // it loses the reference
	Cascades                  // it is deleted too
	Restricts                 // the other one is not deleted, for its sake
)

// OnDelete is what the reference does when its target is deleted: its detail goes
// with a master, a lookup that may not be empty keeps its record, and other
// custom lookups are cleared.
func (f *Field) OnDelete() Deletion {
	switch {
	case f.MasterDetail():
		return Cascades
	case f.Type == Reference && f.Required && !f.system:
		return Restricts
	default:
		return f.onDelete
	}
}

// MasterDetail reports whether the field leads to its record's master.
func (f *Field) MasterDetail() bool { return f.Type == Reference && f.Required && f.CreateOnly }

const ownerField = "OwnerId"

// settleOwner takes a custom object its owner while it has a master, whose owner
// counts then (SOAP API guide: custom objects), and gives it back afterwards. The
// field keeps its place.
func (o *Object) settleOwner() {
	if !o.Custom() {
		return
	}
	at := slices.IndexFunc(o.Fields, func(f Field) bool { return f.Name == ownerField })
	if at < 0 {
		return
	}
	detail := slices.ContainsFunc(o.Fields, func(f Field) bool { return f.MasterDetail() && !f.removed })
	f := &o.Fields[at]
	f.removed, f.system, f.Hidden, f.ReadOnly = detail, detail, detail, detail
}

package store

import "slices"

// Unit is a run of [DB.Apply] calls that stand or fall together, as the writes
// of a composite request with allOrNone do. While it is open nobody else writes;
// readers see what it has written so far. It belongs to one goroutine, which must
// end it by Commit or Rollback; a Rollback after a Commit does nothing.
type Unit struct {
	db    *DB
	undo  []func()
	ended bool
}

// Begin waits for the writers of now and opens a unit, to be given to Apply in
// [Actor.Unit].
func (db *DB) Begin() *Unit {
	db.writing.Lock()
	return &Unit{db: db}
}

// Commit keeps what the unit has written.
func (u *Unit) Commit() {
	if u.ended {
		return
	}
	u.ended = true
	u.db.writing.Unlock()
}

// Rollback undoes all of it.
func (u *Unit) Rollback() {
	if u.ended {
		return
	}
	u.db.mu.Lock()
	for _, undo := range slices.Backward(u.undo) {
		undo()
	}
	u.db.mu.Unlock()
	u.Commit()
}

// keep takes over what undoes one Apply.
func (u *Unit) keep(undo []func()) {
	if u != nil {
		u.undo = append(u.undo, undo...)
	}
}

// exclude keeps others from writing between the writes of an open unit. What it
// returns lets them go on.
func (db *DB) exclude(u *Unit) func() {
	if u != nil {
		return func() {}
	}
	db.writing.Lock()
	return db.writing.Unlock
}

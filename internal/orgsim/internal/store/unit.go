package store

import "slices"

// Unit is a run of [DB.Apply] calls that stand or fall together, as the writes
// of a composite request with allOrNone do. While it is open nobody else reads or
// writes; it reads what it has written itself. It belongs to one goroutine, which
// must end it by Commit or Rollback; a Rollback after a Commit does nothing.
type Unit struct {
	db    *DB
	undo  []func()
	ended bool
}

// Begin waits for the readers and writers of now and opens a unit. What is to
// belong to it goes by [DB.In].
func (db *DB) Begin() *Unit {
	db.writing.Lock()
	return &Unit{db: db}
}

// In is the database as seen from the unit, and the database itself where there is
// none (nil). A call that a unit waits for must use it, or both wait forever.
func (db *DB) In(u *Unit) *DB {
	if u == nil {
		return db
	}
	return &DB{state: db.state, unit: u}
}

// Commit keeps what the unit has written.
func (u *Unit) Commit() {
	if u.ended {
		return
	}
	u.ended = true
	u.db.writing.Unlock()
}

// Rollback undoes all of it, but for the ids and numbers that it took.
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

// exclusive keeps everybody else away, also between the writes of an open unit. What
// it returns lets them go on.
func (db *DB) exclusive() (done func()) {
	if db.unit == nil {
		db.writing.Lock()
	}
	db.mu.Lock()
	return func() {
		db.mu.Unlock()
		if db.unit == nil {
			db.writing.Unlock()
		}
	}
}

// shared keeps writers away, and waits for the end of a unit that is not its own.
func (db *DB) shared() (done func()) {
	if db.unit == nil {
		db.writing.RLock()
	}
	db.mu.RLock()
	return func() {
		db.mu.RUnlock()
		if db.unit == nil {
			db.writing.RUnlock()
		}
	}
}

package sync

// state is how far a row is, or what became of it. What its link means depends on it.
type state uint8

const (
	rowOpen       state = iota // on its way, or without a record once all records were read
	rowFlawed                  // it can't be read; the row itself says why
	rowConflict                // other rows with its key say other things; link: the next of them, in a ring
	rowRepeated                // another row says the same; link: that one
	rowSuperseded              // another row with its key is used; link: that one
	rowOrphan                  // a parent is not there; link: the field
	rowStepchild               // a parent is there several times; link: the field
	rowIncomplete              // a record can't be created from it; link: the field that lacks a value
	rowAmbiguous               // several records have its key; link: its rivals
	rowExists                  // it has a record and was only to be inserted; link: an id
	rowSame                    // its record holds its values; link: an id
	rowHeld                    // its record differs in nothing that would change if it were written; link: a find
	rowDiffers                 // its record is to be written; link: a find
	rowGroup                   // several records are to be written; link: a group
	rowMissing                 // it has no record
	rowCreate                  // a record is to be created for it
	rowDirect                  // it is to be written without looking at its record first
	rowUpdated                 // its record was written; link: a find
	rowCreated                 // its record was created; link: an id
	rowAnswered                // it has an outcome that its state can't tell; link: an answer

	rowSent state = 0x80 // Salesforce may have got it, and has not answered; of a group, each member has its own mark
)

// is returns the state without marks.
func (s state) is() state { return s &^ rowSent }

// writes reports whether a record is to be written for the row.
func (s state) writes() bool {
	switch s.is() {
	case rowDiffers, rowGroup, rowCreate, rowDirect:
		return true
	default:
		return false
	}
}

// gaveWay reports whether another row with the same key is used.
func (s state) gaveWay() bool { return s == rowRepeated || s == rowSuperseded }

// done reports whether the row goes no further.
func (s state) done() bool {
	switch s.is() {
	case rowOpen, rowDiffers, rowGroup, rowCreate, rowDirect:
		return false
	default:
		return true
	}
}

// plain reports whether the state, the link and the row's key tell all that there is to tell of the row.
func (s state) plain() bool { return s == rowSame || s == rowMissing || s == rowExists }

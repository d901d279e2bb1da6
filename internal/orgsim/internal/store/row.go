package store

// Row is one version of a record: canonical text per field of its object, in
// schema order; empty is null. It is one string without pointers inside, since an
// org holds millions of them and the garbage collector walks whatever points. What
// a record says several times, such as when and by whom it was made and changed,
// stands in it once:
//
//	form (1 byte) | number of fields (2) | number of texts (2) |
//	text of each field, counted from 1, 0 for null | where each text begins, and the last one ends | texts
//
// The form is the bytes of a beginning: 1, 2 or 4. A text's number has one byte, or
// two in the form of 4.
//
// A row never changes. One that was written before its object got another field
// is shorter than the object; the field is null there.
type Row string

const (
	rowHead   = 5
	shortForm = 1
	longForm  = 4
)

// draft is a row while it is being made.
type draft []string

// shape tells where the parts of a row are.
type shape struct {
	fields  int
	numbers int // bytes of a text's number
	begins  int // bytes of a text's beginning
	table   int // where the beginnings are
	texts   int // where the texts are
}

func (r Row) shape() shape {
	s := shape{fields: r.fields(), numbers: 1, begins: int(r[0])}
	if s.begins == longForm {
		s.numbers = 2
	}
	s.table = rowHead + s.fields*s.numbers
	s.texts = s.table + (int(r[3])<<8|int(r[4])+1)*s.begins
	return s
}

// At is the value of a field by its place in the object.
func (r Row) At(field int) string {
	if field >= r.fields() {
		return ""
	}
	s := r.shape()
	return r.text(&s, field)
}

func (r Row) fields() int {
	if r == "" {
		return 0
	}
	return int(r[1])<<8 | int(r[2])
}

// null tells without a call that a field is empty, save in the long form.
func (r Row) null(s *shape, field int) bool { return s.numbers == 1 && r[rowHead+field] == 0 }

// text is the value of a field that the row has a place for.
func (r Row) text(s *shape, field int) string {
	number := r.read(rowHead+field*s.numbers, s.numbers)
	if number == 0 {
		return ""
	}
	begin := s.table + (number-1)*s.begins
	return string(r[s.texts+r.read(begin, s.begins) : s.texts+r.read(begin+s.begins, s.begins)])
}

// read is a number of some bytes.
func (r Row) read(at, width int) int {
	switch width {
	case 1:
		return int(r[at])
	case 2:
		return int(r[at])<<8 | int(r[at+1])
	default:
		return int(r[at])<<24 | int(r[at+1])<<16 | int(r[at+2])<<8 | int(r[at+3])
	}
}

// open is a draft of the next version, with as many fields as the object has now.
func (r Row) open(fields int) draft { return r.into(make(draft, fields)) }

// into is [Row.open] on a draft that is at hand.
func (r Row) into(d draft) draft {
	known := min(r.fields(), len(d))
	clear(d[known:])
	if known == 0 {
		return d
	}
	s := r.shape()
	for i := range known {
		if d[i] = ""; !r.null(&s, i) { // most fields of most records are empty
			d[i] = r.text(&s, i)
		}
	}
	return d
}

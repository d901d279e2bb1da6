package store

import "strings"

// Row is one version of a record: canonical text per field of its object, in
// schema order; empty is null. It is one string without pointers inside, since an
// org holds millions of them and the garbage collector walks whatever points:
//
//	width (1 byte: 2 or 4) | number of fields (2 bytes) | end of each field (width bytes) | texts
//
// A row never changes. One that was written before its object got another field
// is shorter than the object; the field is null there.
type Row string

const rowHead = 3

// draft is a row while it is being made.
type draft []string

// At is the value of a field by its place in the object.
func (r Row) At(field int) string {
	if field >= r.fields() {
		return ""
	}
	start := 0
	if field > 0 {
		start = r.end(field - 1)
	}
	texts := r[rowHead+int(r[0])*r.fields():]
	return string(texts[start:r.end(field)])
}

func (r Row) fields() int {
	if r == "" {
		return 0
	}
	return int(r[1])<<8 | int(r[2])
}

func (r Row) end(field int) int {
	at := rowHead + int(r[0])*field
	if r[0] == 2 {
		return int(r[at])<<8 | int(r[at+1])
	}
	return int(r[at])<<24 | int(r[at+1])<<16 | int(r[at+2])<<8 | int(r[at+3])
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
	texts, start := string(r[rowHead+int(r[0])*r.fields():]), 0
	for i := range known {
		end := r.end(i)
		d[i] = texts[start:end]
		start = end
	}
	return d
}

// row ends the draft.
func (d draft) row() Row {
	size := 0
	for _, text := range d {
		size += len(text)
	}
	width := 2
	if size >= 1<<16 {
		width = 4
	}
	var packed strings.Builder
	packed.Grow(rowHead + width*len(d) + size)
	packed.Write([]byte{byte(width), byte(len(d) >> 8), byte(len(d))}) //nolint:gosec // an object has at most some hundred fields
	end := 0
	for _, text := range d {
		end += len(text)
		if width == 4 {
			packed.WriteByte(byte(end >> 24)) //nolint:gosec // the byte is meant
			packed.WriteByte(byte(end >> 16)) //nolint:gosec // the byte is meant
		}
		packed.WriteByte(byte(end >> 8)) //nolint:gosec // the byte is meant
		packed.WriteByte(byte(end))      //nolint:gosec // the byte is meant
	}
	for _, text := range d {
		packed.WriteString(text)
	}
	return Row(packed.String())
}

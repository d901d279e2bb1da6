package store

import "encoding/binary"

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
	if len(r) == 0 || field >= r.fields() {
		return ""
	}
	start := 0
	if field > 0 {
		start = r.end(field - 1)
	}
	texts := r[rowHead+int(r[0])*r.fields():]
	return string(texts[start:r.end(field)])
}

func (r Row) fields() int { return int(r[1])<<8 | int(r[2]) }

func (r Row) end(field int) int {
	at := rowHead + int(r[0])*field
	if r[0] == 2 {
		return int(r[at])<<8 | int(r[at+1])
	}
	return int(r[at])<<24 | int(r[at+1])<<16 | int(r[at+2])<<8 | int(r[at+3])
}

// open is a draft of the next version, with as many fields as the object has now.
func (r Row) open(fields int) draft {
	d := make(draft, fields)
	for i := range d {
		d[i] = r.At(i)
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
	packed := make([]byte, rowHead, rowHead+width*len(d)+size)
	packed[0], packed[1], packed[2] = byte(width), byte(len(d)>>8), byte(len(d)) //nolint:gosec // an object has at most some hundred fields
	end := 0
	for _, text := range d {
		end += len(text)
		if width == 2 {
			packed = binary.BigEndian.AppendUint16(packed, uint16(end)) //nolint:gosec // less than 1<<16, as counted above
		} else {
			packed = binary.BigEndian.AppendUint32(packed, uint32(end)) //nolint:gosec // an upload ends at 100 MB
		}
	}
	for _, text := range d {
		packed = append(packed, text...)
	}
	return Row(packed)
}

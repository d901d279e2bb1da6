package sync

import (
	"encoding/binary"
	"math/bits"
)

// A print tells at a glance whether a record holds what its row wants: it is the hash of a key and of the canonical values
// of all mapped fields, of 64 bits and with a seed of its own in each run. Two that differ have the
// same one once in 10^19 times. A row keeps its print as its link while it is open, so that of most records nothing is
// read of their rows; where prints differ, or there is none, values are compared one by one.

// noPrint is the print of a row whose record can't be known by one, because it leaves fields alone.
const noPrint = 0

// glances reports whether prints are of use: where every record that holds what its row wants is done with.
func (r *run) glances(target *target) bool {
	return len(target.parents) == 0 && r.spec.Does().Updates() && !r.sendsAll() && !r.past.attempts && !r.spec.Match.UpdatesAll()
}

// printOf returns the print of a key and values, each given by its hash.
func printOf(key, values uint64) uint64 { return bits.RotateLeft64(key, 32) ^ values }

// appendRow appends the values of which the print of a row is made; known is false when it has none.
func (t *target) appendRow(dst []byte, values []string) (made []byte, known bool) {
	for i := range t.fields {
		f := &t.fields[i]
		want := f.constant
		if f.column >= 0 {
			want = values[i]
		}
		switch {
		case want == "" && !f.clears:
			return dst, false
		case want == "":
			want = f.Null()
		}
		dst = binary.AppendUvarint(append(dst, want...), uint64(len(want)))
	}
	return dst, true
}

// appendRecord appends the values of which the print of a record is made.
func (t *target) appendRecord(dst []byte, rec *record) []byte {
	for i := range t.fields {
		from := len(dst)
		dst = t.fields[i].AppendFromOrg(dst, rec.values[i])
		dst = binary.AppendUvarint(dst, uint64(len(dst)-from)) //nolint:gosec // a length
	}
	return dst
}

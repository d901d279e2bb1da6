// Package recordid knows the ids of Salesforce records: 15 letters and digits in which case matters, and in their long
// form a checksum of three more that tells where case was changed on the way (Object Reference: ID field type). The first
// three tell the object.
package recordid

import "fmt"

// checksumAlphabet spells the five bits of one group of an id's checksum.
const checksumAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// foreign is the kind of a character that no id holds: a bit that none of a checksum's groups reaches.
const foreign = 1 << 10

// kinds tells of each character what it adds to its group of the checksum: 1 for a capital letter.
var kinds = func() (kinds [256]uint16) {
	for ch := range kinds {
		switch {
		case ch >= 'A' && ch <= 'Z':
			kinds[ch] = 1
		case ch >= 'a' && ch <= 'z', ch >= '0' && ch <= '9':
		default:
			kinds[ch] = foreign
		}
	}
	return kinds
}()

// Full returns an id in its form of 18 characters, which stays apart from others when case is ignored: each of the last
// three tells which of five others are capital letters. An id of 15 gets its checksum; one of 18 must have the right one.
func Full(id string) (string, error) {
	if len(id) != 15 && len(id) != 18 {
		return "", fmt.Errorf("record id %q has %d characters, not 15 or 18", id, len(id))
	}
	var short [15]byte
	copy(short[:], id)
	sum, ok := checksum(&short)
	switch {
	case !ok:
		return "", fmt.Errorf("record id %q holds a character that is neither letter nor digit", id)
	case len(id) == 15:
		return id + string(sum[:]), nil
	case id[15:] != string(sum[:]):
		return "", fmt.Errorf("record id %q has a wrong checksum: its letters' case was changed on the way", id)
	}
	return id, nil
}

// Append adds an id to dst in its form of 18 characters. It is given in that of 15, of letters and digits only.
func Append(dst []byte, id *[15]byte) []byte {
	sum, _ := checksum(id)
	return append(append(dst, id[:]...), sum[:]...)
}

// checksum returns the last three characters of an id's long form, and false for one that can't have any.
func checksum(id *[15]byte) (sum [3]byte, ok bool) {
	all := uint16(0)
	for group := range sum {
		five := id[5*group : 5*group+5]
		bits := kinds[five[0]] | kinds[five[1]]<<1 | kinds[five[2]]<<2 | kinds[five[3]]<<3 | kinds[five[4]]<<4
		sum[group] = checksumAlphabet[bits%uint16(len(checksumAlphabet))]
		all |= bits
	}
	return sum, all < foreign
}

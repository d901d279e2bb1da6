package salesforce

import "fmt"

// checksumAlphabet spells the five bits of one group of an id's checksum.
const checksumAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// ID18 returns a record id in its form of 18 characters, which stays apart from others when case is
// ignored. An id of 15 gets its checksum; one of 18 must have the right one.
func ID18(id string) (string, error) {
	if len(id) != 15 && len(id) != 18 {
		return "", fmt.Errorf("record id %q has %d characters, not 15 or 18", id, len(id))
	}
	var full [18]byte
	copy(full[:], id[:15])
	for group := range 3 {
		bits := 0
		for i := range 5 {
			ch := id[group*5+i]
			switch {
			case ch >= 'A' && ch <= 'Z':
				bits |= 1 << i
			case ch >= 'a' && ch <= 'z', ch >= '0' && ch <= '9':
			default:
				return "", fmt.Errorf("record id %q holds a character that is neither letter nor digit", id)
			}
		}
		full[15+group] = checksumAlphabet[bits]
	}
	switch {
	case len(id) == 15:
		return string(full[:]), nil
	case id != string(full[:]):
		return "", fmt.Errorf("record id %q has a wrong checksum: its letters' case was changed on the way", id)
	}
	return id, nil
}

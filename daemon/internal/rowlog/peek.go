package rowlog

import (
	"bytes"
	"errors"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// RowOf returns the number of a line's row without reading the rest of the line.
func RowOf(line []byte) (int64, error) {
	digits, ok := bytes.CutPrefix(line, []byte(`{"row":`))
	if !ok {
		return 0, errors.New("read an outcome: the line does not begin with its row")
	}
	var row int64
	for i, b := range digits {
		switch {
		case b == ',' && i > 0:
			return row, nil
		case b < '0' || b > '9' || i == maxDigits:
			return 0, errors.New("read an outcome: the line does not begin with the number of its row")
		}
		row = row*10 + int64(b-'0')
	}
	return 0, errors.New("read an outcome: the line ends in its row")
}

// MayBe reports whether a line can hold an outcome of one of the kinds, without reading it: false is certain. Quotes within a
// text are escaped, so that nothing but the outcome itself looks like it.
func MayBe(line []byte, kinds []reportsync.OutcomeKind) bool {
	const name = `"outcome":"`
	for rest := line; ; {
		at := bytes.Index(rest, []byte(name))
		if at < 0 {
			return false
		}
		rest = rest[at+len(name):]
		for _, k := range kinds {
			if len(rest) > len(k) && string(rest[:len(k)]) == string(k) && rest[len(k)] == '"' {
				return true
			}
		}
	}
}

// HasChanges reports whether a line holds an outcome with changes, without reading it.
func HasChanges(line []byte) bool { return bytes.Contains(line, []byte(`,"changes":[`)) }

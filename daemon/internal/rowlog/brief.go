package rowlog

import (
	"bytes"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Brief reads only what counting rows takes of a line that [Append] made: Row, Kind, RecordID and Records. It spares the
// changes, which take [Parse] most of its time.
func Brief(line []byte) (reportsync.Outcome, error) {
	o, ok := brief(line)
	if !ok {
		whole, err := Parse(line)
		return reportsync.Outcome{Row: whole.Row, Kind: whole.Kind, RecordID: whole.RecordID, Records: whole.Records}, err
	}
	return o, nil
}

// brief reports false for a line that has to be read properly.
func brief(line []byte) (o reportsync.Outcome, ok bool) {
	row, err := RowOf(line)
	if err != nil {
		return o, false
	}
	o.Row = row
	_, rest, ok := bytes.Cut(line, []byte(`,"line":`))
	if !ok {
		return o, false
	}
	rest = bytes.TrimLeft(rest, "0123456789")
	if _, rest, ok = member(rest, `,"key":"`); !ok {
		return o, false
	}
	kind, rest, ok := member(rest, `,"outcome":"`) // which every line has
	if !ok || kind == nil {
		return o, false
	}
	o.Kind = reportsync.OutcomeKind(kind)
	id, rest, ok := member(rest, `,"record_id":"`)
	if !ok || bytes.HasPrefix(rest, []byte(`,"record_ids":`)) || bytes.IndexByte(id, '\\') >= 0 {
		return o, false
	}
	o.RecordID = string(id)
	return o, true
}

// member takes a member with a text from the front of rest, if it is there, and nil if not; the text stays escaped. It
// reports false for a text without an end.
func member(rest []byte, name string) (text, after []byte, ok bool) {
	value, found := bytes.CutPrefix(rest, []byte(name))
	if !found {
		return nil, rest, true
	}
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case '"':
			return value[:i], value[i+1:], true
		}
	}
	return nil, nil, false
}

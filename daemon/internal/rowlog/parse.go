package rowlog

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// mostChanges bounds what is set aside for the changes of a line before they are read.
const mostChanges = 256

// Parse reads a line that [Append] made, with or without its line feed. Any other JSON that makes an outcome is read as
// well, but takes longer. The texts of an outcome share the memory of one copy of its line.
func Parse(line []byte) (reportsync.Outcome, error) {
	if o, ok := parse(line); ok {
		return o, nil
	}
	var o reportsync.Outcome
	if err := json.Unmarshal(line, &o); err != nil {
		return reportsync.Outcome{}, fmt.Errorf("read an outcome: %w", err)
	}
	return o, nil
}

// parse reads a line of the very form that [Append] gives it: members in their order, no blanks. It reports false for any
// other, of which it can't say whether it makes an outcome.
func parse(line []byte) (o reportsync.Outcome, ok bool) {
	s := scanner{rest: string(line)}
	s.expect(`{"row":`)
	o.Row = s.number(maxDigits)
	s.expect(`,"line":`)
	o.Line = s.number(maxDigits)
	o.Key = s.optional(`,"key":"`)
	s.expect(`,"outcome":"`)
	o.Kind = reportsync.OutcomeKind(s.text())
	o.RecordID = s.optional(`,"record_id":"`)
	if s.skip(`,"record_ids":["`) {
		o.Records = append(o.Records, s.text())
		for s.skip(`,"`) {
			o.Records = append(o.Records, s.text())
		}
		s.expect(`]`)
	}
	o.Code = s.optional(`,"code":"`)
	o.Message = s.optional(`,"message":"`)
	if s.skip(`,"changes":[{"field":"`) {
		o.Changes = s.changes()
	}
	s.expect(`}`)
	s.skip("\n")
	return o, !s.strange && s.rest == ""
}

// changes reads a list of changes from the name of its first field on.
func (s *scanner) changes() []reportsync.Change {
	// Every change but the first has its brace yet to come. A brace within a text only sets too much aside.
	n := min(1+strings.Count(s.rest, "{"), mostChanges)
	changes, values := make([]reportsync.Change, 0, n), make([]string, 0, 2*n)
	for more := true; more; more = s.skip(`,{"field":"`) {
		c := reportsync.Change{Field: s.text()}
		s.expect(`,"before":`)
		c.Before = s.nullable(&values)
		c.BeforeUnknown = s.skip(`,"before_unknown":true`)
		s.expect(`,"after":`)
		c.After = s.nullable(&values)
		c.RecordID = s.optional(`,"record_id":"`)
		if s.skip(`,"repeats":`) {
			c.Repeats = int(s.number(maxRepeatDigits))
		}
		c.Held = s.skip(`,"held":true`)
		c.CreateOnly = s.skip(`,"create_only":true`)
		c.RecordOutcome = reportsync.OutcomeKind(s.optional(`,"record_outcome":"`))
		c.RecordCode = s.optional(`,"record_code":"`)
		s.expect(`}`)
		changes = append(changes, c)
	}
	s.expect(`]`)
	return changes
}

// nullable reads a text or null. The text is kept among values, which spares each its own piece of memory.
func (s *scanner) nullable(values *[]string) *string {
	if s.skip(`null`) {
		return nil
	}
	s.expect(`"`)
	*values = append(*values, s.text())
	return &(*values)[len(*values)-1]
}

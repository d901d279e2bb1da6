package sync

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// begin starts the outcome of a row.
func begin(row *reportRow, kind reportsync.OutcomeKind) reportsync.Outcome {
	return reportsync.Outcome{Row: int64(row.index) + 1, Line: row.line, Key: string(row.key), Kind: kind}
}

// outcome returns what became of a row. Its state is one that has an outcome.
func (r *run) outcome(target *target, row *reportRow) (reportsync.Outcome, error) {
	st, link := r.rows.states[row.index].is(), r.rows.links[row.index]
	if st.plain() {
		var p rowlog.Plain
		r.rows.plain(row, &p)
		return p.Outcome(), nil
	}
	o := begin(row, outcomeOf[st])
	switch st {
	case rowFlawed:
		o.Code, o.Message = row.flaw.code, row.flaw.message
	case rowConflict, rowRepeated, rowSuperseded:
		return r.gaveWay(o, st, int(link)) //nolint:gosec // an index
	case rowOrphan:
		o.Code = reportsync.RowNoParent
		o.Message = target.sayParent(row, int(link), "no %s has %s %s") //nolint:gosec // an index
	case rowStepchild:
		o.Code = reportsync.RowManyParents
		o.Message = target.sayParent(row, int(link), "several %s records have %s %s") //nolint:gosec // an index
	case rowIncomplete:
		o.Code = reportsync.RowRequired
		o.Message = "no record can be created without a value for " + target.names[link]
	case rowCreated:
		o.RecordID, o.Changes = r.rows.ids.unpack(link), target.creation(row)
	case rowHeld, rowUpdated:
		return r.found(target, row, o)
	case rowAmbiguous:
		return r.rows.rivals[link].tell(o), nil
	case rowAnswered:
		data, err := r.rows.answers.Read(spool.Ref(link), nil)
		if err != nil {
			return o, err
		}
		return rowlog.Parse(data)
	default:
		return o, fmt.Errorf("tell the outcome of row %d: it has none", row.index+1)
	}
	return o, nil
}

// plain fills p with what became of a row whose state is plain. Of the row only its line and key are read.
func (s *rowSet) plain(row *reportRow, p *rowlog.Plain) {
	st := s.states[row.index].is()
	p.Row, p.Line, p.Key, p.Kind = int64(row.index)+1, row.line, row.key, outcomeOf[st]
	p.RecordID, p.Code, p.Message = p.RecordID[:0], "", ""
	if st == rowMissing {
		p.Code, p.Message = reportsync.RowNoRecord, "no record has this key"
		return
	}
	p.RecordID = s.ids.append(p.RecordID, s.links[row.index])
	if st == rowExists {
		p.Code = reportsync.RowExists
	}
}

// gaveWay completes the outcome of a row that shares its key with another one.
func (r *run) gaveWay(o reportsync.Outcome, st state, to int) (reportsync.Outcome, error) {
	if st == rowConflict {
		lines, err := r.otherLines(int(o.Row - 1))
		o.Code, o.Message = reportsync.RowKeyDuplicate, "the same key stands with other values on "+lines
		return o, err
	}
	var other reportRow
	if err := r.rows.at(to, &other); err != nil {
		return o, err
	}
	if st == rowRepeated {
		o.Code, o.Message = reportsync.RowRepeated, fmt.Sprintf("repeats line %d", other.line)
	} else {
		o.Code, o.Message = reportsync.RowSuperseded, fmt.Sprintf("line %d has the same key, and is used by duplicates.keep", other.line)
	}
	return o, nil
}

// otherLines names the lines of rows that have the same key as one, a few of them.
func (r *run) otherLines(index int) (string, error) {
	const most = 5
	others := r.rows.ring(index, most+1)
	slices.Sort(others)
	var lines []string
	var other reportRow
	for _, at := range others[:min(len(others), most)] {
		if err := r.rows.at(at, &other); err != nil {
			return "", err
		}
		lines = append(lines, strconv.FormatInt(other.line, 10))
	}
	text := strings.Join(lines, ", ")
	switch {
	case len(others) > most:
		return "lines " + text + " and others", nil
	case len(others) == 1:
		return "line " + text, nil
	}
	return "lines " + text, nil
}

func (t *target) sayParent(row *reportRow, field int, format string) string {
	p := t.fields[field].parents
	return t.names[field] + ": " + fmt.Sprintf(format, p.object.Name, p.key.Name, quote(string(row.values[field])))
}

// found completes the outcome of a row that has a record with which it differed.
func (r *run) found(target *target, row *reportRow, o reportsync.Outcome) (reportsync.Outcome, error) {
	f, err := r.rows.find(r.rows.links[row.index])
	if err != nil {
		return o, err
	}
	o.RecordID, o.Changes = f.id, target.changes(row, f)
	return unsettled(o), nil
}

// unsettled says of which changes nothing was sent.
func unsettled(o reportsync.Outcome) reportsync.Outcome {
	if o.Code != "" {
		return o
	}
	held, fixed := map[string]bool{}, map[string]bool{}
	for _, c := range o.Changes {
		switch {
		case c.CreateOnly:
			fixed[c.Field] = true
		case c.Held:
			held[c.Field] = true
		}
	}
	var reasons []string
	if len(fixed) > 0 {
		o.Code = reportsync.RowCreateOnly
		reasons = append(reasons, enumerate(slices.Sorted(maps.Keys(fixed)))+" can be set only when a record is created, so the record keeps what it holds")
	}
	if len(held) > 0 {
		o.Code = reportsync.RowUnsettled
		reasons = append(reasons, fmt.Sprintf("Salesforce undoes what is written to %s, so it is not written again until one of the values changes", enumerate(slices.Sorted(maps.Keys(held)))))
	}
	if len(reasons) > 0 {
		o.Message = strings.Join(reasons, "; ")
	}
	return o
}

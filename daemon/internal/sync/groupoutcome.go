package sync

import (
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// groupOutcome adds up what became of the records of a row. Those without an answer are counted as otherwise.
func (r *run) groupOutcome(target *target, row *reportRow, otherwise reportsync.OutcomeKind) (reportsync.Outcome, error) {
	members := r.rows.groups.of(r.rows.links[row.index])
	several := len(members) > 1 // of one record is told as of that of any row
	o, worst := begin(row, reportsync.Unchanged), 0
	var fared []reportsync.Outcome // of the record of each change
	for _, m := range members {
		f, err := r.rows.find(uint64(m.find))
		if err != nil {
			return o, err
		}
		part := m.outcome(row, otherwise)
		changes := part.Changes
		if m.answer == nil || len(changes) == 0 {
			changes = target.changes(row, f)
		}
		for _, c := range changes {
			if several {
				c.RecordID = f.id
			}
			o.Changes, fared = append(o.Changes, c), append(fared, part)
		}
		if f.id != "" {
			o.Records = append(o.Records, f.id)
		}
		if rank := groupRank(part); rank > worst {
			worst, o.Kind, o.Code, o.Message = rank, part.Kind, part.Code, part.Message
			if several && f.id != "" && part.Message != "" && part.Kind.Rejected() {
				o.Message = f.id + ": " + part.Message
			}
		}
	}
	for i, part := range fared {
		c := o.Changes[i].Faring(part.Kind, part.Code, o)
		if c.RecordOutcome == reportsync.Unprocessed && c.RecordCode == "" {
			c.RecordCode = reportsync.RowNotSent
		}
		o.Changes[i] = c
	}
	slices.Sort(o.Records)
	if len(o.Records) == 1 {
		o.RecordID, o.Records = o.Records[0], nil
	}
	if o.Kind == reportsync.Unprocessed {
		return o, nil // that says more than what was held back
	}
	return unsettled(o), nil
}

// outcome returns what became of one of a row's records.
func (m member) outcome(row *reportRow, otherwise reportsync.OutcomeKind) reportsync.Outcome {
	if m.answer != nil {
		return *m.answer
	}
	o := begin(row, otherwise)
	switch {
	case m.idle:
		o.Kind = reportsync.Unchanged
	case m.sent && otherwise == reportsync.Unprocessed:
		o.Code, o.Message = reportsync.RowNoAnswer, "the run ended before Salesforce's answer for the record was there"
	}
	return o
}

// groupRanks orders what may become of one of several records: the last of them is told of the row.
var groupRanks = []reportsync.OutcomeKind{
	reportsync.Unchanged, reportsync.Updated, reportsync.Created, reportsync.Unprocessed, reportsync.Ambiguous, reportsync.Failed,
}

// groupRank returns the rank of what became of a record. Of two that are not processed, that which nobody knows the fate
// of comes later; what has no rank comes last.
func groupRank(o reportsync.Outcome) int {
	at := slices.Index(groupRanks, o.Kind)
	if at < 0 {
		at = len(groupRanks)
	}
	return 2*at + int(bit(o.Code == reportsync.RowNoAnswer)) //nolint:gosec // 0 or 1
}

package sync_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/model"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// untrue says what is wrong with the outcomes of a run that faults struck.
func (p *played) untrue(faults []fault.Fault) string {
	if p.err != nil {
		return "the run broke off: " + p.err.Error()
	}
	if c := p.result.Counts; c.Total() != c.Read || len(p.outcomes) != int(c.Read) {
		return fmt.Sprintf("%d rows were read, %d have an outcome, counts are %+v", c.Read, len(p.outcomes), c)
	}
	told := p.got()
	wrong := func(o reportsync.Outcome, what string) string {
		return fmt.Sprintf("row %d is %s (%s): %s", o.Row, o.Kind, o.Code, what)
	}
	for i, o := range p.outcomes {
		want := p.want.Outcomes[i]
		writes := want.Kind == reportsync.Updated || want.Kind == reportsync.Created
		switch {
		case o.Row != int64(i+1):
			return wrong(o, fmt.Sprintf("%d was to come next", i+1))
		case told[i].Kind == want.Kind && (told[i].Code == want.Code || writes):
		case o.Kind == reportsync.Unprocessed && (p.result.Err != nil || o.Code == reportsync.RowNoAnswer):
		case !writes || o.Kind != reportsync.Failed:
			return wrong(o, "it was to be "+string(want.Kind))
		case o.Code == "" || o.Message == "":
			return wrong(o, "it does not say why")
		case !touched(faults, p.after(i)):
			return wrong(o, "no fault struck it")
		}
	}
	if p.want.Stopped || p.c.DryRun {
		return p.untouched()
	}
	return p.misstated()
}

// touched reports whether a fault may have struck a write that makes records what they are.
func touched(faults []fault.Fault, records []model.Record) bool {
	return slices.ContainsFunc(faults, func(f fault.Fault) bool {
		return len(f.Where) == 0 || slices.ContainsFunc(records, func(r model.Record) bool {
			for name, value := range f.Where {
				if !strings.EqualFold(r[name], value) {
					return false
				}
			}
			return true
		})
	})
}

// after returns the records that a row was to make what they are.
func (p *played) after(row int) []model.Record {
	want := p.want.Outcomes[row]
	if want.Kind == reportsync.Created {
		return p.want.Records[len(p.want.Records)-p.createdFrom(row):][:1]
	}
	var records []model.Record
	for _, r := range p.want.Records {
		if slices.Contains(want.Records, r["Id"]) {
			records = append(records, r)
		}
	}
	return records
}

// createdFrom counts the rows from one on that were to make a record; those records come last, in the rows' order.
func (p *played) createdFrom(row int) (n int) {
	for _, o := range p.want.Outcomes[row:] {
		if o.Kind == reportsync.Created {
			n++
		}
	}
	return n
}

// untouched says which records have changed.
func (p *played) untouched() string {
	if diff := cmp.Diff(sorted(p.c.Org.Records[thing]), sorted(p.records)); diff != "" {
		return "nothing was to be written (-before +after):\n" + diff
	}
	return ""
}

// misstated says which records are not what the outcomes say. A row with an answer tells what became of its records:
// all of what was to be written, or nothing of it. Of one without an answer either may be true.
func (p *played) misstated() string {
	now := map[string]model.Record{}
	for _, r := range p.records {
		now[r["Id"]] = r
	}
	var made []model.Record
	for i, o := range p.outcomes {
		want := p.want.Outcomes[i]
		for _, after := range p.after(i) {
			switch {
			case want.Kind == reportsync.Created:
				made = append(made, after)
				if n := p.count(after); n > 1 || o.Kind == reportsync.Created && n == 0 || o.Kind == reportsync.Failed && n > 0 || o.Code == reportsync.RowNotSent && n > 0 {
					return fmt.Sprintf("row %d is %s (%s), and %d such records were made: %v", o.Row, o.Kind, o.Code, n, after)
				}
			case want.Kind != reportsync.Updated:
			case o.Kind == reportsync.Updated && !maps.Equal(now[after["Id"]], after):
				return fmt.Sprintf("row %d is updated (-want +got):\n%s", o.Row, cmp.Diff(after, now[after["Id"]]))
			case len(want.Records) > 1: // some of them may have been written before one failed
			case (o.Kind == reportsync.Failed || o.Code == reportsync.RowNotSent) && !maps.Equal(now[after["Id"]], p.before(after["Id"])):
				return fmt.Sprintf("row %d is %s (%s) (-before +after):\n%s", o.Row, o.Kind, o.Code, cmp.Diff(p.before(after["Id"]), now[after["Id"]]))
			}
		}
	}
	for _, r := range p.records {
		isNew := p.before(r["Id"]) == nil
		switch {
		case isNew && !slices.ContainsFunc(made, func(m model.Record) bool { return sameContent(m, r) }):
			return fmt.Sprintf("a record was made that no row asks for: %v", r)
		case !isNew && !maps.Equal(r, p.before(r["Id"])) && !slices.ContainsFunc(p.want.Records, func(w model.Record) bool { return maps.Equal(w, r) }):
			return "a record was changed as no row asks for (-before +after):\n" + cmp.Diff(p.before(r["Id"]), r)
		}
	}
	return ""
}

// before returns what a record was before the run, nil for one that was not there.
func (p *played) before(id string) model.Record {
	for _, r := range p.c.Org.Records[thing] {
		if r["Id"] == id {
			return r
		}
	}
	return nil
}

// count counts the records that were made with the content of one.
func (p *played) count(like model.Record) (n int) {
	for _, r := range p.records {
		if p.before(r["Id"]) == nil && sameContent(like, r) {
			n++
		}
	}
	return n
}

// sameContent compares records apart from their ids.
func sameContent(a, b model.Record) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	delete(a, "Id")
	delete(b, "Id")
	return maps.Equal(a, b)
}

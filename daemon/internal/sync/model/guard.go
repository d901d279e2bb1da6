package model

import (
	"fmt"
	"math/big"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// guarded reports whether the integration's guards stop the run, and takes back what its rows were to write then. A dry
// run only says so.
func (e *expecting) guarded() bool {
	guards := reportsync.Guards{}
	if e.Spec.Guards != nil {
		guards = *e.Spec.Guards
	}
	if e.DryRun || e.IgnoreGuards || !e.breaks(guards) {
		return false
	}
	for _, r := range e.rows {
		if k := r.outcome.Kind; k == reportsync.Updated || k == reportsync.Created {
			r.outcome.Kind, r.outcome.Code = reportsync.Unprocessed, reportsync.RowNotSent
		}
	}
	return true
}

// breaks reports whether the run is about to do more than it may: of the rows read, of the records matched.
func (e *expecting) breaks(g reportsync.Guards) bool {
	var rejected, created, matched, changed, cleared int64
	for _, r := range e.rows {
		o := reportsync.Outcome{Kind: r.outcome.Kind, Code: r.outcome.Code}
		switch {
		case o.Rejected():
			rejected++
		case o.Kind == reportsync.Created:
			created++
		}
		if o.Kind != reportsync.Updated && o.Kind != reportsync.Unchanged {
			continue
		}
		for _, record := range r.found {
			changes, clears := r.outcome.touches(record["Id"])
			matched, changed, cleared = matched+1, changed+one(changes), cleared+one(clears)
		}
	}
	read := int64(len(e.rows))
	return above(g.MaxRejectedPercent, rejected, read) || above(g.MaxCreatedPercent, created, read) ||
		above(g.MaxChangedPercent, changed, matched) || above(g.MaxClearedPercent, cleared, matched) ||
		read == 0 && (g.MinRowsPercent == nil || *g.MinRowsPercent > 0) || // an empty report, unless it may be one
		g.MinRowsPercent != nil && below(g.MinRowsPercent, read, e.PreviousRows)
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// touches reports whether the row changes a record at all, and whether it takes a value from it.
func (o *Outcome) touches(record string) (changes, clears bool) {
	for _, c := range o.Changes {
		if c.RecordID == record {
			changes = true
			clears = clears || c.After == ""
		}
	}
	return changes, clears
}

// above reports whether part is more than so many percent of whole.
func above(percent *float64, part, whole int64) bool {
	return percent != nil && compare(*percent, part, whole) > 0
}

// below reports whether part is less than so many percent of whole.
func below(percent *float64, part, whole int64) bool {
	return percent != nil && compare(*percent, part, whole) < 0
}

// compare compares part with a percentage of whole, the percentage as it is written.
func compare(percent float64, part, whole int64) int {
	limit, _ := new(big.Rat).SetString(fmt.Sprint(percent))
	limit.Mul(limit, big.NewRat(whole, 100))
	return new(big.Rat).SetInt64(part).Cmp(limit)
}

package reportsync

import (
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/recordid"
)

// Limits of policies.
const (
	MaxReportAge  = 31 * 24 * time.Hour // longest that [Freshness.MaxAge] may be
	MaxReportWait = 24 * time.Hour      // [Freshness.Wait] is shorter, so that a wait ends before the next day's run
	MaxBatchRows  = 200                 // rows that one call writes (REST API guide: sObject Collections)
)

// policies checks what says how a run treats rows, apart from matching and mapping them.
func (v *validator) policies(s IntegrationSpec) {
	if s.Operation != nil {
		v.oneOf("/operation", string(*s.Operation), string(OperationUpdate), string(OperationUpsert), string(OperationInsert))
	}
	if s.ChangeDetection != nil {
		v.oneOf("/change_detection", string(*s.ChangeDetection), string(ChangeDetectionSalesforce), string(ChangeDetectionNone))
		if !s.Compares() && !s.Does().Updates() {
			v.add("/change_detection", "none writes every record that matches, but operation insert leaves those alone: leave it out")
		}
	}
	v.duplicates(s.Duplicates)
	v.freshness(s.Freshness)
	v.guards(s.Guards)
	v.writes(s.Writes, s.Object)
}

func (v *validator) duplicates(d *Duplicates) {
	if d == nil {
		return
	}
	if d.Keep != nil {
		v.oneOf("/duplicates/keep", string(*d.Keep), string(KeepReject), string(KeepFirst), string(KeepLast))
	}
	if d.OrderBy == nil {
		return
	}
	const pointer = "/duplicates/order_by"
	v.required(pointer, *d.OrderBy, maxTextLength)
	if !v.has(pointer) && (d.Keep == nil || *d.Keep == KeepReject) {
		v.add(pointer, "has nothing to order while all rows with the same key are rejected: set keep to first or last, or leave order_by out")
	}
}

func (v *validator) freshness(f *Freshness) {
	if f == nil {
		return
	}
	if age, ok := v.duration("/freshness/max_age", f.MaxAge); ok && age > MaxReportAge {
		v.add("/freshness/max_age", "%q is longer than %d days", f.MaxAge, MaxReportAge/(24*time.Hour))
	}
	if f.Wait == nil {
		return
	}
	if wait, ok := v.duration("/freshness/wait", *f.Wait); ok && wait >= MaxReportWait {
		v.add("/freshness/wait", "%q is too long: a run waits for less than %d hours, or it would still wait when the next is due", *f.Wait, MaxReportWait/time.Hour)
	}
}

// duration checks a text such as 2h30m.
func (v *validator) duration(pointer, text string) (d time.Duration, ok bool) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		v.add(pointer, "%q is no duration: write hours, minutes and seconds as in 26h, 90m or 2h30m; a day is 24h", text)
	case d <= 0:
		v.add(pointer, "%q must be longer than nothing: leave it out for none", text)
	default:
		return d, true
	}
	return 0, false
}

func (v *validator) guards(g *Guards) {
	if g == nil {
		return
	}
	for _, limit := range []struct {
		name    string
		percent *float64
	}{
		{"max_rejected_percent", g.MaxRejectedPercent},
		{"max_changed_percent", g.MaxChangedPercent},
		{"max_cleared_percent", g.MaxClearedPercent},
		{"max_created_percent", g.MaxCreatedPercent},
		{"min_rows_percent", g.MinRowsPercent},
	} {
		// Written so that a value that is no number is out of bounds too.
		if p := limit.percent; p != nil && !(*p >= 0 && *p <= 100) {
			v.add("/guards/"+limit.name, "%v is no percentage: give a number from 0 to 100", *p)
		}
	}
}

func (v *validator) writes(w *Writes, object string) {
	if w == nil {
		return
	}
	bulk := w.Route != nil && *w.Route == RouteOnlyBulk
	if w.Route != nil {
		v.oneOf("/writes/route", string(*w.Route), string(RouteAuto), string(RouteOnlyCollections), string(RouteOnlyBulk))
	}
	v.batchRows("/writes/batch_rows", w.BatchRows)
	if w.DuplicateRules != nil {
		const pointer = "/writes/duplicate_rules"
		v.oneOf(pointer, *w.DuplicateRules, DuplicateRulesRespect, DuplicateRulesAllowSave)
		if bulk && *w.DuplicateRules == DuplicateRulesAllowSave {
			v.add(pointer, "%s is not possible with route bulk: the Bulk API knows no such option; set route to collections or auto", DuplicateRulesAllowSave)
		}
	}
	if w.AssignmentRule != nil {
		v.assignmentRule(*w.AssignmentRule, object, bulk)
	}
}

func (v *validator) batchRows(pointer string, rows *int64) {
	if rows != nil && (*rows < 1 || *rows > MaxBatchRows) {
		v.add(pointer, "%d is out of bounds: one call of sObject Collections takes 1 to %d rows", *rows, MaxBatchRows)
	}
}

// assignmentRule checks an assignment rule for the records of an object, whose name may still be missing.
func (v *validator) assignmentRule(rule, object string, bulk bool) {
	const pointer = "/writes/assignment_rule"
	_, err := recordid.Full(rule)
	_, short := recordid.Full(rule[:min(len(rule), 15)])
	switch {
	case rule == AssignmentRuleNone:
	case err != nil && short == nil && len(rule) == 18:
		v.add(pointer, "%q is no id: the last three of its 18 characters don't fit the others, as when the case of letters was changed on the way; "+
			"copy it from Salesforce again, or give its first 15 characters as they stand there", rule)
	case err != nil && rule != AssignmentRuleActive:
		v.add(pointer, "%q is neither %s nor %s nor the id of a rule, which has 15 or 18 letters and digits%s", rule, AssignmentRuleNone, AssignmentRuleActive,
			DidYouMean(rule, []string{AssignmentRuleNone, AssignmentRuleActive}))
	case object != "" && !strings.EqualFold(object, "Case") && !strings.EqualFold(object, "Lead"):
		v.add(pointer, "%s has none: Salesforce assigns records of Case and Lead only", object)
	case bulk && rule == AssignmentRuleActive:
		// A job names its rule by id (Bulk API 2.0 guide: Create a Job).
		v.add(pointer, "%s is not possible with route bulk, which needs the rule's id: give that, or set route to collections or auto", AssignmentRuleActive)
	}
}

// limits checks what a connection grants its runs.
func (v *validator) limits(l *Limits) {
	if l == nil {
		return
	}
	v.batchRows("/limits/batch_rows", l.BatchRows)
	if n := l.DailyAPICalls; n != nil && *n < 1 {
		v.add("/limits/daily_api_calls", "%d would let no run do anything: give at least 1, or set enabled to false on the integrations", *n)
	}
}

package sync

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// forecast chooses how rows are written and says what the run is to cost, beside what is left of the org's day. The org
// tells of its API calls along with other answers; for its Bulk batches it must be asked, so only those who use them do.
func (r *run) forecast(ctx context.Context, plan *writePlan) error {
	if r.known != nil {
		if err := r.sayUndone(ctx, r.known); err != nil {
			return err
		}
	}
	choice := r.writeRoute(plan, remaining{})
	var left remaining
	if plan.batches > 0 {
		var err error
		if left, err = r.askLimits(ctx); err != nil {
			return err
		}
		choice = r.writeRoute(plan, left)
	}
	used := r.Org.Usage()
	if left.calls == nil && used.DailyMax > 0 {
		calls := max(0, used.DailyMax-used.DailyUsed)
		left.calls = &calls
	}
	plan.left = left
	before := used.Calls
	if r.sightless != nil {
		before = r.sightless.calls
	}
	err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) {
		if f.Forecast == nil {
			f.Forecast = &reportsync.Forecast{}
		}
		if plan.len() > 0 {
			f.Forecast.Write = &choice
		}
		f.Forecast.APICalls, f.Forecast.Looks, f.Forecast.BulkBatches = before+plan.calls, plan.looks, plan.batches
		f.Forecast.CallsRemaining, f.Forecast.BatchesRemaining = left.calls, left.batches
	})
	if err != nil || plan.len() == 0 {
		return err
	}
	text := choice.Why
	if left.calls != nil {
		text += fmt.Sprintf("; %s of the org's %s remaining API calls", share(plan.calls, *left.calls), thousands(*left.calls))
	}
	if left.batches != nil {
		text += fmt.Sprintf(", %s of its %s remaining Bulk batches", share(plan.batches, *left.batches), thousands(*left.batches))
	}
	return r.ledger.info(ctx, "%s", text)
}

// remaining is what is left of the org's day; nil where it is not known.
type remaining struct{ calls, batches *int64 }

// askLimits asks the org what is left. Not every user may know, and old orgs name the batches differently (REST API
// guide: limits).
func (r *run) askLimits(ctx context.Context) (left remaining, err error) {
	limits, err := r.Org.Limits(ctx)
	if ctx.Err() != nil {
		return left, context.Cause(ctx)
	}
	if err != nil {
		return left, r.ledger.warn(ctx, "what is left of the org's limits is not known: %s", messageOf(err))
	}
	find := func(names ...string) *int64 {
		for _, name := range names {
			if l, ok := limits[name]; ok {
				return &l.Remaining
			}
		}
		return nil
	}
	return remaining{calls: find("DailyApiRequests"), batches: find("DailyBulkApiBatches", "DailyBulkApiRequests")}, nil
}

// affords stops the run when what it is to use is more than what is left: of the connection's own allowance, or of the
// org's.
func (r *run) affords(ctx context.Context, plan *writePlan) error {
	if err := r.withinAllowance(ctx, plan); err != nil || plan.len() == 0 {
		return err
	}
	const hint = "wait until the org's limits allow more (they count the last 24 hours)"
	if left := plan.left.calls; left != nil && plan.calls > *left {
		return r.halt(ctx, reportsync.CodeSalesforceLimit, hint,
			fmt.Sprintf("writing takes about %s, and the org has %d left of its day", count(int(plan.calls), "API call"), *left))
	}
	if left := plan.left.batches; left != nil && plan.batches > *left {
		return r.halt(ctx, reportsync.CodeSalesforceLimit, hint,
			fmt.Sprintf("writing takes %d of the org's Bulk API batches, and %d are left of its day", plan.batches, *left))
	}
	return nil
}

// writeRoute chooses between sObject Collections and Bulk jobs by their cost, for records that are changed and for those
// that are created, unless the integration's options leave no choice.
func (r *run) writeRoute(plan *writePlan, left remaining) reportsync.Choice {
	plan.calls, plan.looks, plan.batches = 0, 0, 0
	total, most := map[string]reportsync.RouteCost{}, 0
	choice := reportsync.Choice{Rows: int64(plan.len())}
	var parts []string
	for _, list := range plan.lists {
		few, many := collectionCost(len(list.units), r.batchRows()), bulkCost(len(list.units))
		list.route = reportsync.RouteCollections
		if many.Likely() < few.Likely() {
			list.route = reportsync.RouteBulk
		}
		why := r.whyCheaper(list, few, many)
		if left.batches != nil && many.BulkBatches > *left.batches-plan.batches && list.route == reportsync.RouteBulk {
			list.route, why = reportsync.RouteCollections, fmt.Sprintf("the org has %d Bulk batches left of its day", *left.batches)
		}
		if forced, reason := r.onlyRoute(); forced != "" {
			list.route, why = forced, reason
		}
		cost, other := few, many
		if list.route == reportsync.RouteBulk {
			cost, other = many, few
		}
		plan.calls, plan.looks, plan.batches = plan.calls+cost.APICalls, plan.looks+cost.Looks, plan.batches+cost.BulkBatches
		for _, c := range []reportsync.RouteCost{few, many} {
			total[c.Route] = c.Plus(total[c.Route])
		}
		if len(list.units) > most {
			most, choice.Route = len(list.units), string(list.route)
		}
		parts = append(parts, fmt.Sprintf("%s of %s by %s, about %s rather than %s by %s (%s)", list.verb, count(len(list.units), "record"),
			writeRoutes[list.route], sayCost(cost), sayCost(other), writeRoutes[reportsync.WriteRoute(other.Route)], why))
	}
	for _, route := range []string{string(reportsync.RouteCollections), string(reportsync.RouteBulk)} {
		choice.Routes = append(choice.Routes, total[route])
	}
	cheapestFirst(choice.Routes)
	choice.Why = strings.Join(parts, "; ")
	return choice
}

// sayCost says what a way costs: 6 API calls and about 4 looks at Bulk jobs.
func sayCost(c reportsync.RouteCost) string {
	text := count(int(c.APICalls), "API call")
	if c.Looks > 0 {
		text += fmt.Sprintf(" and %d looks", c.Looks)
	}
	return text
}

// whyCheaper says why a list's route costs fewer calls, and when it does so because the connection allows few rows a call.
func (r *run) whyCheaper(list *writeList, few, many reportsync.RouteCost) string {
	const why = "fewer API calls"
	rows := r.batchRows()
	if w := r.spec.Writes; w != nil && w.BatchRows != nil || rows == salesforce.MaxCollectionRows {
		return why
	}
	text := fmt.Sprintf("%s, with %s a call by the connection's limits.batch_rows", why, count(rows, "row"))
	if full := int64(collectionCalls(len(list.units), salesforce.MaxCollectionRows)); list.route == reportsync.RouteBulk && full <= many.Likely() {
		text += fmt.Sprintf("; with %d it would be %d rather than %d by sObject Collections", salesforce.MaxCollectionRows, full, few.APICalls)
	}
	return text
}

// writeRoutes are the ways of writing in words.
var writeRoutes = map[reportsync.WriteRoute]string{reportsync.RouteCollections: "sObject Collections", reportsync.RouteBulk: "Bulk jobs"}

// onlyRoute returns the way of writing that the integration asks for or needs, and why.
func (r *run) onlyRoute() (reportsync.WriteRoute, string) {
	w := r.spec.Writes
	switch {
	case r.routes.write != "":
		return r.routes.write, "it was asked for"
	case w == nil:
	case w.Route != nil && *w.Route == reportsync.RouteOnlyCollections:
		return reportsync.RouteCollections, "writes.route says so"
	case w.Route != nil && *w.Route == reportsync.RouteOnlyBulk:
		return reportsync.RouteBulk, "writes.route says so"
	case w.DuplicateRules != nil && *w.DuplicateRules == reportsync.DuplicateRulesAllowSave:
		return reportsync.RouteCollections, "Bulk jobs can't pass duplicate rules"
	case r.assignmentRule() == salesforce.AssignActive:
		return reportsync.RouteCollections, "Bulk jobs take an assignment rule by its id alone"
	case w.BatchRows != nil:
		return reportsync.RouteCollections, "writes.batch_rows is meant for it"
	}
	return "", ""
}

// batchRows is how many rows a call of sObject Collections writes.
func (r *run) batchRows() int {
	most := int64(salesforce.MaxCollectionRows)
	if w := r.spec.Writes; w != nil && w.BatchRows != nil {
		return int(min(most, *w.BatchRows))
	}
	if limit := r.Limits.BatchRows; limit != nil {
		return int(min(most, *limit))
	}
	return int(most)
}

// thousands writes a number with its thousands parted.
func thousands(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

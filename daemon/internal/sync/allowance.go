package sync

import (
	"context"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// allowanceHint is the way out where a connection's allowance of API calls is used up.
const allowanceHint = "wait for the next day (UTC), raise limits.daily_api_calls of the connection"

// ration bounds the calls of the run by what is left of the connection's own allowance. A run that ignores guards is not
// bounded, or it would end in the middle; neither is a dry run, which is to show what a run would do.
func (r *run) ration(ctx context.Context) error {
	most := r.Limits.DailyAPICalls
	if most == nil {
		return nil
	}
	used, err := r.usedToday(ctx)
	if err != nil {
		return err
	}
	if used >= *most {
		return r.halt(ctx, reportsync.CodeCallBudget, allowanceHint,
			fmt.Sprintf("the connection's runs have made %s today, with what those under way are about to make, and limits.daily_api_calls is %d", count(int(used), "API call"), *most))
	}
	if !r.Run.IgnoreGuards && !r.Run.DryRun {
		r.left = *most - used
		r.within = r.Org.MeteredWithin(r.left)
	}
	return nil
}

// withinAllowance stops the run when what it is to use is more than what is left of the connection's own allowance. One
// that was bounded and has nothing to write has used no more.
func (r *run) withinAllowance(ctx context.Context, plan *writePlan) error {
	most := r.Limits.DailyAPICalls
	if most == nil || plan.len() == 0 && r.left > 0 {
		return nil
	}
	used, err := r.usedToday(ctx)
	if err != nil || used+plan.calls <= *most {
		return err
	}
	return r.halt(ctx, reportsync.CodeCallBudget, allowanceHint,
		fmt.Sprintf("writing takes about %s, the connection's runs have made %d today, with what those under way are about to make, and limits.daily_api_calls is %d", count(int(plan.calls), "API call"), used, *most))
}

// usedToday returns how many calls were made on the connection by now: by other runs, and by all attempts at this one.
func (r *run) usedToday(ctx context.Context) (int64, error) {
	own := r.Run.APICalls + r.Org.Usage().Calls
	if r.UsedToday == nil {
		return own, nil
	}
	others, err := r.UsedToday(ctx)
	return others + own, stored(err)
}

// spent says by which limit the run is stopped when one of its calls was refused because the allowance is used up by then.
func (r *run) spent(stop error) error {
	if r.left == 0 || !salesforce.IsCallBudget(stop) {
		return stop
	}
	e := reportsync.Errorf(reportsync.CodeCallBudget, "stopped before %s: the run has used what was left of the connection's day, %s, and limits.daily_api_calls is %d",
		r.nextWrite(), count(int(r.left), "API call"), *r.Limits.DailyAPICalls).WithHint("%s, or %s", allowanceHint, r.letThrough())
	e.Err = stop
	return e
}

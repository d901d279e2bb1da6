package sync

import (
	"context"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// halt stops the run before its next write, for limits that it breaks; details name each with the number that breaks it,
// and the hint is the way out besides letting the run through. With ignore_guards the run goes on. So does a dry run,
// which keeps the first of the errors that it would have ended with.
func (r *run) halt(ctx context.Context, code reportsync.Code, hint string, details ...string) error {
	why := strings.Join(details, "; ")
	if r.Run.IgnoreGuards {
		return r.ledger.warn(ctx, "ignore_guards lets the run through: %s", why)
	}
	e := reportsync.Errorf(code, "stopped before %s: %s", r.nextWrite(), why).WithHint("%s, or %s", hint, r.letThrough())
	if !r.Run.DryRun {
		return e
	}
	if err := r.ledger.warn(ctx, "dry run: a run would be %s", e.Message); err != nil || r.would != nil {
		return err
	}
	r.would, _ = explain(e)
	return r.ledger.learn(ctx, func(f *reportsync.RunFacts) { f.WouldStop = r.would })
}

// nextWrite names what a run that is stopped now does not come to.
func (r *run) nextWrite() string {
	if r.past.nextBatch > 1 {
		return "any further write"
	}
	return "the first write"
}

// letThrough says how to let one run through that does what this one was to do.
func (r *run) letThrough() string {
	command := "reportsyncd run " + word(r.Integration.Name)
	if r.Run.FullResync {
		command += " --full"
	}
	return "let one run through: " + command + " --ignore-guards (in Terraform and the API: ignore_guards)"
}

// word writes the name of an integration as one word of a shell's command line. No name has a quote in it.
func word(name string) string {
	if strings.ContainsAny(name, " ()") {
		return "'" + name + "'"
	}
	return name
}

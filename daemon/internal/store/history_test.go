package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ended runs an integration once.
func (b *bundle) ended(n reportsync.NewRun, result reportsync.RunResult) reportsync.Run {
	b.t.Helper()
	run := must(b.CreateRun(b.t.Context(), n))(b.t)
	b.claim(run.ID, "node-1", lease)
	noError(b.t, b.FinishRun(b.t.Context(), run.ID, "node-1", 1, result))
	return run
}

func TestLastRunAndArtifact(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, in, other := t.Context(), b.integration("onboarding"), b.integration("other")
		var newest reportsync.Run
		for _, step := range []struct {
			name         string
			run          func() reportsync.Run
			read         int64
			artifact     string
			butForNewest int64 // what read is when the newest run is left out
		}{
			{name: "none", run: func() reportsync.Run { return newest }},
			{"of another integration", func() reportsync.Run {
				return b.ended(reportsync.NewRun{IntegrationID: other.ID}, resultOf(reportsync.RunCompleted, 99, "other"))
			}, 0, "", 0},
			{"completed", func() reportsync.Run {
				return b.ended(reportsync.NewRun{IntegrationID: in.ID}, resultOf(reportsync.RunCompleted, 7, "first"))
			}, 7, "first", 0},
			{"a dry run", func() reportsync.Run {
				return b.ended(reportsync.NewRun{IntegrationID: in.ID, DryRun: true}, resultOf(reportsync.RunCompleted, 8, "dry"))
			}, 7, "first", 7},
			{"failed, with its rows in the bucket", func() reportsync.Run {
				return b.ended(reportsync.NewRun{IntegrationID: in.ID}, resultOf(reportsync.RunFailed, 9, "failed"))
			}, 7, "first", 7},
			{"with errors, but without an artifact", func() reportsync.Run {
				return b.ended(reportsync.NewRun{IntegrationID: in.ID}, resultOf(reportsync.RunCompletedWithErrors, 10, ""))
			}, 10, "first", 7},
			{"queued", func() reportsync.Run { return b.runOf(in.ID) }, 10, "first", 10},
		} {
			newest = step.run()
			if got := must(b.LastRun(ctx, in.ID, ""))(t); got != step.read {
				t.Errorf("%s: the last run read %d rows, want %d", step.name, got, step.read)
			}
			if got := must(b.LastRun(ctx, in.ID, newest.ID))(t); got != step.butForNewest {
				t.Errorf("%s: the one before read %d rows, want %d", step.name, got, step.butForNewest)
			}
			key := ""
			if a := must(b.LastArtifact(ctx, in.ID, ""))(t); a != nil {
				key = a.Key
			}
			if key != step.artifact {
				t.Errorf("%s: the last artifact is %q, want %q", step.name, key, step.artifact)
			}
		}
	})
}

// resultOf is the end of a run of so many unchanged rows, with an artifact unless key is empty.
func resultOf(status reportsync.RunStatus, rows int64, key string) reportsync.RunResult {
	r := reportsync.RunResult{Status: status, Counts: reportsync.Counts{Read: rows, Unchanged: rows}}
	if key != "" {
		r.Artifact = &reportsync.Artifact{Key: key, Rows: rows}
	}
	return r
}

func TestUsedToday(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, in := t.Context(), b.integration("onboarding")
		sharing := in.IntegrationSpec
		sharing.Name = "on the same connection"
		second := must(b.CreateIntegration(ctx, sharing))(t)
		b.ended(reportsync.NewRun{IntegrationID: b.integration("on another").ID}, reportsync.RunResult{Status: reportsync.RunCompleted, APICalls: 1000})
		b.ended(reportsync.NewRun{IntegrationID: in.ID}, reportsync.RunResult{Status: reportsync.RunFailed, APICalls: 100})
		b.ended(reportsync.NewRun{IntegrationID: in.ID, DryRun: true}, reportsync.RunResult{Status: reportsync.RunCompleted, APICalls: 10})
		live := b.runOf(second.ID)
		claim, j := b.claim(live.ID, "node-1", lease)
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageOpen, APICalls: 1}))

		day := *claim.Run.StartedAt
		got := map[string]int64{
			"today":             must(b.UsedToday(ctx, in.ConnectionID, day, ""))(t),
			"but for one":       must(b.UsedToday(ctx, in.ConnectionID, day, live.ID))(t),
			"yesterday":         must(b.UsedToday(ctx, in.ConnectionID, day.AddDate(0, 0, -1), ""))(t),
			"tomorrow":          must(b.UsedToday(ctx, in.ConnectionID, day.AddDate(0, 0, 1), ""))(t),
			"in a zone far off": must(b.UsedToday(ctx, in.ConnectionID, day.In(time.FixedZone("", 14*3600)), ""))(t),
			"of nobody":         must(b.UsedToday(ctx, "con_missing", day, ""))(t),
		}
		noError(t, b.PostponeRun(ctx, live.ID, "node-1", 1, time.Now()))
		got["with a postponed one"] = must(b.UsedToday(ctx, in.ConnectionID, day, ""))(t)
		_, j = b.claim(live.ID, "node-1", lease)
		noError(t, j.Facts(ctx, reportsync.RunFacts{Forecast: &reportsync.Forecast{APICalls: 6}}))
		got["with what the live one is to make"] = must(b.UsedToday(ctx, in.ConnectionID, day, ""))(t)
		got["for a younger run"] = must(b.UsedToday(ctx, in.ConnectionID, day, b.runOf(in.ID).ID))(t)
		got["for an older run"] = must(b.UsedToday(ctx, in.ConnectionID, day, string(reportsync.RunID)+"0"))(t)
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, APICalls: 2}))
		got["for an older run, while the other writes"] = must(b.UsedToday(ctx, in.ConnectionID, day, string(reportsync.RunID)+"0"))(t)
		want := map[string]int64{
			"today": 111, "but for one": 110, "yesterday": 1, "tomorrow": 1, "in a zone far off": 111, "of nobody": 0, "with a postponed one": 111,
			"with what the live one is to make": 116, "for a younger run": 116, "for an older run": 111, "for an older run, while the other writes": 116,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("API calls (-want +got):\n%s", diff)
		}
	})
}

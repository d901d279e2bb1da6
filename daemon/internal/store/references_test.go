package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestIntegrationNeedsWhatItNames(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		spec := b.integrationSpec("onboarding")
		in := must(b.CreateIntegration(t.Context(), spec))(t)

		spec.Name, spec.SourceID = "second", "src_missing"
		_, err := b.CreateIntegration(t.Context(), spec)
		wantCode(t, err, reportsync.CodeInvalid, "src_missing")
		wantPointer(t, err, "/source_id")

		spec.ConnectionID = spec.SourceID
		_, err = b.ReplaceIntegration(t.Context(), in.ID, 0, spec)
		wantPointer(t, err, "/source_id", "/connection_id")
		if missing := must(b.MissingReferences(t.Context(), spec))(t); len(missing) != 2 {
			t.Errorf("missing %+v", missing)
		}
		if missing := must(b.MissingReferences(t.Context(), in.IntegrationSpec))(t); len(missing) != 0 {
			t.Errorf("missing in what is stored: %+v", missing)
		}
		if got := must(b.Integration(t.Context(), in.ID))(t); got.Revision != 1 {
			t.Errorf("what failed made revision %d", got.Revision)
		}
	})
}

func TestDeleteWhatIsUsed(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, spec := t.Context(), b.integrationSpec("integration 0")
		first := must(b.CreateIntegration(ctx, spec))(t)
		wantCode(t, b.DeleteSource(ctx, spec.SourceID, 0), reportsync.CodeInUse, `used by the integration "integration 0"`)
		wantCode(t, b.DeleteConnection(ctx, spec.ConnectionID, 0), reportsync.CodeInUse, `used by the integration "integration 0"`)
		ids := []string{first.ID}
		for i := 1; i < 8; i++ {
			spec.Name = fmt.Sprintf("integration %d", i)
			ids = append(ids, must(b.CreateIntegration(ctx, spec))(t).ID)
		}
		wantCode(t, b.DeleteSource(ctx, spec.SourceID, 0), reportsync.CodeInUse, `"integration 0"`, `"integration 4" and 3 more`)
		for _, id := range ids {
			noError(t, b.DeleteIntegration(ctx, id, 0))
		}
		noError(t, b.DeleteSource(ctx, spec.SourceID, 1))
		noError(t, b.DeleteConnection(ctx, spec.ConnectionID, 1))
	})
}

// A run uses one revision to its end (invariant 4), and so what that revision names.
func TestDeleteWhatALiveRunUses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, in := t.Context(), b.integration("onboarding")
		run := b.runOf(in.ID)
		moved := in.IntegrationSpec
		moved.SourceID, moved.ConnectionID = b.source("new").ID, b.connection("new").ID
		must(b.ReplaceIntegration(ctx, in.ID, 0, moved))(t)

		wantCode(t, b.DeleteSource(ctx, in.SourceID, 0), reportsync.CodeInUse, run.ID)
		wantCode(t, b.DeleteConnection(ctx, in.ConnectionID, 0), reportsync.CodeInUse, run.ID)
		claim, _ := b.claim(run.ID, "node-1", lease)
		if claim.Source.ID != in.SourceID || claim.Connection.ID != in.ConnectionID || claim.Integration.Revision != 1 {
			t.Errorf("the run works with %s, %s and revision %d", claim.Source.ID, claim.Connection.ID, claim.Integration.Revision)
		}
		noError(t, b.FinishRun(ctx, run.ID, "node-1", 1, reportsync.RunResult{Status: reportsync.RunCompleted}))
		noError(t, b.DeleteSource(ctx, in.SourceID, 0))
		noError(t, b.DeleteConnection(ctx, in.ConnectionID, 0))
	})
}

func TestDeleteIntegrationKeepsItsHistory(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		run, in := claim.Run, claim.Integration
		wantCode(t, b.DeleteIntegration(ctx, in.ID, 0), reportsync.CodeConflict, `"onboarding"`, run.ID, "running")

		noError(t, j.Log(ctx, reportsync.LogInfo, reportsync.StageOpen, "hello"))
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 1))))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Unchanged, 1, 1), true))
		noError(t, b.FinishRun(ctx, run.ID, "node-1", 1, reportsync.RunResult{Status: reportsync.RunCompleted, Counts: reportsync.Counts{Read: 1, Unchanged: 1}, APICalls: 3}))
		changed := in.IntegrationSpec
		changed.Object = "Lead"
		must(b.ReplaceIntegration(ctx, in.ID, 0, changed))(t)
		noError(t, b.DeleteIntegration(ctx, in.ID, 0))

		if got := must(b.Run(ctx, run.ID))(t); got.IntegrationName != "onboarding" || got.Counts.Unchanged != 1 {
			t.Errorf("the run of a deleted integration reads %+v", got)
		}
		if entries := must(b.RunLog(ctx, run.ID, 0, 0))(t); len(entries) != 1 {
			t.Errorf("its log has %d entries", len(entries))
		}
		if rows := b.outcomes(run.ID); len(rows) != 1 {
			t.Errorf("it has %d outcomes", len(rows))
		}
		if got := must(b.IntegrationRevision(ctx, in.ID, 1))(t); got.Object != "Contact" {
			t.Errorf("its revision writes %s", got.Object)
		}
		_, err := b.IntegrationRevision(ctx, in.ID, 2) // no run names it
		wantCode(t, err, reportsync.CodeNotFound)
	})
}

// A name given for an id, or a misspelt one, is met with the id that is meant.
func TestMissingReferencesOfferAWayOut(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		spec := b.integrationSpec("onboarding")
		source := must(b.Source(t.Context(), spec.SourceID))(t)
		for given, want := range map[string]string{
			source.Name:       "that is the name of " + source.ID,
			source.Name + "x": fmt.Sprintf("did you mean %s (%q)?", source.ID, source.Name),
			"?":               fmt.Sprintf("there is the source %q", source.Name),
		} {
			spec.SourceID = given
			missing := must(b.MissingReferences(t.Context(), spec))(t)
			if len(missing) != 1 || !strings.Contains(missing[0].Detail, want) {
				t.Errorf("source_id %q: %+v, want %q", given, missing, want)
			}
		}
	})
}

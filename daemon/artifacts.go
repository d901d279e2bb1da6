package daemon

import (
	"context"
	"fmt"
	"iter"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// openArtifacts opens the bucket that outcomes are kept in. One that is away for the moment is no reason not to start:
// runs then say that their outcomes could not be kept.
func (d *Daemon) openArtifacts(ctx context.Context) (err error) {
	if d.artifacts, err = artifact.Open(ctx, d.cfg.ArtifactsURL); err != nil {
		return err
	}
	d.stop.onStop("close the bucket of artifacts", func(context.Context) error { return d.artifacts.Close() })
	if warning := unshared(d.cfg); warning != "" {
		d.log.Warn(warning, "artifacts_url", d.cfg.ArtifactsURL)
	}
	return nil
}

// unshared warns of a folder that only this node sees, where other nodes may work on the same database. It may be a
// mount that all of them have, so that it is no error.
func unshared(cfg config.Config) string {
	if !cfg.SharesDatabase() || !artifact.IsLocal(cfg.ArtifactsURL) {
		return ""
	}
	return "the database may be shared with other nodes, but artifacts are kept in a local folder: unless all nodes have the " +
		"same folder there, each can show the outcomes of its own runs only; name a bucket in artifacts_url"
}

// evidence hands the bucket to runs.
type evidence struct{ bucket *artifact.Bucket }

// Create begins the artifact of a run's attempt.
func (e evidence) Create(ctx context.Context, runID string, attempt int) (sync.EvidenceWriter, error) {
	writer, err := e.bucket.Create(ctx, runID, attempt)
	if err != nil {
		return nil, err
	}
	return writer, nil
}

// previousOf returns what a run is told of those before it.
func (d *Daemon) previousOf(ctx context.Context, run reportsync.Run) (p sync.Previous, err error) {
	if p.Read, err = d.store.LastRun(ctx, run.IntegrationID, run.ID); err != nil {
		return p, fmt.Errorf("find the last run: %w", err)
	}
	if p.OpenJobs, err = d.store.OpenJobs(ctx, run.IntegrationID, run.ID); err != nil {
		return p, fmt.Errorf("find what the last run left in Salesforce: %w", err)
	}
	last, err := d.store.LastArtifact(ctx, run.IntegrationID, run.ID)
	if err != nil {
		return p, fmt.Errorf("find what the last run did: %w", err)
	}
	if last != nil {
		p.Outcomes = func(ctx context.Context) iter.Seq2[reportsync.Outcome, error] {
			return d.artifacts.Outcomes(ctx, *last, artifact.Filter{Changed: true})
		}
	}
	return p, nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// CreateIntegration stores a new integration. Errors: conflict (the name is taken), invalid (an unknown source or
// connection).
func (s *Store) CreateIntegration(ctx context.Context, spec reportsync.IntegrationSpec) (in reportsync.Integration, err error) {
	err = s.changeConfig(ctx, func(tx conn) error {
		if err := checkReferences(ctx, tx, spec); err != nil {
			return err
		}
		extra := append(integrationColumns(spec), column{"anchor", micros(time.Now())})
		r, err := integrations.create(ctx, tx, reportsync.NewID(reportsync.IntegrationID), spec.Name, spec, extra...)
		if err != nil {
			return err
		}
		if err := keepRevision(ctx, tx, r); err != nil {
			return err
		}
		in, err = integrationOf(r)
		return err
	})
	return in, err
}

// ReplaceIntegration stores a new spec as the next revision; ifRevision is the revision that it is meant for, 0 for any.
// Runs that exist keep theirs (invariant 4). Nothing changed keeps the revision. Errors: not found, precondition failed,
// conflict (the name is taken), invalid (an unknown source or connection).
func (s *Store) ReplaceIntegration(ctx context.Context, id string, ifRevision int64, spec reportsync.IntegrationSpec) (in reportsync.Integration, err error) {
	err = s.changeConfig(ctx, func(tx conn) error {
		old, err := integrations.find(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := integrations.checkRevision(old, ifRevision); err != nil {
			return err
		}
		if in, err = integrationOf(old); err != nil {
			return err
		}
		same, err := sameSpec(old.spec, spec)
		if err != nil || same {
			return err
		}
		if err := checkReferences(ctx, tx, spec); err != nil {
			return err
		}
		extra := integrationColumns(spec)
		if timingOf(spec) != timingOf(in.IntegrationSpec) {
			extra = append(extra, column{"anchor", micros(time.Now())})
		}
		r, err := integrations.replace(ctx, tx, old, spec.Name, spec, extra...)
		if err != nil {
			return err
		}
		if err := keepRevision(ctx, tx, r); err != nil {
			return err
		}
		in, err = integrationOf(r)
		return err
	})
	return in, err
}

// Integration returns an integration as it is now. Errors: not found.
func (s *Store) Integration(ctx context.Context, id string) (reportsync.Integration, error) {
	r, err := integrations.find(ctx, s.reader(), id)
	if err != nil {
		return reportsync.Integration{}, err
	}
	return integrationOf(r)
}

// IntegrationRevision returns an integration as it was; a revision that a run names is there even after the integration
// was deleted. Errors: not found.
func (s *Store) IntegrationRevision(ctx context.Context, id string, revision int64) (reportsync.Integration, error) {
	return integrationRevision(ctx, s.reader(), id, revision)
}

func integrationRevision(ctx context.Context, c conn, id string, revision int64) (reportsync.Integration, error) {
	r := record{id: id, revision: revision}
	err := c.row(ctx, `SELECT spec FROM integration_revisions WHERE integration_id = ? AND revision = ?`, id, revision).Scan(&r.spec)
	if errors.Is(err, sql.ErrNoRows) {
		return reportsync.Integration{}, reportsync.Errorf(reportsync.CodeNotFound, "there is no revision %d of an integration with the id %q", revision, id)
	}
	if err != nil {
		return reportsync.Integration{}, fmt.Errorf("read revision %d of the integration %s: %w", revision, id, err)
	}
	return integrationOf(r)
}

// Integrations returns a page of integrations and where the next one begins, empty after the last.
func (s *Store) Integrations(ctx context.Context, l List) ([]reportsync.Integration, string, error) {
	rows, next, err := integrations.list(ctx, s.reader(), l, column{"source_id", l.SourceID}, column{"connection_id", l.ConnectionID})
	if err != nil {
		return nil, "", err
	}
	all, err := convert(rows, integrationOf)
	return all, next, err
}

// DeleteIntegration deletes an integration; its finished runs stay readable. Errors: not found, precondition failed,
// conflict (naming the live run).
func (s *Store) DeleteIntegration(ctx context.Context, id string, ifRevision int64) error {
	return s.changeConfig(ctx, func(tx conn) error {
		r, err := integrations.find(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := integrations.checkRevision(r, ifRevision); err != nil {
			return err
		}
		// A run is made under this lock, so none can appear between the look and the end.
		if err := lockIntegration(ctx, tx, id); err != nil {
			return err
		}
		if err := checkNoLiveRun(ctx, tx, id, r.name); err != nil {
			return err
		}
		if err := integrations.delete(ctx, tx, r); err != nil {
			return err
		}
		return forgetRevisions(ctx, tx)
	})
}

// lockIntegration keeps others from changing the integration, or making a run of it, until the transaction ends.
func lockIntegration(ctx context.Context, tx conn, id string) error {
	_, err := scanString(tx.row(ctx, `SELECT id FROM integrations WHERE id = ?`+tx.dialect.forUpdate(), id))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("lock the integration %s: %w", id, err)
	}
	return nil
}

func keepRevision(ctx context.Context, tx conn, r record) error {
	_, err := tx.exec(ctx, `INSERT INTO integration_revisions (integration_id, revision, spec) VALUES (?, ?, ?)`, r.id, r.revision, r.spec)
	if err != nil {
		return fmt.Errorf("keep revision %d of the integration %q: %w", r.revision, r.name, err)
	}
	return nil
}

// forgetRevisions drops the revisions of deleted integrations that no run names.
func forgetRevisions(ctx context.Context, tx conn) error {
	_, err := tx.exec(ctx, `DELETE FROM integration_revisions
		WHERE NOT EXISTS (SELECT 1 FROM integrations i WHERE i.id = integration_revisions.integration_id)
		AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.integration_id = integration_revisions.integration_id AND r.revision = integration_revisions.revision)`)
	if err != nil {
		return fmt.Errorf("forget the revisions of deleted integrations: %w", err)
	}
	return nil
}

func integrationOf(r record) (reportsync.Integration, error) {
	spec, err := decode[reportsync.IntegrationSpec](r.spec)
	return reportsync.Integration{ID: r.id, Revision: r.revision, IntegrationSpec: spec}, err
}

func integrationColumns(spec reportsync.IntegrationSpec) []column {
	_, timed := spec.CronSchedule()
	return []column{{"source_id", spec.SourceID}, {"connection_id", spec.ConnectionID}, {"scheduled", spec.IsEnabled() && timed}}
}
